"""Figures of merit once more: Wilson's interval by its defining equation, the rest by counting."""

import json
import math
import warnings
from collections.abc import Callable
from dataclasses import asdict, replace
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn import Network, NetworkConfig, Samples, evaluate
from mnist_nn.engines import select
from mnist_nn.errors import ConfigError, DataError, DivergedError
from mnist_nn.evaluation.metrics import calibration_error, confusion_matrix, wilson_interval

BOUNDED = settings(deadline=None, max_examples=100)
SHAPE = NetworkConfig(inputs=4, hidden=(5,), outputs=3, activation="tanh")
Clouds = Callable[..., Samples]


# Wilson's interval: the shares p at which the score test just fails to reject, |p̂ - p| = z √(p (1 - p) / n)


def edge(share: float, total: int, inside: float, outside: float) -> float:
    """Halve the stretch between a share that the test accepts and one that it rejects."""
    z = NormalDist().inv_cdf(0.975)
    for _ in range(200):
        middle = (inside + outside) / 2
        accepted = abs(share - middle) <= z * math.sqrt(middle * (1 - middle) / total)
        inside, outside = (middle, outside) if accepted else (inside, middle)
    return inside


@BOUNDED
@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_interval_holds_the_shares_that_the_score_test_accepts(counts: tuple[int, int]) -> None:
    correct, total = counts
    share = correct / total
    low, high = wilson_interval(correct, total)
    assert low == pytest.approx(edge(share, total, share, 0.0), abs=1e-9)
    assert high == pytest.approx(edge(share, total, share, 1.0), abs=1e-9)
    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1


def test_interval_of_a_textbook_example() -> None:
    # 15 of 20, by hand: z² = 3.8415, centre (0.75 + 0.0960) / 1.1921, half 1.96 / 1.1921 · √(0.009375 + 0.0024009).
    assert wilson_interval(15, 20) == pytest.approx((0.5313, 0.8881), abs=1e-4)


# Counting


LABELS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60)


@BOUNDED
@given(LABELS)
def test_confusion_counts_pairs(pairs: list[tuple[int, int]]) -> None:
    truth, answers = np.array(pairs).T
    found = confusion_matrix(truth, answers, 4)
    assert found.tolist() == [[pairs.count((i, j)) for j in range(4)] for i in range(4)]


def fixed_network(classes: int, output: str = "softmax") -> Network:
    """A network that hands its inputs on as z_o."""
    config = NetworkConfig(inputs=classes, hidden=(), outputs=classes, output=output, dtype="float64")
    return Network.of(config, [np.eye(classes), np.zeros(classes)])


def share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


@BOUNDED
@given(LABELS)
def test_accuracy_precision_and_recall_by_counting(pairs: list[tuple[int, int]]) -> None:
    truth, answers = zip(*pairs, strict=True)
    result = evaluate(fixed_network(4), Samples(5 * np.eye(4)[list(answers)], np.array(truth)), engine="reference")
    right = [sum(t == a == c for t, a in pairs) for c in range(4)]
    assert (result.samples, result.accuracy) == (len(pairs), sum(right) / len(pairs))
    assert result.interval == wilson_interval(sum(right), len(pairs))
    expected_precision = [share(right[c], answers.count(c)) for c in range(4)]
    expected_recall = [share(right[c], truth.count(c)) for c in range(4)]
    np.testing.assert_allclose(result.precision, expected_precision, rtol=1e-15)
    np.testing.assert_allclose(result.recall, expected_recall, rtol=1e-15)


def bin_by_bin(probabilities: list[list[float]], labels: list[int]) -> float:
    total = 0.0
    for number in range(15):
        low, high = number / 15, (number + 1) / 15
        inside = [
            (max(p), p.index(max(p)) == l)
            for p, l in zip(probabilities, labels, strict=True)
            if low <= max(p) < high or (number == 14 and max(p) >= 1)
        ]
        if inside:
            sureness = sum(c for c, _ in inside) / len(inside)
            rightness = sum(r for _, r in inside) / len(inside)
            total += len(inside) / len(labels) * abs(sureness - rightness)
    return total


@BOUNDED
@given(st.integers(1, 80), st.integers(0, 2**32))
def test_calibration_error_bin_by_bin(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet([0.5] * 3, count)
    labels = rng.integers(0, 3, count)
    assert calibration_error(probabilities, labels) == pytest.approx(
        bin_by_bin(probabilities.tolist(), labels.tolist())
    )


def test_calibration_error_of_extremes() -> None:
    certain, unsure = np.array([[1.0, 0.0]] * 4), np.array([[0.5, 0.5]] * 4)
    assert calibration_error(certain, np.array([0, 0, 0, 0])) == 0
    assert calibration_error(certain, np.array([1, 1, 1, 1])) == 1
    assert calibration_error(unsure, np.array([0, 1, 0, 1])) == 0


# Losses


def test_losses_are_means_over_the_samples() -> None:
    z = np.array([[0.0, math.log(3)], [math.log(4), 0.0]])
    samples = Samples(z, np.array([1, 1]))
    # sigma: (1/2, 3/4) and (4/5, 1/2); softmax: (1/4, 3/4) and (4/5, 1/5). The label is (0, 1) both times.
    sigmoid = evaluate(fixed_network(2, "sigmoid"), samples, "classic_mse", engine="reference")
    assert sigmoid.loss == pytest.approx(((0.25 + 0.0625) / 2 + (0.64 + 0.25) / 2) / 2)
    assert sigmoid.descended == pytest.approx(-math.log(0.5 * 0.75 * 0.2 * 0.5) / 2)
    assert (sigmoid.loss_name, sigmoid.descended_name) == ("mean squared error", "summed binary cross-entropy")
    softmax = evaluate(fixed_network(2), samples, engine="reference")
    assert softmax.loss == softmax.descended == pytest.approx(-math.log(0.75 * 0.2) / 2)
    assert softmax.loss_name == "categorical cross-entropy"


def test_results_are_plain_values(clouds: Clouds) -> None:
    result = evaluate(Network.create(SHAPE), clouds(30))
    numbers = {name: value for name, value in asdict(result).items() if name != "confusion"}
    values = json.loads(json.dumps(numbers))  # NumPy's own types would not pass
    assert values == {**numbers, "interval": list(result.interval)}
    assert (result.samples, result.loss_name) == (30, "summed binary cross-entropy")
    assert result.confusion.dtype == np.int64


def test_a_class_that_is_not_there_has_no_recall(clouds: Clouds) -> None:
    result = evaluate(Network.create(SHAPE), clouds(30).take([0]))
    assert np.isnan(result.recall).sum() == 2
    assert np.isnan(result.precision).sum() == 2


def test_the_order_of_samples_does_not_matter(clouds: Clouds) -> None:
    network, samples = Network.create(replace(SHAPE, dtype="float64"), 1), clouds(100)
    forth, back = evaluate(network, samples), evaluate(network, samples.take(range(99, -1, -1)))
    assert (forth.accuracy, forth.interval) == (back.accuracy, back.interval)
    assert np.array_equal(forth.confusion, back.confusion)
    assert forth.loss == pytest.approx(back.loss, rel=1e-12)


@pytest.mark.parametrize("label", [3, -1])
def test_labels_without_an_output_are_refused(clouds: Clouds, label: int) -> None:
    samples = clouds(20)
    samples.labels[7] = label
    with pytest.raises(DataError, match=f"label {label}"):
        evaluate(Network.create(SHAPE), samples)


def test_no_samples_are_refused(clouds: Clouds) -> None:
    with pytest.raises(DataError):
        evaluate(Network.create(SHAPE), clouds(20).take([]))


def test_a_loss_of_other_outputs_and_another_width_are_refused(clouds: Clouds) -> None:
    with pytest.raises(ConfigError, match="classic_mse"):
        evaluate(fixed_network(4), clouds(20), "classic_mse")
    with pytest.raises(ConfigError, match="a sample has 5 values"):
        evaluate(Network.create(SHAPE), clouds(20, 5))


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
def test_weights_too_large_to_answer_are_refused_in_words_and_no_warning(output: str) -> None:
    config = NetworkConfig(inputs=2, hidden=(2,), outputs=2, activation="identity", output=output, dtype="float64")
    huge = Network.of(config, [np.full((2, 2), 1e300), np.zeros(2), np.full((2, 2), -1e300), np.zeros(2)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DivergedError, match="answers are not finite, because its weights") as error:
            evaluate(huge, Samples(np.ones((3, 2)), np.zeros(3, np.int64)), engine="reference")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("value", [1e300, -1e308])
def test_answers_that_are_barely_finite_give_no_warning(value: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        samples = Samples(np.array([[value, -value]]), np.array([0]))
        assert evaluate(fixed_network(2), samples, engine="reference").accuracy == (value > 0)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_pixels_that_are_not_finite_are_refused(clouds: Clouds, value: float) -> None:
    samples = clouds(20)
    samples.images[7, 1] = value
    with pytest.raises(DataError, match="image 7 contains NaN or infinity"):
        evaluate(Network.create(SHAPE), samples)


# Weights: a sample that counts twice is as good as two


WEIGHTED = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=40).filter(
    lambda rows: any(weight for *_, weight in rows)
)


def as_samples(rows: list[tuple[int, ...]]) -> Samples:
    truth, answers, weights = (np.array(column) for column in zip(*rows, strict=True))
    return Samples((1.0 + truth)[:, None] * np.eye(4)[answers], truth, weights.astype(float))


@BOUNDED
@given(WEIGHTED)
def test_whole_weights_are_repetitions(rows: list[tuple[int, ...]]) -> None:
    samples = as_samples(rows)
    assert samples.weights is not None
    repeated = samples.take(np.repeat(np.arange(len(rows)), samples.weights.astype(int)))
    one = evaluate(fixed_network(4), samples, engine="reference")
    other = evaluate(fixed_network(4), replace(repeated, weights=None), engine="reference")
    for name in ("accuracy", "loss", "descended", "calibration_error"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-12)
    assert one.samples == len(rows) == one.confusion.sum(), "confusion still counts samples"


@BOUNDED
@given(WEIGHTED)
def test_weights_of_nought_and_one_choose_samples(rows: list[tuple[int, ...]]) -> None:
    samples = as_samples([(truth, answer, min(weight, 1)) for truth, answer, weight in rows])
    assert samples.weights is not None
    one = evaluate(fixed_network(4), samples, engine="reference")
    kept = replace(samples.take(np.flatnonzero(samples.weights)), weights=None)
    other = evaluate(fixed_network(4), kept, engine="reference")
    assert one.interval == pytest.approx(other.interval, abs=1e-12)


def test_uneven_weights_widen_the_interval_to_the_effective_number() -> None:
    # Four samples of weights 3, 1, 1, 1: (3 + 1 + 1 + 1)² / (9 + 1 + 1 + 1) = 36 / 12 = 3 that count alike.
    samples = as_samples([(0, 0, 3), (1, 1, 1), (2, 2, 1), (3, 0, 1)])
    result = evaluate(fixed_network(4), samples, engine="reference")
    assert result.accuracy == pytest.approx(5 / 6)
    assert result.interval == pytest.approx(wilson_interval(3 * 5 / 6, 3))


def test_weighted_figures_agree_with_scikit_learn(clouds: Clouds) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    network, samples = Network.create(replace(SHAPE, dtype="float64", output="softmax"), 3), clouds(80)
    weights = np.random.default_rng(5).gamma(0.7, size=80)
    result = evaluate(network, replace(samples, weights=weights), engine="reference")
    z = select.create("reference").forward(network, select.create("reference").place(samples.images))
    p = network.probabilities(z)
    assert result.accuracy == pytest.approx(metrics.accuracy_score(samples.labels, p.argmax(1), sample_weight=weights))
    assert result.loss == pytest.approx(metrics.log_loss(samples.labels, p, sample_weight=weights))


def test_equal_weights_change_nothing(clouds: Clouds) -> None:
    network, samples = Network.create(SHAPE), clouds(30)
    weighted = evaluate(network, replace(samples, weights=np.full(30, 0.3)))
    np.testing.assert_equal(asdict(weighted), asdict(evaluate(network, samples)))


def test_weights_that_are_all_nought_are_refused(clouds: Clouds) -> None:
    with pytest.raises(DataError, match="weights of all samples are 0"):
        evaluate(Network.create(SHAPE), replace(clouds(20), weights=np.zeros(20)))
