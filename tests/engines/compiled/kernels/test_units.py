"""What happens inside units, against the package's formulas: activations, dropout, losses, errors, probabilities."""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn import NetworkConfig
from mnist_nn.engines.base import Tally
from mnist_nn.engines.compiled import codes, layout, samples
from mnist_nn.engines.compiled.kernels import units
from mnist_nn.engines.compiled.kernels.options import LANES, OPTIONS
from mnist_nn.engines.compiled.kernels.reading import target_of
from mnist_nn.nn import activations
from mnist_nn.nn.dropout import dropout_mask, keep_threshold
from mnist_nn.nn.losses import LOSSES
from mnist_nn.util.randomness import key

Array = npt.NDArray[Any]
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick", "as_wide")]  # Numba compiles for seconds
WIDE = (0, 0)
SIZE = LANES * len(WIDE)
RNG = np.random.default_rng(0)


class Room(NamedTuple):
    """What units see of a kernel's memory."""

    a: Array
    slope: Array
    delta: Array
    o: Array
    tally: Array


def make_room(z: Array) -> Room:
    none = np.zeros(z.size, np.float32)
    return Room(z.astype(np.float32), none, none.copy(), none.copy(), np.zeros(3))


@numba.njit(**OPTIONS)
def hidden_kernel(memory, i, kind, column, count, layer, sample, dropout, columns):
    units.activate(memory, i, kind, units.is_unit(column, count, columns), columns)
    if dropout[2] > 0:
        units.drop(memory, i, column, layer, sample, dropout, columns)


NO_DROPOUT = (0, 0, 0, np.float32(1))
Z = np.concatenate([[0, -0.0, 100, -100, 1e-6, -1e-6, 1e30, -1e30], 4 * RNG.normal(size=SIZE - 8)])


@pytest.mark.parametrize("name", codes.ACTIVATIONS)
def test_an_activation_and_its_slope_are_the_packages(name: str) -> None:
    memory = make_room(np.concatenate([np.full(LANES, 7.0), Z, np.full(LANES, 7.0)]))
    hidden_kernel(memory, LANES, codes.ACTIVATIONS[name], 64, 64 + SIZE - 3, 0, 0, NO_DROPOUT, WIDE)
    function = activations.ACTIVATIONS[name]
    a = function.f(Z)
    inside = slice(LANES, LANES + SIZE - 3)
    np.testing.assert_allclose(memory.a[inside], a[:-3], rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(memory.slope[inside], function.derivative(a)[:-3], rtol=1e-6, atol=3e-7)
    assert (memory.a[SIZE + LANES - 3 : SIZE + LANES] == 0).all(), "lanes that are no unit stay zero"
    assert (memory.a[:LANES] == 7).all()
    assert (memory.a[SIZE + LANES :] == 7).all()


def test_nan_passes_through_every_activation() -> None:
    for kind in codes.ACTIVATIONS.values():
        memory = make_room(np.full(SIZE, np.nan))
        hidden_kernel(memory, 0, kind, 0, SIZE, 0, 0, NO_DROPOUT, WIDE)
        assert np.isnan(memory.a).all()


@pytest.mark.parametrize("rate", [0.2, 0.5])
@pytest.mark.parametrize(("layer", "column"), [(0, 0), (1, 64)])
def test_dropped_units_are_the_packages(rate: float, layer: int, column: int) -> None:
    k, factor = key(3), np.float32(1 / (1 - rate))
    for sample in (0, 1, 59_999):
        memory = make_room(np.ones(SIZE))
        dropout = (k.k0, k.k1, keep_threshold(rate), factor)
        hidden_kernel(memory, 0, codes.IDENTITY, column, column + SIZE, layer, sample, dropout, WIDE)
        kept = dropout_mask(k, np.array([sample]), layer, column + SIZE, rate)[0, column:]
        np.testing.assert_array_equal(memory.a, kept * factor)
        np.testing.assert_array_equal(memory.slope, kept * factor)


@numba.njit(**OPTIONS)
def output_kernel(memory, i, layer, data, sample, loss, weight, share):
    target = target_of(data, sample)
    units.add_losses(memory, i, layer, target, loss, weight)
    units.output_error(memory, i, layer, target, loss, share * weight)


def layer_of_outputs(count: int) -> Any:
    (layer,) = layout.layers_of(layout.lay_out(NetworkConfig(inputs=3, hidden=(), outputs=count), 1, 2))
    return layer


@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("outputs", [2, 10, 16, 40])
@pytest.mark.parametrize("pair", LOSSES, ids="-".join)
def test_losses_and_errors_are_those_of_the_formulas(pair: tuple[str, str], outputs: int, soft: bool) -> None:
    layer, loss = layer_of_outputs(outputs), LOSSES[pair]
    z = np.zeros((30, outputs))
    z[:20] = 3 * RNG.normal(size=(20, outputs))
    z[20:25, 1] = 60  # and five with outputs that are all the same
    labels, weights = RNG.integers(0, outputs, 30), RNG.exponential(size=30).astype(np.float32)
    z = z.astype(np.float32).astype(np.float64)
    o, l = activations.OUTPUTS[pair[1]](z), np.eye(outputs)[labels]
    if soft:
        l = RNG.dirichlet(np.ones(outputs), 30).astype(np.float32).astype(np.float64)
    placed = samples.place(np.zeros((30, 1), np.uint8), l if soft else labels)
    data = placed.data if soft else samples.with_labels(placed.data, layer.width)
    delta = loss.output_delta(o, l) * weights[:, None] / 4
    room = make_room(np.zeros(layer.width + LANES))
    for s in range(30):
        room.a[:] = 99
        room.a[LANES : LANES + outputs] = z[s]
        output_kernel(room, LANES, layer, data, s, codes.LOSSES[pair], weights[s], np.float32(0.25))
        np.testing.assert_allclose(room.delta[LANES : LANES + outputs], delta[s], rtol=2e-5, atol=2e-7)
        assert not room.delta[LANES + outputs : LANES + layer.width].any(), "padding has no error"
    tally = Tally.of(loss, z, o, l, weights.astype(np.float64))
    squares, entropy, correct = room.tally.tolist()
    found = (entropy if pair[0] == "cross_entropy" else squares / outputs, squares / outputs, entropy)
    assert found[0] == pytest.approx(tally.reported, rel=1e-5)
    assert (found[1] if pair[0] == "mse" else found[2]) == pytest.approx(tally.descended, rel=1e-5)
    assert correct == tally.correct


@numba.njit(**OPTIONS)
def probabilities_kernel(memory, layer, is_softmax):
    units.write_probabilities(memory, layer, is_softmax)


@pytest.mark.parametrize("outputs", [2, 10, 40])
@pytest.mark.parametrize("output", activations.OUTPUTS)
def test_probabilities_sum_to_one(outputs: int, output: str) -> None:
    layer = layer_of_outputs(outputs)
    for z in (4 * RNG.normal(size=outputs), np.linspace(-80, 85, outputs)):
        room = make_room(np.concatenate([z, np.full(layer.width - outputs, 50.0)]))
        probabilities_kernel(room, layer, output == "softmax")
        o = activations.OUTPUTS[output](z)
        np.testing.assert_allclose(room.o[:outputs], o / o.sum(), rtol=2e-5, atol=1e-9)
        assert not room.o[outputs:].any()
