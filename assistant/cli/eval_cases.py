"""`assistant eval review`, `new` and `propose`: feedback, a CSV file and the documents themselves become cases."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from assistant.cli.console import Corpus, Index, escape, out, settings_for
from assistant.errors import UserError
from assistant.settings import Settings

if TYPE_CHECKING:
    from evals.making import Pending, PendingCases

Accept = Annotated[str | None, typer.Option(metavar="ID", help="Accept this one, and ask nothing.")]
Drop = Annotated[str | None, typer.Option(metavar="ID", help="Drop this one, and ask nothing.")]


def review(
    accept: Accept = None,
    drop: Drop = None,
    answer: Annotated[str, typer.Option(help="With --accept: the right answer.")] = "",
    quote: Annotated[str, typer.Option(help="With --accept: words of a document that say so.")] = "",
    corpus: Corpus = None,
    index: Index = None,
) -> None:
    """Go through the judged answers that wait: accept, edit or drop each. Accepted ones are in cases/feedback.jsonl."""
    from evals.making import PendingCases

    settings = settings_for(corpus, index)
    cases = PendingCases(settings.evaluations)
    take = partial(_take, cases, settings)
    if accept:
        take(accept, answer, quote)
    elif drop:
        cases.drop(cases.find(drop).id)
    else:
        _go_through(cases, take)


def new(
    questions: Annotated[
        Path, typer.Argument(help="CSV file with the columns question, answer; see --help.")
    ],
    to: Annotated[
        Path | None, typer.Option(help="Case file to write. [default: evaluations/cases/NAME.jsonl]")
    ] = None,
    corpus: Corpus = None,
    index: Index = None,
) -> None:
    """Make cases of a CSV file: question, answer (several between |; none: it should be silent), and if you like
    document, quote, as_of, tags. Evidence is looked for in the documents of the index."""
    from assistant.storage import IndexReader
    from evals.cases import write_cases
    from evals.making import cases_from_csv

    settings = settings_for(corpus, index)
    catalog = IndexReader(settings.index).current().catalog
    made = cases_from_csv(questions, {each.id: each.text for each in catalog.documents()})
    path = to or settings.evaluations / "cases" / f"{questions.stem}.jsonl"
    if path.exists():
        raise UserError(f"{path} is there already; name another file by --to.")
    write_cases(path, made.cases)
    for sentence in made.open:
        out.print(Text(sentence), soft_wrap=True)
    out.print(Text(f"{len(made.cases)} cases, {len(made.open)} without evidence: {path}"), soft_wrap=True)


def propose(
    to: Annotated[
        Path | None, typer.Option(help="Case file to write. [default: evaluations/cases/proposed.jsonl]")
    ] = None,
    corpus: Corpus = None,
    index: Index = None,
) -> None:
    """Propose cases from the documents by templates, tagged `synthetic`: look through them before you trust them."""
    from assistant.answering import attribute
    from assistant.storage import IndexReader
    from evals.cases import write_cases
    from evals.making import Coverage
    from evals.making import propose as proposed

    settings = settings_for(corpus, index)
    documents = list(IndexReader(settings.index).current().catalog.documents())
    cases = proposed(documents, lambda text, span: attribute(text, span).speaker)
    path = to or settings.evaluations / "cases" / "proposed.jsonl"
    if path.exists():
        raise UserError(f"{path} is there already; name another file by --to, or remove it.")
    write_cases(path, cases)
    misses = sum(not case.answerable for case in cases)
    told = (
        f"{len(cases)} synthetic cases, {misses} of them near misses, {Coverage.of(cases, documents)}: {path}"
    )
    out.print(Text(told), soft_wrap=True)


def _take(cases: "PendingCases", settings: Settings, id: str, answer: str = "", quote: str = "") -> None:
    from assistant.storage import IndexReader
    from evals.making import locate

    if quote:
        catalog = IndexReader(settings.index).current().catalog
        cases.mark(id, locate(quote, {each.id: each.text for each in catalog.documents()}))
    out.print(Text(f"{cases.accept(id, answer=answer).id} is a case now, in {cases.cases}."), soft_wrap=True)


def _go_through(cases: "PendingCases", take: Callable[..., None]) -> None:
    waiting = cases.waiting()
    out.print(f"{len(waiting)} answers wait to be reviewed.")
    for number, each in enumerate(waiting, 1):
        _show(each, f"{number} of {len(waiting)}")
        choice = typer.prompt("accept, edit, drop, skip or quit?", default="skip").strip().lower()[:1]
        if choice == "q":
            return
        try:
            if choice == "d":
                cases.drop(each.id)
            elif choice == "e":
                given = typer.prompt("right answer", default=each.short)
                take(each.id, given, typer.prompt("words of a document that say so", default=""))
            elif choice == "a":
                take(each.id)
        except UserError as error:
            out.print(Text(str(error)), soft_wrap=True)


def _show(pending: "Pending", place: str) -> None:
    out.print(f"\n[bold]{place}: {escape(pending.question)}[/]", soft_wrap=True)
    out.print(Text(f"{pending.kind}; {pending.id}"), soft_wrap=True)
    out.print(Text(f"answered: {pending.short or pending.answer or 'nothing'}"), soft_wrap=True)
    for mark in pending.marked:
        out.print(Text(f"marked as right, in {mark.document}: {mark.quote}"), soft_wrap=True)
