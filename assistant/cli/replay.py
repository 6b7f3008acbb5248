"""`assistant replay`: how an earlier answer came about, and the same question asked again."""

from typing import Annotated, Any

import typer

from assistant.cli.ask import print_answer
from assistant.cli.console import Corpus, Index, escape, out, print_json, settings_for

LISTED = 20  # answers


def replay(
    id: Annotated[
        str | None, typer.Argument(help="Of the answer, or how it begins; none: the latest are listed.")
    ] = None,
    corpus: Corpus = None,
    index: Index = None,
    again: Annotated[bool, typer.Option(help="Ask the question again.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the record as JSON.")] = False,
) -> None:
    """Show how an earlier answer came about, and ask its question again."""
    settings = settings_for(corpus, index)
    from assistant.storage import AnswerRecords

    records = AnswerRecords(settings.index, most=settings.answers_kept)
    if id is None:
        for record in records.latest(LISTED):
            _print(f"[bold cyan]{record.id}[/] [dim]{record.asked}[/] {escape(record.question.text)}")
        return
    record = records.find(id)
    if as_json:
        print_json({"id": record.id, "asked": record.asked, **record.told}, indent=2)
    else:
        _show(record)
    if again:
        from assistant.answering import Answerer

        answer = Answerer.from_settings(settings).answer(record.question)
        if as_json:
            print_json(answer.to_json(), indent=2)
            return
        _print("\n[bold underline]Asked again[/]")
        _print(f"[dim]{_differs(record.told, answer.to_json())}[/]")
        print_answer(answer, {})


def _show(record: Any) -> None:
    told, answer = record.told, record.told["answer"]
    written = told.get("written")
    _print(f"[bold]{escape(record.question.text)}[/]")
    _print(f"[dim]Asked {record.asked} of the index {escape(answer['generation'])}.[/]")
    for turn in record.question.history:
        _print(f"[dim]before it, {turn.role}: {escape(turn.content)}[/]")
    _print(f"\n{escape(answer['answer'])}")
    for note in answer["notes"]:
        _print(f"[dim]{escape(note)}[/]")
    if written:
        _print(
            f"\n[bold underline]What {escape(written['model'])} was sent[/] [dim]{written['prompt_hash']}[/]"
        )
        _print(escape(written["prompt"]))
        _print("\n[bold underline]Its reply[/]")
        _print(escape(written["reply"]))
        _print("\n[bold underline]The checks[/]")
        for check in written["checks"]:
            reasons = " ".join(check["reasons"])
            _print(escape(f"{check['outcome']}: {check['text']}" + (f" ({reasons})" if reasons else "")))
    _print("\n[bold underline]The passages[/]")
    for passage in answer["passages"]:
        place = f"{passage['document']} {passage['start']}-{passage['end']}"
        _print(f"[dim]{passage['score']:.3f}[/] {escape(place)}")
    seconds = ", ".join(f"{step} {value:.2f} s" for step, value in answer["timings"].items())
    _print(f"[dim]{escape(seconds)}[/]")


def _differs(told: Any, now: Any) -> str:
    """In what the answers differ, of what may differ."""
    before = told["answer"]
    names = {
        "answer": "the words",
        "generation": "the index",
        "model": "the model",
        "state": "whether it is answered",
    }
    changed = [name for key, name in names.items() if before[key] != now[key]]
    return f"Differs in {', '.join(changed)}." if changed else "The same words, index and model."


def _print(line: str) -> None:
    out.print(line, soft_wrap=True)
