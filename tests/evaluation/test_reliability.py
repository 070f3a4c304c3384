"""How sure and how right: bins and curves by counting, and once more by scikit-learn."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn import Dataset, Network, evaluate
from mnist_nn.errors import DataError
from mnist_nn.evaluation.metrics import calibration_error, wilson_interval
from mnist_nn.evaluation.reliability import Outcomes, predict_samples, reliability, risk_coverage
from mnist_nn.reading.reader_model import load_reader_model

BOUNDED = settings(deadline=None, max_examples=100)
JUDGED = st.lists(st.tuples(st.sampled_from(np.linspace(0, 1, 23).tolist()), st.booleans()), min_size=1, max_size=80)
WEIGHED = st.lists(
    st.tuples(st.sampled_from(np.linspace(0, 1, 23).tolist()), st.booleans(), st.integers(0, 3)),
    min_size=1,
    max_size=60,
).filter(lambda rows: any(weight for *_, weight in rows))


def columns(rows: list[tuple]) -> list[np.ndarray]:
    return [np.array(column) for column in zip(*rows, strict=True)]


def drawn(seed: int, count: int = 500) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    confidence = rng.beta(3, 1.2, count)
    return confidence, rng.random(count) < confidence**1.5


# Reliability


@BOUNDED
@given(JUDGED)
def test_bins_hold_every_answer_once(rows: list[tuple[float, bool]]) -> None:
    confidence, right = columns(rows)
    found = reliability(confidence, right)
    assert found.counts.sum() == len(rows)
    assert np.nansum(found.counts * found.accuracy) == pytest.approx(right.sum())
    assert np.nansum(found.counts * found.confidence) == pytest.approx(confidence.sum())
    empty = found.counts == 0
    assert np.isnan(found.accuracy[empty]).all()
    assert (found.low[~empty] <= found.accuracy[~empty] + 1e-12).all()
    assert (found.accuracy[~empty] <= found.high[~empty] + 1e-12).all()
    assert (found.edges[:-1][~empty] <= found.confidence[~empty] + 1e-12).all()
    assert (found.confidence[~empty] <= found.edges[1:][~empty] + 1e-12).all()


@pytest.mark.parametrize("seed", range(5))
def test_bins_agree_with_scikit_learn(seed: int) -> None:
    calibration = pytest.importorskip("sklearn.calibration")
    confidence, right = drawn(seed)
    found = reliability(confidence, right)
    accuracy, mean = calibration.calibration_curve(right, confidence, n_bins=15)
    there = found.counts > 0
    np.testing.assert_allclose(found.accuracy[there], accuracy, rtol=1e-12)
    np.testing.assert_allclose(found.confidence[there], mean, rtol=1e-12)


def test_intervals_are_wilsons() -> None:
    confidence, right = drawn(0)
    found = reliability(confidence, right)
    for i in np.flatnonzero(found.counts).tolist():
        n = int(found.counts[i])
        assert (found.low[i], found.high[i]) == wilson_interval(round(found.accuracy[i] * n), n)


@BOUNDED
@given(st.integers(1, 60), st.integers(0, 2**32))
def test_its_error_is_the_calibration_error(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    probabilities, labels = rng.dirichlet([0.5] * 3, count), rng.integers(0, 3, count)
    found = reliability(probabilities.max(axis=1), probabilities.argmax(axis=1) == labels)
    assert found.error == pytest.approx(calibration_error(probabilities, labels), abs=1e-12)


@BOUNDED
@given(WEIGHED)
def test_whole_weights_are_repetitions_in_bins(rows: list[tuple[float, bool, int]]) -> None:
    confidence, right, weights = columns(rows)
    one = reliability(confidence, right, weights.astype(float))
    other = reliability(np.repeat(confidence, weights), np.repeat(right, weights))
    np.testing.assert_allclose(one.accuracy, other.accuracy, rtol=1e-12)
    np.testing.assert_allclose(one.confidence, other.confidence, rtol=1e-12)
    assert one.error == pytest.approx(other.error, abs=1e-12)
    assert one.counts.sum() == len(rows)


# Risk and coverage


@BOUNDED
@given(JUDGED)
def test_the_curve_is_what_each_threshold_does(rows: list[tuple[float, bool]]) -> None:
    confidence, right = columns(rows)
    curve = risk_coverage(confidence, right)
    assert (np.diff(curve.thresholds) < 0).all()
    assert (np.diff(curve.coverage) > 0).all()
    assert curve.coverage[-1] == 1
    assert curve.risk[-1] == pytest.approx(1 - right.mean())
    for threshold, coverage, risk in zip(curve.thresholds, curve.coverage, curve.risk, strict=True):
        accepted = confidence >= threshold
        assert coverage == pytest.approx(accepted.mean())
        assert risk == pytest.approx(1 - right[accepted].mean())
        assert curve.at(float(threshold)) == (coverage, risk)
    assert curve.at(1.5) == (0.0, 0.0)
    assert curve.at(-1.0) == (1.0, curve.risk[-1])


@pytest.mark.parametrize("seed", range(5))
def test_the_curve_agrees_with_scikit_learn(seed: int) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    confidence, right = drawn(seed)
    confidence = confidence.round(2)  # so that there are equals
    curve = risk_coverage(confidence, right)
    precision, recall, thresholds = metrics.precision_recall_curve(right, confidence)
    np.testing.assert_array_equal(curve.thresholds, thresholds[::-1])
    np.testing.assert_allclose(curve.risk, 1 - precision[:-1][::-1], atol=1e-12)
    np.testing.assert_allclose(curve.coverage * (1 - curve.risk), recall[:-1][::-1] * right.mean(), atol=1e-12)


@BOUNDED
@given(WEIGHED)
def test_whole_weights_are_repetitions_on_the_curve(rows: list[tuple[float, bool, int]]) -> None:
    confidence, right, weights = columns(rows)
    one = risk_coverage(confidence, right, weights.astype(float))
    other = risk_coverage(np.repeat(confidence, weights), np.repeat(right, weights))
    kept = np.isin(one.thresholds, other.thresholds)
    assert kept.sum() == len(other.thresholds)
    np.testing.assert_allclose(one.coverage[kept], other.coverage, rtol=1e-12)
    np.testing.assert_allclose(one.risk[kept], other.risk, atol=1e-12)


def test_the_area_is_least_where_mistakes_are_least_confident() -> None:
    confidence = np.array([0.9, 0.8, 0.7, 0.6])
    best = risk_coverage(confidence, np.array([True, True, True, False]))
    worst = risk_coverage(confidence, np.array([False, True, True, True]))
    assert best.area == pytest.approx((0 + 0 + 0 + 1 / 4) / 4)
    assert worst.area == pytest.approx((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4)


# Predictions of every image


@pytest.fixture(scope="module")
def outcomes(mnist: Dataset) -> Outcomes:
    model = load_reader_model()
    return predict_samples(model.network, mnist.test, model.calibration)


def test_mistakes_are_those_that_evaluation_counts(mnist: Dataset, outcomes: Outcomes) -> None:
    result = evaluate(load_reader_model().network, mnist.test)
    rows = outcomes.mistakes()
    assert len(rows) == result.samples - result.confusion.trace()
    assert (outcomes.labels[rows] != outcomes.predictions.label[rows]).all()
    assert (np.diff(outcomes.predictions.top_probability[rows]) <= 0).all()
    for label in range(10):
        found = [len(outcomes.of_class(label, right=right)) for right in (True, False)]
        assert found == [result.confusion[label, label], result.confusion[label].sum() - result.confusion[label, label]]


def test_confidence_also_counts_whether_it_is_a_digit(outcomes: Outcomes) -> None:
    assert (outcomes.predictions.confidence <= outcomes.predictions.top_probability).all()
    np.testing.assert_allclose(outcomes.predictions.top_probability, outcomes.predictions.probabilities.max(axis=1))


def test_without_a_calibration_confidence_is_the_top_probability(mnist: Dataset) -> None:
    few = mnist.test.take(range(100))
    outcomes = predict_samples(Network.create(), few)
    assert (outcomes.predictions.confidence == outcomes.predictions.top_probability).all()
    assert (outcomes.labels == few.labels).all()


def test_answers_that_round_to_certainty_are_told_apart_as_evaluation_does(mnist: Dataset) -> None:
    network = Network.create()
    loud = replace(network, weights=(network.weights[0], network.weights[1] * 400))
    few = mnist.test.take(range(500))
    assert (predict_samples(loud, few).right.sum()) == evaluate(loud, few).confusion.trace()


@pytest.mark.parametrize("measure", [reliability, risk_coverage])
@pytest.mark.parametrize(
    ("confidence", "right", "says"),
    [
        ([], [], "at least one answer"),
        ([0.5, 0.5], [True], "give both for every answer"),
        ([0.5], [1], "give booleans"),
        ([1.5], [True], "below 0 or above 1"),
        ([math.nan], [True], "below 0 or above 1"),
    ],
)
def test_what_are_no_answers_is_said(
    measure: Callable[..., Any], confidence: list[float], right: list[Any], says: str
) -> None:
    with pytest.raises(DataError, match=says):
        measure(np.array(confidence, float), np.array(right, bool if not right else None))
