"""A network is data: sound when it is made, and the same for ever after."""

import math
from dataclasses import FrozenInstanceError, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn import Network, NetworkConfig
from mnist_nn.engines.reference import ReferenceEngine
from mnist_nn.errors import ConfigError, NotFiniteError
from mnist_nn.nn.config import ACTIVATIONS, DTYPES, INITIALIZERS, OUTPUTS

SMALL = NetworkConfig(inputs=3, hidden=(4,), outputs=2)
BOUNDED = settings(deadline=None, max_examples=50)


def parameters(config: NetworkConfig = SMALL) -> list[np.ndarray]:
    return [p.copy() for p in Network.create(config, 1).parameters]


def test_the_default_is_the_seeds_network() -> None:
    network = Network.create()
    assert [p.shape for p in network.parameters] == [(20, 784), (20,), (10, 20), (10,)]
    assert network.parameter_names == ("W1", "b1", "W2", "b2")
    assert network.parameter_count == 784 * 20 + 20 + 20 * 10 + 10


@BOUNDED
@given(
    st.lists(st.integers(1, 6), min_size=2, max_size=5).filter(lambda sizes: sizes[-1] > 1),
    st.sampled_from(ACTIVATIONS),
    st.sampled_from(INITIALIZERS),
    st.sampled_from(DTYPES),
    st.integers(0, 2**64 - 1),
)
def test_a_created_network_has_the_shapes_of_its_configuration(
    sizes: list[int], activation: str, initializer: str, dtype: str, seed: int
) -> None:
    config = NetworkConfig(
        inputs=sizes[0],
        hidden=sizes[1:-1],
        outputs=sizes[-1],
        activation=activation,
        initializer=initializer,
        dtype=dtype,
    )
    network = Network.create(config, seed)
    assert [W.shape for W in network.weights] == [(b, a) for a, b in pairwise(sizes)]
    assert [b.shape for b in network.biases] == [(size,) for size in sizes[1:]]
    assert {p.dtype for p in network.parameters} == {np.dtype(dtype)}
    assert network.parameter_count == sum((a + 1) * b for a, b in pairwise(sizes))
    assert not any(b.any() for b in network.biases)


def test_the_seed_decides_the_weights_and_every_layer_has_its_own() -> None:
    config = NetworkConfig(inputs=6, hidden=(6, 6), outputs=6)
    first, again, other = (Network.create(config, seed) for seed in (1, 1, 2))
    assert all(np.array_equal(p, q) for p, q in zip(first.parameters, again.parameters, strict=True))
    assert not any((W == V).any() for W, V in zip(first.weights, other.weights, strict=True))
    assert not (first.weights[0] == first.weights[1]).any()


def test_single_and_double_precision_start_alike() -> None:
    single, double = (Network.create(replace(SMALL, dtype=dtype), 3) for dtype in DTYPES)
    assert all(
        np.array_equal(p, q.astype(np.float32)) for p, q in zip(single.parameters, double.parameters, strict=True)
    )


# It never changes


@pytest.mark.parametrize("index", range(4))
def test_arrays_are_read_only(index: int) -> None:
    network = Network.create(SMALL)
    with pytest.raises(ValueError, match="read-only"):
        network.parameters[index][...] = 0


def test_changing_the_given_arrays_later_changes_nothing() -> None:
    given_arrays = parameters()
    network = Network.of(SMALL, given_arrays)
    before = [p.tobytes() for p in network.parameters]
    for array in given_arrays:
        array[...] = 1
    assert [p.tobytes() for p in network.parameters] == before


def test_fields_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Network.create(SMALL).weights = ()


def test_flat_parameters_come_back_as_the_same_network() -> None:
    network = Network.create(SMALL, 1)
    again = Network.of(SMALL, network.parameters)
    assert [p.tobytes() for p in again.parameters] == [p.tobytes() for p in network.parameters]


def test_parameters_are_converted_to_the_configured_type() -> None:
    network = Network.of(SMALL, [p.astype(np.float64) for p in parameters()])
    assert {p.dtype for p in network.parameters} == {np.dtype(np.float32)}


# What is refused


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(("index", "name"), list(enumerate(["W1", "b1", "W2", "b2"])))
def test_numbers_that_are_not_finite_are_refused_by_name(index: int, name: str, value: float) -> None:
    p = parameters()
    p[index].flat[-1] = value
    with pytest.raises(NotFiniteError, match=f"{name} contains NaN or infinity"):
        Network.of(SMALL, p)


@pytest.mark.parametrize(
    "change",
    [
        lambda p: [p[0].T, *p[1:]],
        lambda p: [p[0], p[1][:, None], *p[2:]],
        lambda p: p[:2],
        lambda p: p[:3],
        lambda p: [*p, p[2]],
        lambda p: [*p, p[2], p[3]],
        lambda p: [p[0].ravel(), *p[1:]],
        lambda _p: [],
    ],
)
def test_wrong_shapes_are_refused(change) -> None:
    with pytest.raises(ConfigError):
        Network.of(SMALL, change(parameters()))


def test_a_wrong_type_is_refused_by_name() -> None:
    W1, b1, W2, b2 = parameters()
    with pytest.raises(ConfigError, match="W2 is float64 in a float32 network"):
        Network(SMALL, (W1, W2.astype(np.float64)), (b1, b2))


# Answers


@BOUNDED
@given(
    st.sampled_from(OUTPUTS),
    st.sampled_from(DTYPES),
    st.lists(st.lists(st.floats(-200, 200), min_size=2, max_size=2), min_size=1, max_size=5),
)
def test_probabilities_sum_to_one_and_keep_the_order(output: str, dtype: str, rows: list[list[float]]) -> None:
    network = Network.create(replace(SMALL, output=output, dtype=dtype))
    z = np.array(rows, dtype)
    p = network.probabilities(z)
    assert ((p >= 0) & (p <= 1)).all()
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-6)
    assert all(q[i] == q.max() for q, i in zip(p, z.argmax(axis=1), strict=True))


def test_sigmoid_probabilities_are_shares_of_their_sum() -> None:
    p = Network.create(SMALL).probabilities(np.array([[0.0, math.log(3)]]))
    # sigma(0) = 1/2 and sigma(ln 3) = 3/4: two and three fifths.
    np.testing.assert_allclose(p, [[0.4, 0.6]], rtol=1e-12)


@pytest.mark.parametrize("output", OUTPUTS)
def test_output_is_the_activation_of_the_output_layer(output: str) -> None:
    z = np.array([[0.0, math.log(3)]])
    expected = {"sigmoid": [[0.5, 0.75]], "softmax": [[0.25, 0.75]]}[output]
    np.testing.assert_allclose(Network.create(replace(SMALL, output=output)).output(z), expected, rtol=1e-12)


@BOUNDED
@given(st.integers(-5, 42), st.sampled_from(ACTIVATIONS), st.integers(0, 3))
def test_a_network_that_cannot_overflow_answers_in_finite_numbers(power: int, activation: str, seed: int) -> None:
    config = NetworkConfig(inputs=6, hidden=(5, 4), outputs=3, activation=activation)
    arrays = [p.astype(np.float64) * 10.0**power for p in Network.create(config, seed).parameters]
    with np.errstate(over="ignore"):
        if not all(np.isfinite(p.astype(np.float32)).all() for p in arrays):
            return
    network = Network.of(config, arrays)
    inputs = np.random.default_rng(seed).integers(0, 2, (20, 6)).astype(np.float32)
    with np.errstate(all="ignore"):
        z = ReferenceEngine().forward(network, ReferenceEngine().place(inputs))
    assert np.isfinite(z).all() or network.can_overflow
    if power > 30 and "relu" in activation:
        assert network.can_overflow
    if power < 10:
        assert not network.can_overflow
