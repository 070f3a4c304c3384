"""Functions across lanes and of several vectors against NumPy."""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn.engines.compiled.kernels.options import OPTIONS, inline
from mnist_nn.engines.compiled.kernels.simd import lanes
from mnist_nn.engines.compiled.kernels.simd.vector import ONE, load, splat, store

Array = npt.NDArray[Any]
RNG = np.random.default_rng(0)
FLOATS = RNG.normal(size=16).astype(np.float32)
njit = numba.njit(**OPTIONS)
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick")]  # Numba compiles for seconds


@njit
def fma_kernel(a, out):
    x = load(a, 0, ONE)
    store(out, 0, lanes.fma(x, x, -1.0))


def test_fma_is_a_product_and_a_sum() -> None:
    a, out = FLOATS[:16].copy(), np.empty(16, np.float32)
    fma_kernel(a, out)
    np.testing.assert_allclose(out, a.astype(np.float64) ** 2 - 1, rtol=0, atol=3e-7)


@njit
def reduction_kernel(a, blocks):
    v = load(a, 0, blocks)
    return lanes.total(v), lanes.largest(v), lanes.any_lane(v > 2.0), lanes.any_lane(v > 100.0)


@pytest.mark.parametrize("vectors", [1, 3])
def test_reductions(vectors: int) -> None:
    a = RNG.integers(-9, 9, 16 * vectors).astype(np.float32)
    a[3] = 9
    assert reduction_kernel(a, (0,) * vectors) == (a.sum(), a.max(), True, False)


@pytest.mark.parametrize("place", [0, 15, 16, 47])
def test_one_lane_is_enough_for_any_lane(place: int) -> None:
    a = np.zeros(48, np.float32)
    a[place] = 3
    assert reduction_kernel(a, (0, 0, 0)) == (3, 3, True, False)


@inline
def dots(m, start, step, factor):
    sums = lanes.zero_rows(ONE)
    sums = lanes.add_rows(sums, m, start, step, splat(np.float32(1), ONE))
    return lanes.sums_of_rows(lanes.add_rows(sums, m, start + 16, step, factor))


@njit
def rows_kernel(m, start, step, factors, out):
    store(out, 0, dots(m, start, step, load(factors, 0, ONE)))


def test_add_rows_and_sums_of_rows() -> None:
    m, factors = RNG.integers(-9, 9, (20, 40)).astype(np.float32), RNG.integers(-9, 9, 16).astype(np.float32)
    out = np.zeros(16, np.float32)
    rows_kernel(m, 2 * 40 + 5, 40, factors, out)
    np.testing.assert_array_equal(out, m[2:18, 5:21].sum(axis=1) + m[2:18, 21:37] @ factors)


@njit
def transpose_kernel(target, at, target_step, m, start, step):
    lanes.transpose_block(target, at, target_step, m, start, step)


def test_transpose_block() -> None:
    m, target = RNG.normal(size=(20, 40)).astype(np.float32), np.zeros((18, 30), np.float32)
    transpose_kernel(target, 1 * 30 + 7, 30, m, 3 * 40 + 9, 40)
    expected = np.zeros_like(target)
    expected[1:17, 7:23] = m[3:19, 9:25].T
    np.testing.assert_array_equal(target, expected)
