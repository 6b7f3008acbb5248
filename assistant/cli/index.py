"""`assistant index`: build the index, watch the folder, go back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.cli.building import build_index
from assistant.cli.console import Corpus, Index, err, escape, out, print_json, settings_for
from assistant.errors import UserError
from assistant.settings import Settings


def index(
    corpus: Corpus = None,
    index: Index = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Read every document again.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Remove as many documents as are gone, without being asked.")
    ] = False,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Serve what was built before; the next build goes on from it.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on: whenever files have changed, and rest, index them.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a report of the run as JSON.")] = False,
) -> None:
    """Build the index, or bring it up to date: only what changed is read and embedded.

    Reads Markdown, HTML, PDF, Word (.docx), PowerPoint (.pptx), Excel (.xlsx), CSV, TSV, EPUB,
    e-mail (.eml, .mbox), plain text and JSON Lines files, and ZIP archives of them. A metadata.csv in the
    folder (columns: path, title, publisher, author, published, url, tags) overrides what the files say.
    Passwords of PDFs are read from the text file that the setting pdf_passwords names; with the
    setting ocr the words of scanned PDFs are recognised. Stopped at any moment, it leaves the index as
    it was; the next run goes on from what was embedded.
    """
    settings = settings_for(corpus, index)
    if rollback and (dry_run or watch or rebuild or as_json):
        raise UserError(
            "--rollback only serves what was built before: leave out --dry-run, --watch, --rebuild and --json."
        )
    if rollback:
        _roll_back(settings.index)
        return
    if watch and dry_run:
        raise UserError(
            "--watch indexes what has changed, and --dry-run does nothing: leave one of them out."
        )
    report = build_index(
        settings, rebuild=rebuild, dry_run=dry_run, may_remove=yes, verbose=not as_json, as_json=as_json
    )
    if as_json:
        print_json(report.to_json(), indent=None if watch else 2)
    elif dry_run:
        _print_changes(report)
    if watch:
        _watch(settings, known=report.failures, as_json=as_json)


def _watch(settings: Settings, *, known: Mapping[str, str], as_json: bool) -> None:
    """Until it is stopped: a report of each build that changed something; an error is told, and it goes on."""
    from assistant.indexing.watching import changes

    err.print(f"Watching {escape(str(settings.corpus))}; Ctrl-C ends it.", soft_wrap=True)
    try:
        for _ in changes(settings.corpus, leave_out=settings.index):
            try:
                report = build_index(settings, as_json=as_json, known=known)
            except UserError as error:
                err.print(f"[red]Error:[/] {escape(str(error))}", soft_wrap=True)
                continue
            known = report.failures
            if as_json and report.built:
                print_json(report.to_json())
    except KeyboardInterrupt:
        err.print("No longer watching.")


def _roll_back(index: Path) -> None:
    from assistant.storage.lifecycle import roll_back

    manifest = roll_back(index)
    err.print(
        f"The index of {manifest.built_at} is served again: {manifest.documents} documents. "
        "The next `assistant index` goes on from it."
    )


def _print_changes(report: Any) -> None:
    changes = report.changes
    for what, ids in (
        ("add", changes.added),
        ("change the text of", changes.rewritten),
        ("change title, date or the like of", changes.relabelled),
        ("remove", changes.removed),
    ):
        for id in ids:
            out.print(f"would {what} {escape(id)}", soft_wrap=True)
    for new, old in changes.renamed.items():
        out.print(f"would rename {escape(old)} to {escape(new)}", soft_wrap=True)
