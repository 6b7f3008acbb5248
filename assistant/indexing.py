"""The whole build: scan -> plan -> load -> chunk -> embed -> store -> verify -> switch."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from assistant import generations, names
from assistant.catalog import Catalog, FileRecord, VectorCache, as_number
from assistant.chunking import CHUNK_TOKENS, HEADER_TOKENS, chunks, header
from assistant.errors import UnreadableFile, UserError
from assistant.keyword_index import KeywordIndex
from assistant.loading import load, scan
from assistant.loading.metadata_file import METADATA_FILE, MetadataFile, read_metadata
from assistant.types import Document, Embedder, Vectors
from assistant.vector_index import VectorIndex

EMBEDDED_AT_ONCE = 64  # passages between two steps of the progress bar, and lost at most by an interruption

Progress = Callable[[str, int, int], None]  # what is being done, how much of it is done, of how much


@dataclass(frozen=True)
class Plan:
    """What a build would do to each file, by path; `moved` maps new paths to old ones."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: dict[str, str] = field(default_factory=dict)
    unchanged: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.removed or self.moved)


@dataclass(frozen=True)
class BuildReport:
    """What a build did; `built` is false where nothing had changed."""

    generation: str
    built: bool
    plan: Plan
    failures: dict[str, str]  # path -> the reason why it, or a part of it, could not be read
    documents: int
    chunks: int
    embedded: int  # passages that had to be embedded; the others came from the cache
    seconds: float

    @property
    def summary(self) -> str:
        """One line for the user."""
        plan = self.plan
        total = f"{self.documents} documents, {self.chunks} passages"
        if not self.built:
            return f"Nothing has changed: {total}."
        return (
            f"Indexed {total} in {self.seconds:.0f} s: {len(plan.added)} files added, {len(plan.changed)} changed, "
            f"{len(plan.moved)} renamed, {len(plan.removed)} removed, {len(plan.unchanged)} unchanged; "
            f"{self.embedded} passages embedded."
        )


def build(
    corpus: Path,
    index: Path,
    *,
    embedder: Embedder,
    chroma_url: str | None = None,
    passwords: Sequence[str] = (),
    rebuild: bool = False,
    on_progress: Progress = lambda *_: None,
) -> BuildReport:
    """Bring the index up to date with the corpus and serve the result; readers are never interrupted.

    `passwords` are tried in turn on PDFs that are protected.
    """
    started = time.perf_counter()
    with generations.writer_lock(index):
        files = scan_files(corpus)
        old = None if rebuild else _open_fitting(index, embedder, chroma_url)
        try:
            plan = make_plan(files, old.catalog.files() if old else {})
            if old and plan.is_empty:
                return _report(old.manifest, plan, old.catalog, started, built=False, embedded=0)
            name = generations.new_name(index)
            catalog = _new_catalog(generations.folder_of(index, name))
            _fill(
                catalog, files, plan, corpus, old.catalog if old else None, embedder, passwords, on_progress
            )
        finally:
            if old:
                old.close()
        manifest = _manifest(name, catalog, corpus, embedder, chroma_url)
        embedded = _store(catalog, manifest, index, embedder, on_progress)
        generations.write_manifest(index, manifest)
        generations.switch(index, name)
        generations.prune(index)
        report = _report(manifest, plan, catalog, started, built=True, embedded=embedded)
        catalog.close()
        return report


def _new_catalog(folder: Path) -> Catalog:
    folder.mkdir(parents=True)
    return Catalog(folder / "catalog.sqlite", create=True)


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
    )


def scan_files(corpus: Path) -> dict[str, FileRecord]:
    """The files of a corpus with their hashes, by path; one that is left out carries the reason."""
    found, skipped = scan(corpus)
    root = root_of(corpus)
    stated = read_metadata(corpus)
    paths = {path.relative_to(root).as_posix() for path in found}
    records = {skip.path: FileRecord(skip.path, "", skip.reason) for skip in skipped}
    for path in found:
        name = path.relative_to(root).as_posix()
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            records[name] = FileRecord(name, stated.hash_of(name, digest, paths=paths))
        except OSError as error:
            records[name] = FileRecord(name, "", f"The file cannot be opened: {error.strerror}.")
    if not found:
        raise UserError(
            f"There are no documents in {corpus}. Put files there (see `assistant index --help`)."
        )
    if stated.hash:
        records[METADATA_FILE] = FileRecord(METADATA_FILE, stated.hash)
    return records


def root_of(corpus: Path) -> Path:
    """Paths are kept relative to this folder."""
    return corpus if corpus.is_dir() else corpus.parent


def make_plan(files: dict[str, FileRecord], before: dict[str, FileRecord]) -> Plan:
    """Compare the files with those of the last build, by path and hash."""
    new = [path for path in files if path not in before]
    gone = [path for path in before if path not in files]
    by_hash = {before[path].hash: path for path in gone if before[path].hash}
    moved = {path: by_hash.pop(files[path].hash) for path in new if files[path].hash in by_hash}
    same = [path for path in files if path in before and files[path].hash == before[path].hash]
    return Plan(
        added=tuple(path for path in new if path not in moved),
        changed=tuple(path for path in files if path in before and path not in same),
        removed=tuple(path for path in gone if path not in moved.values()),
        moved=moved,
        unchanged=tuple(same),
    )


def _open_fitting(index: Path, embedder: Embedder, chroma_url: str | None) -> generations.Generation | None:
    """The served generation, if what is to be built may take documents over from it."""
    name = generations.current_name(index)
    if name is None:
        return None
    try:
        generation = generations.open_generation(index, name)
    except UserError:
        return None  # damaged: everything is read again, from the source files
    found = generation.manifest
    fits = (found.embedder, found.chunking, found.chroma_url) == (
        embedder.fingerprint,
        generations.INDEX_FORMAT,
        chroma_url,
    )
    return generation if fits else None


def _fill(
    catalog: Catalog,
    files: dict[str, FileRecord],
    plan: Plan,
    corpus: Path,
    old: Catalog | None,
    embedder: Embedder,
    passwords: Sequence[str],
    on_progress: Progress,
) -> None:
    """Every file into the new catalog: unchanged ones from the old catalog, the others from disk."""
    unchanged = set(plan.unchanged) if old else set()
    stated = read_metadata(corpus)
    for done, record in enumerate(files.values()):
        on_progress("Reading documents", done, len(files))
        if stated.hash and record.path == METADATA_FILE:
            continue
        kept = old.documents_of(record.path) if old and record.path in unchanged else []
        if kept and not any(catalog.has_document(document.id) for document, _ in kept):
            catalog.add_file(old.file(record.path) if old else record)
            for document, spans in kept:
                catalog.add_document(document, spans)
        else:
            _read(catalog, record, corpus, embedder, stated, passwords)
    if stated.hash:
        known = files.keys() | {source.document for source in catalog.sources()}
        catalog.add_file(FileRecord(METADATA_FILE, stated.hash, stated.failure(known)))
    on_progress("Reading documents", len(files), len(files))
    catalog.commit()


def _read(
    catalog: Catalog,
    record: FileRecord,
    corpus: Path,
    embedder: Embedder,
    stated: MetadataFile,
    passwords: Sequence[str],
) -> None:
    failure = record.failure
    limit = min(CHUNK_TOKENS, embedder.max_tokens - HEADER_TOKENS)
    documents: list[Document] = []
    if failure is None:
        try:
            root = root_of(corpus)
            loaded = load(root / record.path, root=root, passwords=passwords)
            documents, failure = [stated.applied_to(d) for d in loaded.documents], loaded.failure
            clash = next((d.id for d in documents if catalog.has_document(d.id)), None)
            if clash is not None:
                raise UnreadableFile(f"Its document id {clash!r} is taken by another file; make it unique.")
        except UnreadableFile as error:
            failure, documents = str(error), []
    catalog.add_file(FileRecord(record.path, record.hash, failure))
    for document in documents:
        found = chunks(document, embedder.token_counts, limit=limit)
        spans = [(chunk.start, chunk.end) for chunk in found]
        catalog.add_document(document, spans)


def _store(
    catalog: Catalog,
    manifest: generations.Manifest,
    index: Path,
    embedder: Embedder,
    on_progress: Progress,
) -> int:
    """Vectors and keywords of every chunk of the catalog; returns how many had to be embedded."""
    folder = generations.folder_of(index, manifest.generation)
    texts: list[str] = []
    metadata: list[dict[str, Any]] = []
    for number, document in enumerate(catalog.documents()):
        prefix = header(document, embedder.token_counts)
        published = as_number(document.source.published)
        for chunk in catalog.chunks(document):
            texts.append(prefix + chunk.text)
            metadata.append({"document": number, "published": published})
    cache = VectorCache(index / "vectors.sqlite", embedder.fingerprint)
    vectors, embedded = embed_cached(texts, embedder=embedder, cache=cache, on_progress=on_progress)
    cache.close()
    on_progress("Storing", 0, 1)
    store = VectorIndex.create(folder / "chroma", name=manifest.collection, url=manifest.chroma_url)
    store.add(range(len(texts)), vectors, metadata)
    KeywordIndex.build(texts, folder / "keywords")
    generations.store_names(folder, names.learn(document.text for document in catalog.documents()))
    if store.count() != len(texts):
        raise UserError(
            f"The new index did not verify: {store.count()} of {len(texts)} passages are stored. Try again."
        )
    store.close()
    on_progress("Storing", 1, 1)
    return embedded


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
    manifest: generations.Manifest,
    plan: Plan,
    catalog: Catalog,
    started: float,
    *,
    built: bool,
    embedded: int,
) -> BuildReport:
    failures = {record.path: record.failure for record in catalog.files().values() if record.failure}
    return BuildReport(
        generation=manifest.generation,
        built=built,
        plan=plan,
        failures=failures,
        documents=manifest.documents,
        chunks=manifest.chunks,
        embedded=embedded,
        seconds=time.perf_counter() - started,
    )
