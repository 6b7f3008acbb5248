"""Whether the index is whole, and matches the documents, the embedding model and the format."""

from collections.abc import Iterator
from pathlib import Path

from assistant.errors import UserError
from assistant.indexing.planning import BuildOptions, make_plan, scan_files
from assistant.indexing.verifying import REPAIR, Finding, check
from assistant.storage import INDEX_FORMAT, generations, seal
from assistant.types import Embedder


def examine(
    corpus: Path,
    index: Path,
    *,
    embedder: Embedder,
    options: BuildOptions | None = None,
) -> Iterator[Finding]:
    """Check everything that can be checked without building; nothing is changed."""
    options = options or BuildOptions()
    name = generations.current_name(index)
    if name is None:
        yield Finding(f"There is no index in {index}.", ok=False, remedy="Run `assistant index`.")
        return
    try:
        generation = generations.open_generation(index, name)
    except UserError as error:
        yield Finding(str(error), ok=False)
        return
    yield from (
        Finding(f"{file} is not as it was built.", ok=False, remedy=REPAIR)
        for file in seal.broken_files(generations.folder_of(index, name), look="everything")
    )
    manifest = generation.manifest
    yield Finding(f"Generation {name}: {manifest.documents} documents, {manifest.chunks} passages.", ok=True)
    try:
        yield from check(generation)
    except UserError as error:
        yield Finding(str(error), ok=False, remedy=REPAIR)
    yield from _fits(generation, embedder, options.chroma_url)
    yield from _sources(generation, corpus, options)


def _fits(
    generation: generations.Generation, embedder: Embedder, chroma_url: str | None
) -> Iterator[Finding]:
    manifest = generation.manifest
    configured = (embedder.fingerprint, INDEX_FORMAT, chroma_url)
    built = (manifest.embedder, manifest.chunking, manifest.chroma_url)
    for name, now, then in zip(
        ("embedding model", "format", "Chroma address"), configured, built, strict=True
    ):
        if now != then:
            what = f"The index was built with the {name} {then}; configured is {now}."
            yield Finding(what, ok=False, remedy="Run `assistant index`, or set it back.")
    if configured == built:
        yield Finding(f"It matches the embedding model {embedder.fingerprint}.", ok=True)


def _sources(generation: generations.Generation, corpus: Path, options: BuildOptions) -> Iterator[Finding]:
    try:
        files = scan_files(corpus, options=options.loading)
    except UserError as error:
        yield Finding(str(error), ok=False)
        return
    plan = make_plan(files, generation.catalog.files())
    if plan.is_empty:
        yield Finding(f"It matches the documents in {corpus}.", ok=True)
    else:
        counts = f"{len(plan.added)} added, {len(plan.changed)} changed, {len(plan.removed)} removed"
        yield Finding(
            f"{corpus} has changed since: {counts}, {len(plan.moved)} renamed.",
            ok=False,
            remedy="Run `assistant index`.",
        )
    for path, failure in generation.catalog.failures().items():
        yield Finding(f"{path}: {failure}", ok=True, of_file=True)
