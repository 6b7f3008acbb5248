"""The whole build: scan -> plan -> read -> chunk -> embed -> store -> verify -> switch."""

import errno
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import UserError
from assistant.indexing.cataloguing import TAKEN, ChunkDelta, FileReader, IdConflict, fill
from assistant.indexing.planning import Plan, check_removal, compare, make_plan, scan_files
from assistant.indexing.progress import OnProgress, Steps
from assistant.indexing.report import BuildReport, make_report, near_duplicates
from assistant.indexing.verifying import check
from assistant.loading import LoadOptions
from assistant.storage import generations, lifecycle, lock, seal
from assistant.storage.catalog import Catalog
from assistant.storage.keywords import KeywordIndex
from assistant.storage.vector_cache import VectorCache
from assistant.storage.vectors import VectorIndex
from assistant.text import names
from assistant.types import Embedder, Vectors

EMBEDDED_AT_ONCE = 64  # passages between two steps of the progress bar, and lost at most by an interruption
SMALL = 0.3  # of the files: up to so many changes are made in a copy of the last generation
MB = 1_000_000
FULL = 8_000_000  # bytes left on a disk that is called full


def build(
    corpus: Path,
    index: Path,
    *,
    embedder: Embedder,
    chroma_url: str | None = None,
    options: LoadOptions | None = None,
    rebuild: bool = False,
    dry_run: bool = False,
    may_remove: bool = False,
    cache_mb: int = 1000,
    on_progress: OnProgress = lambda _: None,
) -> BuildReport:
    """Bring the index up to date with the corpus and serve the result; readers are never interrupted.

    `options`: how files are read; `dry_run` only tells what would be done; `cache_mb`: megabytes of
    vectors that are kept, so as not to embed them again.
    RemovesMuch where a large part of the documents would go, unless `may_remove`.
    """
    started, steps, options = time.perf_counter(), Steps(on_progress), options or LoadOptions()
    with ExitStack() as stack:
        stack.enter_context(lock.writer_lock(index))
        served = stack.enter_context(_served(index))
        old = served.catalog if served else None
        before = old.files() if old else {}
        files = scan_files(corpus, {} if rebuild else before, options=options)
        plan = make_plan(files, before)
        reader = stack.enter_context(
            FileReader(
                files,
                before,
                corpus,
                options,
                embedder=embedder,
                served=old,
                steps=steps,
                rechunk=served is not None and served.manifest.embedder != embedder.fingerprint,
                rebuild=rebuild,
            )
        )
        reader.start(len(files) if rebuild else plan.to_read)
        fits = served is not None and not rebuild and served.fits(index, embedder, chroma_url)
        if served and fits and plan.is_empty:
            if not dry_run:
                with _cache(index, embedder) as cache:
                    cache.shrink(cache_mb * MB)
            return make_report(served.manifest, plan, served.catalog, started)
        base = served.manifest.generation if served and fits and _is_small(served, plan) else None
        name = stack.enter_context(_draft(index))
        stack.enter_context(_told_when_full(index))
        catalog = stack.enter_context(closing(lifecycle.begin(index, name, base)))
        try:
            difference = fill(catalog, plan, reader, incremental=base is not None)
        except IdConflict:
            catalog.close()
            lifecycle.discard(index, name)
            base = None
            catalog = stack.enter_context(closing(lifecycle.begin(index, name, base)))
            difference = fill(catalog, plan, reader, incremental=False)
        changes = compare(old, catalog, plan, anew=base is None)
        manifest = _manifest(name, catalog, corpus, embedder, chroma_url)
        alike = near_duplicates(catalog, changes, anew=base is None)
        told: dict[str, Any] = {"changes": changes, "near_duplicates": alike}
        if dry_run:
            return make_report(manifest, plan, catalog, started, **told)
        if old and not may_remove:
            check_removal(changes, old.document_count())
        cache = stack.enter_context(_cache(index, embedder))
        embedded = _store(index, manifest, catalog, difference, base, embedder, cache, steps)
        report = make_report(manifest, plan, catalog, started, built=True, embedded=embedded, **told)
        catalog.close()
        _serve(index, manifest, difference if base else None)
        cache.shrink(cache_mb * MB)
        return report


def repair(
    index: Path,
    *,
    embedder: Embedder,
    chroma_url: str | None = None,
    on_progress: OnProgress = lambda _: None,
) -> generations.Manifest:
    """Vectors and keywords anew from the newest catalog that is whole; the source files are not needed."""
    with lock.writer_lock(index):
        whole = generations.newest_whole_catalog(index)
        if whole is None:
            raise UserError(
                "No catalog of the index is whole. Run `assistant index`, which reads the documents."
            )
        if whole.embedder != embedder.fingerprint:
            raise UserError(
                f"The index was built with the embedding model {whole.embedder}; configured is "
                f"{embedder.fingerprint}. Run `assistant index`, or set it back to repair."
            )
        with (
            _draft(index) as name,
            _told_when_full(index),
            closing(lifecycle.begin(index, name, whole.generation, parts=[generations.CATALOG])) as catalog,
            _cache(index, embedder) as cache,
        ):
            difference = ChunkDelta()
            for document in catalog.documents():
                difference.add(catalog, document, embedder)
            manifest = _manifest(name, catalog, Path(whole.corpus), embedder, chroma_url)
            _store(index, manifest, catalog, difference, None, embedder, cache, Steps(on_progress))
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
        folder = generations.folder_of(index, self.manifest.generation)
        return configured == built and seal.is_whole(folder)


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
            lifecycle.discard(index, name)


@contextmanager
def _told_when_full(index: Path) -> Iterator[None]:
    """A full disk in one sentence, whichever part ran into it; while a draft is still there that fills it."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        if not _is_full(index, error):
            raise
        raise UserError(
            f"The disk that holds {index} is full. The index is as it was; make room and run it again."
        ) from error


def _is_full(index: Path, error: Exception) -> bool:
    """By SQLite's words, by the system's number, or, where Chroma and numpy tell neither, by what is left."""
    told = "disk is full" in str(error) or getattr(error, "errno", None) == errno.ENOSPC
    return told or shutil.disk_usage(index).free < FULL


def _is_small(served: _Served, plan: Plan) -> bool:
    """Whether the changes can be made in a copy of what is served."""
    few = plan.to_read + len(plan.removed) <= SMALL * (len(plan.unchanged) + plan.to_read)
    clash = any(TAKEN in failure for failure in served.catalog.failures().values())
    return few and not clash and served.manifest.chroma_url is None and not served.catalog.is_sparse()


def _manifest(
    name: str, catalog: Catalog, corpus: Path, embedder: Embedder, chroma_url: str | None
) -> generations.Manifest:
    """UserError where nothing could be read: an index of nothing is not worth switching to."""
    if not catalog.document_count():
        raise UserError(_nothing_readable(corpus, catalog.failures()))
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


def _cache(index: Path, embedder: Embedder) -> "closing[VectorCache]":
    return closing(VectorCache(index / "vectors.sqlite", embedder.fingerprint))


def _store(
    index: Path,
    manifest: generations.Manifest,
    catalog: Catalog,
    difference: ChunkDelta,
    base: str | None,
    embedder: Embedder,
    cache: VectorCache,
    steps: Steps,
) -> int:
    """Vectors and keywords of the new generation; returns how many passages had to be embedded."""
    folder = generations.folder_of(index, manifest.generation)
    lifecycle.write_manifest(index, manifest)
    texts = list(difference.texts.values())
    vectors, embedded = embed_cached(texts, embedder=embedder, cache=cache, steps=steps)
    steps("Storing", 0, 1)
    chroma, name, url = folder / "chroma", manifest.collection, manifest.chroma_url
    if base:
        store, keywords = VectorIndex.open(chroma, name=name, url=url), KeywordIndex.load(folder / "keywords")
    else:
        store, keywords = VectorIndex.create(chroma, name=name, url=url), KeywordIndex.build({})
    with closing(store):  # also where the disk is full: an open file that was removed still takes its room
        store.remove(difference.removed)
        if texts:
            store.add(list(difference.texts), vectors, list(difference.metadata.values()))
    keywords.changed(difference.removed, difference.texts).save(folder / "keywords")
    lifecycle.store_names(folder, names.learn(catalog.names()))
    steps("Storing", 1, 1)
    return embedded


def _serve(index: Path, manifest: generations.Manifest, changed: ChunkDelta | None) -> None:
    """Verify a generation, all of it or what has changed, and switch to it; UserError leaves the old one served."""
    seal.seal(generations.folder_of(index, manifest.generation))
    generation = generations.open_generation(index, manifest.generation)
    try:
        wrong = [f for f in check(generation, None if changed is None else list(changed.texts)) if not f.ok]
    finally:
        generation.close()
    if wrong:
        raise UserError(f"The new index did not verify, so the old one is served: {wrong[0].what} Try again.")
    seal.note_opening(generations.folder_of(index, manifest.generation))
    lifecycle.switch(index, manifest.generation)
    lifecycle.prune(index)


def embed_cached(
    texts: Sequence[str], *, embedder: Embedder, cache: VectorCache, steps: Steps | None = None
) -> tuple[Vectors, int]:
    """(n, dimension) vectors, embedding only what the cache lacks; and how many that were."""
    steps = steps or Steps()
    found = cache.get(texts)
    missing = list(dict.fromkeys(text for text, vector in zip(texts, found, strict=True) if vector is None))
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
    rows = [made[text] if vector is None else vector for text, vector in zip(texts, found, strict=True)]
    return np.asarray(rows, dtype=np.float32), len(missing)


def _batches(texts: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(texts), EMBEDDED_AT_ONCE):
        yield texts[at : at + EMBEDDED_AT_ONCE]


def _nothing_readable(corpus: Path, failures: dict[str, str]) -> str:
    reasons = [f"{path}: {reason}" for path, reason in failures.items()][:3]
    return f"No document in {corpus} could be read; the index is as it was. " + " ".join(reasons)
