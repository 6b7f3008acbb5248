"""The Evals tab: choose sets and run them, see what came of it, and make cases of what users said."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.chain import AnswerChain
from assistant.errors import UserError
from assistant.settings import Settings
from assistant.web.page.evaluating import Evaluating
from assistant.web.page.library_tab import QUIET, html
from assistant.web.screen import evaluations
from evals.making import PendingCases, locate
from evals.making.pending import Marked
from evals.runs import Run

POLL = 0.5  # seconds between two looks at how far a run is
REVIEWING = (Path(__file__).parent / "evals.js").read_text("utf-8")


@dataclass(frozen=True)
class Bench:
    """The parts of the tab."""

    sets: gr.CheckboxGroup
    run: gr.Button
    stop: gr.Button
    progress: gr.HTML
    shown: gr.Dropdown  # which run
    against: gr.Dropdown
    result: gr.HTML
    pending: gr.HTML


def evals_tab(chain: AnswerChain, settings: Settings, tab: gr.Tab) -> None:
    """Build the tab."""
    bench, evaluating = _bench(), Evaluating(chain, settings)
    cases = PendingCases(settings.evaluations)
    everything = [bench.sets, bench.shown, bench.against, bench.progress, bench.result, bench.pending]
    refreshing: dict[str, Any] = {
        "fn": lambda: _everything(evaluating, cases),
        "inputs": None,
        "outputs": everything,
        **QUIET,
    }
    running: dict[str, Any] = {"concurrency_limit": 4, "concurrency_id": "evals", **QUIET}
    watching = partial(_watch, evaluating)
    tab.select(**refreshing).then(watching, None, [bench.progress], **running)
    started = bench.run.click(partial(_run, evaluating), [bench.sets], [bench.progress], **running)
    started.then(**refreshing)
    bench.stop.click(evaluating.stop, None, None, **QUIET)
    choosing: dict[str, Any] = {
        "fn": partial(_result, evaluating),
        "inputs": [bench.shown, bench.against],
        "outputs": [bench.result],
        **QUIET,
    }
    bench.shown.change(**choosing)
    bench.against.change(**choosing)
    bench.pending.click(_reviewing(chain, cases), None, [bench.pending], **QUIET)


def _everything(evaluating: Evaluating, cases: PendingCases) -> tuple[Any, ...]:
    """Sets, runs, progress, the newest result, and what waits, as they are now."""
    try:
        finished = evaluating.finished()
        sets = list(evaluating.sets())
    except UserError as error:
        progress = evaluations.progress(evaluating.state, problem=str(error))
        return gr.update(), gr.update(), gr.update(), progress, gr.update(), _pending(cases)
    runs = [run.name for run in finished]
    newest, before = newest_two(finished)
    return (
        gr.update(choices=sets),
        gr.update(choices=runs, value=newest),
        gr.update(choices=runs, value=before),
        evaluations.progress(evaluating.state),
        _result(evaluating, newest, before),
        _pending(cases),
    )


def _run(evaluating: Evaluating, names: list[str]) -> Iterator[str]:
    """How far it is, as it goes on."""
    try:
        evaluating.start(names if isinstance(names, list) else [])
    except UserError as error:
        yield evaluations.progress(evaluating.state, problem=str(error))
        return
    yield from _watch(evaluating)


def _watch(evaluating: Evaluating) -> Iterator[str]:
    while evaluating.state.running:
        yield evaluations.progress(evaluating.state)
        time.sleep(POLL)
    yield evaluations.progress(evaluating.state)


def newest_two(runs: Sequence[Run]) -> tuple[str | None, str | None]:
    """The names of the newest run, and of the one before it over the same cases."""
    if not runs:
        return None, None
    same = (run.name for run in runs[1:] if run.fingerprint == runs[0].fingerprint)
    return runs[0].name, next(same, None)


def _reviewing(chain: AnswerChain, cases: PendingCases) -> Callable[..., str]:
    """The event of a button in the list of what waits."""

    def reviewed(event: gr.EventData) -> str:
        sent = event._data if isinstance(event._data, dict) else {}
        id, act, answer, quote = (_text(sent.get(name)) for name in ("id", "act", "answer", "quote"))
        try:
            if act == "drop":
                cases.drop(id)
                return _pending(cases, told="Dropped.")
            if act == "accept":
                if quote.strip():
                    cases.mark(id, _located(chain, quote))
                case = cases.accept(id, answer=answer)
                return _pending(cases, told=f"{case.question!r} is a case now, in {cases.cases}.")
        except UserError as error:
            return _pending(cases, told=str(error), of=id)
        return _pending(cases)

    return reviewed


def _located(chain: AnswerChain, quote: str) -> Marked:
    return locate(quote, {each.id: each.text for each in chain.index.current().catalog.documents()})


def _text(value: object) -> str:
    return value[:5000] if isinstance(value, str) else ""


def _pending(cases: PendingCases, *, told: str = "", of: str = "") -> str:
    try:
        return evaluations.pending(cases.waiting(), told=told, of=of)
    except UserError as error:
        return evaluations.pending([], told=str(error))


def _result(evaluating: Evaluating, name: str | None, against: str | None) -> str:
    if not isinstance(name, str) or not name:
        return evaluations.no_run()
    other = against if isinstance(against, str) and against not in ("", name) else None
    try:
        return evaluations.result(*evaluating.result(name, other), name, other)
    except UserError as error:
        return evaluations.no_run(str(error))


def _bench() -> Bench:
    with gr.Column(elem_id="bench"):
        sets = gr.CheckboxGroup([], label="Sets of cases", elem_id="sets")
        with gr.Row(elem_id="bench-tools"):
            run = gr.Button("Run", elem_id="run", size="sm")
            stop = gr.Button("Stop", elem_id="stop", size="sm")
        progress = html(elem_id="progress")
        pending = html(elem_id="pending", script=REVIEWING)
        with gr.Row(elem_id="bench-runs"):
            shown = gr.Dropdown([], label="Run", elem_id="shown-run", allow_custom_value=True)
            against = gr.Dropdown([], label="Compared with", elem_id="against-run", allow_custom_value=True)
        result = html(elem_id="result")
    return Bench(sets, run, stop, progress, shown, against, result, pending)
