"""The whole build: scan -> plan -> load -> chunk -> embed -> store -> verify -> switch."""

import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from assistant.errors import UserError
from assistant.indexing.cataloguing import ChunkDelta, FileReader, IdConflict, fill
from assistant.indexing.draft import Draft, new_draft
from assistant.indexing.planning import BuildOptions, Plan, check_removal, compare, make_plan, scan_files
from assistant.indexing.progress import OnProgress, Steps
from assistant.indexing.report import BuildReport, make_report, near_duplicates
from assistant.indexing.served import Served, open_served
from assistant.indexing.storing import embed_cached, store
from assistant.storage import Manifest, VectorCache, generations, lock
from assistant.types import Embedder

MB = 1_000_000


def build(
    corpus: Path,
    index: Path,
    *,
    embedder: Embedder,
    options: BuildOptions | None = None,
    on_progress: OnProgress = lambda _: None,
) -> BuildReport:
    """Bring the index up to date with the corpus and serve the result; readers are never interrupted.

    RemovesMuch where a large part of the documents would go, unless the options allow it.
    """
    started, steps, options = time.perf_counter(), Steps(on_progress), options or BuildOptions()
    with lock.writer_lock(index), open_served(index) as served:
        before = served.files if served else {}
        files = scan_files(corpus, {} if options.rebuild else before, options=options.loading)
        plan = make_plan(files, before)
        with FileReader(
            corpus, files, served=served, embedder=embedder, options=options, steps=steps
        ) as reader:
            reader.start(plan)  # the workers come up while the files of the served index are checked
            usable = served if served and served.can_be_kept(embedder, options) else None
            if usable and plan.is_empty:
                return _timed(_kept(index, usable, plan, embedder, options), started)
            with new_draft(index, usable.base_for(plan) if usable else None) as draft:
                delta = _load_and_chunk(draft, plan, reader)
                manifest = draft.manifest(corpus, embedder, options.chroma_url)
                report = _compared(draft, manifest, plan, served)
                if options.dry_run:
                    return _timed(report, started)
                if not options.may_remove:
                    check_removal(report.changes, served.manifest.documents if served else 0)
                with _cache(index, embedder) as cache:
                    embedded = _embed_and_serve(draft, manifest, delta, embedder, cache, steps)
                    cache.shrink(options.cache_mb * MB)
                return _timed(replace(report, embedded=embedded), started)


def repair(
    index: Path,
    *,
    embedder: Embedder,
    chroma_url: str | None = None,
    on_progress: OnProgress = lambda _: None,
) -> Manifest:
    """Vectors and keywords again, from the newest catalog that is whole; the source files are not needed."""
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
            new_draft(index, whole.generation, parts=[generations.CATALOG]) as draft,
            _cache(index, embedder) as cache,
        ):
            delta = ChunkDelta()
            for document in draft.catalog.documents():
                delta.add(draft.catalog, document, embedder)
            manifest = draft.manifest(Path(whole.corpus), embedder, chroma_url)
            _embed_and_serve(draft, manifest, delta, embedder, cache, Steps(on_progress))
            return manifest


def _kept(index: Path, served: Served, plan: Plan, embedder: Embedder, options: BuildOptions) -> BuildReport:
    """Nothing has changed, but the limit of the cache may have."""
    if not options.dry_run:
        with _cache(index, embedder) as cache:
            cache.shrink(options.cache_mb * MB)
    return make_report(served.manifest, plan, served.catalog)


def _load_and_chunk(draft: Draft, plan: Plan, reader: FileReader) -> ChunkDelta:
    """Fill the catalog of the draft, from scratch where two files turn out to have a document with the same id."""
    try:
        return fill(draft.catalog, plan, reader, incremental=draft.is_incremental)
    except IdConflict:
        draft.start_over()
        return fill(draft.catalog, plan, reader, incremental=False)


def _compared(draft: Draft, manifest: Manifest, plan: Plan, served: Served | None) -> BuildReport:
    """What the draft would change for its readers."""
    anew = not draft.is_incremental
    changes = compare(served.catalog if served else None, draft.catalog, plan, anew=anew)
    alike = near_duplicates(draft.catalog, changes, anew=anew)
    return make_report(manifest, plan, draft.catalog, changes=changes, near_duplicates=alike)


def _embed_and_serve(
    draft: Draft, manifest: Manifest, delta: ChunkDelta, embedder: Embedder, cache: VectorCache, steps: Steps
) -> int:
    """Embed, store, verify, switch; returns how many passages had to be embedded."""
    vectors, embedded = embed_cached(list(delta.texts.values()), embedder=embedder, cache=cache, steps=steps)
    store(draft, manifest, delta, vectors, steps)
    draft.serve(list(delta.texts) if draft.is_incremental else None)
    return embedded


def _cache(index: Path, embedder: Embedder) -> "closing[VectorCache]":
    return closing(VectorCache(index / "vectors.sqlite", embedder.fingerprint))


def _timed(report: BuildReport, started: float) -> BuildReport:
    return replace(report, seconds=time.perf_counter() - started)
