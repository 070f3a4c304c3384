"""Every operation on vectors against NumPy; a kernel holds many operations, because each takes time to compile."""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn.engines.compiled.kernels.options import LANES, OPTIONS
from mnist_nn.engines.compiled.kernels.simd import lanes
from mnist_nn.engines.compiled.kernels.simd.vector import (
    ONE,
    blocks_for,
    lane_numbers,
    load,
    prefetch,
    splat,
    store,
)

Array = npt.NDArray[Any]
RNG = np.random.default_rng(0)
COUNT = 96  # divisible by 1, 2, 3 and 6 vectors
FLOATS, OTHERS = RNG.normal(size=(2, COUNT)).astype(np.float32)
WORDS, MORE = RNG.integers(0, 2**32, (2, COUNT), dtype=np.uint32)
njit = numba.njit(**OPTIONS)
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick")]  # Numba compiles for seconds


def check(names: dict[str, Array], found: Array) -> None:
    for (name, expected), row in zip(names.items(), found, strict=True):
        np.testing.assert_array_equal(row, expected, err_msg=name)


@njit
def float_kernel(a, b, out, blocks):
    n = a.size
    for i in range(0, n, LANES * len(blocks)):
        x, y = load(a, i, blocks), load(b, i, blocks)
        store(out, i, x + y)
        store(out, n + i, x - y)
        store(out, 2 * n + i, x * y)
        store(out, 3 * n + i, x / y)
        store(out, 4 * n + i, lanes.minimum(x, y))
        store(out, 5 * n + i, lanes.maximum(x, y))
        store(out, 6 * n + i, lanes.select(x > y, x, 2.0))
        store(out, 7 * n + i, lanes.select((x >= y) | (x < 0.0), 1.5, y))
        store(out, 8 * n + i, lanes.select((x <= y) & (x != 0.0), x, y))
        store(out, 9 * n + i, 2.0 - x)
        store(out, 10 * n + i, lanes.rint(x * 4.0))
        store(out, 11 * n + i, lanes.floor(x * 4.0))
        store(out, 12 * n + i, lanes.sqrt(lanes.absolute(x)))
        store(out, 13 * n + i, lanes.to_float(lanes.to_int(x * 100.0)))
        store(out, 14 * n + i, lanes.from_bits(lanes.as_bits(x) ^ 0x80000000))
        x += y
        x *= y
        store(out, 15 * n + i, x)


@pytest.mark.parametrize("vectors", [1, 3, 4])
def test_operations_on_floats(vectors: int) -> None:
    a, b = (np.tile(x, 2) for x in (FLOATS, OTHERS))
    expected = {
        "+": a + b,
        "-": a - b,
        "*": a * b,
        "/": a / b,
        "minimum": np.minimum(a, b),
        "maximum": np.maximum(a, b),
        "> with a scalar": np.where(a > b, a, np.float32(2)),
        ">=, |, <": np.where((a >= b) | (a < 0), np.float32(1.5), b),
        "<=, &, !=": np.where((a <= b) & (a != 0), a, b),
        "scalar first": np.float32(2) - a,
        "rint": np.rint(a * 4),
        "floor": np.floor(a * 4),
        "sqrt, absolute": np.sqrt(np.abs(a)),
        "to_int, to_float": np.trunc(a * 100),
        "as_bits, from_bits": -a,
        "in place": (a + b) * b,
    }
    out = np.zeros((len(expected), len(a)), np.float32)
    float_kernel(a, b, out, (0,) * vectors)
    check(expected, out)


@njit
def word_kernel(a, b, out, blocks):
    n = a.size
    for i in range(0, n, LANES * len(blocks)):
        x, y = load(a, i, blocks), load(b, i, blocks)
        store(out, i, x + y)
        store(out, n + i, x - y)
        store(out, 2 * n + i, x * y)
        store(out, 3 * n + i, x ^ y)
        store(out, 4 * n + i, x & y)
        store(out, 5 * n + i, x | y)
        store(out, 6 * n + i, x << 5)
        store(out, 7 * n + i, x >> 9)
        store(out, 8 * n + i, lanes.rotate_left(x, 13))
        store(out, 9 * n + i, lanes.select(x < y, x, y))
        store(out, 10 * n + i, lanes.select(x == y, y, x))


def test_operations_on_words() -> None:
    a, b = WORDS, MORE.copy()
    b[5] = a[5]
    expected = {
        "+": a + b,
        "-": a - b,
        "*": a * b,
        "^": a ^ b,
        "&": a & b,
        "|": a | b,
        "<<": a << np.uint32(5),
        ">>": a >> np.uint32(9),
        "rotate_left": (a << np.uint32(13)) | (a >> np.uint32(19)),
        "< is unsigned": np.minimum(a, b),
        "==": a,
    }
    out = np.zeros((len(expected), len(a)), np.uint32)
    word_kernel(a, b, out, (0, 0))
    check(expected, out)


@njit
def memory_kernel(a, out, blocks):
    prefetch(a, 3)
    wide = lanes.join((load(a, 0, ONE), load(a, 16, ONE)))
    store(out, 0, lanes.block(wide, (0, 0)))
    store(out, 16, lanes.block(wide, ONE))
    store(out, 32, splat(a[3], blocks) + lanes.to_float(lane_numbers(blocks)))


def test_memory_join_block_splat_and_lane_numbers() -> None:
    a, out = FLOATS.copy(), np.zeros(80, np.float32)
    memory_kernel(a, out, blocks_for(20))
    expected = np.concatenate([a[16:32], a[:16], a[3] + np.arange(32, dtype=np.float32), np.zeros(16)])
    np.testing.assert_array_equal(out, expected.astype(np.float32))


def test_blocks_for_a_width() -> None:
    assert [len(blocks_for(width)) for width in (1, 16, 17, 48, 49)] == [1, 1, 2, 3, 4]
