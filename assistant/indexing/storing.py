"""The vectors, keywords and names of a draft."""

from contextlib import closing

from assistant.indexing.cataloguing import ChunkDelta
from assistant.indexing.draft import Draft
from assistant.indexing.progress import Steps
from assistant.storage import lifecycle
from assistant.storage.generations import Manifest
from assistant.storage.keywords import KeywordIndex
from assistant.storage.vectors import VectorIndex
from assistant.text import names
from assistant.types import Vectors


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
