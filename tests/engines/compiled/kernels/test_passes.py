"""The passes of a batch and the loop over batches: the reference's gradients, clean padding, and bits that stay."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from compiled_runs import ENGINE, FULL, bits, draw_samples, learn, learn_in_stretches, plan_of

from mnist_nn import Network, NetworkConfig, TrainingConfig
from mnist_nn.engines.compiled import CompiledEngine, layout, prepare_single
from mnist_nn.engines.reference import forward, gradients
from mnist_nn.nn.dropout import dropout_mask
from mnist_nn.nn.losses import LOSSES, get_loss
from mnist_nn.nn.optimizers import initial_state
from mnist_nn.util.randomness import key

Array = npt.NDArray[Any]


def draw_network(shape: NetworkConfig) -> Network:
    """A network whose biases are not zero."""
    rng = np.random.default_rng(5)
    return Network.of(shape, [rng.normal(0, 0.4, p.shape).astype(np.float32) for p in Network.create(shape).parameters])


# One batch


@pytest.mark.parametrize("pixels", [True, False])
@pytest.mark.parametrize("batch_size", [1, 5, 40, 600])  # straight into the weights, by pixel, dense, in parts
@pytest.mark.parametrize("pair", LOSSES, ids="-".join)
def test_an_update_goes_along_the_gradient(pair: tuple[str, str], batch_size: int, pixels: bool) -> None:
    shape = NetworkConfig(inputs=30, hidden=(20, 70), outputs=17, activation=("tanh", "sigmoid"), output=pair[1])
    x, t = draw_samples(batch_size, classes=17, pixels=pixels)
    network, order = draw_network(shape), np.random.default_rng(1).permutation(batch_size)
    plan = plan_of(shape, TrainingConfig(loss=pair[0], batch_size=batch_size), order, 1.0)
    after, _, _ = ENGINE.epoch(network, initial_state("sgd", network.parameters), ENGINE.place(x, t), plan)
    exact = x / 255 if pixels else x.astype(np.float64)
    p = [array.astype(np.float64) for array in network.parameters]
    g, _ = gradients(shape, p[0::2], p[1::2], exact, np.eye(17)[t], get_loss(*pair))
    for before, now, expected in zip(p, after.parameters, g, strict=True):
        np.testing.assert_allclose(before - now, expected, rtol=0, atol=3e-6 * max(1, np.abs(expected).max()))


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
def test_one_image_is_classified_with_its_probabilities(output: str) -> None:
    shape = NetworkConfig(inputs=30, hidden=(20, 70), outputs=17, activation=("relu", "tanh"), output=output)
    network, (images, _) = draw_network(shape), draw_samples(20)
    images[3], images[4] = 0, 255
    classify = prepare_single(network)
    z = forward(shape, network.weights, network.biases, images / 255)[0][-1]
    o = network.output(z)
    for s, image in enumerate(images):
        label, probabilities = classify(image)
        assert label == z[s].argmax()
        np.testing.assert_allclose(probabilities, o[s] / o[s].sum(), rtol=2e-5, atol=1e-7)


@pytest.mark.parametrize("pixels", [True, False])
def test_what_other_samples_there_are_changes_no_answer(pixels: bool) -> None:
    network = Network.create(NetworkConfig(inputs=30, hidden=(20, 5)), 1)
    x, _ = draw_samples(250, pixels=pixels)
    together = ENGINE.forward(network, ENGINE.place(x))
    assert (together.shape, together.dtype) == ((250, 10), np.float32)
    for first, last in [(0, 1), (3, 8), (100, 250)]:
        alone = ENGINE.forward(network, ENGINE.place(x[first:last]))
        np.testing.assert_allclose(alone, together[first:last], rtol=0, atol=2e-6)


# Padding


@pytest.mark.parametrize("outputs", [10, 17, 40])
@pytest.mark.parametrize("pixels", [True, False])
@pytest.mark.parametrize(("optimizer", "batch_size"), [("sgd", 1), ("sgd", 40), ("nesterov", 8), ("adamw", 8)])
def test_padding_stays_zero(
    outputs: int, pixels: bool, optimizer: str, batch_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[Array, Array]] = []
    unpacked = layout.unpack
    monkeypatch.setattr(
        layout, "unpack", lambda table, flat, *rest: seen.append((table, flat)) or unpacked(table, flat, *rest)
    )
    shape = NetworkConfig(inputs=30, hidden=(20, 5), outputs=outputs, activation="sigmoid")
    training = TrainingConfig(optimizer=optimizer, batch_size=batch_size, **FULL)
    network, state, _ = learn(shape, training, draw_samples(50, classes=outputs, pixels=pixels))
    kept = [network.parameters, *state.slots.values()]
    assert len(seen) == len(kept)
    for (table, flat), arrays in zip(seen, kept, strict=True):
        lengths = [width for rows, width in table[:, :2].tolist() for _ in range(rows + 1)]
        assert sum(lengths) > sum(array.size for array in arrays)
        assert np.count_nonzero(flat) == sum(np.count_nonzero(array) for array in arrays)
        assert all(np.isfinite(array).all() for array in arrays)


@pytest.mark.parametrize("pixels", [True, False])
@pytest.mark.parametrize("rate", [0.2, 0.5])
def test_dropped_units_are_the_packages_own(rate: float, pixels: bool) -> None:
    # After one update with one sample, the weights out of a unit have moved if and only if it was kept.
    shape = NetworkConfig(inputs=30, hidden=(70, 40), activation="sigmoid", output="sigmoid")
    training, samples = TrainingConfig(dropout=rate), draw_samples(20, pixels=pixels)
    network, placed = Network.create(shape, 1), ENGINE.place(*samples)
    for sample in range(20):
        plan = plan_of(shape, training, np.array([sample]))
        after, _, _ = ENGINE.epoch(network, initial_state("sgd", network.parameters), placed, plan)
        for layer, units in enumerate(shape.hidden):
            moved = (after.weights[layer + 1] != network.weights[layer + 1]).any(axis=0)
            np.testing.assert_array_equal(moved, dropout_mask(key(3), np.array([sample]), layer, units, rate)[0])


# Bits


@pytest.mark.parametrize("pixels", [True, False])
@pytest.mark.parametrize(
    "training",
    [
        TrainingConfig(batch_size=4, dropout=0.3),
        TrainingConfig(batch_size=40, **FULL),
        TrainingConfig(batch_size=4, optimizer="nesterov", **FULL),
        TrainingConfig(batch_size=4, optimizer="adam", **FULL),
    ],
    ids=["sgd", "large batches", "nesterov", "adam"],
)
def test_cutting_an_epoch_into_stretches_changes_no_bit(training: TrainingConfig, pixels: bool) -> None:
    whole = learn_in_stretches(training, [], pixels=pixels)
    cut = learn_in_stretches(training, [40, 80], pixels=pixels)
    assert bits(*whole[:2]) == bits(*cut[:2])
    assert whole[1].updates == cut[1].updates
    assert (whole[2].samples, whole[2].correct) == (cut[2].samples, cut[2].correct)
    np.testing.assert_allclose(whole[2][1:3], cut[2][1:3], rtol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("threads", [2, 3, 7])
@pytest.mark.parametrize(("optimizer", "batch_size"), [("sgd", 16), ("adam", 64), ("sgd", 600)])
@pytest.mark.parametrize("pixels", [True, False])
def test_the_number_of_threads_changes_no_bit(
    threads: int, optimizer: str, batch_size: int, pixels: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = NetworkConfig(inputs=784, hidden=(300, 70), activation="relu", output="softmax")
    training = TrainingConfig(loss="cross_entropy", optimizer=optimizer, batch_size=batch_size, **FULL)
    samples = draw_samples(700, 784, pixels=pixels)
    alone, several = CompiledEngine(1), CompiledEngine(threads)
    monkeypatch.setattr(alone.pace, "choose", lambda *_: 1)
    monkeypatch.setattr(several.pace, "choose", lambda *_: threads)  # seven have nothing to do for some layers
    expected, found = (learn(shape, training, samples, engine) for engine in (alone, several))
    assert bits(*found[:2]) == bits(*expected[:2])
    assert found[2] == expected[2]
    z, z_2 = (engine.forward(found[0], engine.place(samples[0])) for engine in (alone, several))
    np.testing.assert_array_equal(z, z_2)
