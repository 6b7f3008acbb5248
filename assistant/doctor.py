"""Whether the index is whole, and fits the documents, the model and the way texts are cut."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant import generations
from assistant.errors import UserError
from assistant.generations import INDEX_FORMAT
from assistant.indexing import make_plan, scan_files
from assistant.types import Embedder

READ_BACK = 1_000  # vectors read back at a time


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` says what to do where it is not well."""

    what: str
    ok: bool
    remedy: str = ""


def examine(
    corpus: Path, index: Path, *, embedder: Embedder, chroma_url: str | None = None
) -> Iterator[Finding]:
    """Look at everything that can be told without building; nothing is changed."""
    name = generations.current_name(index)
    if name is None:
        yield Finding(f"There is no index in {index}.", ok=False, remedy="Run `assistant index`.")
        return
    try:
        generation = generations.open_generation(index, name)
    except UserError as error:
        yield Finding(str(error), ok=False)
        return
    manifest = generation.manifest
    yield Finding(f"Generation {name}: {manifest.documents} documents, {manifest.chunks} passages.", ok=True)
    yield from _counts(generation)
    yield from _vectors(generation)
    yield from _spans(generation)
    yield from _fits(generation, embedder, chroma_url)
    yield from _sources(generation, corpus)


_REBUILD = "Run `assistant index --rebuild`."


def _counts(generation: generations.Generation) -> Iterator[Finding]:
    counts = {
        "catalog": generation.catalog.chunk_count(),
        "vectors": generation.vectors.count(),
        "keywords": generation.keywords.size,
    }
    told = ", ".join(f"{name} {count}" for name, count in counts.items())
    ok = set(counts.values()) == {generation.manifest.chunks}
    yield Finding(f"Passages counted: {told}.", ok=ok, remedy="" if ok else _REBUILD)


def _vectors(generation: generations.Generation) -> Iterator[Finding]:
    missing = 0
    for first in range(0, generation.manifest.chunks, READ_BACK):
        numbers = range(first, min(first + READ_BACK, generation.manifest.chunks))
        try:
            generation.vectors.vectors(numbers)
        except KeyError:
            missing += 1
    remedy = _REBUILD if missing else ""
    yield Finding(
        "Every vector can be read back." if not missing else "Vectors are missing.", not missing, remedy
    )


def _spans(generation: generations.Generation) -> Iterator[Finding]:
    bad = [
        document.id
        for document in generation.catalog.documents()
        for chunk in generation.catalog.chunks(document)
        if not (0 <= chunk.start < chunk.end <= len(document.text)) or not chunk.text.strip()
    ]
    if bad:
        yield Finding(f"Passages of {bad[0]} lie outside of its text.", ok=False, remedy=_REBUILD)
    else:
        yield Finding("Every passage is a span of its document.", ok=True)


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
        yield Finding(f"It fits the embedding model {embedder.fingerprint}.", ok=True)


def _sources(generation: generations.Generation, corpus: Path) -> Iterator[Finding]:
    try:
        files = scan_files(corpus)
    except UserError as error:
        yield Finding(str(error), ok=False)
        return
    plan = make_plan(files, generation.catalog.files())
    if plan.is_empty:
        yield Finding(f"It fits the documents in {corpus}.", ok=True)
    else:
        told = f"{len(plan.added)} added, {len(plan.changed)} changed, {len(plan.removed)} removed"
        yield Finding(
            f"{corpus} has changed since: {told}, {len(plan.moved)} renamed.",
            ok=False,
            remedy="Run `assistant index`.",
        )
    for record in generation.catalog.files().values():
        if record.failure:
            yield Finding(f"{record.path} was not read in full: {record.failure}", ok=True)
