"""Exchange -> HTML. Pure functions; every template escapes its values, whoever wrote them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from assistant.text.days import day_in_words
from assistant.types import Answer, Source, Statement, Usage
from assistant.web.asking import Exchange
from assistant.web.screen.answers import body, candidates, made_by, markers, short_of
from assistant.web.screen.cards import candidate_cards, cited_cards, document_link, nearest_cards, safe_url

CACHED_TURNS = 500  # whose HTML is kept, so that a long conversation is not rendered anew at each word
QUESTION_CHARS = 600  # shown of a question in the conversation

# What may be wrong with an answer: of an answer that was given, and of one that was not.
FAULTS = {
    True: ("wrong", "not in the source", "should have been silent", "out of date", "missing"),
    False: ("missing",),
}
_CARDS = {"answered": cited_cards, "unsure": candidate_cards, "silent": nearest_cards}  # of each state


@dataclass(frozen=True, slots=True)
class Status:
    """What answers, and from which index; `problem` says why nothing can be answered."""

    mode: str = "quote"
    model: str | None = None
    documents: int = 0
    built: str = ""
    problem: str = ""
    sign_out: bool = False  # offered where the page has a password


def thread(exchanges: Sequence[Exchange]) -> str:
    """The conversation; an empty one says what the page is for."""
    unfinished = [number for number, exchange in _numbered(exchanges) if exchange.unfinished]
    turns = [
        _turn(
            _Same(exchange), number, number not in unfinished[:1], bool(unfinished), exchange is exchanges[-1]
        )
        for number, exchange in _numbered(exchanges)
    ]
    dropped = exchanges[0].number > 1 if exchanges else False
    return _render("thread.html", turns=turns, dropped=dropped)


def panel(exchanges: Sequence[Exchange]) -> str:
    """The sources of every answer, those of the last one in view."""
    shown = [(number, exchange) for number, exchange in _numbered(exchanges) if exchange.answer is not None]
    answers = [_sources(_Same(exchange), number, exchange is shown[-1][1]) for number, exchange in shown]
    return _render("panel.html", answers=answers)


def status(what: Status) -> str:
    return _render("status.html", status=what)


def byline(source: Source, place: str = "") -> str:
    """Publisher, date and place ("page 3"), as far as known."""
    parts = [source.publisher or "", day(source.published), place]
    return " · ".join(part for part in parts if part)


def day(value: date | None) -> str:
    return day_in_words(value) if value else ""


def title(source: Source) -> str:
    return source.title or source.document


def plain(answer: Answer) -> str:
    """The answer to paste elsewhere: what it leads with, the statements that passed the check, and their sources."""
    if answer.abstained:
        return answer.abstention
    kept = [statement for statement in answer.statements if statement.supported]
    short = short_of(answer)
    lines = [f"{short.quote} [{short.marker}]"] if short else []
    lines.append(" ".join(map(_plain, kept)))
    cited = {citation.marker: citation.source for statement in kept for citation in statement.citations}
    for marker in sorted(cited):
        source = cited[marker]
        parts = [title(source), byline(source), safe_url(source.url) or ""]
        lines.append(f"[{marker}] " + ", ".join(part for part in parts if part))
    return "\n".join(lines)


def _plain(statement: Statement) -> str:
    lead = f"[{statement.lead}:] " if statement.lead else ""
    return lead + statement.text + "".join(f" [{marker}]" for marker in markers(statement))


def _used(usage: Usage) -> str:
    """ "812 + 64 tokens, 0.0012 dollars", as far as known."""
    known = usage.read is not None and usage.wrote is not None
    tokens = f"{usage.read:,} + {usage.wrote:,} tokens" if known else ""
    return ", ".join(filter(None, (tokens, f"${usage.cost:.4f}" if usage.cost is not None else "")))


def _numbered(exchanges: Sequence[Exchange]) -> list[tuple[int, Exchange]]:
    return [(exchange.number or place, exchange) for place, exchange in enumerate(exchanges, start=1)]


class _Same:
    """An exchange as a cache key by identity: exchanges never change, so the same one always looks the same."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    def __hash__(self) -> int:
        return id(self.exchange)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.exchange is other.exchange


@lru_cache(CACHED_TURNS)
def _turn(same: _Same, number: int, queued: bool, busy: bool, last: bool) -> Markup:  # noqa: FBT001 - a key
    exchange, answer = same.exchange, same.exchange.answer
    question = exchange.question
    values = {
        "id": f"a{number}",
        "number": number,
        "question": question if len(question) <= QUESTION_CHARS else question[:QUESTION_CHARS] + " …",
        "whole": question,
        "error": exchange.error,
        "pending": exchange.pending,
        "before": exchange.before,
        "answer": answer,
        **(body(answer) | {"by": made_by(answer)} if answer else {}),
        "also": candidates(answer, exchange.pages) if answer else [],
        "failed": sum(s.outcome == "unsupported" for s in answer.statements) if answer else 0,
        "used": _used(answer.usage) if answer and answer.usage else "",
        "sources": len({citation.marker for citation in answer.citations}) if answer else 0,
        "seconds": sum(answer.timings.values()) if answer else 0.0,
        "plain": plain(answer) if answer else "",
        "feedback": exchange.feedback,
        "kinds": FAULTS,
    }
    return Markup(_render("turn.html", turn=values, queued=queued, busy=busy, last=last))


@lru_cache(CACHED_TURNS)
def _sources(same: _Same, number: int, last: bool) -> Markup:  # noqa: FBT001 - a key
    answer = same.exchange.answer
    assert answer is not None
    cards = _CARDS[answer.state](answer, same.exchange.pages)
    entry = {"id": f"a{number}", "answer": answer, "cards": cards}
    return Markup(_render("sources.html", entry=entry, last=last))


def _render(template: str, **values: Any) -> str:
    return environment().get_template(template).render(**values).strip()


@cache
def environment() -> Environment:
    """Templates of this package; autoescape is on for all of them."""
    made = Environment(
        loader=PackageLoader("assistant.web.screen"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.globals.update(document_link=document_link)
    made.filters.update(byline=byline, day=day, title_of=title, safe_url=safe_url)
    return made
