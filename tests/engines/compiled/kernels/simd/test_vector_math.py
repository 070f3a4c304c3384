"""The functions of vectors in units of the last place, and the generator bit for bit."""

import platform
from collections.abc import Callable
from typing import Any

import llvmlite.binding
import numba
import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn.engines.compiled import codes
from mnist_nn.engines.compiled.kernels import units
from mnist_nn.engines.compiled.kernels.options import LANES, OPTIONS, inline
from mnist_nn.engines.compiled.kernels.simd import vector_math as ours
from mnist_nn.engines.compiled.kernels.simd.lanes import select
from mnist_nn.engines.compiled.kernels.simd.vector import ONE, lane_numbers, load, splat, store
from mnist_nn.nn.activations import ACTIVATIONS
from mnist_nn.nn.dropout import dropout_mask, keep_threshold
from mnist_nn.nn.losses import LOSSES
from mnist_nn.util.randomness import Key, threefry

Array = npt.NDArray[Any]
njit = numba.njit(**OPTIONS)
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick")]  # Numba compiles for seconds
EXP, LOG, SIGMOID, SOFTPLUS, TANH = range(5)


@inline
def apply(function, x):
    if function == EXP:
        y = ours.exp(x)
    elif function == LOG:
        y = ours.log(x)
    elif function == SIGMOID:
        y = ours.sigmoid(x)
    elif function == TANH:
        y = ours.tanh(x)
    else:
        y = ours.softplus(x)
    return y


@njit
def function_kernel(function, a, out, blocks):
    for i in range(0, a.size, LANES * len(blocks)):
        store(out, i, apply(function, load(a, i, blocks)))


def run(function: int, x: Array) -> Array:
    out = np.empty_like(x)
    function_kernel(function, x, out, (0, 0))
    return out


def ulps(found: Array, exact: Array) -> Array:
    """Distance in units of the last place of the float32 nearest to the exact value."""
    return np.abs(found.astype(np.float64) - exact) / np.spacing(np.abs(exact.astype(np.float32))).astype(np.float64)


def logistic(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


GRID = np.linspace(-87.3, 88.3, 1 << 18, dtype=np.float32)
HAS_FMA = llvmlite.binding.get_host_cpu_features().get("fma") or platform.machine() in ("aarch64", "arm64")
ROUNDED_TWICE = 0.0 if HAS_FMA else 1.5  # ulps more on a machine that rounds a * b before it adds c


@pytest.mark.parametrize(
    ("function", "exact", "x", "limit"),
    [
        (EXP, np.exp, GRID, 1.5),
        (LOG, np.log, np.exp(GRID[:-4096]), 1.5),
        (LOG, np.log, np.linspace(0.5, 2, 1 << 18, dtype=np.float32), 2.0),
        (SIGMOID, logistic, GRID[:-2048], 3.0),
        (TANH, np.tanh, GRID / 8, 4.0),
        (TANH, np.tanh, GRID / 10_000, 4.0),
        (SOFTPLUS, lambda x: np.logaddexp(0, x), GRID, 3.0),
    ],
    ids=["exp", "log", "log near 1", "sigmoid", "tanh", "tanh near 0", "softplus"],
)
def test_functions_in_units_of_the_last_place(
    function: int, exact: Callable[[Array], Array], x: Array, limit: float
) -> None:
    assert ulps(run(function, x), exact(x.astype(np.float64))).max() < limit + ROUNDED_TWICE


@pytest.mark.parametrize("function", [EXP, SIGMOID, TANH, SOFTPLUS])
def test_nan_is_not_hidden(function: int) -> None:
    x = np.zeros(32, np.float32)
    x[[0, 17]] = np.nan
    assert np.flatnonzero(np.isnan(run(function, x))).tolist() == [0, 17]


@pytest.mark.parametrize(
    ("function", "limits"),
    [(SIGMOID, (0, 0.5, 1)), (TANH, (-1, 0, 1)), (SOFTPLUS, (0, np.log(2), np.inf))],
    ids=["sigmoid", "tanh", "softplus"],
)
def test_limits(function: int, limits: tuple[float, ...]) -> None:
    x = np.zeros(32, np.float32)
    x[[0, 2]] = -np.inf, np.inf
    np.testing.assert_allclose(run(function, x)[:3], limits, rtol=1e-6, atol=1e-37)


@njit
def together_kernel(a, sigma, d, out):
    for i in range(0, a.size, LANES):
        x, y = ours.sigmoid_and_softplus(load(a, i, ONE))
        store(sigma, i, x)
        store(d, i, y)
        store(out, i, ours.log1p_of_unit(y - 1.0))


def test_sigmoid_and_softplus_in_one() -> None:
    x = np.linspace(-80, 80, 4096, dtype=np.float32)
    sigma, d, rest = (np.empty_like(x) for _ in range(3))
    together_kernel(x, sigma, d, rest)
    np.testing.assert_allclose(sigma, logistic(x.astype(np.float64)), rtol=1e-6)
    np.testing.assert_allclose(
        np.maximum(x, 0) + np.log(d), np.logaddexp(0, x.astype(np.float64)), atol=2e-7, rtol=1e-6
    )
    np.testing.assert_allclose(rest, np.log(d.astype(np.float64)), atol=1e-9, rtol=1e-6)


# Activations and their slopes


@njit
def respond_kernel(kind, z, a, slope):
    for i in range(0, z.size, LANES):
        x, y = units.respond(kind, load(z, i, ONE))
        store(a, i, x)
        store(slope, i, y)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_and_slopes_are_the_references(name: str) -> None:
    z = np.linspace(-20, 20, 4096, dtype=np.float32)
    z[:5] = 0.0, -0.0, 1e-30, -1e-30, 80.0  # the kink of the rectifiers, and its neighbours
    a, slope = np.empty_like(z), np.empty_like(z)
    respond_kernel(codes.ACTIVATIONS[name], z, a, slope)
    exact = ACTIVATIONS[name].f(z.astype(np.float64))
    np.testing.assert_allclose(a, exact, rtol=5e-7, atol=1e-37)
    np.testing.assert_allclose(slope, ACTIVATIONS[name].derivative(exact), rtol=5e-7, atol=5e-7)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_do_not_hide_nan(name: str) -> None:
    z = np.full(16, np.nan, np.float32)
    a, slope = np.zeros_like(z), np.zeros_like(z)
    respond_kernel(codes.ACTIVATIONS[name], z, a, slope)
    assert np.isnan(a).all()


def test_every_activation_and_loss_of_the_reference_is_there() -> None:
    assert set(codes.ACTIVATIONS) == set(ACTIVATIONS)
    assert set(codes.LOSSES) == set(LOSSES)


@njit
def unit_kernel(count, out):
    for column in range(0, out.size, LANES):
        store(out, column, select(units.is_unit(column, count, ONE), splat(np.float32(1), ONE), np.float32(0)))


@pytest.mark.parametrize("count", [1, 10, 16, 17, 40, 47, 64])
def test_lanes_past_the_last_unit_are_none(count: int) -> None:
    # The last vectors of a padded layer may have no unit at all: 40 units beside a narrower layer take 64 lanes.
    out = np.full(64, -1, np.float32)
    unit_kernel(count, out)
    assert out.tolist() == [1.0] * count + [0.0] * (64 - count)


# The generator


@njit
def threefry_kernel(key0, key1, counters0, counters1, words0, words1):
    for i in range(0, counters0.size, LANES):
        x, y = ours.threefry(key0, key1, load(counters0, i, ONE), load(counters1, i, ONE))
        store(words0, i, x)
        store(words1, i, y)


def compiled_threefry(k: Key, c0: Array, c1: Array) -> tuple[Array, Array]:
    words = np.empty_like(c0), np.empty_like(c1)
    threefry_kernel(k.k0, k.k1, c0, c1, *words)
    return words


@pytest.mark.parametrize(
    ("key", "counter", "answer"),
    [
        (Key(0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        (Key(0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
        (Key(0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
    ],
)
def test_published_answers_of_threefry(key: Key, counter: tuple[int, int], answer: tuple[int, int]) -> None:
    words = compiled_threefry(key, *(np.full(16, c, np.uint32) for c in counter))
    assert [set(w.tolist()) for w in words] == [{a} for a in answer]


def test_threefry_is_the_packages_own_bit_for_bit() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        k = Key(*rng.integers(0, 2**32, 2).tolist())
        counters = rng.integers(0, 2**32, (2, 1024), dtype=np.uint32)
        for found, expected in zip(compiled_threefry(k, *counters), threefry(k, *counters), strict=True):
            np.testing.assert_array_equal(found, expected)


@njit
def mask_kernel(key0, key1, threshold, sample, layer, columns, out):
    for column in range(0, out.size, LANES * len(columns)):
        counters = lane_numbers(columns) + (np.int64(column) | (layer << 24))
        word, _ = ours.threefry(key0, key1, splat(np.int64(sample), columns), counters)
        store(out, column, select(word >= threshold, splat(np.float32(1), columns), np.float32(0)))


@pytest.mark.parametrize("rate", [0.01, 0.3, 0.5, 0.999, 1 - 1e-12])
def test_dropout_masks_are_the_packages_own(rate: float) -> None:
    k, out = Key(0x9E3779B9, 0xF0000001), np.zeros(192, np.float32)
    for layer, sample in [(0, 0), (1, 7), (254, 2**32 - 1)]:
        mask_kernel(k.k0, k.k1, keep_threshold(rate), sample, layer, (0, 0, 0, 0), out)
        expected = dropout_mask(k, np.array([sample]), layer, len(out), rate)[0]
        np.testing.assert_array_equal(out, expected)
