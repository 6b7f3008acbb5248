"""What changed -> vectors, keywords and names of a draft; no text is embedded twice."""

from collections.abc import Iterator, Sequence
from contextlib import closing

import numpy as np

from assistant.indexing.cataloguing import ChunkDelta
from assistant.indexing.draft import Draft
from assistant.indexing.progress import Steps
from assistant.storage import KeywordIndex, Manifest, VectorCache, VectorIndex, lifecycle
from assistant.text import names
from assistant.types import Embedder, Vectors

EMBEDDED_AT_ONCE = 64  # passages between two steps of the progress bar, and lost at most by an interruption


def embed_cached(
    texts: Sequence[str], *, embedder: Embedder, cache: VectorCache, steps: Steps | None = None
) -> tuple[Vectors, int]:
    """(n, dimension) vectors, embedding only what the cache lacks; and how many that were."""
    steps = steps or Steps()
    cached = cache.get(texts)
    missing = list(dict.fromkeys(text for text, vector in zip(texts, cached, strict=True) if vector is None))
    missing.sort(key=len)  # texts of one length go together: less padding
    made: dict[str, Vectors] = {}
    total, done = sum(map(len, missing)), 0
    for batch in _batches(missing):
        steps("Embedding passages", len(made), len(missing), share=done / total)
        vectors = embedder.embed(batch)
        cache.put(batch, vectors)
        made.update(zip(batch, vectors, strict=True))
        done += sum(map(len, batch))
    steps("Embedding passages", len(missing), len(missing))
    rows = [made[text] if vector is None else vector for text, vector in zip(texts, cached, strict=True)]
    return np.asarray(rows, dtype=np.float32), len(missing)


def _batches(texts: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(texts), EMBEDDED_AT_ONCE):
        yield texts[at : at + EMBEDDED_AT_ONCE]


def store(draft: Draft, manifest: Manifest, delta: ChunkDelta, vectors: Vectors, steps: Steps) -> None:
    """Write everything a generation has besides its catalog; `vectors` are those of the texts in `delta`."""
    steps("Storing", 0, 1)
    lifecycle.write_manifest(draft.index, manifest)
    chroma, name, url = draft.folder / "chroma", manifest.collection, manifest.chroma_url
    if draft.is_incremental:
        index = VectorIndex.open(chroma, name=name, url=url)
        keywords = KeywordIndex.load(draft.folder / "keywords")
    else:
        index, keywords = VectorIndex.create(chroma, name=name, url=url), KeywordIndex.build({})
    with closing(index):  # also where the disk is full: an open file that was removed still takes up its room
        index.remove(delta.removed)
        if delta.texts:
            index.add(list(delta.texts), vectors, list(delta.metadata.values()))
    keywords.changed(delta.removed, delta.texts).save(draft.folder / "keywords")
    lifecycle.store_names(draft.folder, names.learn(draft.catalog.names()))
    steps("Storing", 1, 1)
