"""`assistant doctor`: is the index whole?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.building import progress_bar
from assistant.cli.console import Corpus, Index, err, escape, out, settings_for
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.indexing import Finding


def doctor(
    corpus: Corpus = None,
    index: Index = None,
    documents: Annotated[bool, typer.Option("--documents", help="List the documents in the index.")] = False,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Rebuild the index from its own record, without the documents."),
    ] = False,
) -> None:
    """Check that the index is whole, and matches the documents and the embedding model."""
    settings = settings_for(corpus, index)
    if documents:
        _list_documents(settings)
        return
    if repair:
        _repair(settings)
    findings = _examine(settings)
    for finding in findings:
        passed = "[yellow]look[/]" if finding.of_file else "[green]ok  [/]"
        mark = passed if finding.ok else "[red]FAIL[/]"
        out.print(f"{mark} {escape(finding.what)} {escape(finding.remedy)}", soft_wrap=True)
    answers = f"written by {escape(settings.model)}, checked" if settings.model else "quoted, no chat model"
    out.print(f"     Answers: {answers}.")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def _list_documents(settings: Settings) -> None:
    from assistant.storage import IndexReader

    for row in IndexReader(settings.index).current().catalog.summaries():
        day = row.source.published or " " * len("2026-03-31")
        out.print(f"{day}  {escape(row.source.document)}  {escape(row.source.title)}")


def _repair(settings: Settings) -> None:
    from assistant.indexing import repair
    from assistant.models import load_embedder

    embedder = load_embedder(settings.embedding_model)
    with progress_bar() as on_progress:
        manifest = repair(
            settings.index, embedder=embedder, chroma_url=settings.chroma_url, on_progress=on_progress
        )
    err.print(f"Repaired: {manifest.documents} documents, {manifest.chunks} passages.")


def _examine(settings: Settings) -> "Sequence[Finding]":
    from assistant.indexing import BuildOptions, examine
    from assistant.models import load_embedder

    embedder, options = load_embedder(settings.embedding_model), BuildOptions.from_settings(settings)
    return list(examine(settings.corpus, settings.index, embedder=embedder, options=options))
