"""The first layer on blank pixels: pairs, the batch by pixel, and a scale beside the weights, against NumPy."""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pytest
from compiled_runs import ENGINE, FULL, draw_samples, learn_in_stretches, plan_of

from mnist_nn import Network, NetworkConfig, TrainingConfig
from mnist_nn.engines import select
from mnist_nn.engines.compiled import layout
from mnist_nn.engines.compiled.codes import BYTE, SPARE
from mnist_nn.engines.compiled.kernels import sparse
from mnist_nn.engines.compiled.kernels.options import LANES, OPTIONS
from mnist_nn.engines.compiled.kernels.pairs import entry_input, entry_place
from mnist_nn.engines.compiled.kernels.simd.vector import store
from mnist_nn.engines.compiled.records import FORMS, Batch, Images, Order
from mnist_nn.engines.compiled.samples import place
from mnist_nn.nn.optimizers import initial_state
from mnist_nn.util.randomness import key, permutation

Array = npt.NDArray[Any]
INPUTS, COUNT = 30, 9


# Pairs


@numba.njit(**OPTIONS)
def pairs_kernel(images):
    sparse.write_all_pairs(images)


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("form", ["bytes", "floats"])
@pytest.mark.parametrize("inputs", [1, 8, 63, 64, 65, 784])
def test_pairs_are_the_ink_in_its_order_and_even_in_number(inputs: int, form: str) -> None:
    rng = np.random.default_rng(inputs)
    images = (rng.integers(1, 256, (20, inputs)) * (rng.random((20, inputs)) < 0.4)).astype(np.uint8)
    images[3], images[4] = 0, 255
    offsets, room = np.zeros(21, np.int64), images.size + len(images) + SPARE
    pixels, values = np.full(room, 999, FORMS[form].pixel), np.full(room, 99, FORMS[form].value)
    pairs_kernel(Images(images.reshape(-1), len(images), inputs, offsets, pixels, values))
    for s, image in enumerate(images):
        ink = np.flatnonzero(image)
        padding = [0] * (len(ink) % 2)
        found = slice(offsets[s], offsets[s + 1])
        assert pixels[found].tolist() == [*ink.tolist(), *padding]
        expected = image[ink] if form == "bytes" else BYTE[image[ink]]
        assert values[found].tolist() == [*expected.tolist(), *padding]


@numba.njit(**OPTIONS)
def batch_kernel(memory, layer, batch, x, sums, by_pixel, columns):
    """Spread the samples out as rows, gather rows of weights, and take the batch regrouped by pixel to pieces again."""
    for s in range(batch.size):
        sample = sparse.sample_number(batch, s)
        sparse.expand(x, s * layer.rows, layer.rows, batch.data, sample)
        start, end = sparse.pairs_of(batch.data, sample)
        z = sparse.gather(memory.p, layer.w, batch.data, start, end, columns)
        store(sums, s * LANES, z)
    sparse.regroup_by_pixel(memory, batch, layer.rows)
    for pixel in range(layer.rows):
        for i in range(memory.counts[pixel]):
            entry = memory.entries[pixel * memory.room + i]
            by_pixel[entry_place(entry), pixel] += entry_input(entry, BYTE)


@pytest.mark.slow
@pytest.mark.usefixtures("quick", "as_wide")
def test_a_batch_as_rows_as_sums_and_by_pixel() -> None:
    units = LANES - 1
    config = NetworkConfig(inputs=INPUTS, hidden=(), outputs=units)
    table = layout.lay_out(config, COUNT, 1)
    network, (images, labels) = Network.create(config, 1), draw_samples(50, INPUTS)
    images[7], images[8] = 0, 255
    memory = layout.make_memory(
        table, config, COUNT, layout.pack(table, network.parameters), (), FORMS["bytes"], sparse=True
    )
    order = np.random.default_rng(2).permutation(50)
    batch = Batch(
        place(images, labels).data, Order(order, 50), 50 - COUNT, COUNT, True, 1
    )  # up to the very last sample
    x, sums = np.full((COUNT, INPUTS), np.nan, np.float32), np.zeros((COUNT, LANES), np.float32)
    by_pixel = np.zeros((COUNT, INPUTS), np.float32)
    (layer,) = layout.layers_of(table)
    batch_kernel(memory, layer, batch, x.ravel(), sums.ravel(), by_pixel, (0,))
    expected = (images[order[-COUNT:]] / 255).astype(np.float32)
    np.testing.assert_array_equal(x, expected)
    np.testing.assert_array_equal(by_pixel, expected)
    np.testing.assert_allclose(sums[:, :units], expected @ network.weights[0].T, rtol=0, atol=1e-6)
    assert not sums[:, units:].any()


# The scale


@numba.njit(**OPTIONS)
def fold_kernel(memory, layer, column, columns):
    sparse.fold_scale(memory, layer, column, columns)


@pytest.mark.slow
@pytest.mark.usefixtures("quick", "as_wide")
@pytest.mark.parametrize("units", [10, 70])
def test_the_scale_is_folded_into_the_weights_and_their_squares_are_taken(units: int) -> None:
    config = NetworkConfig(inputs=INPUTS, hidden=(), outputs=units)
    wide = layout.widest(config)
    table = layout.lay_out(config, 1, wide)
    network, rng = Network.create(config, 1), np.random.default_rng(3)
    memory = layout.make_memory(
        table, config, 1, layout.pack(table, network.parameters), (), FORMS["bytes"], sparse=True
    )
    scale = rng.uniform(0.1, 2, memory.scale.size).astype(np.float32)
    memory.scale[:] = scale
    (layer,) = layout.layers_of(table)
    for column, vectors in layout.cut_columns(layer.width, wide):
        fold_kernel(memory, layer, column, (0,) * vectors)
    W, b = layout.unpack(table, memory.p, config.sizes)
    np.testing.assert_array_equal(W, network.weights[0] * scale[:units, None])
    np.testing.assert_array_equal(b, network.biases[0])
    np.testing.assert_allclose(memory.squares[:units], (W.astype(np.float64) ** 2).sum(axis=1), rtol=1e-6)
    assert (memory.scale[:units] == 1).all()


@pytest.mark.parametrize("limits", [{"l2": 0.01}, {"max_norm": 1.0}, FULL], ids=["l2", "max_norm", "all"])
def test_where_a_scale_is_carried_along_cutting_changes_the_rounding_alone(limits: dict[str, float]) -> None:
    # The first layer of small batches is scale * p, and the scale is multiplied into p at the end of a stretch.
    training = TrainingConfig(batch_size=4, **limits)
    whole, cut = (learn_in_stretches(training, cuts, pixels=True) for cuts in ([], [40, 80]))
    for found, expected in zip(cut[0].parameters, whole[0].parameters, strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=2e-6 * np.abs(expected).max())


@pytest.mark.parametrize(("rate", "l2"), [(1.0, 1.0), (0.5, 4.0), (0.9, 1.0)])
def test_a_decay_may_take_the_whole_weight(rate: float, l2: float) -> None:
    # 1 - eta lambda is 0, -1 and 0.1: the first layer's scale must not vanish.
    shape, samples = NetworkConfig(inputs=30), draw_samples(12)
    training = TrainingConfig(batch_size=2, l2=l2, learning_rate=rate)
    plan, network = plan_of(shape, training, np.arange(12), rate), Network.create(shape, 1)
    results = [e.epoch(network, initial_state("sgd", network.parameters), e.place(*samples), plan)[0]
               for e in (ENGINE, select.create("reference"))]  # fmt: skip
    for found, expected in zip(*(r.parameters for r in results), strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("batch", [1, 32, 600])
@pytest.mark.parametrize(("l2", "max_norm"), [(0.0, None), (1e-3, 1.5)])
@pytest.mark.parametrize("ink", [0.05, 0.95], ids=["mostly blank", "mostly ink"])
def test_blank_images_and_images_full_of_ink(batch: int, l2: float, max_norm: float | None, ink: float) -> None:
    # Images that are mostly ink are taken as dense rows, all in one place or none.
    rng = np.random.default_rng(0)
    images = (rng.integers(1, 256, (700, 25)) * (rng.random((700, 25)) < ink)).astype(np.uint8)
    images[1::10], images[2::10] = 0, 255
    shape = NetworkConfig(inputs=25)
    training = TrainingConfig(batch_size=batch, l2=l2, max_norm=max_norm)
    network, labels = Network.create(shape, 0), np.arange(700) % 10
    plan, state = plan_of(shape, training, permutation(key(1), 700), 0.2), initial_state("sgd", network.parameters)
    engines = ENGINE, select.create("reference")
    (learned, *_), (expected, *_) = (e.epoch(network, state, e.place(images, labels), plan) for e in engines)
    for p, p_2 in zip(learned.parameters, expected.parameters, strict=True):
        assert np.linalg.norm(p - p_2) < 1e-5 * np.linalg.norm(p_2)
    z, z_2 = (e.forward(learned, e.place(images)) for e in engines)
    np.testing.assert_allclose(z, z_2, rtol=0, atol=1e-5 * np.abs(z_2).max())
