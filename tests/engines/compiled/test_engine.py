"""What the compiled engine promises beyond what the reference says: arguments untouched, whole bits, plain errors."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse
from compiled_runs import ENGINE, FULL, bits, draw_samples, learn, plan_of

from mnist_nn import Dataset, Network, NetworkConfig, Samples, TrainingConfig, evaluate, train
from mnist_nn.engines import select
from mnist_nn.engines.compiled import CompiledEngine, native, prepare_training
from mnist_nn.errors import ConfigError, DivergedError
from mnist_nn.nn.optimizers import initial_state
from mnist_nn.util.randomness import key, permutation

Array = npt.NDArray[Any]


# Arguments


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("pixels", [True, False])
def test_arguments_stay_as_they_are(optimizer: str, pixels: bool) -> None:
    shape, training = NetworkConfig(inputs=30), TrainingConfig(optimizer=optimizer, batch_size=4, **FULL)
    network, samples = Network.create(shape, 1), draw_samples(20, pixels=pixels)
    state = initial_state(optimizer, network.parameters)
    plan = plan_of(shape, training, permutation(key(2), 20))
    before = [*bits(network, state), *(a.tobytes() for a in (*samples, plan.order, plan.rates))]
    placed = ENGINE.place(*samples)
    first = ENGINE.epoch(network, state, placed, plan)
    again = ENGINE.epoch(network, state, placed, plan)
    assert [*bits(network, state), *(a.tobytes() for a in (*samples, plan.order, plan.rates))] == before
    assert bits(*first[:2]) == bits(*again[:2]) != bits(network, state)
    assert first[2] == again[2]


@pytest.mark.parametrize("training", [TrainingConfig(**FULL), TrainingConfig(optimizer="momentum", batch_size=3)])
def test_an_engine_that_goes_on_with_what_it_holds_gives_what_a_new_one_gives(training: TrainingConfig) -> None:
    shape, samples = NetworkConfig(inputs=30), draw_samples(20)
    plan = plan_of(shape, training, permutation(key(2), 20))
    kept, found = CompiledEngine(1), []
    for engine in (lambda: kept, lambda: CompiledEngine(1)):
        one, other = (
            (network, initial_state(training.optimizer, network.parameters))
            for network in (Network.create(shape, 1), Network.create(shape, 2))
        )
        for _ in range(3):
            one = engine().epoch(*one, engine().place(*samples), plan)[:2]
            one = engine().epoch(*one, engine().place(*samples), plan)[:2]  # these lie in its memory
            other = engine().epoch(*other, engine().place(*samples), plan)[:2]  # and these do not
        found.append((bits(*one), bits(*other)))
    assert found[0] == found[1]


def test_one_engine_serves_several_threads() -> None:
    shape, training, samples = NetworkConfig(inputs=30), TrainingConfig(optimizer="momentum"), draw_samples(40)
    plan, engine = plan_of(shape, training, permutation(key(2), 40)), CompiledEngine(1)
    placed = engine.place(*samples)

    def learn_from(seed: int) -> list[bytes]:
        network = Network.create(shape, seed)
        at = network, initial_state("momentum", network.parameters)
        for _ in range(50):
            at = engine.epoch(*at, placed, plan)[:2]
        return bits(*at)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(learn_from, range(4))) == list(map(learn_from, range(4)))


@pytest.mark.parametrize("form", [np.asarray, lambda x: (x / 255).astype(np.float32), scipy.sparse.csr_array])
def test_the_code_of_a_training_can_be_made_ready_before(
    form: Callable[[Array], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    shape, training, (x, t) = NetworkConfig(inputs=30), TrainingConfig(), draw_samples(20)
    samples = form(x) if form is not scipy.sparse.csr_array else form((x / 255).astype(np.float32))
    placed = ENGINE.place(samples, t)
    native._load.cache_clear()
    prepare_training(shape, samples)
    monkeypatch.setattr(native.machine_code, "fetch", None)
    network = Network.create(shape, 1)
    plan = plan_of(shape, training, permutation(key(2), 20))
    assert ENGINE.epoch(network, initial_state("sgd", network.parameters), placed, plan)[2].samples == 20


@pytest.mark.parametrize("pixels", [True, False])
def test_how_the_arrays_lie_does_not_matter(pixels: bool) -> None:
    shape, training = NetworkConfig(inputs=30), TrainingConfig(batch_size=4)
    x, t = draw_samples(40, pixels=pixels)
    expected = learn(shape, training, (x, t))
    strided = np.repeat(x, 2, axis=1)[:, ::2]
    read_only, labels = x.copy(), t.copy()
    read_only.flags.writeable = labels.flags.writeable = False
    wide = x if pixels else x.astype(np.float64)
    for samples in [(strided, t), (read_only, labels), (wide, t.astype(np.uint8)), (x.reshape(40, 5, 6), t)]:
        found = learn(shape, training, samples)
        assert bits(*found[:2]) == bits(*expected[:2])
        assert found[2] == expected[2]


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
    with pytest.raises(ConfigError, match="30 values, but the network has 29"):
        learn(shape, training, draw_samples(5, pixels=pixels))
    with pytest.raises(ConfigError, match="30 values, but the network has 29"):
        ENGINE.forward(Network.create(shape), ENGINE.place(draw_samples(5, pixels=pixels)[0]))


# Bits


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


# The whole


@pytest.mark.slow
def test_the_accuracy_after_a_default_run_is_the_references(mnist: Dataset) -> None:
    accuracies = []
    for engine in ("compiled", "reference"):
        *_, last = train(Network.create(), mnist.train, engine=engine)
        accuracies.append(evaluate(last.network, mnist.test, engine=engine).accuracy)
    assert accuracies[0] > 0.94
    assert abs(accuracies[0] - accuracies[1]) < 0.002
