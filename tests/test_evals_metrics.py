"""The metrics, on cases worked by hand."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test

from evals.cases import CitedSpan, Corpus, EvalCase, Evidence, Prediction
from evals.cases.spans import Span, covered, length, sentence_spans, touching, union
from evals.metrics import Row, in_words, score_cases, totals, values, words
from evals.metrics.answers import common_subsequence
from evals.metrics.words import without
from evals.runs import compare, intervals

TEXT = "The bank opened in May. It closed in June. Nobody knows why."
CORPUS = Corpus({"a": TEXT, "b": "Rates rose to 20 million."})
QUOTE = Evidence("a", "It closed in June.", 24)
WHOLE_A, WHOLE_B = CitedSpan("a", 0, len(TEXT)), CitedSpan("b")
spans = st.tuples(st.integers(0, 40), st.integers(0, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def measured(case: EvalCase, prediction: Prediction | None) -> dict[str, float]:
    """The metrics of one case alone."""
    predictions = {case.id: prediction} if prediction else {"another": Prediction("another", answer="x")}
    return values(totals(score_cases([case], predictions, CORPUS)))


def answered(text: str, **more: Any) -> Prediction:
    return Prediction("1", answer=text, **more)


class TestSpans:
    def test_spans_that_touch_become_one(self) -> None:
        assert union([(5, 9), (0, 3), (2, 6), (9, 11), (13, 14)]) == [(0, 11), (13, 14)]

    @given(st.lists(spans), spans)
    def test_a_union_covers_the_same_characters(self, many: list[Span], one: Span) -> None:
        characters = {at for start, end in many for at in range(start, end)}
        assert length(union(many)) == len(characters)
        assert covered(one, union(many)) == len(characters & set(range(*one)))

    @given(st.lists(spans), spans)
    def test_touching_spans_are_those_that_share_a_character(self, many: list[Span], one: Span) -> None:
        ordered = [span for span in union(many) if span[0] < span[1]]
        shared = [span for span in ordered if set(range(*span)) & set(range(*one))]
        assert list(touching(one, ordered)) == shared

    @pytest.mark.parametrize(
        ("text", "sentences"),
        [
            (TEXT, ["The bank opened in May.", "It closed in June.", "Nobody knows why."]),
            ("Up 3.5 percent vs. May. “Good,” he said.", ["Up 3.5 percent vs.", "May.", "“Good,” he said."]),
            ("He left. “Why?” She knew.", ["He left.", "“Why?", "She knew."]),
            ("a title\n\nwithout end \n next", ["a title", "without end", "next"]),
            (" \n ", []),
        ],
    )
    def test_sentences_end_at_marks_before_capitals_and_at_line_breaks(
        self, text: str, sentences: list[str]
    ) -> None:
        assert [text[start:end] for start, end in sentence_spans(text)] == sentences


class TestWords:
    def test_case_punctuation_and_articles_do_not_count(self) -> None:
        assert words("The “U.S.” has a cat, an owl.") == ["“us”", "has", "cat", "owl"]

    def test_words_are_found_whole_and_in_a_run(self) -> None:
        assert in_words(["20", "million"], words("about 20 million people"))
        assert not in_words(["0", "million"], words("about 20 million people"))
        assert not in_words([], [])

    def test_what_is_taken_out_leaves_a_gap(self) -> None:
        rest = without(["new", "york", "city"], [["york"]])
        assert not in_words(["new", "city"], rest)

    @given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
    def test_the_common_subsequence_is_the_longest(self, one: list[str], other: list[str]) -> None:
        table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
        for i, left in enumerate(one):
            for j, right in enumerate(other):
                best = max(table[i][j + 1], table[i + 1][j])
                table[i + 1][j + 1] = table[i][j] + 1 if left == right else best
        assert common_subsequence(one, other) == table[-1][-1]


class TestFinding:
    case = EvalCase("1", "?", answers=("June",), evidence=(QUOTE,))

    def found(self, *passages: CitedSpan) -> dict[str, float]:
        return measured(self.case, Prediction("1", passages=passages))

    def test_evidence_in_the_second_passage_counts_from_there(self) -> None:
        found = self.found(WHOLE_B, WHOLE_A)
        assert (found["hit_rate@1"], found["hit_rate@5"], found["mrr"]) == (0, 1, 0.5)
        assert (found["answer_in_top@1"], found["answer_in_top@5"]) == (0, 1)

    def test_a_quote_is_found_when_four_fifths_of_it_are_retrieved_together(self) -> None:
        halves = CitedSpan("a", 24, 34), CitedSpan("a", 34, 42)
        assert self.found(*halves)["mrr"] == 0.5
        assert self.found(CitedSpan("a", 24, 38))["recall@10"] == 0
        assert self.found(CitedSpan("a", 24, 39))["recall@10"] == 1

    def test_a_sentence_cut_in_two_is_not_intact(self) -> None:
        assert self.found(CitedSpan("a", 25, 60), CitedSpan("a", 0, 30))["intact_recall@5"] == 0
        assert self.found(CitedSpan("a", 24, 60))["intact_recall@5"] == 1

    def test_characters_retrieved_twice_count_as_ballast(self) -> None:
        found = self.found(CitedSpan("a", 24, 42), CitedSpan("a", 24, 42))
        assert (found["char_recall@5"], found["char_precision@5"], found["char_iou@5"]) == (1, 0.5, 0.5)

    def test_nothing_retrieved_scores_nothing(self) -> None:
        found = self.found()
        assert set(found.values()) == {0}

    def test_documents_are_ranked_by_their_first_passage(self) -> None:
        case = EvalCase("1", "?", evidence=(Evidence("b"),))
        found = measured(case, Prediction("1", passages=(WHOLE_A, CitedSpan("a", 3, 9), WHOLE_B)))
        assert found["ndcg@5"] == pytest.approx(0.6309, abs=1e-4)
        assert "intact_recall@5" not in found
        assert found["mrr"] == 0.5


class TestAnswering:
    case = EvalCase("1", "?", answers=("20 million", "Bob"), match="all", wrong_answers=("20",))

    def test_all_answers_are_asked_for_in_any_order(self) -> None:
        given = measured(self.case, answered("Bob, 20 million"))
        assert (given["exact_match"], given["contains"], given["token_f1"]) == (1, 1, 1)
        assert measured(self.case, answered("Bob"))["contains"] == 0

    def test_a_wrong_answer_counts_only_outside_of_the_right_ones(self) -> None:
        assert measured(self.case, answered("Bob, 20 million or 20"))["contains"] == 0

    def test_an_abstention_scores_nothing_and_is_no_attempt(self) -> None:
        given = measured(self.case, Prediction("1", abstained=True, answer=""))
        assert (given["contains"], given["answerable_coverage"]) == (0, 0)
        assert "accuracy_given_attempted" not in given

    def test_a_case_without_prediction_is_a_wrong_attempt(self) -> None:
        given = measured(self.case, None)
        assert (given["accuracy_given_attempted"], given["answerable_coverage"]) == (0, 0)

    def test_a_failure_on_an_unanswerable_case_is_no_abstention(self) -> None:
        case = EvalCase("1", "?", answerable=False)
        both = {"1": Prediction.failed("1", "no model"), "2": answered("x")}
        assert score_cases([case], both, CORPUS)[0]["unanswerable_recall"] == (False, 1)

    def test_none_of_the_above_abstains_where_there_are_choices(self) -> None:
        choices = EvalCase("1", "?", answerable=False, choices=("x",))
        assert measured(choices, answered("None of the above."))["unanswerable_recall"] == 1
        free = EvalCase("1", "?", answerable=False)
        assert measured(free, answered("None of the above."))["unanswerable_recall"] == 0

    def test_long_answers_are_measured_by_overlap_only(self) -> None:
        case = EvalCase("1", "?", answers=("a x b y",), tags=("long_answer",))
        given = measured(case, answered("x y b"))
        assert given.keys() == {"answerable_coverage", "token_f1", "rouge_l"}
        assert given["token_f1"] == 1
        assert given["rouge_l"] == pytest.approx(2 / 3)

    def test_abstaining_is_the_harmonic_mean_of_both_sides(self) -> None:
        cases = [
            EvalCase("1", "?"),
            EvalCase("2", "?", answerable=False),
            EvalCase("3", "?", answerable=False),
        ]
        predictions = {"1": answered("x"), "2": Prediction("2", answer=""), "3": Prediction("3", answer="x")}
        found = values(totals(score_cases(cases, predictions, CORPUS)))
        assert found["abstention_hmean"] == pytest.approx(2 / 3)


class TestCiting:
    case = EvalCase("1", "?", evidence=(QUOTE,))

    def cited(self, *citations: CitedSpan) -> dict[str, float]:
        return measured(self.case, Prediction("1", answer="x", citations=citations))

    def test_sentences_cited_are_compared_with_sentences_of_evidence(self) -> None:
        found = self.cited(CitedSpan("a", 24, 42, "It closed in June."), CitedSpan("a", 43, 49, "wrong"))
        assert (found["citation_precision"], found["citation_recall"], found["quote_exact"]) == (0.5, 1, 0.5)
        assert found["citation_f1"] == pytest.approx(2 / 3)

    def test_a_few_words_stand_for_the_sentence_they_are_in(self) -> None:
        assert self.cited(CitedSpan("a", 27, 33, "closed"))["citation_f1"] == 1

    def test_a_case_without_citations_has_no_precision(self) -> None:
        found = self.cited()
        assert "citation_precision" not in found
        assert found["citation_recall"] == 0


class TestComparison:
    def test_a_system_does_not_differ_from_itself(self) -> None:
        rows: list[Row] = [{"contains": (at % 2, 1)} for at in range(20)]
        same = compare(rows, list(rows))["contains"]
        assert (same.difference, same.low, same.high, same.p) == (0, 0, 0, 1)

    def test_a_clear_difference_is_unlikely_to_be_chance(self) -> None:
        good: list[Row] = [{"contains": (1, 1)}] * 30
        bad: list[Row] = [{"contains": (at < 10, 1)} for at in range(30)]
        found = compare(good, bad)["contains"]
        assert found.difference == pytest.approx(2 / 3)
        assert found.low > 0.4
        assert found.p < 0.01

    def test_chance_is_that_of_scipys_permutation_test(self) -> None:
        generator = np.random.default_rng(7)
        one, other = generator.random((2, 40))
        found = compare([{"mrr": (x, 1)} for x in one], [{"mrr": (x, 1)} for x in other])["mrr"]
        for side, value in (("less", found.below), ("greater", found.above)):
            reference = permutation_test(
                (one, other),
                lambda x, y: x.mean() - y.mean(),
                permutation_type="samples",
                alternative=side,
                rng=1,
            )
            assert value == pytest.approx(reference.pvalue, abs=0.03)

    def test_an_interval_lies_around_the_value(self) -> None:
        low, high = intervals([{"contains": (at % 2, 1)} for at in range(100)])["contains"]
        assert 0.38 < low < 0.5 < high < 0.62

    def test_a_metric_of_a_few_cases_is_drawn_without_those_it_misses(self) -> None:
        low, high = intervals([{"mrr": (1.0, 1)}, {}, {}])["mrr"]
        assert (low, high) == (1, 1)
