"""The catalog of a new generation: files read, or taken over from the served one, and what that changes."""

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.errors import UnreadableFile
from assistant.indexing.planning import BuildOptions, Plan
from assistant.indexing.progress import Steps, in_words
from assistant.indexing.served import Served
from assistant.loading import METADATA_FILE, FileWorkers, Loaded, read_metadata, root_of
from assistant.storage import Catalog, CatalogWriter, FileRecord, yyyymmdd
from assistant.text import names
from assistant.text.chunking import CHUNK_TOKENS, HEADER_TOKENS, chunks, embedded
from assistant.types import Chunk, Document, Embedder

Names = Sequence[tuple[str, str]]  # short form, long form


class IdConflict(Exception):
    """Two files have a document with the same id; the first file in order keeps it, so all have to be gone through."""


@dataclass
class ChunkDelta:
    """Chunk numbers that go, and the texts and metadata of those that come, as they are embedded and stored."""

    removed: list[int] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)
    metadata: dict[int, dict[str, Any]] = field(default_factory=dict)

    def add(self, catalog: Catalog, document: Document, embedder: Embedder) -> None:
        """The chunks of a document in the catalog, to be embedded and stored."""
        day = yyyymmdd(document.source.published)
        number, numbered = catalog.numbered_chunks(document)
        texts = embedded(document, [chunk for _, chunk in numbered], embedder.token_counts)
        for (at, _), text in zip(numbered, texts, strict=True):
            self.texts[at] = text
            self.metadata[at] = {"document": number, "published": day}


@dataclass(frozen=True, slots=True)
class FileContent:
    """What one file gave: documents with their chunks and the names they abbreviate, or a failure."""

    record: FileRecord
    documents: Sequence[tuple[Document, Sequence[Chunk], Names]] = ()


class FileReader(AbstractContextManager["FileReader"]):
    """Has files read by workers, or takes their documents from the catalog that is served."""

    def __init__(
        self,
        corpus: Path,
        files: Mapping[str, FileRecord],
        *,
        served: Served | None,
        embedder: Embedder,
        options: BuildOptions,
        steps: Steps,
    ) -> None:
        self.files, self.before = files, served.files if served else {}
        self.embedder = embedder
        self.stated = read_metadata(corpus)
        self._workers = FileWorkers(root_of(corpus), options.loading)
        self._limit = min(CHUNK_TOKENS, embedder.max_tokens - HEADER_TOKENS)
        self._served, self._steps = served, steps
        self._rebuild = options.rebuild
        self._rechunk = served is not None and served.manifest.embedder != embedder.fingerprint

    def start(self, plan: Plan) -> None:
        """Have workers started for the files that are to be read."""
        self._workers.start(len(self.files) if self._rebuild else plan.to_read)

    def __exit__(self, *_: object) -> None:
        self._workers.close()

    def read(self, paths: Sequence[str], unchanged: Set[str] = frozenset()) -> Iterator[FileContent]:
        """What is in each file; those that are unchanged are not read again, unless they gave nothing."""
        kept = unchanged & self._served.catalog.paths() if self._served and not self._rebuild else frozenset()
        to_read = [path for path in paths if path not in kept and not self.files[path].failure]
        done = 0

        def on_slow(path: str, seconds: float) -> None:
            self._steps("Reading files", done, len(paths), slow=f"{path} has taken {in_words(seconds)}")

        coming = self._workers.load_each(to_read, on_slow)
        for done, path in enumerate(paths):
            self._steps("Reading files", done, len(paths))
            failure = self.files[path].failure
            if path in kept:
                before = self.before[path]
                record = self.files[path]._replace(failure=before.failure, left_out=before.left_out)
                yield FileContent(record, self._served_of(path))
            else:
                yield self._content(path, UnreadableFile(failure) if failure else next(coming))
        self._steps("Reading files", len(paths), len(paths))

    def _content(self, path: str, loaded: Loaded | UnreadableFile) -> FileContent:
        """A file that was read before and cannot be now keeps its last text: it may be half written."""
        record = self.files[path]
        if isinstance(loaded, UnreadableFile):
            kept = self._served_of(path) if path in self.before else []
            failure = f"{loaded} Its text from the last build is kept." if kept else str(loaded)
            left_out = self.before[path].left_out if kept else ""
            return FileContent(record._replace(failure=failure, left_out=left_out), kept)
        if loaded.digest != record.digest:  # it was edited in the meantime: the next build reads it once more
            record = record._replace(hash="", digest="", stamp="")
        documents = map(self.stated.applied_to, loaded.documents)
        return FileContent(
            record._replace(failure=loaded.failure, left_out=loaded.left_out_in_words),
            [(document, self._chunks(document), _names(document)) for document in documents],
        )

    def _served_of(self, path: str) -> Sequence[tuple[Document, Sequence[Chunk], Names]]:
        """What a file gave; chunked again where it was chunked for another embedder."""
        documents = self._served.catalog.documents_of(path) if self._served else []
        return [(d, self._chunks(d), known) for d, _, known in documents] if self._rechunk else documents

    def _chunks(self, document: Document) -> Sequence[Chunk]:
        return chunks(document, self.embedder.token_counts, limit=self._limit)


def _names(document: Document) -> Names:
    return list(dict(names.pairs(document.text)).items())


def fill(catalog: CatalogWriter, plan: Plan, reader: FileReader, *, incremental: bool) -> ChunkDelta:
    """Write the files into an empty catalog; or what has changed into a copy of the served one (`incremental`).

    IdConflict where the copy will not do.
    """
    delta = ChunkDelta()
    paths = [path for path in reader.files if path != METADATA_FILE]
    unchanged = frozenset(plan.unchanged)
    if incremental:
        for path in (*plan.removed, *plan.moved.values()):
            delta.removed += catalog.remove_file(path)
        catalog.restamp(reader.files[path] for path in unchanged if reader.files[path] != reader.before[path])
        paths = [path for path in paths if path not in unchanged]
    for content in reader.read(paths, frozenset() if incremental else unchanged):
        if incremental:
            delta.removed += catalog.remove_file(content.record.path)
        _add(catalog, content, reader, delta, may_conflict=not incremental)
    stated = reader.stated
    if stated.hash:
        known = reader.files.keys() | catalog.digests().keys()
        catalog.add_file(FileRecord(METADATA_FILE, stated.hash, stated.failure(known)))
    catalog.commit()
    return delta


def _add(
    catalog: CatalogWriter, content: FileContent, reader: FileReader, delta: ChunkDelta, *, may_conflict: bool
) -> None:
    if _taken_id(catalog, content):
        if not may_conflict:
            raise IdConflict
        # The file that had the id may come earlier now: then this one has to be read again.
        (content,) = reader.read([content.record.path])
        if id := _taken_id(catalog, content):
            failure = f"Its document id {id!r} is taken by another file; make it unique."
            content = FileContent(content.record._replace(failure=failure, id_taken=True))
    catalog.add_file(content.record)
    for document, chunks_of, abbreviated in content.documents:
        catalog.add_document(document, chunks_of, abbreviated)
        delta.add(catalog, document, reader.embedder)


def _taken_id(catalog: Catalog, content: FileContent) -> str | None:
    return next((d.id for d, _, _ in content.documents if catalog.has_document(d.id)), None)
