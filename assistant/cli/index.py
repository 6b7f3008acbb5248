"""`assistant index`: build the index, watch the folder, go back."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.building import build_index
from assistant.cli.console import Corpus, Index, err, escape, out, print_json, settings_for
from assistant.errors import UserError
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.indexing import BuildReport


Yes = Annotated[
    bool, typer.Option("--yes", help="Remove documents that are gone, however many, without asking.")
]
Rollback = Annotated[
    bool, typer.Option("--rollback", help="Serve the previous build; the next build continues from it.")
]
Watch = Annotated[
    bool, typer.Option("--watch", help="Keep running, and index files once they have changed and settled.")
]


def index(
    corpus: Corpus = None,
    index: Index = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Read every document again.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only report what would be done.")] = False,
    yes: Yes = False,
    rollback: Rollback = False,
    watch: Watch = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a report of the run as JSON.")] = False,
) -> None:
    """Build the index, or bring it up to date: only what changed is read and embedded.

    Reads Markdown, HTML, PDF, Word (.docx), PowerPoint (.pptx), Excel (.xlsx), CSV, TSV, EPUB,
    e-mail (.eml, .mbox), plain text and JSON Lines files, and ZIP archives of them. A metadata.csv in the
    folder (columns: path, title, publisher, author, published, url, tags) overrides what the files say.
    Passwords of PDFs are read from the text file that the setting pdf_passwords names; with the
    setting ocr, the text of scanned PDFs is recognised. If it is stopped at any moment, the index stays
    as it was, and the next run continues from what was embedded.
    """
    settings = settings_for(corpus, index)
    if rollback and (dry_run or watch or rebuild or as_json):
        raise UserError(
            "--rollback only serves the previous build: leave out --dry-run, --watch, --rebuild and --json."
        )
    if rollback:
        _roll_back(settings.index)
        return
    if watch and dry_run:
        raise UserError(
            "--watch indexes what has changed, and --dry-run changes nothing: leave one of them out."
        )
    report = build_index(
        settings, rebuild=rebuild, dry_run=dry_run, may_remove=yes, verbose=not as_json, as_json=as_json
    )
    if as_json:
        print_json(report.to_json(), indent=None if watch else 2)
    elif dry_run:
        _print_changes(report)
    if watch:
        _watch(settings, reported=report.failures, as_json=as_json)


def _watch(settings: Settings, *, reported: Mapping[str, str], as_json: bool) -> None:
    """Until stopped, print a report of each build that changed something; an error is printed and does not end it."""
    from assistant.indexing import changes

    err.print(f"Watching {escape(str(settings.corpus))}; press Ctrl-C to stop.", soft_wrap=True)
    try:
        for _ in changes(settings.corpus, leave_out=settings.index):
            try:
                report = build_index(settings, as_json=as_json, reported=reported)
            except UserError as error:
                err.print(f"[red]Error:[/] {escape(str(error))}", soft_wrap=True)
                continue
            reported = report.failures
            if as_json and report.built:
                print_json(report.to_json())
    except KeyboardInterrupt:
        err.print("Stopped watching.")


def _roll_back(index: Path) -> None:
    from assistant.storage import roll_back

    manifest = roll_back(index)
    err.print(
        f"The index built on {manifest.built_at} is served again: {manifest.documents} documents. "
        "The next `assistant index` continues from it."
    )


def _print_changes(report: "BuildReport") -> None:
    changes = report.changes
    for what, ids in (
        ("add", changes.added),
        ("change the text of", changes.rewritten),
        ("change the metadata of", changes.relabelled),
        ("remove", changes.removed),
    ):
        for id in ids:
            out.print(f"would {what} {escape(id)}", soft_wrap=True)
    for new, old in changes.renamed.items():
        out.print(f"would rename {escape(old)} to {escape(new)}", soft_wrap=True)
