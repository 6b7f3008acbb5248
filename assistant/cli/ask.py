"""`assistant ask`: one question in the terminal."""

import shlex
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal

import typer

from assistant.cli.building import build_index
from assistant.cli.console import Corpus, Index, err, escape, out, print_json, settings_for
from assistant.errors import UserError
from assistant.settings import Settings

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
        _bring_up_to_date(settings)
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
        print_answer(answer, places)


def _bring_up_to_date(settings: Settings) -> None:
    """Where many documents would go, nothing is done: those whose files are gone are not searched anyway."""
    from assistant.indexing import RemovesMuch

    try:
        build_index(settings)
    except RemovesMuch as error:
        err.print(f"[yellow]The index is used as it is:[/] {escape(str(error))}", soft_wrap=True)


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


def print_answer(answer: Any, places: dict[tuple[str, int], str]) -> None:
    """The short answer, the sentences, what else has to be said, the sources, and what else may answer."""
    for hint in filter(lambda hint: hint.applied, answer.hints):
        _print(f"[dim]{escape(hint.note)} (--without {escape(shlex.quote(hint.key))})[/]")
    if answer.abstained:
        unsure = answer.state == "unsure"
        _print(f"[bold yellow]{escape(answer.text)}[/]" if unsure else escape(answer.text))
        _print_candidates(answer.also if unsure else ())
    if answer.short:
        words = " ".join(answer.short.quote.split())
        _print(f"[bold]{escape(words)}[/]  [dim]{escape(_described(answer.short.source))}[/]\n")
    heading = ""
    for statement in answer.statements:
        if statement.heading != heading:
            heading = statement.heading
            _print(f"[bold underline]{escape(heading)}[/]")
        _print_statement(statement)
    recorded = f"How it came about: `assistant replay {answer.record}`" if answer.record else ""
    for note in filter(None, (*answer.notes, _written(answer), recorded)):
        _print(f"[dim]{escape(note)}[/]")
    if answer.statements:
        _print("")
        _print_sources(answer, places)
    if answer.statements and answer.also:
        _print("\n[dim]Also in the documents:[/]")
        _print_candidates(answer.also, style="dim")


def _print(line: str) -> None:
    out.print(line, soft_wrap=True)


def _print_statement(statement: Any) -> None:
    markers = "".join(f"[{marker}]" for marker in dict.fromkeys(c.marker for c in statement.citations))
    lead = f"[dim]{escape(statement.lead)}:[/] " if statement.lead else ""
    text = "".join(f"[bold]{escape(t)}[/]" if bold else escape(t) for t, bold in statement.pieces)
    style = {"unsupported": "strike", "connecting": "dim"}.get(statement.outcome, "default")
    aside = " [dim](the model's own words, not from the documents)[/]" if style == "dim" else ""
    _print(f"{lead}[{style}]{text}[/] [bold cyan]{escape(markers)}[/]{aside}")
    for reason in statement.reasons:
        _print(f"  [red]not supported:[/] {escape(reason)}")


def _written(answer: Any) -> str:
    """ "openai:gpt-4o-mini: 812 tokens read, 64 written, $0.0012; first words after 3.2 s, 8.1 s in all"."""
    used = answer.usage
    if used is None:
        return ""
    known = (
        f"{used.read:,} tokens read" if used.read is not None else "",
        f"{used.wrote:,} written" if used.wrote is not None else "",
        f"${used.cost:.4f}" if used.cost is not None else "",
        f"first words after {used.first_words:.1f} s" if used.first_words is not None else "",
        f"{sum(answer.timings.values()):.1f} s in all",
    )
    return f"The chat model: {', '.join(filter(None, known))}."


def _print_candidates(candidates: Any, *, style: str = "default") -> None:
    for candidate in candidates:
        quote = " ".join(candidate.quote.split())
        said = f"{candidate.probability:>5.0%}  {quote}  ({_described(candidate.source)})"
        _print(f"[{style}]{escape(said)}[/]")


def _described(source: Any, *where: str | None) -> str:
    """ "Harbour rules, River Post, 2024-05-03, page 3", as far as known."""
    parts = (source.title or source.document, source.publisher, source.published, *where)
    return ", ".join(str(part) for part in parts if part)


def _print_sources(answer: Any, places: dict[tuple[str, int], str]) -> None:
    from assistant.retrieval import copies_containing

    for marker, source in dict.fromkeys((c.marker, c.source) for c in answer.citations):
        cited = [c for c in answer.citations if c.source == source and c.marker == marker]
        starts = sorted(citation.start for citation in cited)
        where = dict.fromkeys(places.get((source.document, start)) for start in starts)
        described = escape(_described(source, *where))
        _print(f"[bold cyan]{escape(f'[{marker}]')}[/] {described}  [dim]{escape(source.document)}[/]")
        if source.url:
            _print(f"    [dim]{escape(source.url)}[/]")
        for name in dict.fromkeys(citation.reported_via for citation in cited if citation.reported_via):
            _print(f"    [dim]citing {escape(name)}[/]")
        quotes = [citation.quote for citation in cited]
        for copy in copies_containing(quotes, [p for p in answer.passages if p.source == source]):
            _print(f"    [dim]printed by {escape(copy.document)} too[/]")
