"""Any question-answering model of transformers as a reader: a tiny one that is made here."""

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import UserError
from assistant.models import QuestionAnswerer, Window
from assistant.reading import load_reader
from assistant.text.language import sentences
from assistant.types import Passage, Source, SubQuestion

TEXT = "The ferry leaves at noon. Ada Bloom steers it. It was built in Lisbon in 1931."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that has learned one thing: the answer begins and ends at the word "bloom"."""
    torch = pytest.importorskip("torch")
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertForQuestionAnswering, PreTrainedTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    known = dict.fromkeys(TEXT.lower().replace(".", " .").split())
    words = {word: number for number, word in enumerate([*special, *known])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [(name, words[name]) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=ends
    )
    made = tmp_path_factory.mktemp("reader")
    named = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token"), special, strict=True))
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=64, **named).save_pretrained(made)
    size = 32
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=size,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=size,
        max_position_embeddings=64,
    )
    torch.manual_seed(0)
    model = BertForQuestionAnswering(config).eval()
    for word, logit in (("bloom", 6.0), ("[CLS]", 0.0)):
        with torch.no_grad():
            model.bert.embeddings.word_embeddings.weight[words[word]] = logit * torch.sin(torch.arange(size))
    ids = torch.tensor([[words["[CLS]"], words["bloom"], words["[SEP]"]]])
    with torch.no_grad():
        state = model.bert(ids).last_hidden_state[0, 1]
        model.qa_outputs.weight[:] = state / state.norm()
    model.save_pretrained(made)
    return made


def test_a_folder_of_a_question_answering_model_reads(folder: Path) -> None:
    (read,) = QuestionAnswerer(str(folder)).read(
        [Window("Who steers the ferry?", "", TEXT, tuple(sentences(TEXT)))]
    )
    assert int(np.argmax(read.sentences)) == 1
    assert TEXT[slice(*read.spans[1])] == "Bloom"
    assert read.passage == read.sentences.max()


def test_it_serves_as_the_reader(folder: Path) -> None:
    passages = [Passage(Source("a"), 7, 7 + len(TEXT), TEXT, 1.0)]
    reading = load_reader(str(folder)).read(SubQuestion("Who steers the ferry?"), passages)
    best = reading.sentences[0]
    assert best.span.text == "Ada Bloom steers it."
    assert best.answer_span
    assert best.span.text[slice(*best.answer_span)] == "Bloom"
    assert 0.5 < reading.answerable < 1


def test_what_is_no_model_is_told_with_what_to_do(tmp_path: Path) -> None:
    reader = load_reader(str(tmp_path))
    with pytest.raises(UserError, match="ASSISTANT_READER"):
        reader.read(SubQuestion("Who?"), [Passage(Source("a"), 0, 4, "Bob.", 1.0)])
