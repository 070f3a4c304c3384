"""Products of dense matrices against NumPy, for every number of rows that a tile leaves over."""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn import Network, NetworkConfig
from mnist_nn.engines.compiled import layout
from mnist_nn.engines.compiled.codes import TILE
from mnist_nn.engines.compiled.kernels import dense
from mnist_nn.engines.compiled.kernels.options import LANES, OPTIONS
from mnist_nn.engines.compiled.kernels.simd.vector import load
from mnist_nn.engines.compiled.records import Matrix, Panel

Array = npt.NDArray[Any]
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick", "as_wide")]  # Numba compiles for seconds
WIDE = (0, 0)
SIZE = LANES * len(WIDE)
BEFORE = 5  # numbers before a matrix that belong to others
ROWS = [*range(1, TILE + 2), 2 * TILE, 2 * TILE + 5]


def integers(*shape: int) -> Array:
    """Whole numbers, so that sums are exact in any order."""
    return np.random.default_rng(sum(shape)).integers(-8, 9, shape).astype(np.float32)


@numba.njit(**OPTIONS)
def multiply_kernel(a, rows, depth, b, b_start, b_step, room, bias, c, columns):
    dense.pack(room, b, b_start, b_step, depth, columns)
    dense.multiply(a, rows, depth, Panel(room, np.int64(0)), load(bias, 0, columns), c, columns)


@pytest.mark.parametrize("depth", [1, 3, 4, 30])
@pytest.mark.parametrize("transposed", [False, True])
def test_a_bias_and_a_product(depth: int, transposed: bool) -> None:
    for rows in ROWS:
        a, b, bias = integers(rows, depth), integers(depth, 50), integers(SIZE)
        stored = np.concatenate([np.zeros(BEFORE), (a.T if transposed else a).ravel()]).astype(np.float32)
        steps = (1, rows) if transposed else (depth, 1)
        c = np.full((rows + 1, 40), np.nan, np.float32)
        room = np.zeros(depth * SIZE, np.float32)
        multiply_kernel(
            Matrix(stored, BEFORE, *steps), rows, depth, b.ravel(), 7, 50, room, bias, Matrix(c.ravel(), 3, 40, 1), WIDE
        )
        np.testing.assert_array_equal(c[:rows, 3 : 3 + SIZE], bias + a @ b[:, 7 : 7 + SIZE])
        assert np.count_nonzero(np.isfinite(c)) == rows * SIZE, "nothing is written beside the product"


@numba.njit(**OPTIONS)
def transposed_kernel(a, rows, p, layer, column, c, room, columns):
    dense.multiply_transposed(a, rows, p, layer, column, c, room, columns)


@pytest.mark.parametrize("outputs", [20, 100])
def test_a_product_with_the_transpose_of_a_layers_weights(outputs: int) -> None:
    config = NetworkConfig(inputs=9, hidden=(70,), outputs=outputs)
    table = layout.lay_out(config, 1, len(WIDE))
    W = integers(outputs, 70)
    p = layout.pack(table, [*Network.create(config).parameters[:2], W, integers(outputs)])
    _, layer = layout.layers_of(table)
    padded = np.zeros((layer.width, layer.rows), np.float32)
    padded[:outputs, :70] = W
    room = np.zeros((layer.width + TILE) * SIZE, np.float32)
    for rows in ROWS:
        a = integers(rows, layer.width)
        for column in range(0, layer.rows, SIZE):
            c = np.full((rows + 1, layer.rows), np.nan, np.float32)
            target = Matrix(c.ravel(), column, layer.rows, 1)
            transposed_kernel(Matrix(a.ravel(), 0, layer.width, 1), rows, p, layer, column, target, room, WIDE)
            np.testing.assert_array_equal(c[:rows, column : column + SIZE], (a @ padded)[:, column : column + SIZE])
            assert np.count_nonzero(np.isfinite(c)) == rows * SIZE
