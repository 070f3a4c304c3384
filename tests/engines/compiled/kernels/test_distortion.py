"""The parts of the kernel that distorts, each compiled by itself."""

import numba
import numpy as np
import pytest

from mnist_nn.engines.compiled.kernels import distortion
from mnist_nn.engines.compiled.kernels.options import LANES, OPTIONS
from mnist_nn.engines.compiled.kernels.simd.vector import ONE, load, store

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick")]  # Numba compiles for seconds


@numba.njit(**OPTIONS)
def multiply(a, b, c, side):
    distortion.product(a, 0, b, 0, c, 0, side)


@numba.njit(**OPTIONS)
def limit(x, high):
    store(x, 0, distortion.within(load(x, 0, ONE), high))


@pytest.mark.parametrize("side", [1, 3, 6, 7, 8, LANES, LANES + 1, 28, 2 * LANES + 3])
def test_a_product_takes_its_sums_in_order(side: int) -> None:
    a, b = np.random.default_rng(side).standard_normal((2, side, side)).astype(np.float32)
    room = np.zeros(side * side + LANES, np.float32)
    multiply(a.ravel(), np.concatenate([b.ravel(), np.zeros(LANES, np.float32)]), room, side)
    expected = np.zeros((side, side), np.float32)
    for k in range(side):
        expected += a[:, k, None] * b[k]
    assert np.array_equal(room[: side * side].reshape(side, side), expected)


def test_what_is_no_number_is_taken_to_the_corner() -> None:
    x = np.full(LANES, np.nan, np.float32)
    x[:3] = -1.5, 2.5, 9.0
    limit(x, np.float32(4))
    assert x.tolist() == [0.0, 2.5, 4.0, *[0.0] * (LANES - 3)]
