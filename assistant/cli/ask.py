"""`assistant ask`: one question in the terminal."""

import shlex
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal

import typer

from assistant.cli.building import build_index
from assistant.cli.console import Corpus, Index, escape, out, print_json, settings_for
from assistant.errors import UserError

AsOf = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Use nothing published after this day.")
]
Within = Annotated[
    list[str] | None,
    typer.Option(help="Only this document, by id or title, or the documents with this tag; repeatable."),
]
Without = Annotated[
    list[str] | None,
    typer.Option(help="Drop an interpretation of the question, by the key printed with it; repeatable."),
]
Mode = Annotated[
    Literal["quote", "write"] | None,
    typer.Option(help="Quote sentences, or have the chat model write."),
]


def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    corpus: Corpus = None,
    index: Index = None,
    as_of: AsOf = None,
    within: Within = None,
    without: Without = None,
    mode: Mode = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")] = False,
) -> None:
    """Answer one question in the terminal, with numbered sources."""
    settings = settings_for(corpus, index)
    from assistant.answering import Answerer
    from assistant.question import parse_question
    from assistant.storage import current_name
    from assistant.types import Question

    day = as_of.date() if as_of else None
    limits = tuple(within) if within else None
    dropped = frozenset(without or ())
    asked = Question(question, within=limits, as_of=day, mode=mode, disabled_hints=dropped)
    parse_question(asked)  # what is wrong with the question is said before anything is built
    answerer = Answerer.from_settings(settings)
    if corpus or current_name(settings.index) is None:
        build_index(settings)
    if dropped:
        whole = parse_question(
            replace(asked, disabled_hints=frozenset()), names=answerer.index.current().names
        )
        _check_keys(dropped, [hint.key for hint in whole.hints])
    answer = answerer.answer(asked)
    places = _places(answerer, answer)
    if as_json:
        fields = answer.to_json()
        for citation in (c for statement in fields["statements"] for c in statement["citations"]):
            citation["place"] = places.get((citation["document"], citation["start"]))
        print_json(fields, indent=2)
    else:
        _print_answer(answer, places)


def _places(answerer: Any, answer: Any) -> dict[tuple[str, int], str]:
    """ "page 3", by document and offset of what is cited; nothing where the format has no such places."""
    from assistant.text.places import place_of

    generation = answerer.index.current()
    if generation.name != answer.generation:
        return {}
    page_maps = generation.page_maps(citation.document for citation in answer.citations)
    return {
        (citation.document, citation.start): place_of(citation.start, *page_maps[citation.document])
        for citation in answer.citations
        if citation.document in page_maps
    }


def _check_keys(dropped: frozenset[str], known: list[str]) -> None:
    unknown = sorted(dropped - set(known))
    if unknown:
        keys = ", ".join(known) or "none"
        raise UserError(
            f"The question has no interpretation called {unknown[0]!r}. The interpretations it has: {keys}."
        )


def _print_answer(answer: Any, places: dict[tuple[str, int], str]) -> None:
    from assistant.retrieval import copies_containing

    for hint in filter(lambda hint: hint.applied, answer.hints):
        out.print(f"[dim]{escape(hint.note)} (--without {escape(shlex.quote(hint.key))})[/]", soft_wrap=True)
    for note in answer.notes:
        out.print(f"[dim]{escape(note)}[/]", soft_wrap=True)
    if answer.abstained:
        out.print(escape(answer.text), soft_wrap=True)
        return
    heading = ""
    for statement in answer.statements:
        if statement.heading != heading:
            heading = statement.heading
            out.print(f"[bold underline]{escape(heading)}[/]", soft_wrap=True)
        markers = "".join(f"[{marker}]" for marker in dict.fromkeys(c.marker for c in statement.citations))
        lead = f"[dim]{escape(statement.lead)}:[/] " if statement.lead else ""
        text = "".join(f"[bold]{escape(t)}[/]" if bold else escape(t) for t, bold in statement.pieces)
        out.print(f"{lead}{text} [bold cyan]{escape(markers)}[/]", soft_wrap=True)
        for reason in statement.reasons:
            out.print(f"  [red]not supported:[/] {escape(reason)}", soft_wrap=True)
    out.print()
    for marker, source in dict.fromkeys((c.marker, c.source) for c in answer.citations):
        starts = sorted(c.start for c in answer.citations if c.source == source and c.marker == marker)
        where = dict.fromkeys(places.get((source.document, start)) for start in starts)
        parts = (source.title, source.publisher, source.published, *where)
        description = ", ".join(str(part) for part in parts if part)
        out.print(
            f"[bold cyan]{escape(f'[{marker}]')}[/] {escape(description)}  [dim]{escape(source.document)}[/]",
            soft_wrap=True,
        )
        if source.url:
            out.print(f"    [dim]{escape(source.url)}[/]", soft_wrap=True)
        for name in dict.fromkeys(
            c.reported_via for c in answer.citations if c.source == source and c.reported_via
        ):
            out.print(f"    [dim]citing {escape(name)}[/]", soft_wrap=True)
        quotes = [citation.quote for citation in answer.citations if citation.source == source]
        for copy in copies_containing(quotes, [p for p in answer.passages if p.source == source]):
            out.print(f"    [dim]printed by {escape(copy.document)} too[/]", soft_wrap=True)
