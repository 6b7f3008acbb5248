"""Answer -> what the template of a turn shows of it: the short form, the statements, and what else may answer."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from assistant.text.places import place_of
from assistant.types import Answer, Candidate, Citation, Source, Statement
from assistant.web.asking import Pages
from assistant.web.screen.cards import NO_PAGES, document_link, fingerprint

Values = dict[str, Any]  # of a template


def short_of(answer: Answer) -> Citation | None:
    """The words that an answer leads with; None where sides are compared, for no side goes before the other."""
    return None if any(statement.heading for statement in answer.statements) else answer.short


def body(answer: Answer) -> Values:
    """`short` and `columns`: the sides of a comparison, side by side; usually there is one, without a heading.

    The source of the short form is named beside it, so it is not named again under the sentence that it stands in.
    """
    short, paragraphs = short_of(answer), _paragraphs(answer)
    leading = _short(short, answer) if short else None
    if leading and paragraphs and paragraphs[0]["source"] == leading["source"]:
        leading["reported_via"] = paragraphs[0]["reported_via"]
        paragraphs[0]["source"] = None
    groups = groupby(paragraphs, key=lambda paragraph: paragraph["heading"])
    columns = [{"heading": heading, "paragraphs": list(column)} for heading, column in groups]
    return {"short": leading, "columns": columns}


def candidates(answer: Answer, pages: Pages) -> list[Values]:
    """What else may answer, each with a link to its place in its document."""
    return [_candidate(candidate, answer.generation, pages) for candidate in answer.also]


def made_by(answer: Answer) -> str:
    """What stands under an answer: who put it into words."""
    computed = sum(statement.computed for statement in answer.statements)
    if answer.mode == "write":
        return f"Written by {answer.model}, each sentence compared with its sources"
    if answer.state == "silent":
        return "No sentence was likely enough to answer it" if answer.passages else ""  # a greeting, say
    if answer.state == "unsure":
        return "Candidates, quoted word for word"
    if computed and computed == len(answer.statements):
        return "From the catalog of the index"
    return "Computed by the program from what is quoted word for word" if computed else "Quoted word for word"


def markers(statement: Statement) -> list[int]:
    return sorted({citation.marker for citation in statement.citations})


def likelihood(probability: float) -> str:
    """Neither impossible nor certain, whatever it is rounded to."""
    per_cent = round(100 * probability)
    return "under 1%" if per_cent < 1 else "over 99%" if per_cent > 99 else f"{per_cent}%"


def _short(short: Citation, answer: Answer) -> Values:
    """Its marker leads to the words that the card of its source marks: those of the whole sentence."""
    around = next((c for c in answer.citations if _contains(c, short)), short)
    marker = {"number": short.marker, "span": _span(around), "source": short.source}
    return {"words": short.quote, "marker": marker, "source": short.source, "reported_via": []}


def _candidate(candidate: Candidate, generation: str, pages: Pages) -> Values:
    source, check = candidate.source, fingerprint([candidate.quote])
    spans = [(candidate.start, candidate.end)]
    return {
        "quote": candidate.quote,
        "source": source,
        "place": place_of(candidate.start, *pages.get(source.document, NO_PAGES)),
        "likelihood": likelihood(candidate.probability),
        "link": document_link(source.document, spans, generation=generation, check=check),
    }


def _paragraphs(answer: Answer) -> list[Values]:
    """Quoted sentences of one document are grouped under its name; a written answer is one paragraph."""
    if answer.mode == "write":
        return [_paragraph(answer.statements, answer, None, "")]
    groups = groupby(
        answer.statements, key=lambda s: (s.heading, s.citations[0].source if s.citations else None)
    )
    return [_paragraph(list(statements), answer, source, heading) for (heading, source), statements in groups]


def _paragraph(
    statements: Sequence[Statement], answer: Answer, source: Source | None, heading: str
) -> Values:
    reported_via = dict.fromkeys(c.reported_via for s in statements for c in s.citations if c.reported_via)
    shown = [_statement(statement, answer) for statement in statements]
    return {"statements": shown, "source": source, "heading": heading, "reported_via": list(reported_via)}


def _statement(statement: Statement, answer: Answer) -> Values:
    """A statement for the template."""
    cited: dict[int, Citation] = {}
    for citation in statement.citations:
        cited.setdefault(citation.marker, citation)
    short = short_of(answer)
    return {
        "pieces": (_with_bold(statement, short) if short else statement).pieces,
        "lead": statement.lead,
        "outcome": statement.outcome,
        "failed": statement.outcome == "unsupported",
        "computed": statement.computed,
        "reasons": statement.reasons,
        "markers": [
            {"number": marker, "span": _span(cited[marker]), "source": cited[marker].source}
            for marker in markers(statement)
        ],
    }


def _with_bold(statement: Statement, short: Citation) -> Statement:
    """The statement with the short form in bold, if it is quoted from where that stands."""
    around = next((c for c in statement.citations if _contains(c, short)), None)
    start = short.start - around.start if around else 0
    end = start + len(short.quote)
    if around is None or statement.text[start:end] != short.quote:
        return statement
    others = [span for span in statement.bold if span[1] <= start or end <= span[0]]
    return replace(statement, bold=tuple(sorted([*others, (start, end)])))


def _contains(citation: Citation, short: Citation) -> bool:
    same = citation.document == short.document
    return same and citation.start <= short.start and short.end <= citation.end


def _span(citation: Citation) -> str:
    return f"{citation.start}-{citation.end}"
