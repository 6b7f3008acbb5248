"""Reads a question and a passage together: how well does each sentence answer, and is the answer there at all?

The packaged MiniLM with its upper layers fine-tuned; only those are stored (cross_encoder.safetensors), the
rest comes from the package. `python -m evals.train_reader` makes the weights and says from which data sets.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from assistant.embedding import PACKAGED, model_folder
from assistant.language import Span

if TYPE_CHECKING:
    import torch

WEIGHTS = "cross_encoder.safetensors"
MAX_TOKENS = 320  # question, title and passage; the end of the longer one is what is cut
MAX_QUESTION = 300  # characters of the question that are read, its last ones; of the title half as many
FROZEN_LAYERS = 2  # the lowest layers and the word embeddings stay as they are in the package
BATCH = 4
UNREAD = -12.0  # logit of a sentence that lies beyond MAX_TOKENS
HEADS = ("sentence", "attention", "start", "end")  # a number a token each
_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class Window:
    """A question and a passage to read for it; `sentences` are spans of the text."""

    question: str
    title: str
    text: str
    sentences: tuple[Span, ...]

    @property
    def first(self) -> str:
        return self.question[-MAX_QUESTION:]

    @property
    def header(self) -> str:
        return f"{self.title[: MAX_QUESTION // 2]}\n" if self.title else ""


@dataclass(frozen=True, slots=True)
class WindowReading:
    """Logits: one a sentence, one for the passage as a whole, and for the likeliest words in each sentence."""

    sentences: npt.NDArray[np.float64]
    passage: float
    words: npt.NDArray[np.float64]  # by how much the best span of the sentence beats "no answer here"


@dataclass(frozen=True, slots=True)
class Read:
    """What the network says of a batch, with gradients where torch has them on."""

    sentence: "torch.Tensor"  # (all sentences,) one window after the other
    passage: "torch.Tensor"  # (windows,)
    start: (
        "torch.Tensor"  # (windows, tokens); what is not of the passage is masked, but for the first: "none"
    )
    end: "torch.Tensor"
    of: npt.NDArray[np.int64]  # (windows, tokens) number of the token's sentence in its window, or -1
    offsets: npt.NDArray[np.int64]  # (windows, tokens, 2) in the window's text


class CrossEncoder:
    """The network: `module` holds the body and the heads over its token states."""

    def __init__(self, module: "torch.nn.ModuleDict", tokenizer: Any) -> None:
        self.module = module
        self.tokenizer = tokenizer
        self._in_use = threading.Lock()  # the tokenizer's settings change with each call

    @classmethod
    def untrained(cls) -> "CrossEncoder":
        """The packaged model under new heads, from which training starts."""
        import torch
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        folder = model_folder(PACKAGED)
        body = AutoModel.from_pretrained(folder, local_files_only=True)
        size = body.config.hidden_size
        heads = torch.nn.ModuleDict(
            {"tokens": torch.nn.Linear(size, len(HEADS)), "passage": torch.nn.Linear(size, 1)}
        )
        module = torch.nn.ModuleDict({"body": body, "heads": heads})
        return cls(module, AutoTokenizer.from_pretrained(folder, local_files_only=True))

    @classmethod
    def packaged(cls) -> "CrossEncoder":
        with as_file(files("assistant").joinpath(WEIGHTS)) as path:
            made = cls.untrained()
            made.load(path)
        made.module.eval()
        return made

    def load(self, path: Any) -> None:
        """Tuned weights from a file; what it does not hold stays as it is."""
        from safetensors.torch import load_file

        tuned = {name: tensor.float() for name, tensor in load_file(path).items()}
        self.module.load_state_dict(tuned, strict=False)

    def forward(self, windows: Sequence[Window]) -> Read:
        import torch

        tokens = self.tokenizer(
            [window.first for window in windows],
            [window.header + window.text for window in windows],
            truncation="longest_first",
            max_length=MAX_TOKENS,
            padding=True,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        offsets = tokens.pop("offset_mapping").numpy().copy()
        second = tokens["token_type_ids"].numpy() == 1
        of = np.full(second.shape, -1)
        for at, window in enumerate(windows):
            offsets[at] -= len(window.header)
            of[at] = np.where(second[at], _sentence_of(offsets[at], window.sentences), -1)
        states = self.module["body"](**tokens).last_hidden_state
        heads = cast("torch.nn.ModuleDict", self.module["heads"])
        values = heads["tokens"](states).float()
        outside = torch.from_numpy(of < 0)
        no_word = outside.clone()
        no_word[:, 0] = False
        return Read(
            _pooled(values[..., 0], values[..., 1], of, [len(window.sentences) for window in windows]),
            heads["passage"](states[:, 0]).squeeze(-1).float(),
            values[..., 2].masked_fill(no_word, -1e4),
            values[..., 3].masked_fill(no_word, -1e4),
            of,
            offsets,
        )

    def read(self, windows: Sequence[Window]) -> list[WindowReading]:
        """One reading a window, in their order."""
        import torch

        order = sorted(range(len(windows)), key=lambda at: len(windows[at].text))
        found: dict[int, WindowReading] = {}
        with self._in_use, torch.inference_mode():
            for first in range(0, len(order), BATCH):
                chosen = order[first : first + BATCH]
                read = self.forward([windows[at] for at in chosen])
                found |= zip(chosen, _readings(read, [windows[at] for at in chosen]), strict=True)
        return [found[at] for at in range(len(windows))]


def _sentence_of(offsets: npt.NDArray[np.int64], sentences: Sequence[Span]) -> npt.NDArray[np.int64]:
    """(tokens,) the number of the sentence that each token stands in, or -1."""
    if not sentences:
        return np.full(len(offsets), -1)
    starts, ends = np.array(sentences).T
    number = np.searchsorted(starts, offsets[:, 0], side="right") - 1
    inside = (number >= 0) & (offsets[:, 1] > offsets[:, 0]) & (offsets[:, 1] <= ends[number])
    return np.where(inside, number, -1)


def _pooled(
    value: "torch.Tensor", attention: "torch.Tensor", of: npt.NDArray[np.int64], counts: Sequence[int]
) -> "torch.Tensor":
    """(all sentences,) the mean of the token values of each sentence, weighted by attention."""
    import torch

    first = np.cumsum([0, *counts])[:-1]
    places = torch.from_numpy((of + first[:, None])[of >= 0])
    inside = torch.from_numpy(of >= 0)
    weight = attention[inside].clamp(-15, 15).exp()
    total = torch.zeros(sum(counts)).index_add(0, places, weight)
    sums = torch.zeros(sum(counts)).index_add(0, places, weight * value[inside])
    return torch.where(total > 0, sums / total.clamp(min=1e-9), torch.full_like(sums, UNREAD))


def _readings(read: Read, windows: Sequence[Window]) -> list[WindowReading]:
    start, end = read.start.double().numpy(), read.end.double().numpy()
    sentence = read.sentence.double().numpy()
    found, first = [], 0
    for at, window in enumerate(windows):
        count = len(window.sentences)
        best = np.full(count, UNREAD)
        for number in range(count):
            inside = np.flatnonzero(read.of[at] == number)
            if len(inside):
                reached = np.maximum.accumulate(start[at, inside])  # the best start up to each token
                best[number] = (reached + end[at, inside]).max() - start[at, 0] - end[at, 0]
        found.append(WindowReading(sentence[first : first + count], float(read.passage[at]), best))
        first += count
    return found


@lru_cache(maxsize=1)
def _packaged() -> CrossEncoder:
    return CrossEncoder.packaged()


def packaged_cross_encoder() -> CrossEncoder:
    """Loaded once a process, which takes about a second."""
    with _loading:
        return _packaged()
