"""The activation functions against the math module, and their derivatives against slopes."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn.errors import ConfigError
from mnist_nn.nn import config
from mnist_nn.nn.activations import ACTIVATIONS, LEAK, OUTPUTS, get_activation, sigmoid, softmax

Z = [-30.0, -3.5, -1.0, -0.25, 0.0, 1e-9, 0.5, 2.0, 7.25, 30.0]
EXTREME = [-math.inf, -1e308, -1e30, -1000.0, -89.0, 89.0, 1000.0, 1e30, 1e308, math.inf]
BOUNDED = settings(deadline=None, max_examples=50)

VALUES: dict[str, Callable[[float], float]] = {
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0.0),
    "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
    "identity": lambda z: z,
}
SLOPES: dict[str, Callable[[float], float]] = {
    "sigmoid": lambda z: math.exp(-z) / (1 + math.exp(-z)) ** 2,
    "tanh": lambda z: 1 / math.cosh(z) ** 2,
    "relu": lambda z: float(z > 0),
    "leaky_relu": lambda z: 1.0 if z > 0 else 0.01,
    "identity": lambda _z: 1.0,
}


def test_registries_are_what_the_configuration_lists() -> None:
    assert tuple(ACTIVATIONS) == config.ACTIVATIONS == tuple(VALUES)
    assert tuple(OUTPUTS) == config.OUTPUTS


@pytest.mark.parametrize("name", VALUES)
def test_values(name: str) -> None:
    np.testing.assert_allclose(ACTIVATIONS[name].f(np.array(Z)), [VALUES[name](z) for z in Z], rtol=1e-14)


@pytest.mark.parametrize("name", SLOPES)
def test_derivatives_from_the_output(name: str) -> None:
    a = ACTIVATIONS[name].f(np.array(Z))
    expected = [SLOPES[name](z) for z in Z]
    np.testing.assert_allclose(ACTIVATIONS[name].derivative(a), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", VALUES)
def test_the_type_stays(name: str, dtype: type) -> None:
    a = ACTIVATIONS[name].f(np.array([[-1.0, 2.0]], dtype))
    assert a.dtype == ACTIVATIONS[name].derivative(a).dtype == dtype
    assert a.shape == (1, 2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_extreme_inputs_saturate_without_a_warning(name: str, dtype: type) -> None:
    z = np.clip(EXTREME, np.finfo(dtype).min, np.finfo(dtype).max).astype(dtype)
    a = ACTIVATIONS[name].f(z)
    low = {"sigmoid": 0, "tanh": -1}[name]
    np.testing.assert_allclose(a, [low] * 5 + [1] * 5, atol=1e-30)
    assert ((a >= low) & (a <= 1)).all()
    np.testing.assert_allclose(ACTIVATIONS[name].derivative(a), 0, atol=1e-30)


def test_sigmoid_is_symmetric_and_rises() -> None:
    z = np.linspace(-20, 20, 1001)
    np.testing.assert_allclose(sigmoid(z) + sigmoid(-z), 1, rtol=1e-15)
    assert (np.diff(sigmoid(z)) > 0).all()


def test_softmax_values() -> None:
    z = [[0.5, -1.0, 2.0], [3.0, 3.0, 3.0]]
    expected = [[math.exp(v) / sum(map(math.exp, row)) for v in row] for row in z]
    np.testing.assert_allclose(softmax(np.array(z)), expected, rtol=1e-14)


@BOUNDED
@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=10))
def test_softmax_is_a_distribution_in_the_order_of_its_inputs(z: list[float]) -> None:
    o = softmax(np.array([z]))[0]
    assert np.isfinite(o).all()
    assert ((o >= 0) & (o <= 1)).all()
    assert o.sum() == pytest.approx(1, abs=1e-12)
    assert o[int(np.argmax(z))] == o.max()


@BOUNDED
@given(st.lists(st.floats(-50, 50), min_size=1, max_size=10), st.floats(-1e6, 1e6))
def test_softmax_does_not_see_a_shift(z: list[float], shift: float) -> None:
    np.testing.assert_allclose(softmax(np.array([z]) + shift), softmax(np.array([z])), rtol=1e-6)


def test_leak() -> None:
    assert LEAK == 0.01


def test_an_unknown_name_is_refused_with_the_valid_ones() -> None:
    assert get_activation("tanh") is ACTIVATIONS["tanh"]
    with pytest.raises(ConfigError, match=r"'softmax'.*: sigmoid, tanh, relu, leaky_relu, identity"):
        get_activation("softmax")
