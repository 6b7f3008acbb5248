from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from assistant.models.cross_encoder import (
    UNREAD,
    WEIGHTS,
    CrossEncoder,
    Window,
    best_spans,
    small_cross_encoder,
)
from assistant.text.language import sentences

TEXT = "The ferry leaves at noon. Ada Bloom steers it. It was built in Lisbon in 1931."


def window(question: str, text: str = TEXT) -> Window:
    return Window(question, "The harbour", text, tuple(sentences(text)))


@pytest.fixture(scope="module")
def encoder() -> CrossEncoder:
    return small_cross_encoder()


@pytest.mark.parametrize(
    ("question", "number"),
    [("When does the ferry leave?", 0), ("Who steers?", 1), ("Where was it built?", 2)],
)
def test_the_sentence_that_answers_has_the_highest_logit(
    encoder: CrossEncoder, question: str, number: int
) -> None:
    (read,) = encoder.read([window(question)])
    assert read.sentences.shape == read.words.shape == (3,)
    assert int(read.sentences.argmax()) == number


def test_a_passage_without_the_answer_has_a_lower_logit(encoder: CrossEncoder) -> None:
    there, gone = encoder.read([window("Who steers the ferry?"), window("Who owns the lighthouse?")])
    assert there.passage > gone.passage
    assert there.sentences.max() > gone.sentences.max()


def test_a_window_reads_the_same_alone_and_among_others(encoder: CrossEncoder) -> None:
    asked = [window("Who steers?"), window("Who steers?", "Nobody knows. " * 12), window("When?")]
    (alone,) = encoder.read(asked[:1])
    among = encoder.read(asked)[0]
    np.testing.assert_allclose(alone.sentences, among.sentences, atol=1e-4)


def test_a_sentence_beyond_what_is_read_is_never_an_answer(encoder: CrossEncoder) -> None:
    (read,) = encoder.read([window("Who steers?", "The sea was calm that day. " * 80 + TEXT)])
    assert list(read.sentences[-3:]) == [UNREAD] * 3
    assert read.sentences[0] > UNREAD


def test_a_passage_without_sentences_is_read_too(encoder: CrossEncoder) -> None:
    (read,) = encoder.read([Window("Who?", "", "—", ())])
    assert len(read.sentences) == 0


def test_a_long_question_in_any_script_is_read_with_the_passage(encoder: CrossEncoder) -> None:
    for question in ("누가배를조종합니까" * 60, "谁驾驶渡轮" * 60, "🚢" * 300):
        (read,) = encoder.read([window(question)])
        assert read.sentences[0] > UNREAD


def test_the_runtime_gives_the_logits_of_the_network_that_was_trained(encoder: CrossEncoder) -> None:
    import torch

    from evals.training.reader_network import ReaderNetwork

    network = ReaderNetwork()
    network.load(Path(str(files("assistant.models").joinpath(WEIGHTS))))
    network.module.eval()
    asked = [
        window("Who steers?"),
        window("谁驾驶渡轮?", TEXT * 40),
        Window("Who?", "", "—", ()),
        window("🚢"),
    ]
    with torch.inference_mode():
        trained = network.forward(asked)
    readings = encoder.read(asked)
    sentences = np.concatenate([reading.sentences for reading in readings])
    np.testing.assert_allclose(sentences, trained.sentence.numpy(), atol=1e-3)
    np.testing.assert_allclose([reading.passage for reading in readings], trained.passage.numpy(), atol=1e-3)
    for at, reading in enumerate(readings):
        start, end = trained.start[at].double().numpy(), trained.end[at].double().numpy()
        words, _ = best_spans(start, end, trained.of[at], len(reading.words))
        np.testing.assert_allclose(reading.words, words, atol=1e-3)


def test_training_goes_on_from_saved_weights(encoder: CrossEncoder, tmp_path: Path) -> None:
    from evals.training.reader_network import ReaderNetwork

    network = ReaderNetwork()
    network.load(Path(str(files("assistant.models").joinpath(WEIGHTS))))
    network.save(tmp_path / WEIGHTS, note="the same")
    (before,), (after,) = (
        encoder.read([window("Who?")]),
        small_cross_encoder(tmp_path / WEIGHTS).read([window("Who?")]),
    )
    np.testing.assert_array_equal(before.sentences, after.sentences)
