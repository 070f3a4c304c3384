"""Records as kernels read them: every field in its place, constants where they are known, and rows of tables."""

import numba
import numpy as np
import pytest
from numba.core import types

from mnist_nn import NetworkConfig
from mnist_nn.engines.compiled import layout
from mnist_nn.engines.compiled.kernels.options import OPTIONS
from mnist_nn.engines.compiled.kernels.reading import (
    block_of,
    layer_of,
    make_reader,
    numba_type,
    sample_number,
    target_of,
)
from mnist_nn.engines.compiled.records import (
    FORMS,
    Batch,
    Data,
    Layer,
    Net,
    Order,
    Recipe,
    Targets,
    Words,
    Work,
    fields,
)

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick")]  # Numba compiles for seconds
NONE = np.zeros(0)
read_recipe = make_reader(Recipe, FORMS["bytes"])
read_rows = make_reader(Recipe, FORMS["rows"], {"as_pairs": False})


@numba.njit(**OPTIONS)
def read_kernel(words, start):
    r, known = read_recipe(words, start), read_rows(words, start)
    return (r.loss, r.kind, r.as_pairs, r.by_sample, r.momentum, r.longest, r.key1), r.factors[1], known.as_pairs


def test_every_field_is_read_from_its_words() -> None:
    thresholds, factors = np.arange(3), np.array([1, 2, 3], np.float32)
    recipe = Recipe(3, 1, 40, 512, True, False, False, False, 0.9, 0.99, 1e-8, 0.1, 0.2, 1.5, 7, 9, thresholds, factors)
    words = np.concatenate([[99, 98], Words(recipe).array])
    found, factor, known = read_kernel(words, 2)
    assert found == (3, 1, True, False, 0.9, 1.5, 9)
    assert (factor, known) == (2.0, False)


def test_types_follow_the_form() -> None:
    bytes_, floats = (numba_type(Data, FORMS[name]) for name in ("bytes", "floats"))
    at = list(fields(Data)).index("pixels")
    assert (bytes_.types[at].dtype, floats.types[at].dtype) == (types.uint16, types.uint32)
    assert [t.fields for t in bytes_.types if isinstance(t, types.NamedTuple)] == [Targets._fields]


@numba.njit(**OPTIONS)
def row_kernel(net, k, batch, work, data):
    target = target_of(data, 1)
    return layer_of(net, k), sample_number(batch, k), block_of(work, k), (target.label, target.start)


def test_kernels_read_layers_blocks_targets_and_the_order() -> None:
    table = layout.lay_out(NetworkConfig(hidden=(100, 20), activation=("relu", "tanh")), 5, 4)
    batch = Batch(NONE, Order(np.array([7, 5, 9, 2, 4]), 5), 2, 3, True, 1)
    work = Work(np.arange(6), NONE, NONE, NONE, NONE, 0, 1)
    data = Data(NONE, NONE, NONE, NONE, np.array([3, 4]), Targets(NONE, 10, -1, 100), NONE, False, False)
    for k in range(3):
        layer, sample, block, target = row_kernel(Net(table.reshape(-1), 3), k, batch, work, data)
        assert layer == Layer(*table[k].tolist()) == layout.layers_of(table)[k]
        assert sample == [9, 2, 4][k]
        assert block == (2 * k, 2 * k + 1)
        assert target == (4, 10 - 4 + 100)
