"""Where a network lies in flat memory: every weight at its place, padding zero, every column with one thread."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn import Network, NetworkConfig
from mnist_nn.engines.compiled import layout
from mnist_nn.engines.compiled.codes import LATE
from mnist_nn.engines.compiled.records import FORMS
from mnist_nn.engines.compiled.target import host

Array = npt.NDArray[Any]
LANES, LINE = host().lanes, 16  # numbers in a vector, and in a cache line
WIDTHS = st.integers(1, 150)
SHAPES = st.builds(
    NetworkConfig,
    inputs=st.integers(1, 40),
    hidden=st.lists(WIDTHS, max_size=3).map(tuple),
    outputs=st.integers(2, 70),
    activation=st.just("tanh"),
)
VECTORS = st.sampled_from([1, 2, 4])


@given(WIDTHS, VECTORS)
def test_a_padded_width_is_whole_vectors_and_beyond_a_block_whole_blocks(units: int, vectors: int) -> None:
    width = layout.pad(units, vectors)
    size = LANES if units <= vectors * LANES else vectors * LANES
    assert width % size == 0
    assert 0 <= width - units < size


@given(st.integers(0, 200))
def test_arrays_begin_on_a_cache_line_and_have_one_to_spare(size: int) -> None:
    array = layout.align(size)
    assert array.ctypes.data % 64 == 0
    assert (array.dtype, array.size) == (np.float32, size + LINE)
    assert not array.any()


@pytest.mark.parametrize(("widths", "most"), [((5,), 1), ((17,), 2), ((48,), 2), ((49,), 4), ((800, 3), 4), ((), 1)])
def test_the_widest_block_is_what_the_layers_fill(
    widths: tuple[int, ...], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "host", lambda: host()._replace(lanes=16, vectors=4))
    assert layout.widest(NetworkConfig(hidden=widths)) == most
    monkeypatch.setattr(layout, "host", lambda: host()._replace(lanes=16, vectors=1))
    assert layout.widest(NetworkConfig(hidden=widths)) == 1


@pytest.mark.parametrize(("widths", "most"), [((20,), 3), ((24, 9), 3), ((16,), 2), ((25,), 2), ((20, 800), 2)])
def test_a_layer_of_three_narrow_vectors_is_one_block(
    widths: tuple[int, ...], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "host", lambda: host()._replace(lanes=8, vectors=2))
    assert layout.widest(NetworkConfig(hidden=widths)) == most


def test_powers_rise_and_fall_to_nothing() -> None:
    powers = layout.powers_of(0.5)
    np.testing.assert_array_equal(powers[: LATE + 1], 0.5 ** np.arange(LATE + 1))
    np.testing.assert_array_equal(powers[2 * LATE : LATE : -1], 0.5 ** np.arange(1, LATE + 1))
    assert not powers[2 * LATE + 1 :].any()
    assert len(powers) > 3 * LANES


@settings(max_examples=30)
@given(SHAPES, VECTORS, st.integers(1, 9))
def test_layers_lie_one_after_the_other(config: NetworkConfig, vectors: int, batch: int) -> None:
    layers = layout.layers_of(layout.lay_out(config, batch, vectors))
    assert [layer.units for layer in layers] == list(config.sizes[1:])
    assert [layer.rows for layer in layers] == [config.inputs, *(layer.width for layer in layers[:-1])]
    w = a = 0
    for layer in layers:
        assert (layer.w, layer.b, layer.a) == (w, w + layer.rows * layer.width, a)
        assert layer.width % layer.block == 0
        w, a = layer.b + layer.width, a + batch * layer.width


@settings(max_examples=30)
@given(SHAPES, VECTORS, st.data())
def test_a_weight_lies_in_its_block_at_its_row_and_column(
    config: NetworkConfig, vectors: int, data: st.DataObject
) -> None:
    network = Network.create(config, 1)
    table = layout.lay_out(config, 1, vectors)
    flat = layout.pack(table, network.parameters)
    for layer, W in zip(layout.layers_of(table), network.weights, strict=True):
        unit = data.draw(st.integers(0, W.shape[0] - 1))
        source = data.draw(st.integers(0, W.shape[1] - 1))
        block, column = divmod(unit, layer.block)
        assert flat[layer.w + (block * layer.rows + source) * layer.block + column] == W[unit, source]


@settings(max_examples=30)
@given(SHAPES, VECTORS)
def test_what_is_packed_comes_back_and_the_rest_is_zero(config: NetworkConfig, vectors: int) -> None:
    rng = np.random.default_rng(0)
    parameters = [rng.uniform(1, 2, p.shape).astype(np.float32) for p in Network.create(config, 1).parameters]
    table = layout.lay_out(config, 1, vectors)
    flat = layout.pack(table, parameters)
    back = layout.unpack(table, flat, config.sizes)
    assert [p.tobytes() for p in back] == [p.tobytes() for p in parameters]
    assert np.count_nonzero(flat) == sum(p.size for p in parameters)
    assert all(p.flags["C_CONTIGUOUS"] for p in back)


@given(WIDTHS.map(lambda vectors: vectors * LANES), VECTORS)
def test_a_width_is_cut_into_blocks_without_gap(width: int, vectors: int) -> None:
    blocks = layout.cut_columns(width, vectors)
    columns = [c for first, count in blocks for c in range(first, first + count * LANES)]
    assert columns == list(range(width))
    assert {count for _, count in blocks} <= {vectors, 1}


@settings(max_examples=30)
@given(SHAPES, VECTORS, st.integers(1, 5))
def test_every_column_of_every_layer_is_the_work_of_one_thread(
    config: NetworkConfig, vectors: int, threads: int
) -> None:
    table = layout.lay_out(config, 7, vectors)
    works = layout.divide(table, 7, threads, vectors)
    assert [(work.thread, work.threads) for work in works] == [(k, threads) for k in range(threads)]
    assert all(work.arrived is works[0].arrived for work in works), "they meet at one place"
    for k, layer in enumerate(layout.layers_of(table)):
        blocks = [tuple(b) for work in works for b in work.blocks[work.first[k] : work.first[k + 1]].tolist()]
        assert sorted(blocks) == layout.cut_columns(layer.width, vectors)
        assert all(work.panel.size >= layer.rows * LANES * vectors for work in works)


@pytest.mark.parametrize("sparse", [True, False])
@pytest.mark.parametrize("form", [*FORMS.values(), None])
def test_room_is_made_for_what_will_be_done(sparse: bool, form: Any) -> None:
    config = NetworkConfig(inputs=30, hidden=(20,), outputs=10)
    table = layout.lay_out(config, 8, 1)
    flat = layout.pack(table, Network.create(config, 1).parameters)
    slot = layout.align(flat.size)
    memory = layout.make_memory(table, config, 8, flat, [slot], form, sparse=sparse)
    outputs = layout.pad(10, 1)
    units = 8 * (layout.pad(20, 1) + outputs)
    assert memory.p is flat
    assert memory.m is slot
    assert (memory.a.size, memory.slope.size) == (units + LINE, units + LINE)
    assert memory.delta.size == (units if form else 0) + LINE
    assert memory.x.size == (0 if sparse else 8 * 30) + LINE
    assert memory.counts.size == (30 if sparse and form else 0)
    assert memory.entries.size == (30 * 9 if sparse and form else 0)
    assert form is None or memory.entries.dtype == form.entry
    assert (memory.room, memory.o.size) == (9, outputs + LINE)
    assert (memory.scale == 1).all()
