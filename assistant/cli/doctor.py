"""`assistant doctor`: is the index whole?"""

from typing import Annotated

import typer

from assistant.cli.building import load_options, progress_bar
from assistant.cli.console import Corpus, Index, err, escape, out, settings_for


def doctor(
    corpus: Corpus = None,
    index: Index = None,
    documents: Annotated[bool, typer.Option("--documents", help="List the documents in the index.")] = False,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Build the index again from its own record, without the documents."),
    ] = False,
) -> None:
    """Say whether the index is whole and fits the documents and the model."""
    settings = settings_for(corpus, index)
    from assistant.indexing.doctor import examine
    from assistant.models.embedder import load_embedder
    from assistant.storage.generations import Reader

    if documents:
        for row in Reader(settings.index).current().catalog.summaries():
            out.print(
                f"{row.source.published or '          '}  {escape(row.source.document)}  {escape(row.source.title)}"
            )
        return
    embedder = load_embedder(settings.embedding_model)
    if repair:
        from assistant.indexing.build import repair as mend

        with progress_bar() as on_progress:
            made = mend(
                settings.index, embedder=embedder, chroma_url=settings.chroma_url, on_progress=on_progress
            )
        err.print(f"Repaired: {made.documents} documents, {made.chunks} passages.")
    findings = list(
        examine(
            settings.corpus,
            settings.index,
            embedder=embedder,
            chroma_url=settings.chroma_url,
            options=load_options(settings),
        )
    )
    for finding in findings:
        well = "[yellow]look[/]" if finding.of_file else "[green]ok  [/]"
        mark = well if finding.ok else "[red]FAIL[/]"
        out.print(f"{mark} {escape(finding.what)} {escape(finding.remedy)}", soft_wrap=True)
    out.print(
        f"     Answers: {escape(settings.model) + ', checked' if settings.model else 'quoted, no chat model'}."
    )
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)
