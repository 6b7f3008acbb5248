"""What is seen first of an answer, on cases worked by hand."""

import pytest

from evals.cases import CitedSpan, Corpus, EvalCase, Evidence, Prediction, ShownStatement
from evals.metrics import score_cases, totals, values
from evals.runs import Result

TEXT = "The bank opened in May. It closed in June. Nobody knows why."
CORPUS = Corpus({"a": TEXT})
OPENED, CLOSED, WHY = CitedSpan("a", 0, 23), CitedSpan("a", 24, 42), CitedSpan("a", 43, 60)
JUNE = Evidence("a", "It closed in June.", 24)
CASE = EvalCase("1", "When did it close?", answers=("June",), wrong_answers=("May",), evidence=(JUNE,))
ALL = EvalCase("1", "Which months?", answers=("May", "June"), match="all", wrong_answers=("March",))


def answered(*statements: ShownStatement | str, short: str = "", also: tuple[str, ...] = ()) -> Prediction:
    made = tuple(s if isinstance(s, ShownStatement) else ShownStatement(s) for s in statements)
    return Prediction(
        "1",
        answer=" ".join(statement.text for statement in made),
        state="answered",
        short=CitedSpan("a", 0, len(short), short) if short else None,
        statements=made,
        also=tuple(CitedSpan("a", 0, len(quote), quote, 0.1) for quote in also),
    )


def unsure(*also: str) -> Prediction:
    quotes = tuple(CitedSpan("a", 0, len(quote), quote, 0.3) for quote in also)
    return Prediction("1", abstained=True, answer="", state="unsure", statements=(), also=quotes)


def measured(case: EvalCase, prediction: Prediction) -> dict[str, float]:
    return values(totals(score_cases([case], {"1": prediction}, CORPUS)))


def value(metric: str, case: EvalCase, prediction: Prediction) -> float:
    return measured(case, prediction)[metric]


class TestFirst:
    @pytest.mark.parametrize(
        ("prediction", "right"),
        [
            (answered("It closed in June.", "It opened in May."), 1),
            (answered("Nobody knows why.", "It closed in June."), 0),
            (answered("It opened in May and closed in June."), 0),
            (answered("It opened in May and closed in June.", short="June"), 1),
            (answered("Nobody knows why.", short="June"), 1),
            (answered("It closed in June.", short="May"), 1),
            (unsure("It closed in June."), 0),
        ],
    )
    def test_the_first_statement_or_the_short_answer_has_to_be_right(
        self, prediction: Prediction, right: int
    ) -> None:
        assert value("first_right", CASE, prediction) == right

    def test_of_several_answers_that_are_all_asked_for_the_first_statement_needs_one(self) -> None:
        assert value("first_right", ALL, answered("It opened in May.")) == 1
        assert value("first_right", ALL, answered("It opened in May, not in March.")) == 0


class TestRight:
    def test_a_wrong_answer_in_any_statement_makes_the_whole_wrong(self) -> None:
        assert value("right", CASE, answered("It closed in June.", "Nobody knows why.")) == 1
        assert value("right", CASE, answered("It closed in June.", "It opened in May.")) == 0

    def test_all_answers_that_are_asked_for_must_be_shown(self) -> None:
        assert value("right", ALL, answered("It opened in May.")) == 0
        assert value("right", ALL, answered("It opened in May.", short="June")) == 1

    def test_the_answer_has_to_stand_in_the_first_three_statements(self) -> None:
        assert value("right", CASE, answered("One.", "Two.", "It closed in June.")) == 1
        assert value("right", CASE, answered("One.", "Two.", "Three.", "It closed in June.")) == 0

    def test_further_quotes_count_for_their_own_metric_alone(self) -> None:
        found = measured(CASE, answered("Nobody knows why.", also=("It closed in June.",)))
        assert (found["right"], found["also_right@5"]) == (0, 1)
        assert value("also_right@5", CASE, unsure("Nobody.", "It closed in June.")) == 1
        assert value("also_right@5", CASE, unsure(*"12345", "It closed in June.")) == 0

    def test_answers_that_are_all_asked_for_may_stand_partly_in_further_quotes(self) -> None:
        assert value("also_right@5", ALL, answered("In May.", also=("In June.",))) == 1
        assert value("also_right@5", ALL, unsure("In June.")) == 0


class TestShort:
    def test_words_are_compared_as_squad_does(self) -> None:
        found = measured(CASE, answered("It closed in June.", short="the June."))
        assert (found["short_em"], found["short_f1"]) == (1, 1)
        found = measured(CASE, answered("It closed in June.", short="in June"))
        assert (found["short_em"], found["short_f1"]) == (0, pytest.approx(2 / 3))

    @pytest.mark.parametrize("prediction", [answered("It closed in June."), unsure("It closed in June.")])
    def test_no_short_answer_counts_as_nothing_right(self, prediction: Prediction) -> None:
        found = measured(CASE, prediction)
        assert (found["short_em"], found["short_f1"]) == (0, 0)


class TestPrecision:
    def test_a_statement_is_good_that_cites_evidence_or_holds_the_answer(self) -> None:
        paraphrase = ShownStatement("It shut at midsummer.", (CLOSED,))
        shown = answered(
            paraphrase, ShownStatement("Not before June.", (WHY,)), ShownStatement("Why?", (OPENED,))
        )
        assert value("answer_precision", CASE, shown) == pytest.approx(2 / 3)

    def test_it_is_a_share_of_statements_and_not_a_mean_over_cases(self) -> None:
        cases = [CASE, EvalCase("2", "?", answers=("x",))]
        two = Prediction("2", answer="x y z", state="answered", statements=tuple(map(ShownStatement, "yzx")))
        found = values(totals(score_cases(cases, {"1": answered("In June."), "2": two}, CORPUS)))
        assert found["answer_precision"] == 0.5

    def test_long_answers_are_judged_by_evidence_alone(self) -> None:
        long = EvalCase("1", "?", answers=("why",), tags=("long_answer",), evidence=CASE.evidence)
        found = measured(long, answered("It closed.", ShownStatement("Nobody knows why.", (WHY,))))
        assert found["answer_precision"] == 0
        assert "first_right" not in found


def test_unanswerable_cases_have_none_of_these() -> None:
    found = measured(EvalCase("1", "?", answerable=False), answered("It closed in June."))
    assert found.keys() == {"unanswerable_recall"}


def test_without_a_state_on_record_none_of_these_is_measured() -> None:
    assert (
        not {"first_right", "right", "short_em", "answer_precision"}
        & measured(CASE, Prediction("1", answer="June")).keys()
    )


def test_a_failed_case_is_not_right_and_shows_no_statement() -> None:
    cases = [CASE, EvalCase("2", "?", answers=("x",))]
    both = {"1": Prediction.failed("1", "no model"), "2": Prediction("2", state="silent", abstained=True)}
    failed, _ = Result.of("two", cases, both, CORPUS).rows
    assert (failed["first_right"], failed["right"]) == ((False, 1), (False, 1))
    assert failed["answer_precision"] == (0, 0)


def test_quotes_of_every_kind_must_be_the_documents_own() -> None:
    made = Prediction(
        "1",
        answer="x",
        state="answered",
        citations=(CitedSpan("a", 24, 42, "It closed in June."),),
        short=CitedSpan("a", 37, 41, "june"),
        also=(CitedSpan("a", 0, 8, "The bank"), CitedSpan("a", 0, 8, "A bank")),
    )
    assert value("quote_exact", CASE, made) == 0.5
