import pytest

from evals.cases import EvalCase, Prediction
from evals.runs.calibration import Calibration


def calibration(told: list[tuple[float | None, bool]]) -> Calibration | None:
    cases = [EvalCase(str(n), "?", answerable=answerable) for n, (_, answerable) in enumerate(told)]
    made = {str(n): Prediction(str(n), confidence=confidence) for n, (confidence, _) in enumerate(told)}
    return Calibration.of(cases, made)


def test_bins_hold_how_sure_and_how_often_right() -> None:
    found = calibration([(0.95, True), (0.91, True), (0.93, False), (0.15, False)])
    assert found
    assert [b.n for b in found.bins] == [1, 3]
    assert found.bins[1].confidence == pytest.approx(0.93)
    assert found.bins[1].answerable == pytest.approx(2 / 3)
    assert found.error == pytest.approx((1 * 0.15 + 3 * (0.93 - 2 / 3)) / 4)


def test_the_curve_gives_risk_and_coverage_at_each_threshold() -> None:
    found = calibration([(0.9, True), (0.8, False), (0.8, True), (0.1, False)])
    assert found
    points = [(p.threshold, p.coverage, p.risk) for p in found.points]
    assert points == [(0.9, 0.25, 0.0), (0.8, 0.75, pytest.approx(1 / 3)), (0.1, 1.0, 0.5)]


def test_there_is_none_without_confidence_or_with_one_kind_of_case() -> None:
    assert calibration([(None, True), (None, False)]) is None
    assert calibration([(0.9, True), (0.1, True)]) is None
