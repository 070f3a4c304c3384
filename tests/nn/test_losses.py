"""The losses against their book forms, taken from the outputs sample by sample."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn import NetworkConfig, TrainingConfig
from mnist_nn.errors import ConfigError
from mnist_nn.nn import config
from mnist_nn.nn.activations import OUTPUTS
from mnist_nn.nn.losses import (
    LOSSES,
    binary_cross_entropy,
    blend_targets,
    categorical_cross_entropy,
    get_loss,
    half_squared_error,
    smooth_labels,
)

Row = Sequence[float]
BOUNDED = settings(deadline=None, max_examples=60)
EXTREME = [-1e6, -1000.0, -100.0, 100.0, 1000.0, 1e6]


def mse(o: Row, l: Row) -> float:
    return sum((a - b) ** 2 for a, b in zip(o, l, strict=True)) / len(o)


def bce(o: Row, l: Row) -> float:
    return -sum(b * math.log(a) + (1 - b) * math.log(1 - a) for a, b in zip(o, l, strict=True))


def cce(o: Row, l: Row) -> float:
    return -sum(b * math.log(a) for a, b in zip(o, l, strict=True))


# (reported name, reported, descended name, descended)
BOOK: dict[tuple[str, str], tuple[str, Callable[[Row, Row], float], str, Callable[[Row, Row], float]]] = {
    ("classic_mse", "sigmoid"): ("mean squared error", mse, "summed binary cross-entropy", bce),
    ("mse", "sigmoid"): ("mean squared error", mse, "mean squared error", mse),
    ("mse", "softmax"): ("mean squared error", mse, "mean squared error", mse),
    ("cross_entropy", "sigmoid"): ("summed binary cross-entropy", bce, "summed binary cross-entropy", bce),
    ("cross_entropy", "softmax"): ("categorical cross-entropy", cce, "categorical cross-entropy", cce),
}
LOGITS = st.lists(st.floats(-12, 12), min_size=2, max_size=6)


def outputs(kind: str, z: Row) -> list[float]:
    if kind == "sigmoid":
        return [1 / (1 + math.exp(-v)) for v in z]
    return [math.exp(v) / sum(map(math.exp, z)) for v in z]


def onehot(label: int, size: int) -> list[float]:
    return [float(i == label) for i in range(size)]


def test_every_pair_has_its_book_form_here_and_every_name_is_listed() -> None:
    assert list(LOSSES) == list(BOOK)
    assert {name for name, _ in LOSSES} == set(config.LOSSES)
    assert {output for _, output in LOSSES} == set(config.OUTPUTS)


def test_the_pairs_are_those_that_the_configuration_allows() -> None:
    for name in config.LOSSES:
        for output in config.OUTPUTS:
            try:
                config.check(NetworkConfig(output=output), TrainingConfig(loss=name))
            except ConfigError:
                assert (name, output) not in LOSSES
            else:
                assert (name, output) in LOSSES


@pytest.mark.parametrize("pair", BOOK, ids="-".join)
@BOUNDED
@given(z=LOGITS, label=st.integers(0, 1))
def test_values_are_the_book_forms(pair: tuple[str, str], z: list[float], label: int) -> None:
    rule, l, o = LOSSES[pair], onehot(label, len(z)), outputs(pair[1], z)
    reported_name, reported, descended_name, descended = BOOK[pair]
    arrays = (np.array([z, z]), np.array([o, o]), np.array([l, l]))
    assert (rule.reported_name, rule.descended_name) == (reported_name, descended_name)
    assert rule.reported(*arrays).tolist() == pytest.approx([reported(o, l)] * 2, rel=1e-8)
    assert rule.descended(*arrays).tolist() == pytest.approx([descended(o, l)] * 2, rel=1e-8)


@pytest.mark.parametrize("pair", BOOK, ids="-".join)
@BOUNDED
@given(z=st.lists(st.floats(-4, 4), min_size=2, max_size=6), label=st.integers(0, 1))
def test_delta_is_the_slope_of_the_descended_loss(pair: tuple[str, str], z: list[float], label: int) -> None:
    l, descended = onehot(label, len(z)), BOOK[pair][3]
    delta = LOSSES[pair].output_delta(np.array([outputs(pair[1], z)]), np.array([l]))[0]
    for i in range(len(z)):
        above, below = ([v + step * (i == k) for k, v in enumerate(z)] for step in (1e-5, -1e-5))
        slope = (descended(outputs(pair[1], above), l) - descended(outputs(pair[1], below), l)) / 2e-5
        assert delta[i] == pytest.approx(slope, abs=1e-8)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("pair", BOOK, ids="-".join)
def test_extreme_weighted_inputs_give_finite_losses_and_deltas(pair: tuple[str, str], dtype: type) -> None:
    z = np.array([EXTREME, EXTREME[::-1]], dtype)
    o, l = OUTPUTS[pair[1]](z), np.eye(6, dtype=dtype)[[0, 3]]
    rule = LOSSES[pair]
    for value in (rule.reported(z, o, l), rule.descended(z, o, l), rule.output_delta(o, l)):
        assert np.isfinite(value).all()
        assert value.dtype == dtype


def test_a_wrong_and_certain_answer_costs_its_weighted_input() -> None:
    # -ln sigma(-1000) = 1000, and -ln of softmax's smaller output is the distance of the two weighted inputs.
    z, l = np.array([[-1000.0, -1000.0]]), np.array([[1.0, 0.0]])
    assert LOSSES["cross_entropy", "sigmoid"].descended(z, OUTPUTS["sigmoid"](z), l).tolist() == [1000.0]
    z = np.array([[0.0, 1000.0]])
    assert LOSSES["cross_entropy", "softmax"].descended(z, OUTPUTS["softmax"](z), l).tolist() == [1000.0]


@pytest.mark.parametrize("loss", [binary_cross_entropy, categorical_cross_entropy])
def test_the_loss_of_smoothed_labels_is_a_mean_of_the_losses_of_all_classes(loss: Callable[..., np.ndarray]) -> None:
    z, l = np.random.default_rng(5).standard_normal((3, 4)), np.eye(4)[[2, 0, 3]]
    smoothed = loss(z, None, smooth_labels(l, 0.2))
    of_classes = [loss(z, None, np.eye(4)[[k, k, k]]) for k in range(4)]
    np.testing.assert_allclose(smoothed, 0.8 * loss(z, None, l) + 0.2 * np.mean(of_classes, axis=0))
    assert np.array_equal(smooth_labels(l, 0.0), l)


@pytest.mark.parametrize("pair", [("cross_entropy", "softmax"), ("cross_entropy", "sigmoid")])
def test_the_loss_of_blended_targets_is_the_blend_of_the_losses(pair: tuple[str, str]) -> None:
    rng, loss = np.random.default_rng(6), get_loss(*pair)
    z, l = rng.standard_normal((3, 4)), np.eye(4)[[2, 0, 3]]
    p = OUTPUTS["softmax"](rng.standard_normal((3, 4)))
    blended = blend_targets(l, p, 0.7)
    np.testing.assert_allclose(blended.sum(axis=1), 1)
    each = [loss.descended(z, OUTPUTS[pair[1]](z), t) for t in (blended, l, p)]
    np.testing.assert_allclose(each[0], 0.3 * each[1] + 0.7 * each[2])
    step = 1e-5 * np.eye(12).reshape(12, 3, 4)
    slope = [
        np.subtract(*(loss.descended(z + d, OUTPUTS[pair[1]](z + d), blended).sum() for d in (s, -s))) / 2e-5
        for s in step
    ]
    np.testing.assert_allclose(loss.output_delta(OUTPUTS[pair[1]](z), blended).ravel(), slope, atol=1e-8)


def test_half_squared_error() -> None:
    o, l = np.array([[0.5, 0.25], [1.0, 0.0]]), np.array([[1.0, 0.0], [1.0, 0.0]])
    assert half_squared_error(o, o, l).tolist() == [(0.25 + 0.0625) / 2, 0.0]


@pytest.mark.parametrize("pair", [("classic_mse", "softmax"), ("mse", "tanh"), ("hinge", "sigmoid")])
def test_other_pairs_are_refused_with_the_valid_ones(pair: tuple[str, str]) -> None:
    with pytest.raises(ConfigError, match="classic_mse with sigmoid, mse with sigmoid") as error:
        get_loss(*pair)
    assert repr(pair[0]) in str(error.value)
    assert "\n" not in str(error.value)
