"""How weights start: bounds and variances of the papers, and the same weights for the same key."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn.errors import ConfigError
from mnist_nn.nn import config
from mnist_nn.nn.initializers import DEFAULTS, INITIALIZERS, initial_weights
from mnist_nn.util.randomness import key

# Variance for fan-in i and fan-out o: Glorot and Bengio 2010, He et al. 2015, LeCun et al. 1998.
VARIANCES = {
    "glorot_uniform": lambda i, o: 2 / (i + o),
    "glorot_normal": lambda i, o: 2 / (i + o),
    "he_uniform": lambda i, _o: 2 / i,
    "he_normal": lambda i, _o: 2 / i,
    "lecun_uniform": lambda i, _o: 1 / i,
    "lecun_normal": lambda i, _o: 1 / i,
    "uniform": lambda _i, _o: 0.05**2 / 3,
    "normal": lambda _i, _o: 0.05**2,
    "zeros": lambda _i, _o: 0,
}
DRAWN = [name for name in VARIANCES if name != "zeros"]
EVEN = [name for name in DRAWN if "uniform" in name]
BELL = [name for name in DRAWN if "normal" in name]
FANS = [(784, 20), (50, 400)]


def draw(name: str, fans: tuple[int, int], seed: int = 1) -> np.ndarray:
    return initial_weights(name, "tanh", key(seed), *fans)


def test_registry_is_what_the_configuration_lists() -> None:
    assert ("auto", *INITIALIZERS) == config.INITIALIZERS
    assert set(INITIALIZERS) == set(VARIANCES)
    assert set(DEFAULTS) == {*config.ACTIVATIONS, *config.OUTPUTS}


@pytest.mark.parametrize("fans", FANS)
@pytest.mark.parametrize("name", VARIANCES)
def test_shape_mean_and_variance(name: str, fans: tuple[int, int]) -> None:
    W, expected = draw(name, fans), VARIANCES[name](*fans)
    assert W.shape == fans[::-1]
    assert W.dtype == np.float64
    assert abs(W.mean()) <= 4 * math.sqrt(expected / W.size)
    assert W.var() == pytest.approx(expected, rel=4 * math.sqrt(2 / W.size))


@pytest.mark.parametrize("fans", FANS)
@pytest.mark.parametrize("name", EVEN)
def test_even_weights_fill_their_bounds_and_keep_them(name: str, fans: tuple[int, int]) -> None:
    bound = math.sqrt(3 * VARIANCES[name](*fans))
    W = draw(name, fans)
    assert 0.999 * bound < W.max() < bound
    assert -bound < W.min() < -0.999 * bound


@pytest.mark.parametrize("name", BELL)
def test_normal_weights_have_the_tails_of_the_normal_distribution(name: str) -> None:
    W = draw(name, FANS[0]) / math.sqrt(VARIANCES[name](*FANS[0]))
    beyond_two = 1 - math.erf(2 / math.sqrt(2))
    assert (np.abs(W) > 2).mean() == pytest.approx(beyond_two, abs=4 * math.sqrt(beyond_two / W.size))


@pytest.mark.parametrize("name", DRAWN)
def test_equal_keys_give_equal_weights_and_other_keys_others(name: str) -> None:
    assert np.array_equal(draw(name, (7, 5)), draw(name, (7, 5)))
    assert not (draw(name, (7, 5)) == draw(name, (7, 5), seed=2)).any()


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(list(VARIANCES)), st.integers(1, 30), st.integers(1, 30), st.integers(0, 2**64 - 1))
def test_weights_are_finite_for_any_size_and_key(name: str, fan_in: int, fan_out: int, seed: int) -> None:
    W = draw(name, (fan_in, fan_out), seed)
    assert W.shape == (fan_out, fan_in)
    assert np.isfinite(W).all()


@pytest.mark.parametrize(
    ("activation", "chosen"),
    [
        ("sigmoid", "glorot_uniform"),
        ("tanh", "glorot_uniform"),
        ("softmax", "glorot_uniform"),
        ("identity", "glorot_uniform"),
        ("relu", "he_normal"),
        ("leaky_relu", "he_normal"),
    ],
)
def test_auto_suits_the_activation(activation: str, chosen: str) -> None:
    auto, named = (initial_weights(name, activation, key(1), 30, 20) for name in ("auto", chosen))
    assert np.array_equal(auto, named)


def test_an_unknown_name_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(ConfigError, match="unknown initializer 'xavier'; choose one of: auto, glorot_uniform"):
        draw("xavier", (2, 2))
