"""Why a case failed: at which step its right words were lost."""

from typing import Any

import pytest

from evals.cases import CitedSpan, Corpus, EvalCase, Evidence, Prediction, ShownStatement
from evals.runs import Result
from evals.runs.report.failing import Why, why

TEXT = "It opened in May. It closed in June. It was sold in July. It burnt in 1900."
CORPUS = Corpus({"a": TEXT})
WHOLE = CitedSpan("a", 0, len(TEXT))


def said(words: str) -> CitedSpan:
    start = TEXT.index(words)
    return CitedSpan("a", start, start + len(words), words)


def statement(words: str) -> ShownStatement:
    return ShownStatement(words, (said(words),))


MAY, JUNE, JULY, BURNT = map(statement, (each + "." for each in TEXT.rstrip(".").split(". ")))
EVIDENCE = Evidence("a", "It closed in June.", TEXT.index("It closed"))


def reason(*statements: ShownStatement, case: dict[str, Any] | None = None, **more: Any) -> Why | None:
    asked = EvalCase("1", "?", **{"answers": ("June",), "evidence": (EVIDENCE,), **(case or {})})
    cited = tuple(place for each in statements for place in each.citations)
    made = Prediction(
        "1",
        abstained=not statements,
        answer=" ".join(each.text for each in statements),
        **{
            "statements": statements,
            "citations": cited,
            "passages": (WHOLE,),
            "also": (),
            "state": "answered",
        }
        | more,
    )
    result = Result.of("one", [asked], {"1": made}, CORPUS)
    return why(asked, made, result.rows[0], result.outcomes[0], CORPUS)


@pytest.mark.parametrize(
    ("statements", "more", "told"),
    [
        ((JUNE,), {}, None),
        ((), {"passages": ()}, Why.not_found),
        ((MAY,), {"passages": (said("It opened in May."),)}, Why.not_found),
        ((MAY,), {}, Why.not_read),
        ((MAY,), {"also": (said("It closed in June."),)}, Why.not_chosen),
        ((), {"also": (said("It closed in June."),)}, Why.not_chosen),
        ((BURNT,), {"case": {"wrong_answers": ("1900",)}}, Why.wrong_version),
        ((MAY, JUNE), {}, Why.padded),
        ((MAY, JULY, BURNT, JUNE), {}, Why.padded),
        ((JUNE, MAY), {}, None),
        ((JUNE, MAY, JULY), {}, Why.padded),
        ((MAY,), {"case": {"answerable": False, "answers": None, "evidence": ()}}, Why.not_silent),
        ((), {"case": {"answerable": False, "answers": None, "evidence": ()}}, None),
        ((MAY,), {"case": {"evidence": ()}}, Why.not_read),
        ((MAY,), {"case": {"evidence": (), "answers": ("August",)}}, Why.not_found),
    ],
)
def test_the_step_is_named(
    statements: tuple[ShownStatement, ...], more: dict[str, Any], told: Why | None
) -> None:
    assert reason(*statements, **more) is told
