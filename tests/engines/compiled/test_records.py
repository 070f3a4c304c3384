"""The records of kernels: a row of the table with names, and which sample a batch's place holds."""

import numba
import numpy as np
import pytest

from mnist_nn import NetworkConfig
from mnist_nn.engines.compiled import layout
from mnist_nn.engines.compiled.jit import OPTIONS
from mnist_nn.engines.compiled.records import Batch, Layer, layer_of, sample_number

pytestmark = pytest.mark.usefixtures("quick")


@numba.njit(**OPTIONS)
def read_kernel(table, k, batch, s):
    return layer_of(table, k), sample_number(batch, s)


def test_kernels_read_the_layout_and_the_order() -> None:
    table = layout.lay_out(NetworkConfig(hidden=(100, 20), activation=("relu", "tanh")), 5, 4)
    batch = Batch(np.zeros(3), np.array([7, 5, 9, 2, 4]), 2, 3)
    for k in range(3):
        layer, sample = read_kernel(table, k, batch, k)
        assert layer == Layer(*table[k].tolist()) == layout.layers_of(table)[k]
        assert sample == [9, 2, 4][k]
