"""Cases as the report's script reads them: a short entry of each to list and search, and packed blocks of the rest.

Everything here comes from documents, questions and models; it leaves as JSON, packed, and the script makes text of it.
"""

import base64
import gzip
import json
from collections.abc import Iterator, Sequence
from typing import Any

from evals.cases import CitedSpan, Corpus, EvalCase, Prediction
from evals.metrics import Row, cited_by, evidence_of, is_exact, rank_of
from evals.runs.outcomes import Outcome
from evals.runs.report.excerpts import excerpt
from evals.runs.report.failing import Why, why
from evals.runs.results import Result

BLOCK = 200  # cases that are unpacked together
MANY = 1000  # cases, from which on fewer passages of each are shown, so that the file stays small
PASSAGES, FEW_PASSAGES = 10, 5
ANSWER_CHARS = 300  # of an answer that can be searched
OUTCOMES, WHYS = list(Outcome), list(Why)
CASE_METRICS = (
    "first_right", "short_f1", "token_f1", "rouge_l", "citation_precision", "citation_recall", "recall@5",
    "char_recall@5",
)  # fmt: skip


def packed(value: Any) -> str:
    """JSON, gzip, base64: letters that end no element, whatever is in it."""
    # "replace": a document may hold half a surrogate pair, which no file can
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return base64.b64encode(gzip.compress(text, 6, mtime=0)).decode("ascii")


def entries(result: Result, corpus: Corpus) -> list[list[Any]]:
    """Of each case [id, question, answer, outcome, why or -1, tags, seconds, won 1 or lost -1]."""
    won, lost = (result.changes.won, result.changes.lost) if result.changes else ((), ())
    changed = dict.fromkeys(won, 1) | dict.fromkeys(lost, -1)
    made = result.made
    listed = []
    for case, row, came in zip(result.cases, result.rows, result.outcomes, strict=True):
        prediction = made.get(case.id)
        reason = why(case, prediction, row, came, corpus)
        seconds = prediction.seconds if prediction and prediction.seconds is not None else -1
        listed.append(
            [
                case.id,
                case.question,
                _answer(prediction)[:ANSWER_CHARS],
                OUTCOMES.index(came),
                -1 if reason is None else WHYS.index(reason),
                list(case.tags),
                round(seconds, 2),
                changed.get(case.id, 0),
            ]
        )
    return listed


def blocks(result: Result, corpus: Corpus) -> Iterator[str]:
    """The details of BLOCK cases each, packed; a passage that several cases found stands once in a block."""
    most = PASSAGES if len(result.cases) <= MANY else FEW_PASSAGES
    for first in range(0, len(result.cases), BLOCK):
        pool: dict[str, int] = {}
        part = slice(first, first + BLOCK)
        both = zip(result.cases[part], result.rows[part], strict=True)
        cases = [
            details(case, result.predictions.get(case.id), row, corpus, pool, most) for case, row in both
        ]
        yield packed({"passages": [json.loads(text) for text in pool], "cases": cases})


def details(
    case: EvalCase,
    prediction: Prediction | None,
    row: Row,
    corpus: Corpus,
    pool: dict[str, int],
    most: int = PASSAGES,
) -> dict[str, Any]:
    """What is shown of a case once it is opened; its passages are numbers of those in the pool."""
    made = prediction or Prediction(case.id, error="there is no prediction for this case")
    passages = made.passages or ()
    return {
        "history": [[turn.role, turn.content] for turn in case.history],
        "asOf": case.as_of.isoformat() if case.as_of else "",
        "within": None if case.documents is None else list(case.documents),
        "answerable": case.answerable,
        "expected": None if case.answers is None else list(case.answers),
        "all": case.match == "all",
        "wrong": list(case.wrong_answers),
        "error": made.error,
        "state": _state(made),
        "short": made.short and _place(case, made.short, corpus),
        "statements": _statements(made),
        "evidence": [_evidence(case, number, passages, corpus) for number in range(len(case.evidence))],
        "cited": [_place(case, place, corpus) for place in made.citations or ()],
        "also": [_place(case, place, corpus) for place in made.also or ()],
        "found": len(passages),
        "passages": [_pooled(_passage(case, place, corpus), pool) for place in passages[:most]],
        "numbers": [[name, round(row[name][0], 3)] for name in CASE_METRICS if name in row and row[name][1]],
    }


def _pooled(passage: list[Any], pool: dict[str, int]) -> int:
    return pool.setdefault(json.dumps(passage), len(pool))


def _answer(prediction: Prediction | None) -> str:
    if prediction is None or prediction.abstained:
        return ""
    return " ".join(_statements(prediction))


def _statements(made: Prediction) -> list[str]:
    if made.abstained or not made.answer:
        return []
    return [each.text for each in made.statements] if made.statements else [made.answer]


def _state(made: Prediction) -> str:
    """What to say where there is no answer; empty where there is one."""
    if not made.abstained and made.answer:
        return ""
    if made.state in ("unsure", "silent"):
        return f"It was {made.state}."
    return "It abstained." if made.abstained or made.answer is not None else "No answer is on record."


def _evidence(case: EvalCase, number: int, passages: Sequence[CitedSpan], corpus: Corpus) -> list[Any]:
    """[document, quote or null, rank at which it was found or 0]."""
    item = case.evidence[number]
    rank = rank_of(item, passages, corpus)
    return [item.document, item.quote, 0 if rank == float("inf") else int(rank)]


def _place(case: EvalCase, place: CitedSpan, corpus: Corpus) -> list[Any]:
    """[place, quote, whether it is exact, whether it is evidence or null, probability or null]."""
    gold = evidence_of(case, corpus)
    quote = corpus.words(place) if place.quote is None else place.quote
    is_gold = bool(gold & cited_by([place], corpus)) if gold else None
    return [_where(place, corpus), quote, is_exact(place, corpus), is_gold, place.probability]


def _passage(case: EvalCase, place: CitedSpan, corpus: Corpus) -> list[Any]:
    """[place, whether it holds evidence, [text, marked text, text, …]]."""
    of_document = [item for item in case.evidence if item.document == place.document]
    marks = [item.span for item in of_document if item.quote is not None]
    pieces = excerpt(corpus.text(place.document), corpus.span(place), marks)
    whole = any(item.quote is None for item in of_document)
    runs = [[piece.text, int(piece.marked)] for piece in pieces]
    return [_where(place, corpus), whole or any(piece.marked for piece in pieces), runs]


def _where(place: CitedSpan, corpus: Corpus) -> str:
    start, end = corpus.span(place)
    return f"{place.document} [{start}:{end}]"
