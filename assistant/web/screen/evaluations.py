"""Evaluations as HTML: how far one is, what came of one, and the feedback that waits to become cases."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlencode

from assistant.storage import Catalog
from assistant.web.screen.rendering import environment
from evals.cases import Corpus
from evals.making import Pending
from evals.runs import Result, find_run, outcome_counts, render_report, report_policy, rescored
from evals.runs.tables import MAIN, points, share

RUNS = "runs"  # folder in `evaluations`
MOST = 60  # cases listed; the report has all
LISTED = ("wrong", "answered, should abstain", "failed", "abstained, wrongly")


class Progress(Protocol):
    """How far an evaluation is."""

    @property
    def name(self) -> str: ...
    @property
    def done(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def running(self) -> bool: ...
    @property
    def problem(self) -> str: ...


def progress(state: Progress, *, problem: str = "") -> str:
    return _render("progress.html", state=state, problem=problem or state.problem)


def result(found: Result, whys: Mapping[str, str], name: str, against: str | None = None) -> str:
    """The headline, what changed, and the cases that went wrong, each with a link to it in the whole report."""
    wanted = {"run": name} | ({"against": against} if against else {})
    report = f"evaluation?{urlencode(wanted)}"
    both = zip(found.cases, found.outcomes, strict=True)
    wrong = [
        (case, f"{came.value}: {whys.get(case.id, '')}", f"{report}#case-{quote(case.id)}")
        for case, came in both
        if came.value in LISTED
    ]
    return _render(
        "evaluation.html",
        result=found,
        name=name,
        counted=outcome_counts(found),
        share=share,
        points=points,
        main=MAIN,
        report=report,
        wrong=wrong[:MOST],
        more=len(wrong) - MOST,
    )


def no_run(problem: str = "") -> str:
    return _render("evaluation.html", result=None, problem=problem)


def pending(waiting: Sequence[Pending], *, told: str = "", of: str = "") -> str:
    """`told`: what was done, or why not, shown at the case `of` if it is named."""
    return _render("pending.html", waiting=waiting, told=told, of=of)


def kept_report(folder: Path, name: str, against: str, catalog: Catalog) -> tuple[str, str]:
    """The whole report of a run kept in `evaluations`, and the policy to serve it with. UserError if there is none."""
    run, other = find_run(folder / RUNS, name), find_run(folder / RUNS, against) if against else None
    texts = {document.id: document.text for document in catalog.documents()}
    found = rescored(run, texts, compared=other)
    return render_report(found, Corpus(texts)).encode("utf-8", "replace").decode(), report_policy()


def _render(template: str, **values: object) -> str:
    return environment().get_template(template).render(**values).strip()
