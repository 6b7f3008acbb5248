"""A build in the terminal: its progress, what it did, and what it asks."""

import json
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

import typer

from assistant.cli.console import err, escape
from assistant.settings import Settings


def build_index(
    settings: Settings,
    *,
    verbose: bool = False,
    as_json: bool = False,
    may_remove: bool = False,
    known: Mapping[str, str] | None = None,
    **how: Any,
) -> Any:
    """The report of a build; where many documents would go, a user at a terminal is asked.

    `known`: files to look at that were told before, with the reasons.
    """
    from assistant.indexing.build import build
    from assistant.indexing.planning import RemovesMuch
    from assistant.models.embedder import load_embedder

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # to be stopped like by Ctrl-C
    try:
        with progress_bar() if not as_json else nullcontext(_progress_lines()) as on_progress:
            report = build(
                settings.corpus,
                settings.index,
                embedder=load_embedder(settings.embedding_model),
                chroma_url=settings.chroma_url,
                may_remove=may_remove,
                options=load_options(settings),
                cache_mb=settings.vector_cache_mb,
                on_progress=on_progress,
                **how,
            )
    except RemovesMuch as error:
        if not (verbose and sys.stdin.isatty()):
            raise
        err.print(escape(error.what), soft_wrap=True)
        typer.confirm("Remove them from the index?", abort=True)
        return build_index(settings, verbose=verbose, as_json=as_json, may_remove=True, **how)
    except KeyboardInterrupt:
        err.print("Stopped. The index is as it was; the next run goes on from what was embedded.")
        raise
    if (report.built or verbose) and not as_json:
        err.print(escape(report.summary), soft_wrap=True)
        for remark in report.remarks if report.built else ():
            err.print(escape(remark), soft_wrap=True)
        for path, reason in report.failures.items():
            if known and known.get(path) == reason:
                continue
            err.print(f"[yellow]to look at:[/] {escape(path)}: {escape(reason)}", soft_wrap=True)
    return report


def load_options(settings: Settings) -> Any:
    from assistant.loading import LoadOptions, read_passwords

    return LoadOptions(read_passwords(settings.pdf_passwords), settings.ocr, settings.file_timeout)


@contextmanager
def progress_bar() -> Iterator[Any]:
    """A callback for the steps of a build: a bar for each, on standard error."""
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bars

    with Bars(BarColumn(), TextColumn("{task.description}"), console=err, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def on_progress(progress: Any) -> None:
            if progress.step not in tasks:
                tasks[progress.step] = bars.add_task("", total=progress.total)
            bars.update(
                tasks[progress.step],
                description=escape(str(progress)),
                completed=progress.done,
                total=progress.total,
            )

        yield on_progress


def _progress_lines() -> Any:
    """A callback for the steps of a build: a line of JSON a second at most, on standard error."""
    told: dict[str, float] = {}

    def on_progress(progress: Any) -> None:
        now = time.monotonic()
        if progress.done == progress.total or now - told.get(progress.step, 0) > 1:
            told[progress.step] = now
            sys.stderr.write(json.dumps(progress.to_json(), ensure_ascii=False) + "\n")

    return on_progress
