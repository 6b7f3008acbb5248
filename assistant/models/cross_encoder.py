"""Reads a question and a passage together: how well does each sentence answer, and is the answer there at all?

The base-size one is MPNet with changes of low rank, see mpnet.py. The small one is the packaged MiniLM with its upper
layers fine-tuned; only those are stored (cross_encoder.safetensors), the rest comes from the package. `python -m evals
train_reader` makes them.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from assistant.models.encoder import THREADS, Encoder, Numbers, Tokens, load_tokenizer
from assistant.models.mpnet import Mpnet, prepared, read_changes
from assistant.text.language import Span

if TYPE_CHECKING:
    from tokenizers import Tokenizer

WEIGHTS = "cross_encoder.safetensors"
MAX_TOKENS = 320  # question, title and passage; the end of the longer one is what is cut
MAX_QUESTION = 300  # characters of the question that are read, its last ones; of the title half as many
UNREAD = -12.0  # logit of a sentence that lies beyond MAX_TOKENS
BODY = "body."  # what the names of the body's weights begin with; the others are the heads'
HEADS = ("sentence", "attention", "start", "end")  # a number a token each

Logits = npt.NDArray[np.float64]


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

    sentences: Logits
    passage: float
    words: Logits  # by how much the best span of the sentence beats "no answer here"
    spans: tuple[
        Span, ...
    ] = ()  # in the window's text, the likeliest words of each sentence; empty where none


@dataclass(frozen=True, slots=True)
class TokenisedWindows:
    """A batch of windows as the body reads them, and where each token stands."""

    tokens: Tokens
    of: Numbers  # (windows, tokens) number of the token's sentence in its window, or -1
    offsets: Numbers  # (windows, tokens, 2) in the window's text


def tokenise(windows: Sequence[Window], tokenizer: "Tokenizer") -> TokenisedWindows:
    pairs = [(window.first, window.header + window.text) for window in windows]
    tokens = Tokens.from_encodings(tokenizer.encode_batch(pairs))
    offsets = tokens.offsets - np.array([len(window.header) for window in windows])[:, None, None]
    of = [sentence_of(at, window.sentences) for at, window in zip(offsets, windows, strict=True)]
    return TokenisedWindows(tokens, np.where(tokens.types == 1, np.stack(of), -1), offsets)


def sentence_of(offsets: Numbers, sentences: Sequence[Span]) -> Numbers:
    """(tokens,) the number of the sentence that each token stands in, or -1."""
    if not sentences:
        return np.full(len(offsets), -1)
    starts, ends = np.array(sentences).T
    number = np.searchsorted(starts, offsets[:, 0], side="right") - 1
    inside = (number >= 0) & (offsets[:, 1] > offsets[:, 0]) & (offsets[:, 1] <= ends[number])
    return np.where(inside, number, -1)


class Body(Protocol):
    """What gives each token of a pair of texts its state."""

    def states(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        """(texts, tokens, size)"""


class CrossEncoder:
    """A body and the heads over its token states; several threads may ask it at once.

    `heads`: weight and bias of "tokens" (HEADS) and of "passage", by their names.
    """

    def __init__(self, body: Body, heads: Mapping[str, npt.NDArray[np.float32]]) -> None:
        self._encoder = body
        self._heads = heads
        self._tokenizer = load_tokenizer(MAX_TOKENS)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="reading")

    def read(self, windows: Sequence[Window]) -> list[WindowReading]:
        """One reading a window, in their order; a thread reads one at a time, which is faster than both on one."""
        return list(self._pool.map(self._read, windows))

    def _read(self, window: Window) -> WindowReading:
        batch = tokenise([window], self._tokenizer)
        (states,), (of,) = self._encoder.states(batch.tokens), batch.of
        value, attention, start, end = self._head("tokens", states).T
        (passage,) = self._head("passage", states[0])
        count = len(window.sentences)
        best, tokens = best_spans(start, end, of, count)
        (offsets,) = batch.offsets
        spans = tuple((int(offsets[first][0]), int(offsets[last][1])) for first, last in tokens)
        return WindowReading(pooled(value, attention, of, count), float(passage), best, spans)

    def _head(self, name: str, states: npt.NDArray[np.float32]) -> Logits:
        made = states @ self._heads[f"{name}.weight"].T + self._heads[f"{name}.bias"]
        return np.asarray(made, dtype=np.float64)


def pooled(value: Logits, attention: Logits, of: Numbers, count: int) -> Logits:
    """(count,) the mean of the token values of each sentence, weighted by attention."""
    inside = of >= 0
    weight = np.exp(np.clip(attention[inside], -15, 15))
    total = np.bincount(of[inside], weight, minlength=count)
    sums = np.bincount(of[inside], weight * value[inside], minlength=count)
    return np.where(total > 0, sums / np.maximum(total, 1e-9), UNREAD)


def best_spans(start: Logits, end: Logits, of: Numbers, count: int) -> tuple[Logits, list[Span]]:
    """The best span of tokens of each sentence: by how much it beats the first token ("no answer here"), and where.

    The second gives (first, last) token, both included; (0, 0) for a sentence that was not read.
    """
    best, places = np.full(count, UNREAD), [(0, 0)] * count
    for number in range(count):
        inside = np.flatnonzero(of == number)
        if inside.size:
            reached = np.maximum.accumulate(start[inside])  # the best start up to each token
            last = int((reached + end[inside]).argmax())
            first = int(start[inside][: last + 1].argmax())
            best[number] = reached[last] + end[inside][last] - start[0] - end[0]
            places[number] = (int(inside[first]), int(inside[last]))
    return best, places


def small_cross_encoder(weights: Path | None = None) -> CrossEncoder:
    """The packaged MiniLM with its upper layers tuned."""
    from safetensors.numpy import load

    stored = weights.read_bytes() if weights else files("assistant.models").joinpath(WEIGHTS).read_bytes()
    tuned = {name: weight.astype(np.float32) for name, weight in load(stored).items()}
    body = {name.removeprefix(BODY): weight for name, weight in tuned.items() if name.startswith(BODY)}
    heads = {name.removeprefix("heads."): w for name, w in tuned.items() if not name.startswith(BODY)}
    return CrossEncoder(Encoder(body, threads=1), heads)


def base_cross_encoder(cache: Path | None = None) -> CrossEncoder:
    """MPNet with our changes; DamagedModel where its weights cannot be had."""
    from platformdirs import user_cache_path
    from safetensors.numpy import load

    folder = prepared(cache or user_cache_path("assistant"))
    stored = load(read_changes())
    heads = {name: w.astype(np.float32) for name, w in stored.items() if not name.startswith("layer.")}
    return CrossEncoder(Mpnet(folder), heads)
