"""The whole build: scan -> plan -> read -> chunk -> embed -> store -> verify -> switch."""

import errno
import shutil
import time
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant import generations, names
from assistant.catalog import Catalog, FileRecord, VectorCache, as_number
from assistant.chunking import CHUNK_TOKENS, HEADER_TOKENS, chunks, header
from assistant.errors import UnreadableFile, UserError
from assistant.keyword_index import KeywordIndex
from assistant.loading import load
from assistant.loading.metadata_file import METADATA_FILE, read_metadata
from assistant.planning import Changes, Plan, check_removal, compare, make_plan, root_of, scan_files
from assistant.types import Document, Embedder, Vectors
from assistant.vector_index import VectorIndex
from assistant.verifying import check

EMBEDDED_AT_ONCE = 64  # passages between two steps of the progress bar, and lost at most by an interruption
SMALL = 0.3  # of the files: up to so many changes are made in a copy of the last generation
TAKEN = "is taken by another file"
FULL = 8_000_000  # bytes left on a disk that is called full

Spans = Sequence[tuple[int, int]]
Names = Sequence[tuple[str, str]]  # short form, long form
Progress = Callable[[str, int, int], None]  # what is being done, how much of it is done, of how much


@dataclass(frozen=True)
class BuildReport:
    """What a build did, or would do; `built` is false where nothing had changed, or where it was only asked for."""

    generation: str
    built: bool
    plan: Plan
    failures: dict[str, str]  # path -> the reason why it, or a part of it, could not be read
    documents: int
    chunks: int
    embedded: int = 0  # passages that had to be embedded; the others came from the cache
    seconds: float = 0.0
    changes: Changes = field(default_factory=Changes)
    same_texts: tuple[tuple[str, ...], ...] = ()  # ids of documents with one text
    undated: tuple[str, ...] = ()  # ids of documents without a date
    unpublished: tuple[str, ...] = ()  # and without a publisher

    @property
    def summary(self) -> str:
        """One line for the user."""
        plan = self.plan
        total = f"{self.documents} documents, {self.chunks} passages"
        if plan.is_empty and not self.built:
            return f"Nothing has changed: {total}."
        files = (
            f"{len(plan.added)} files added, {len(plan.changed)} changed, {len(plan.moved)} renamed, "
            f"{len(plan.removed)} removed, {len(plan.unchanged)} unchanged"
        )
        if not self.built:
            return f"Would index {total}: {files}."
        return f"Indexed {total} in {self.seconds:.0f} s: {files}; {self.embedded} passages embedded."

    def to_json(self) -> dict[str, Any]:
        changes, plan = self.changes, self.plan
        return {
            "generation": self.generation,
            "built": self.built,
            "files": {
                "added": plan.added,
                "changed": plan.changed,
                "renamed": plan.moved,
                "removed": plan.removed,
                "unchanged": len(plan.unchanged),
                "left_out": self.failures,
            },
            "documents": {
                "count": self.documents,
                "added": changes.added,
                "text_changed": changes.rewritten,
                "metadata_changed": changes.relabelled,
                "renamed": changes.renamed,
                "removed": changes.removed,
                "same_text": self.same_texts,
                "without_date": self.undated,
                "without_publisher": self.unpublished,
            },
            "passages": {"count": self.chunks, "embedded": self.embedded},
            "seconds": round(self.seconds, 2),
        }


@dataclass
class Difference:
    """Chunk numbers that go, and the texts and metadata of those that come, as they are embedded and stored."""

    removed: list[int] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)
    metadata: dict[int, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Read:
    """What one file gave: documents with the spans of their chunks and the names they abbreviate, or a failure."""

    record: FileRecord
    documents: Sequence[tuple[Document, Spans, Names]] = ()


class _Clash(Exception):
    """Two files have a document of one id: which of them has it is told by their order, so all are gone through."""


def build(
    corpus: Path,
    index: Path,
    *,
    embedder: Embedder,
    chroma_url: str | None = None,
    passwords: Sequence[str] = (),
    ocr: bool = False,
    rebuild: bool = False,
    dry_run: bool = False,
    may_remove: bool = False,
    on_progress: Progress = lambda *_: None,
) -> BuildReport:
    """Bring the index up to date with the corpus and serve the result; readers are never interrupted.

    `passwords` are tried in turn on PDFs that are protected; `ocr`: their pages without text are recognised;
    `dry_run` only tells what would be done.
    RemovesMuch where a large part of the documents would go, unless `may_remove`.
    """
    started = time.perf_counter()
    with generations.writer_lock(index), _told_when_full(index), _served(index) as served:
        files = scan_files(corpus)
        plan = make_plan(files, served.catalog.files() if served else {})
        fits = served is not None and not rebuild and served.fits(index, embedder, chroma_url)
        if served and fits and plan.is_empty:
            return _report(served.manifest, plan, served.catalog, started)
        with _draft(index) as name:
            old = served.catalog if served else None
            reader = _FileReader(files, corpus, embedder, old, passwords, on_progress, ocr=ocr)
            base = served.manifest.generation if served and fits and _is_small(served, plan) else None
            try:
                catalog, difference = _fill(index, name, plan, reader, base)
            except _Clash:
                generations.discard(index, name)
                base = None
                catalog, difference = _fill(index, name, plan, reader, base)
            changes = compare(old, catalog, plan)
            manifest = _manifest(name, catalog, corpus, embedder, chroma_url)
            if dry_run:
                return _report(manifest, plan, catalog, started, changes=changes)
            if served and not may_remove:
                check_removal(changes, served.catalog.document_count())
            embedded = _store(index, manifest, catalog, difference, base, embedder, on_progress)
            report = _report(manifest, plan, catalog, started, built=True, embedded=embedded, changes=changes)
            catalog.close()
            _serve(index, manifest, difference if base else None)
            return report


def repair(
    index: Path,
    *,
    embedder: Embedder,
    chroma_url: str | None = None,
    on_progress: Progress = lambda *_: None,
) -> generations.Manifest:
    """Vectors and keywords anew from the newest catalog that is whole; the source files are not needed."""
    with generations.writer_lock(index), _told_when_full(index):
        whole = generations.newest_whole_catalog(index)
        if whole is None:
            raise UserError(
                "No catalog of the index is whole. Run `assistant index`, which reads the documents."
            )
        with _draft(index) as name:
            catalog = _catalog(index, name, whole.generation)
            difference = Difference()
            for document in catalog.documents():
                _note(difference, catalog, document, embedder)
            manifest = _manifest(name, catalog, Path(whole.corpus), embedder, chroma_url)
            _store(index, manifest, catalog, difference, None, embedder, on_progress)
            catalog.close()
            _serve(index, manifest, None)
            return manifest


@dataclass(frozen=True)
class _Served:
    """What a build may take over from: the manifest and the catalog that are served, which are whole."""

    manifest: generations.Manifest
    catalog: Catalog

    def fits(self, index: Path, embedder: Embedder, chroma_url: str | None) -> bool:
        """Whether its passages were embedded, and are kept, as is configured, and nothing of it is damaged."""
        configured = (embedder.fingerprint, chroma_url)
        built = (self.manifest.embedder, self.manifest.chroma_url)
        return configured == built and generations.is_whole(index, self.manifest)


@contextmanager
def _served(index: Path) -> Iterator[_Served | None]:
    """None where nothing is served yet, or it is damaged or of another format: then every file is read."""
    name = generations.current_name(index)
    manifest = generations.whole_manifest(index, name) if name else None
    if name is None or manifest is None or manifest.chunking != generations.INDEX_FORMAT:
        yield None
        return
    catalog = Catalog(generations.folder_of(index, name) / generations.CATALOG)
    try:
        yield _Served(manifest, catalog)
    finally:
        catalog.close()


@contextmanager
def _draft(index: Path) -> Iterator[str]:
    """The name of a new generation, of which nothing is left where it does not come to be served."""
    name = generations.new_name(index)
    try:
        yield name
    finally:
        if generations.current_name(index) != name:
            generations.discard(index, name)


@contextmanager
def _told_when_full(index: Path) -> Iterator[None]:
    """A full disk in one sentence, whichever part ran into it."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        if shutil.disk_usage(index).free > FULL and getattr(error, "errno", None) != errno.ENOSPC:
            raise
        raise UserError(
            f"The disk that holds {index} is full. The index is as it was; make room and run it again."
        ) from error


def _is_small(served: _Served, plan: Plan) -> bool:
    """Whether the changes can be made in a copy of what is served."""
    few = plan.to_read + len(plan.removed) <= SMALL * (len(plan.unchanged) + plan.to_read)
    clash = any(record.failure and TAKEN in record.failure for record in served.catalog.files().values())
    return few and not clash and served.manifest.chroma_url is None and not served.catalog.is_sparse()


class _FileReader:
    """Reads files one by one, or takes their documents from the catalog that is served."""

    def __init__(
        self,
        files: Mapping[str, FileRecord],
        corpus: Path,
        embedder: Embedder,
        served: Catalog | None,
        passwords: Sequence[str],
        on_progress: Progress,
        *,
        ocr: bool,
    ) -> None:
        self.files = files
        self.embedder = embedder
        self.stated = read_metadata(corpus)
        self._passwords = passwords
        self._ocr = ocr
        self._root = root_of(corpus)
        self._limit = min(CHUNK_TOKENS, embedder.max_tokens - HEADER_TOKENS)
        self._served = served
        self._before = served.files() if served else {}
        self._on_progress = on_progress

    def read(self, paths: Sequence[str], unchanged: Container[str]) -> Iterator[_Read]:
        for done, path in enumerate(paths):
            self._on_progress("Reading documents", done, len(paths))
            yield (path in unchanged and self._taken_over(path)) or self.from_disk(path)
        self._on_progress("Reading documents", len(paths), len(paths))

    def _taken_over(self, path: str) -> _Read | None:
        kept = self._served.documents_of(path) if self._served else []
        return _Read(self._before[path], kept) if kept else None

    def from_disk(self, path: str) -> _Read:
        """A file that was read before and cannot be now keeps its last text: it may be half written."""
        record = self.files[path]
        try:
            if record.failure:
                raise UnreadableFile(record.failure)
            loaded = load(self._root / path, root=self._root, passwords=self._passwords, ocr=self._ocr)
        except UnreadableFile as error:
            kept = self._served.documents_of(path) if self._served and path in self._before else []
            told = f"{error} Its text of the last build is kept." if kept else str(error)
            return _Read(FileRecord(path, record.hash, told), kept)
        documents = map(self.stated.applied_to, loaded.documents)
        return _Read(
            replace(record, failure=loaded.failure),
            [(document, self._spans(document), _names(document)) for document in documents],
        )

    def _spans(self, document: Document) -> Spans:
        return [(c.start, c.end) for c in chunks(document, self.embedder.token_counts, limit=self._limit)]


def _names(document: Document) -> Names:
    return list(dict(names.pairs(document.text)).items())


def _fill(
    index: Path, name: str, plan: Plan, reader: _FileReader, base: str | None
) -> tuple[Catalog, Difference]:
    """The catalog of a new generation: every file, or only what has changed in a copy of the one it goes on from."""
    catalog, difference = _catalog(index, name, base), Difference()
    paths = [path for path in reader.files if path != METADATA_FILE]
    if base:
        for path in (*plan.removed, *plan.moved.values()):
            difference.removed += catalog.remove_file(path)
        unchanged = set(plan.unchanged)
        paths = [path for path in paths if path not in unchanged]
    for read in reader.read(paths, () if base else set(plan.unchanged)):
        if base:
            difference.removed += catalog.remove_file(read.record.path)
        taken = _taken(catalog, read)
        if taken and base:
            raise _Clash
        if taken:  # the file that had the id may come earlier now: then this one has to be read again
            read = _without_clash(catalog, reader.from_disk(read.record.path))
        catalog.add_file(read.record)
        for document, spans, found in read.documents:
            catalog.add_document(document, spans, found)
            _note(difference, catalog, document, reader.embedder)
    stated = reader.stated
    if stated.hash:
        known = reader.files.keys() | catalog.digests().keys()
        catalog.add_file(FileRecord(METADATA_FILE, stated.hash, stated.failure(known)))
    catalog.commit()
    return catalog, difference


def _taken(catalog: Catalog, read: _Read) -> str | None:
    return next((d.id for d, _, _ in read.documents if catalog.has_document(d.id)), None)


def _without_clash(catalog: Catalog, read: _Read) -> _Read:
    id = _taken(catalog, read)
    if id is None:
        return read
    return _Read(replace(read.record, failure=f"Its document id {id!r} {TAKEN}; make it unique."))


def _catalog(index: Path, name: str, base: str | None) -> Catalog:
    """An empty one, or a copy of another generation's."""
    folder = generations.folder_of(index, name)
    folder.mkdir(parents=True)
    path = folder / generations.CATALOG
    if base:
        shutil.copyfile(generations.folder_of(index, base) / generations.CATALOG, path)
    return Catalog(path, create=not base)


def _note(difference: Difference, catalog: Catalog, document: Document, embedder: Embedder) -> None:
    """What is to be embedded and stored of a document in the catalog."""
    prefix, day = header(document, embedder.token_counts), as_number(document.source.published)
    number, numbered = catalog.numbered_chunks(document)
    for at, chunk in numbered:
        difference.texts[at] = prefix + chunk.text
        difference.metadata[at] = {"document": number, "published": day}


def _manifest(
    name: str, catalog: Catalog, corpus: Path, embedder: Embedder, chroma_url: str | None
) -> generations.Manifest:
    """UserError where nothing could be read: an index of nothing is not worth switching to."""
    if not catalog.document_count():
        raise UserError(_nothing_readable(corpus, catalog.files()))
    return generations.Manifest(
        generation=name,
        embedder=embedder.fingerprint,
        chunking=generations.INDEX_FORMAT,
        corpus=str(corpus),
        documents=catalog.document_count(),
        chunks=catalog.chunk_count(),
        chroma_url=chroma_url,
        collection=f"chunks-{name}" if chroma_url else "chunks",
    )


def _store(
    index: Path,
    manifest: generations.Manifest,
    catalog: Catalog,
    difference: Difference,
    base: str | None,
    embedder: Embedder,
    on_progress: Progress,
) -> int:
    """Vectors and keywords of the new generation; returns how many passages had to be embedded."""
    folder = generations.folder_of(index, manifest.generation)
    generations.write_manifest(index, manifest)
    cache = VectorCache(index / "vectors.sqlite", embedder.fingerprint)
    texts = list(difference.texts.values())
    vectors, embedded = embed_cached(texts, embedder=embedder, cache=cache, on_progress=on_progress)
    cache.close()
    on_progress("Storing", 0, 1)
    chroma, name, url = folder / "chroma", manifest.collection, manifest.chroma_url
    if base:
        generations.copy_vectors(index, base, manifest.generation)
        store = VectorIndex.open(chroma, name=name, url=url)
        store.remove(difference.removed)
        keywords = KeywordIndex.load(generations.folder_of(index, base) / "keywords")
    else:
        store, keywords = VectorIndex.create(chroma, name=name, url=url), KeywordIndex.build({})
    if texts:
        store.add(list(difference.texts), vectors, list(difference.metadata.values()))
    store.close()
    keywords.changed(difference.removed, difference.texts).save(folder / "keywords")
    generations.store_names(folder, names.learn(catalog.names()))
    on_progress("Storing", 1, 1)
    return embedded


def _serve(index: Path, manifest: generations.Manifest, changed: Difference | None) -> None:
    """Verify a generation, all of it or what has changed, and switch to it; UserError leaves the old one served."""
    generations.seal(generations.folder_of(index, manifest.generation))
    generation = generations.open_generation(index, manifest.generation)
    try:
        wrong = [f for f in check(generation, None if changed is None else list(changed.texts)) if not f.ok]
    finally:
        generation.close()
    if wrong:
        raise UserError(f"The new index did not verify, so the old one is served: {wrong[0].what} Try again.")
    generations.switch(index, manifest.generation)
    generations.prune(index)


def embed_cached(
    texts: Sequence[str], *, embedder: Embedder, cache: VectorCache, on_progress: Progress = lambda *_: None
) -> tuple[Vectors, int]:
    """(n, dimension) vectors, embedding only what the cache lacks; and how many that were."""
    found = cache.get(texts)
    missing = list(dict.fromkeys(text for text, vector in zip(texts, found, strict=True) if vector is None))
    missing.sort(key=len)  # texts of one length go together: less padding
    made: dict[str, Vectors] = {}
    for batch in _batches(missing):
        on_progress("Embedding passages", len(made), len(missing))
        vectors = embedder.embed(batch)
        cache.put(batch, vectors)
        made.update(zip(batch, vectors, strict=True))
    on_progress("Embedding passages", len(missing), len(missing))
    rows = [made[text] if vector is None else vector for text, vector in zip(texts, found, strict=True)]
    return np.asarray(rows, dtype=np.float32), len(missing)


def _batches(texts: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(texts), EMBEDDED_AT_ONCE):
        yield texts[at : at + EMBEDDED_AT_ONCE]


def _nothing_readable(corpus: Path, files: dict[str, FileRecord]) -> str:
    reasons = [f"{record.path}: {record.failure}" for record in files.values() if record.failure][:3]
    return f"No document in {corpus} could be read; the index is as it was. " + " ".join(reasons)


def _report(
    manifest: generations.Manifest, plan: Plan, catalog: Catalog, started: float, **rest: Any
) -> BuildReport:
    sources = catalog.sources().values()
    return BuildReport(
        generation=manifest.generation,
        built=rest.pop("built", False),
        plan=plan,
        failures={record.path: record.failure for record in catalog.files().values() if record.failure},
        documents=manifest.documents,
        chunks=manifest.chunks,
        seconds=time.perf_counter() - started,
        same_texts=tuple(map(tuple, catalog.same_texts())),
        undated=tuple(source.document for source in sources if source.published is None),
        unpublished=tuple(source.document for source in sources if not source.publisher),
        **rest,
    )
