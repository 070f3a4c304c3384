"""What the compiled engine promises beyond agreeing with the reference: whole bits, clean padding, plain errors."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn import Dataset, Network, NetworkConfig, Samples, TrainingConfig, evaluate, train
from mnist_nn.engines import select
from mnist_nn.engines.base import Plan, Tally
from mnist_nn.engines.compiled import CompiledEngine, kernels, layout
from mnist_nn.errors import ConfigError, DivergedError
from mnist_nn.nn.dropout import dropout_mask
from mnist_nn.nn.optimizers import OptimizerState, initial_state
from mnist_nn.util.randomness import key, permutation

Array = npt.NDArray[Any]
ENGINE = CompiledEngine()


def plan_of(shape: NetworkConfig, training: TrainingConfig, order: Array, rate: float = 0.05) -> Plan:
    updates = -(-len(order) // training.batch_size)
    return Plan.of(shape, training, order, np.full(updates, rate), key(3))


def drawn(count: int, inputs: int = 30, classes: int = 10, *, pixels: bool = True) -> tuple[Array, Array]:
    rng = np.random.default_rng(8)
    ink = rng.integers(0, 256, (count, inputs)) * (rng.random((count, inputs)) < 0.3)
    x = ink.astype(np.uint8) if pixels else (ink / 255 - 0.1).astype(np.float32)
    return x, rng.integers(0, classes, count)


def bits(network: Network, state: OptimizerState) -> list[bytes]:
    slots = [array for arrays in state.slots.values() for array in arrays]
    return [array.tobytes() for array in (*network.parameters, *slots)]


def learn(
    shape: NetworkConfig, training: TrainingConfig, samples: tuple[Array, Array], engine: CompiledEngine = ENGINE
) -> tuple[Network, OptimizerState, Tally]:
    network = Network.create(shape, 1)
    order = permutation(key(2), len(samples[0]))
    state = initial_state(training.optimizer, network.parameters)
    return engine.epoch(network, state, engine.place(*samples), plan_of(shape, training, order))


# Padding

FULL = {"l2": 0.01, "max_norm": 1.0, "dropout": 0.3}


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
    network, state, _ = learn(shape, training, drawn(50, classes=outputs, pixels=pixels))
    kept = [network.parameters, *state.slots.values()]
    assert len(seen) == len(kept)
    for (table, flat), arrays in zip(seen, kept, strict=True):
        lengths = [width for rows, width in table[:, :2].tolist() for _ in range(rows + 1)]
        assert sum(lengths) > sum(array.size for array in arrays)
        assert np.count_nonzero(flat) == sum(np.count_nonzero(array) for array in arrays)
        assert all(np.isfinite(array).all() for array in arrays)


@pytest.mark.parametrize("pixels", [True, False])
def test_what_other_samples_there_are_changes_no_answer(pixels: bool) -> None:
    network = Network.create(NetworkConfig(inputs=30, hidden=(20, 5)), 1)
    x, _ = drawn(250, pixels=pixels)
    together = ENGINE.forward(network, ENGINE.place(x))
    assert (together.shape, together.dtype) == ((250, 10), np.float32)
    for first, last in [(0, 1), (3, 8), (100, 250)]:
        alone = ENGINE.forward(network, ENGINE.place(x[first:last]))
        np.testing.assert_allclose(alone, together[first:last], rtol=0, atol=2e-6)


# Arguments


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("pixels", [True, False])
def test_arguments_stay_as_they_are(optimizer: str, pixels: bool) -> None:
    shape, training = NetworkConfig(inputs=30), TrainingConfig(optimizer=optimizer, batch_size=4, **FULL)
    network, samples = Network.create(shape, 1), drawn(20, pixels=pixels)
    state = initial_state(optimizer, network.parameters)
    plan = plan_of(shape, training, permutation(key(2), 20))
    before = [*bits(network, state), *(a.tobytes() for a in (*samples, plan.order, plan.rates))]
    placed = ENGINE.place(*samples)
    first = ENGINE.epoch(network, state, placed, plan)
    again = ENGINE.epoch(network, state, placed, plan)
    assert [*bits(network, state), *(a.tobytes() for a in (*samples, plan.order, plan.rates))] == before
    assert bits(*first[:2]) == bits(*again[:2]) != bits(network, state)
    assert first[2] == again[2]


@pytest.mark.parametrize("pixels", [True, False])
def test_how_the_arrays_lie_does_not_matter(pixels: bool) -> None:
    shape, training = NetworkConfig(inputs=30), TrainingConfig(batch_size=4)
    x, t = drawn(40, pixels=pixels)
    expected = learn(shape, training, (x, t))
    known = kernels.learn.signatures, kernels.infer.signatures
    strided = np.repeat(x, 2, axis=1)[:, ::2]
    read_only, labels = x.copy(), t.copy()
    read_only.flags.writeable = labels.flags.writeable = False
    wide = x if pixels else x.astype(np.float64)
    for samples in [(strided, t), (read_only, labels), (wide, t.astype(np.uint8)), (x.reshape(40, 5, 6), t)]:
        found = learn(shape, training, samples)
        assert bits(*found[:2]) == bits(*expected[:2])
        assert found[2] == expected[2]
    assert (kernels.learn.signatures, kernels.infer.signatures) == known, "another type compiles for seconds"


def test_float64_is_refused() -> None:
    with pytest.raises(ConfigError, match="float32, not float64"):
        select.create("compiled", "float64")
    network = Network.create(NetworkConfig(inputs=4, dtype="float64"))
    with pytest.raises(ConfigError, match="float32, not float64"):
        next(iter(train(network, Samples(np.zeros((5, 4)), np.arange(5)), engine="compiled")))
    assert select.create("auto", "float32").name == "compiled"


@pytest.mark.parametrize("pixels", [True, False])
def test_samples_of_another_width_are_refused(pixels: bool) -> None:
    shape, training = NetworkConfig(inputs=29), TrainingConfig()
    with pytest.raises(ConfigError, match="30 values and the network 29"):
        learn(shape, training, drawn(5, pixels=pixels))
    with pytest.raises(ConfigError, match="30 values and the network 29"):
        ENGINE.forward(Network.create(shape), ENGINE.place(drawn(5, pixels=pixels)[0]))


# Bits


def in_stretches(training: TrainingConfig, cuts: list[int], *, pixels: bool) -> tuple[Network, OptimizerState, Tally]:
    shape = NetworkConfig(inputs=30, hidden=(20, 5), activation="tanh")
    network, order = Network.create(shape, 1), permutation(key(2), 100)
    placed, total = ENGINE.place(*drawn(100, pixels=pixels)), Tally()
    state = initial_state(training.optimizer, network.parameters)
    for first, last in zip([0, *cuts], [*cuts, 100], strict=True):
        plan = plan_of(shape, training, order[first:last])
        network, state, tally = ENGINE.epoch(network, state, placed, plan)
        total = total.plus(tally)
    return network, state, total


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
    whole = in_stretches(training, [], pixels=pixels)
    cut = in_stretches(training, [40, 80], pixels=pixels)
    assert bits(*whole[:2]) == bits(*cut[:2])
    assert whole[1].updates == cut[1].updates
    assert (whole[2].samples, whole[2].correct) == (cut[2].samples, cut[2].correct)
    np.testing.assert_allclose(whole[2][1:3], cut[2][1:3], rtol=1e-12)


@pytest.mark.parametrize("limits", [{"l2": 0.01}, {"max_norm": 1.0}, FULL], ids=["l2", "max_norm", "all"])
def test_where_a_scale_is_carried_along_cutting_changes_the_rounding_alone(limits: dict[str, float]) -> None:
    # The first layer of small batches is scale * p, and the scale is multiplied into p at the end of a stretch.
    training = TrainingConfig(batch_size=4, **limits)
    whole, cut = (in_stretches(training, cuts, pixels=True) for cuts in ([], [40, 80]))
    for found, expected in zip(cut[0].parameters, whole[0].parameters, strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=2e-6 * np.abs(expected).max())


@pytest.mark.parametrize("threads", [2, 3, 7])
@pytest.mark.parametrize(("optimizer", "batch_size"), [("sgd", 16), ("adam", 64), ("sgd", 600)])
@pytest.mark.parametrize("pixels", [True, False])
def test_the_number_of_threads_changes_no_bit(
    threads: int, optimizer: str, batch_size: int, pixels: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = NetworkConfig(inputs=784, hidden=(300, 70), activation="relu", output="softmax")
    training = TrainingConfig(loss="cross_entropy", optimizer=optimizer, batch_size=batch_size, **FULL)
    samples = drawn(700, 784, pixels=pixels)
    alone, several = CompiledEngine(1), CompiledEngine(threads)
    monkeypatch.setattr(alone.pace, "choose", lambda *_: 1)
    monkeypatch.setattr(several.pace, "choose", lambda *_: threads)  # seven have nothing to do for some layers
    expected, found = (learn(shape, training, samples, engine) for engine in (alone, several))
    assert bits(*found[:2]) == bits(*expected[:2])
    assert found[2] == expected[2]
    z, z_2 = (engine.forward(found[0], engine.place(samples[0])) for engine in (alone, several))
    np.testing.assert_array_equal(z, z_2)


@pytest.mark.parametrize("pixels", [True, False])
@pytest.mark.parametrize("rate", [0.2, 0.5])
def test_dropped_units_are_the_packages_own(rate: float, pixels: bool) -> None:
    # After one update with one sample, the weights out of a unit have moved if and only if it was kept.
    shape = NetworkConfig(inputs=30, hidden=(70, 40), activation="sigmoid", output="sigmoid")
    training, samples = TrainingConfig(dropout=rate), drawn(20, pixels=pixels)
    network, placed = Network.create(shape, 1), ENGINE.place(*samples)
    for sample in range(20):
        plan = plan_of(shape, training, np.array([sample]))
        after, _, _ = ENGINE.epoch(network, initial_state("sgd", network.parameters), placed, plan)
        for layer, units in enumerate(shape.hidden):
            moved = (after.weights[layer + 1] != network.weights[layer + 1]).any(axis=0)
            np.testing.assert_array_equal(moved, dropout_mask(key(3), np.array([sample]), layer, units, rate)[0])


@pytest.mark.parametrize(
    "training",
    [
        TrainingConfig(batch_size=10, max_norm=1.0, l2=1e-4, dropout=0.2, subset=20_000, epochs=2),
        TrainingConfig(batch_size=600, max_norm=1.0, optimizer="adam", epochs=2, validation=100, patience=3),
    ],
    ids=["small batches", "large batches"],
)
def test_a_run_that_is_cut_anywhere_and_resumed_ends_with_the_same_bits(
    training: TrainingConfig, clouds: Callable[..., Samples]
) -> None:
    samples = clouds(25_000, 6, 3)
    network = Network.create(NetworkConfig(inputs=6, hidden=(9,), outputs=3), 1)
    steps = list(train(network, samples, training, engine="compiled", steps=True))
    assert len(steps) == 4
    for step in steps[:-1]:
        *_, last = train(network, samples, training, engine="compiled", resume=step.checkpoint)
        ends = [(e.checkpoint.network, e.checkpoint.state) for e in (steps[-1], last)]
        assert bits(*ends[0]) == bits(*ends[1])
        rows = [replace(e.scores, seconds=0.0) for e in (steps[-1], last)]
        assert rows[0] == rows[1]


# Numbers that run away


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "leaky_relu", "identity"])
@pytest.mark.parametrize("batch_size", [1, 50])
def test_a_run_that_diverges_says_so(activation: str, batch_size: int, clouds: Callable[..., Samples]) -> None:
    network = Network.create(NetworkConfig(inputs=4, hidden=(5, 5), outputs=3, activation=activation), 1)
    training = TrainingConfig(
        loss="mse" if activation == "sigmoid" else "classic_mse", l2=10.0, learning_rate=1e30, batch_size=batch_size
    )
    with pytest.raises(DivergedError, match="diverged in epoch 1"):
        list(train(network, clouds(200), training, engine="compiled"))


@pytest.mark.parametrize(("rate", "l2"), [(1.0, 1.0), (0.5, 4.0), (0.9, 1.0)])
def test_a_decay_may_take_the_whole_weight(rate: float, l2: float) -> None:
    # 1 - eta lambda is 0, -1 and 0.1: the first layer's scale must not vanish.
    shape, samples = NetworkConfig(inputs=30), drawn(12)
    training = TrainingConfig(batch_size=2, l2=l2, learning_rate=rate)
    plan, network = plan_of(shape, training, np.arange(12), rate), Network.create(shape, 1)
    results = [e.epoch(network, initial_state("sgd", network.parameters), e.place(*samples), plan)[0]
               for e in (ENGINE, select.create("reference"))]  # fmt: skip
    for found, expected in zip(*(r.parameters for r in results), strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("beta2", [0.9, 0.999, 0.9999999])
def test_adam_keeps_its_digits_when_beta2_is_close_to_one(beta2: float) -> None:
    # float32(1) - float32(0.999) is 1.3e-5 off, and 1 - 0.9999999 a fifth: the difference is to be taken in float64.
    shape, samples = NetworkConfig(inputs=30), drawn(40)
    training = TrainingConfig(optimizer="adam", batch_size=8, beta2=beta2)
    plan, network = plan_of(shape, training, np.arange(40), 0.001), Network.create(shape, 1)
    states = [e.epoch(network, initial_state("adam", network.parameters), e.place(*samples), plan)[1]
              for e in (ENGINE, select.create("reference"))]  # fmt: skip
    for found, expected in zip(*(state.slots["v"] for state in states), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6 * expected.max())


# The whole


@pytest.mark.slow
def test_the_accuracy_after_a_default_run_is_the_references(mnist: Dataset) -> None:
    accuracies = []
    for engine in ("compiled", "reference"):
        *_, last = train(Network.create(), mnist.train, engine=engine)
        accuracies.append(evaluate(last.network, mnist.test, engine=engine).accuracy)
    assert accuracies[0] > 0.94
    assert abs(accuracies[0] - accuracies[1]) < 0.002
