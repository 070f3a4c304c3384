"""The gradient check tells the truth: it names the loss that an update really descends, and finds wrong deltas."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from mnist_nn import Dataset, Network, NetworkConfig, Samples, TrainingConfig, check_gradients
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.evaluation import gradient_check
from mnist_nn.evaluation.gradient_check import (
    TOLERANCE,
    GradientReport,
    check_sequence_gradients,
    gradient_norms,
    relative_error,
)
from mnist_nn.nn.config import ACTIVATIONS
from mnist_nn.nn.ctc import ctc_loss
from mnist_nn.nn.losses import LOSSES

MSE, HALF, BCE, CCE = (
    "mean squared error",
    "half the summed squared error",
    "summed binary cross-entropy",
    "categorical cross-entropy",
)
SMALL = NetworkConfig(inputs=6, hidden=(5, 4), outputs=3, activation="tanh")
PAIRS = [
    ("classic_mse", "sigmoid", BCE),
    ("mse", "sigmoid", MSE),
    ("mse", "softmax", MSE),
    ("cross_entropy", "sigmoid", BCE),
    ("cross_entropy", "softmax", CCE),
]


def a_few(count: int = 4, inputs: int = 6, classes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.random((count, inputs)), rng.integers(0, classes, count)


def nielsen(o: np.ndarray, l: np.ndarray) -> np.ndarray:
    """The delta of half the summed squared error, the QuadraticCost of his book."""
    return (o - l) * o * (1 - o)


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give a loss another delta than its own."""

    def change(name: str, output: str, delta: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
        monkeypatch.setitem(LOSSES, (name, output), replace(LOSSES[name, output], output_delta=delta))

    return change


@pytest.mark.parametrize(("loss", "output", "descended"), PAIRS)
def test_each_pair_passes_and_its_descended_loss_is_named(loss: str, output: str, descended: str) -> None:
    report = check_gradients(replace(SMALL, output=output), TrainingConfig(loss=loss), *a_few())
    assert report.passed
    assert report.descends == report.said_to_descend == descended
    assert report.candidates[descended] < 1e-8


def test_the_seeds_rule_reports_the_mse_and_does_not_descend_it() -> None:
    report = check_gradients(SMALL, TrainingConfig(loss="classic_mse"), *a_few())
    assert report.reported_name == MSE
    assert report.descends == BCE
    assert report.candidates[MSE] > 0.3


@pytest.mark.parametrize(("l2", "dropout", "activation"), list(product([0.0, 0.1], [0.0, 0.4], ACTIVATIONS)))
def test_right_gradients_pass_with_penalty_and_dropout(l2: float, dropout: float, activation: str) -> None:
    shape = replace(SMALL, activation=activation, output="softmax")
    report = check_gradients(shape, TrainingConfig(loss="cross_entropy", l2=l2, dropout=dropout), *a_few())
    assert report.passed
    assert all(len(group.entries) for group in report.groups)


@pytest.mark.parametrize(("loss", "output", "descended"), PAIRS)
def test_the_gradients_of_smoothed_labels_pass(loss: str, output: str, descended: str) -> None:
    shape, smoothed = replace(SMALL, output=output), TrainingConfig(loss=loss, label_smoothing=0.3)
    report, plain = (
        check_gradients(shape, training, *a_few()) for training in (smoothed, replace(smoothed, label_smoothing=0))
    )
    assert report.passed
    assert report.descends == descended
    assert not np.allclose(report.groups[0].analytic, plain.groups[0].analytic)


@pytest.mark.parametrize("optimizer", ["momentum", "adam", "adamw"])
def test_optimizer_rate_and_limits_do_not_disturb_the_check(optimizer: str) -> None:
    training = TrainingConfig(
        loss="mse", optimizer=optimizer, learning_rate=7.0, max_norm=0.1, schedule="linear", batch_size=2
    )
    assert check_gradients(SMALL, training, *a_few()).passed


# Wrong deltas are found out


def test_nielsens_delta_under_the_name_of_the_mse_is_found_out(wrong: Callable) -> None:
    wrong("mse", "sigmoid", nielsen)
    report = check_gradients(SMALL, TrainingConfig(loss="mse"), *a_few())
    assert not report.passed
    assert report.said_to_descend == MSE
    assert report.descends == HALF
    # With three outputs it is 3/2 of the true gradient: |3/2 - 1| / (3/2 + 1).
    assert [group.error for group in report.groups] == pytest.approx([0.2] * 6, abs=1e-6)


@pytest.mark.parametrize("factor", [1.0001, 0.5, -1.0])
@pytest.mark.parametrize(("loss", "output"), [pair[:2] for pair in PAIRS])
def test_a_delta_that_is_too_long_or_turned_round_is_found_out(
    wrong: Callable, loss: str, output: str, factor: float
) -> None:
    right = LOSSES[loss, output].output_delta
    wrong(loss, output, lambda o, l: factor * right(o, l))
    report = check_gradients(replace(SMALL, output=output), TrainingConfig(loss=loss), *a_few())
    assert not report.passed


def test_softmax_taken_for_ten_sigmoids_is_found_out(wrong: Callable) -> None:
    wrong("mse", "softmax", LOSSES["mse", "sigmoid"].output_delta)
    report = check_gradients(replace(SMALL, output="softmax"), TrainingConfig(loss="mse"), *a_few())
    assert not report.passed
    assert report.descends is None


# The table of the project's facts: a 784-20-10 network, 270 entries probed


def table_row(mnist: Dataset, loss: str) -> GradientReport:
    images, labels = mnist.train.images[:10], mnist.train.labels[:10]
    report = check_gradients(NetworkConfig(), TrainingConfig(loss=loss), images, labels, probes=120)
    assert sum(len(group.entries) for group in report.groups) == 120 + 20 + 120 + 10
    return report


def test_facts_row_of_the_seed(mnist: Dataset) -> None:
    report = table_row(mnist, "classic_mse")
    assert report.candidates[MSE] == pytest.approx(0.91, abs=0.02)
    assert report.candidates[HALF] == pytest.approx(0.63, abs=0.05)
    assert report.candidates[BCE] < 1e-8
    assert report.passed


def test_facts_row_of_nielsen(mnist: Dataset, wrong: Callable) -> None:
    wrong("mse", "sigmoid", nielsen)
    report = table_row(mnist, "mse")
    assert report.candidates[MSE] == pytest.approx(2 / 3, abs=1e-6)
    assert report.candidates[HALF] < 1e-8
    assert report.candidates[BCE] == pytest.approx(0.63, abs=0.05)
    assert not report.passed


def test_facts_row_of_the_true_mse(mnist: Dataset) -> None:
    report = table_row(mnist, "mse")
    assert report.candidates[MSE] < 1e-8
    assert report.candidates[HALF] == pytest.approx(2 / 3, abs=1e-6)
    assert report.candidates[BCE] == pytest.approx(0.91, abs=0.02)
    assert report.passed


def test_the_seeds_update_is_about_twenty_times_too_long_for_the_mse(mnist: Dataset) -> None:
    seed, true = (
        np.concatenate([group.analytic for group in table_row(mnist, loss).groups]) for loss in ("classic_mse", "mse")
    )
    assert np.linalg.norm(seed) / np.linalg.norm(true) == pytest.approx(21.8, abs=2.5)


# What is probed


def test_entries_at_a_kink_of_relu_are_skipped() -> None:
    # Biases start at zero and the first image is blank, so that its first weighted inputs lie right on the kink.
    x, labels = a_few()
    x[0] = 0
    shape = NetworkConfig(inputs=6, hidden=(5,), outputs=3, activation="relu")
    report = check_gradients(shape, TrainingConfig(), x, labels)
    skipped = {group.name: group.skipped for group in report.groups}
    assert skipped["b1"] == 5
    assert skipped["W2"] == skipped["b2"] == 0
    assert report.passed


def test_smooth_activations_skip_nothing() -> None:
    x, labels = a_few()
    x[0] = 0
    assert not any(group.skipped for group in check_gradients(SMALL, TrainingConfig(), x, labels).groups)


def test_groups_are_probed_in_order_with_distinct_entries() -> None:
    report = check_gradients(SMALL, TrainingConfig(), *a_few(), probes=7)
    assert [group.name for group in report.groups] == ["W1", "b1", "W2", "b2", "W3", "b3"]
    assert [group.shape for group in report.groups] == [(5, 6), (5,), (4, 5), (4,), (3, 4), (3,)]
    assert [len(group.entries) for group in report.groups] == [7, 5, 7, 4, 7, 3]
    assert all(len(set(group.entries.tolist())) == len(group.analytic) == len(group.numeric) for group in report.groups)


def test_the_seed_chooses_the_probes() -> None:
    def probed(seed: int) -> list[int]:
        return check_gradients(SMALL, TrainingConfig(seed=seed), *a_few(), probes=7).groups[0].entries.tolist()

    assert probed(1) == probed(1) != probed(2)


def test_pixels_are_scaled_as_in_training() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 2, 3), np.uint8)
    labels = np.array([0, 1, 2, 1])
    found, expected = (
        check_gradients(SMALL, TrainingConfig(), x, labels).groups[0].analytic
        for x in (pixels, pixels.reshape(4, 6) / 255)
    )
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("shape", "training"),
    [
        (replace(SMALL, inputs=7), TrainingConfig()),
        (replace(SMALL, output="softmax"), TrainingConfig(loss="classic_mse")),
        (SMALL, TrainingConfig(dropout=(0.1, 0.2, 0.3))),
    ],
)
def test_what_does_not_fit_together_is_refused(shape: NetworkConfig, training: TrainingConfig) -> None:
    with pytest.raises(ConfigError):
        check_gradients(shape, training, *a_few())


@pytest.mark.parametrize("label", [-1, 3])
def test_labels_without_an_output_are_refused(label: int) -> None:
    x, labels = a_few()
    labels[2] = label
    with pytest.raises(DataError, match=f"label {label} in row 2"):
        check_gradients(SMALL, TrainingConfig(), x, labels)


def test_relative_error_is_the_distance_over_both_lengths() -> None:
    assert relative_error(np.array([3.0, 0.0]), np.array([0.0, 4.0])) == pytest.approx(5 / 7)
    assert relative_error(np.zeros(2), np.zeros(2)) == 0
    assert relative_error(np.ones(2), -np.ones(2)) == 1
    assert TOLERANCE == 1e-6


# The length of each layer's gradient


def by_hand(network: Network, samples: Samples, l2: float) -> list[float]:
    """Softmax and cross-entropy over one hidden layer of tanh, with every formula written out once more."""
    (W1, W2), (b1, b2) = network.weights, network.biases
    x = samples.images
    h = np.tanh(x @ W1.T + b1)
    z = h @ W2.T + b2
    o = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    delta_o = (o - np.eye(len(b2))[samples.labels]) / len(x)
    delta_h = (delta_o @ W2) * (1 - h**2)
    layers = [(delta_h.T @ x + l2 * W1, delta_h.sum(0)), (delta_o.T @ h + l2 * W2, delta_o.sum(0))]
    return [float(np.sqrt((dW**2).sum() + (db**2).sum())) for dW, db in layers]


@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_gradient_norms_by_hand(clouds: Callable[..., Samples], l2: float) -> None:
    config = NetworkConfig(inputs=4, hidden=(5,), outputs=3, activation="tanh", output="softmax", dtype="float64")
    network, samples = Network.create(config, 1), clouds(40)
    found = gradient_norms(network, TrainingConfig(loss="cross_entropy", l2=l2), samples)
    np.testing.assert_allclose(found, by_hand(network, samples, l2), rtol=1e-9)


def test_gradient_norms_depend_on_the_network_alone(clouds: Callable[..., Samples]) -> None:
    network, samples = Network.create(NetworkConfig(inputs=4, hidden=(5,), outputs=3), 1), clouds(40)
    plain = TrainingConfig()
    other = TrainingConfig(optimizer="nesterov", momentum=0.5, learning_rate=3.0, batch_size=7, schedule="cosine",
                           dropout=0.5, max_norm=0.01, freeze=1, seed=9)  # fmt: skip
    assert gradient_norms(network, plain, samples).tolist() == gradient_norms(network, other, samples).tolist()
    assert (
        gradient_norms(network, TrainingConfig(loss="mse"), samples).max()
        < gradient_norms(network, plain, samples).max()
    )


def test_layers_that_are_frozen_are_left_out(clouds: Callable[..., Samples]) -> None:
    shape, few = NetworkConfig(inputs=4, hidden=(5, 6), outputs=3), clouds(9)
    report = check_gradients(shape, TrainingConfig(freeze=1, l2=0.1, dropout=0.2), few, probes=20)
    assert report.passed
    assert [group.name for group in report.groups] == ["W2", "b2", "W3", "b3"]


def test_gradient_norms_refuse_labels_without_an_output(clouds: Callable[..., Samples]) -> None:
    network = Network.create(NetworkConfig(inputs=4, outputs=2))
    with pytest.raises(DataError, match="label 2"):
        gradient_norms(network, TrainingConfig(), clouds(40))


# A network slid along lines


LINE_SHAPE = NetworkConfig(inputs=1152, hidden=(5, 4), activation="tanh", outputs=6, output="softmax")
LABELS = [[3], [1, 1], [0, 2, 4]]


def draw_lines(widths: tuple[int, ...] = (16, 24, 31)) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (32, width), dtype=np.uint8) for width in widths]


@pytest.mark.parametrize(
    ("shape", "training"),
    [
        (LINE_SHAPE, TrainingConfig(seed=1)),
        (replace(LINE_SHAPE, hidden=(), activation=()), TrainingConfig(seed=2)),
        (replace(LINE_SHAPE, activation="relu"), TrainingConfig(l2=0.1)),
    ],
)
def test_the_gradients_of_ctc_pass(shape: NetworkConfig, training: TrainingConfig) -> None:
    report = check_sequence_gradients(shape, training, draw_lines(), LABELS, probes=6)
    assert report.passed, [(group.name, group.error) for group in report.groups]
    assert [group.name for group in report.groups][:2] == ["z", "W1"]
    assert report.groups[0].shape == ((16 + 24 + 30) // 2, 6)
    assert all(len(group.entries) + group.skipped == min(6, np.prod(group.shape)) for group in report.groups)


def test_wrong_soft_targets_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def blurred(y: np.ndarray, labels: list[int]) -> tuple[float, np.ndarray]:
        loss, gamma = ctc_loss(y, labels)
        return loss, 0.99 * gamma + 0.01 / gamma.shape[1]

    monkeypatch.setattr(gradient_check, "ctc_loss", blurred)
    report = check_sequence_gradients(LINE_SHAPE, TrainingConfig(), draw_lines(), LABELS, probes=5)
    assert not report.passed
    assert report.descends is None


@pytest.mark.parametrize(("change", "message"), [({"inputs": 784}, "1152 values"), ({"output": "sigmoid"}, "softmax")])
def test_only_a_network_for_lines_is_checked_so(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        check_sequence_gradients(replace(LINE_SHAPE, **change), TrainingConfig(), draw_lines(), LABELS)
