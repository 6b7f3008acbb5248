"""A build in the terminal: its progress, its report, and what it asks."""

import json
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import typer

from assistant.cli.console import err, escape
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.indexing import BuildReport, OnProgress, Progress


def build_index(
    settings: Settings,
    *,
    verbose: bool = False,
    as_json: bool = False,
    reported: Mapping[str, str] | None = None,
    **choices: bool,
) -> "BuildReport":
    """Build and print the outcome; where many documents would go, a user at a terminal is asked.

    `reported`: failures that were printed before; `choices`: rebuild, dry_run, may_remove.
    """
    from assistant.indexing import RemovesMuch

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # to be stopped as by Ctrl-C
    try:
        report = _built(settings, as_json=as_json, **choices)
    except RemovesMuch as error:
        if not (verbose and sys.stdin.isatty()):
            raise
        err.print(escape(error.what), soft_wrap=True)
        typer.confirm("Remove them from the index?", abort=True)
        report = _built(settings, as_json=as_json, **{**choices, "may_remove": True})
    except KeyboardInterrupt:
        err.print("Stopped. The index is unchanged; the next run continues from what was embedded.")
        raise
    if (report.built or verbose) and not as_json:
        _print_report(report, reported or {})
    return report


def _built(settings: Settings, *, as_json: bool, **choices: bool) -> "BuildReport":
    from assistant.indexing import BuildOptions, build
    from assistant.models import load_embedder

    with nullcontext(_progress_lines()) if as_json else progress_bar() as on_progress:
        return build(
            settings.corpus,
            settings.index,
            embedder=load_embedder(settings.embedding_model),
            options=BuildOptions.from_settings(settings, **choices),
            on_progress=on_progress,
        )


def _print_report(report: "BuildReport", reported: Mapping[str, str]) -> None:
    err.print(escape(report.summary), soft_wrap=True)
    for remark in report.remarks if report.built else ():
        err.print(escape(remark), soft_wrap=True)
    for path, reason in report.failures.items():
        if reported.get(path) != reason:
            err.print(f"[yellow]needs attention:[/] {escape(path)}: {escape(reason)}", soft_wrap=True)


@contextmanager
def progress_bar() -> "Iterator[OnProgress]":
    """A callback for the steps of a build: a bar for each, on standard error."""
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bars

    with Bars(BarColumn(), TextColumn("{task.description}"), console=err, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def on_progress(progress: "Progress") -> None:
            if progress.step not in tasks:
                tasks[progress.step] = bars.add_task("", total=progress.total)
            bars.update(
                tasks[progress.step],
                description=escape(str(progress)),
                completed=progress.done,
                total=progress.total,
            )

        yield on_progress


def _progress_lines() -> "OnProgress":
    """A callback for the steps of a build: at most one line of JSON a second for each, on standard error."""
    written: dict[str, float] = {}

    def on_progress(progress: "Progress") -> None:
        now = time.monotonic()
        if progress.done == progress.total or now - written.get(progress.step, 0) > 1:
            written[progress.step] = now
            sys.stderr.write(json.dumps(progress.to_json(), ensure_ascii=False) + "\n")

    return on_progress
