"""The report a person reads: report.html, one file that loads nothing, and metrics.json beside it.

Everything shown comes from documents, questions and models and is escaped; the page runs no script
(its own policy forbids any), its filters are style rules.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from assistant.errors import UserError
from evals.cases import CitedSpan, Corpus, EvalCase, Prediction
from evals.metrics import GROUPS, Row, cited_by, evidence_of, is_exact, rank_of
from evals.runs.excerpts import Piece, excerpt
from evals.runs.results import TAG_METRICS, Outcome, Result
from evals.runs.tables import summary

MOST_PASSAGES = 10  # shown of a case
CASE_METRICS = (
    "first_right", "short_f1", "token_f1", "rouge_l", "citation_precision", "citation_recall", "recall@5",
    "char_recall@5",
)  # fmt: skip
GOOD = (Outcome.right, Outcome.abstained_rightly)


@dataclass(frozen=True, slots=True)
class EvidenceView:
    document: str
    quote: str | None
    rank: int | None  # of the passages by which it is found


@dataclass(frozen=True, slots=True)
class PassageView:
    place: str
    pieces: list[Piece]
    holds_evidence: bool


@dataclass(frozen=True, slots=True)
class CitationView:
    place: str
    quote: str
    exact: bool
    gold: bool | None  # None: no quote is on record to compare with
    probability: float | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case as the page shows it."""

    case: EvalCase
    outcome: Outcome
    prediction: Prediction
    evidence: list[EvidenceView]
    short: CitationView | None
    citations: list[CitationView]
    also: list[CitationView]
    passages: list[PassageView]
    numbers: dict[str, float]


def write_report(result: Result, corpus: Corpus, folder: Path) -> None:
    """Writes report.html and metrics.json; UserError where the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "metrics.json").write_text(json.dumps(result.to_json(), indent=2) + "\n", "utf-8")
        # "replace": a document may hold half a surrogate pair, which no file can
        (folder / "report.html").write_bytes(render(result, corpus).encode("utf-8", "replace"))
    except OSError as error:
        raise UserError(f"{folder}: cannot be written ({error.strerror}); choose another folder.") from None


def render(result: Result, corpus: Corpus) -> str:
    """The whole page."""
    outcomes = result.outcomes
    views = [
        view(case, result.predictions.get(case.id), row, came, corpus)
        for case, row, came in zip(result.cases, result.rows, outcomes, strict=True)
    ]
    lines = result.tags
    return template().render(
        result=result,
        summary=summary(result),
        groups=GROUPS,
        metrics=result.metrics,
        outcomes=list(Outcome),
        counts=Counter(outcomes),
        counted={"with an answer": result.with_answer, "without one": result.without_answer},
        good=GOOD,
        lines=lines,
        columns=[name for name in TAG_METRICS if any(name in line.metrics for line in lines)],
        tag_numbers={line.tag: number for number, line in enumerate(lines)},
        views=views,
    )


@cache
def template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")


def view(
    case: EvalCase, prediction: Prediction | None, row: Row, outcome: Outcome, corpus: Corpus
) -> CaseView:
    shown = prediction or Prediction(case.id, error="there is no prediction for this case")
    return CaseView(
        case,
        outcome,
        shown,
        evidence=[
            evidence_view(case, number, shown.passages or (), corpus) for number in range(len(case.evidence))
        ],
        short=citation_view(case, shown.short, corpus) if shown.short else None,
        citations=[citation_view(case, place, corpus) for place in shown.citations or ()],
        also=[citation_view(case, place, corpus) for place in shown.also or ()],
        passages=[passage_view(case, place, corpus) for place in (shown.passages or ())[:MOST_PASSAGES]],
        numbers={name: row[name][0] for name in CASE_METRICS if name in row and row[name][1]},
    )


def evidence_view(case: EvalCase, number: int, passages: Sequence[CitedSpan], corpus: Corpus) -> EvidenceView:
    item = case.evidence[number]
    rank = rank_of(item, passages, corpus)
    return EvidenceView(item.document, item.quote, None if rank == float("inf") else int(rank))


def citation_view(case: EvalCase, place: CitedSpan, corpus: Corpus) -> CitationView:
    gold = evidence_of(case, corpus)
    quote = corpus.words(place) if place.quote is None else place.quote
    is_gold = bool(gold & cited_by([place], corpus)) if gold else None
    return CitationView(where(place, corpus), quote, is_exact(place, corpus), is_gold, place.probability)


def passage_view(case: EvalCase, place: CitedSpan, corpus: Corpus) -> PassageView:
    of_document = [item for item in case.evidence if item.document == place.document]
    pieces = excerpt(
        corpus.text(place.document),
        corpus.span(place),
        [item.span for item in of_document if item.quote is not None],
    )
    whole = any(item.quote is None for item in of_document)
    return PassageView(where(place, corpus), pieces, whole or any(piece.marked for piece in pieces))


def where(place: CitedSpan, corpus: Corpus) -> str:
    start, end = corpus.span(place)
    return f"{place.document} [{start}:{end}]"
