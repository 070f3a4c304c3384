"""Pruning: which units go, what the others take over, and runs that prune."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load

from mnist_nn import Model, Network, NetworkConfig, Samples, TrainingConfig, train
from mnist_nn.engines.reference import ReferenceEngine
from mnist_nn.errors import ConfigError, ModelFileError
from mnist_nn.experiments.runs import Trial, run_trials
from mnist_nn.model_file.storage import from_bytes, pack, read_header, to_bytes
from mnist_nn.nn.optimizers import initial_state
from mnist_nn.training.checkpoint import Checkpoint
from mnist_nn.training.pruning import choose_units, plan_widths, prune, widen

SHAPE = NetworkConfig(inputs=4, hidden=(3,), outputs=3, activation="tanh", output="softmax")
RUN = TrainingConfig(loss="cross_entropy", optimizer="adam", learning_rate=0.02, epochs=10, batch_size=10, prune_from=9)
Clouds = Callable[..., Samples]


def test_a_unit_that_follows_from_others_goes_without_a_trace() -> None:
    """Its weights go to those it follows from, and the mean to the bias, so that the next layer gets the same."""
    rng = np.random.default_rng(1)
    a = rng.random((200, 6))
    a[:, 2] = 0.3 + 0.5 * a[:, 0] - 0.25 * a[:, 5]
    W = rng.standard_normal((4, 6))
    kept, weights, bias = choose_units(a, W, 5)
    assert 2 not in kept or 0 not in kept or 5 not in kept
    np.testing.assert_allclose(a[:, kept] @ weights.T + bias, a @ W.T, atol=0.02)


def test_the_least_costly_unit_is_found_by_trying_all() -> None:
    rng = np.random.default_rng(2)
    a, W = rng.standard_normal((300, 7)) @ rng.standard_normal((7, 7)), rng.standard_normal((4, 7))
    errors = []
    for j in range(7):
        others = np.delete(np.arange(7), j)
        design = np.column_stack([a[:, others], np.ones(len(a))])
        residual = a[:, j] - design @ np.linalg.lstsq(design, a[:, j], rcond=None)[0]
        errors.append((residual**2).mean() * (W[:, j] ** 2).sum())
    kept, weights, bias = choose_units(a, W, 6)
    assert set(range(7)) - set(kept.tolist()) == {int(np.argmin(errors))}
    left = ((a[:, kept] @ weights.T + bias - a @ W.T) ** 2).mean(axis=0).sum()
    assert left == pytest.approx(min(errors), rel=0.01)


def test_units_that_never_change_go_first() -> None:
    rng = np.random.default_rng(3)
    a = rng.random((50, 5))
    a[:, [1, 3]] = 0.0, 0.7
    kept, _, bias = choose_units(a, np.ones((2, 5)), 3)
    assert kept.tolist() == [0, 2, 4]
    assert bias == pytest.approx([0.7, 0.7], abs=0.01)


def test_several_layers_are_pruned_with_the_optimizers_state() -> None:
    config = NetworkConfig(inputs=6, hidden=(8, 7), outputs=3, activation="relu", dtype="float64")
    network, rng = Network.create(config, 4), np.random.default_rng(4)
    state = initial_state("adam", network.parameters)
    slots = {name: tuple(p.copy() for p in network.parameters) for name in state.slots}
    pruned, after = prune(network, replace(state, updates=7, slots=slots), (5, 7), rng.random((90, 6)))
    assert pruned.config.hidden == (5, 7)
    assert after.updates == 7
    rows = [next(i for i in range(8) if np.array_equal(network.weights[0][i], row)) for row in pruned.weights[0]]
    assert rows == sorted(rows)
    for slot in after.slots.values():
        assert [p.shape for p in slot] == [p.shape for p in pruned.parameters]
        assert np.array_equal(slot[2], network.weights[1][:, rows]), "the state is of the weights before"
    x = rng.random((30, 6))
    engine = ReferenceEngine()
    z = [engine.forward(one, engine.place(x)) for one in (network, pruned)]
    assert abs(z[0] - z[1]).mean() < 0.5 * abs(z[0] - z[0].mean(axis=0)).mean()


def test_a_wider_network_has_the_units_of_the_narrow_one() -> None:
    network = Network.create(replace(SHAPE, hidden=(3, 2), activation="tanh"), 1)
    wide = widen(network, (5, 2), 2)
    assert np.array_equal(wide.weights[0][:3], network.weights[0])
    assert np.array_equal(wide.weights[1][:, :3], network.weights[1])
    assert np.array_equal(wide.weights[2], network.weights[2])


@pytest.mark.parametrize("epochs", [1, 2, 3, 40])
def test_the_wanted_widths_are_reached_in_the_first_half(epochs: int) -> None:
    planned = [plan_widths((64, 9), (20, 9), epoch, epochs) for epoch in range(epochs + 1)]
    assert planned[0] == (64, 9)
    assert all(
        widths == (20, 9) for widths in planned[(epochs + 1) // 2 :][: None if epochs > 1 else -1] or [planned[-1]]
    )
    assert planned == sorted(planned, reverse=True)
    assert planned[-1] == (20, 9)


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_a_run_prunes_in_steps(clouds: Clouds, engine: str) -> None:
    run = list(train(Network.create(SHAPE, 1), clouds(200), replace(RUN, validation=0.2), engine=engine))
    widths = [epoch.network.config.hidden[0] for epoch in run]
    assert widths == [plan_widths((9,), (3,), epoch, 10)[0] for epoch in range(1, 11)]
    assert widths[0] < 9
    assert widths[4:] == [3] * 6
    assert run[-1].scores.validation_accuracy is not None
    assert run[-1].scores.validation_accuracy > 0.8


@pytest.mark.parametrize(
    "more", [{}, {"ema_decay": 0.6}, {"patience": 4, "validation": 0.2}, {"dropout": 0.2}], ids=str
)
def test_a_pruned_run_goes_on_with_the_same_bits(clouds: Clouds, more: dict[str, object]) -> None:
    config, samples = replace(RUN, **more), clouds(100)  # type: ignore[arg-type]
    whole = list(train(Network.create(SHAPE, 1), samples, config, engine="reference"))
    for stopped in (0, 2, 6):
        model = from_bytes(to_bytes(Model.of(whole[stopped], config)))
        assert model.network.config.hidden == whole[stopped].network.config.hidden
        assert model.checkpoint is not None
        rest = list(train(model.network, samples, config, engine="reference", resume=model.checkpoint))
        assert len(rest) == len(whole) - stopped - 1
        for p, q in zip(rest[-1].network.parameters, whole[-1].network.parameters, strict=True):
            assert np.array_equal(p, q)


def test_only_a_network_of_the_wanted_size_can_be_the_best(clouds: Clouds) -> None:
    config = replace(RUN, patience=2, validation=0.3)
    *_, last = train(Network.create(SHAPE, 1), clouds(100), config)
    assert last.network.config.hidden == (3,)
    assert last.checkpoint.best is not None
    assert last.checkpoint.best.epoch >= 5


def test_the_average_begins_anew_with_other_units(clouds: Clouds) -> None:
    run = list(train(Network.create(SHAPE, 1), clouds(100), replace(RUN, ema_decay=0.5)))
    at = [epoch.checkpoint for epoch in run]
    last_step = next(n for n, one in enumerate(at) if one.network.config.hidden == (3,))
    first, second = at[last_step], at[last_step + 1]
    assert first.average is first.network
    assert second.average is not None
    for E, before, now in zip(
        second.average.parameters, first.network.parameters, second.network.parameters, strict=True
    ):
        np.testing.assert_allclose(E, (before + 2 * now) / 3, atol=1e-6)


def test_runs_at_once_are_those_alone(clouds: Clouds) -> None:
    samples, trial = clouds(60), Trial(SHAPE, RUN)
    (found,) = [step for step in run_trials([trial], samples) if step.is_last]
    *_, alone = train(Network.create(SHAPE, RUN.seed), samples, RUN)
    assert found.epoch is not None
    assert np.array_equal(found.epoch.network.weights[0], alone.network.weights[0])


def test_an_inconsistent_file_is_refused(clouds: Clouds) -> None:
    first = next(iter(train(Network.create(SHAPE, 1), clouds(60), RUN)))
    data = to_bytes(Model.of(first, RUN))
    header = read_header(data)
    for widths in ([99], [1, 1]):
        checkpoint = {**header["checkpoint"], "prune_to": widths}
        with pytest.raises(ModelFileError, match="damaged"):
            from_bytes(pack({**header, "checkpoint": checkpoint}, load(data)))


@pytest.mark.parametrize(
    ("settings", "hidden", "said"),
    [
        ({"prune_from": 2}, (3,), "prune_from has 2 units for hidden layer 1, which is to have 3 in the end"),
        (
            {"prune_from": (9, 9)},
            (3,),
            "prune_from is 9,9, but the network has 1 hidden layer; give",
        ),
        ({"prune_from": 9}, (), "prune_from is 9, but the network has 0 hidden layers"),
    ],
)
def test_widths_that_do_not_fit_are_refused(
    clouds: Clouds, settings: dict[str, object], hidden: tuple[int, ...], said: str
) -> None:
    network = Network.create(replace(SHAPE, hidden=hidden, activation=("tanh",) * len(hidden)))
    with pytest.raises(ConfigError, match=said):
        next(train(network, clouds(20), replace(RUN, **settings)))  # type: ignore[arg-type]


def test_frozen_layers_cannot_be_pruned() -> None:
    with pytest.raises(ConfigError, match="freeze has no effect with prune_from"):
        TrainingConfig(prune_from=9, freeze=1)
    for bad in (0, -1, 2.5, "x"):
        with pytest.raises(ConfigError, match="prune_from"):
            TrainingConfig(prune_from=bad)  # type: ignore[arg-type]


def test_a_run_without_pruning_starts_as_it_is() -> None:
    network = Network.create(SHAPE)
    assert Checkpoint.start(network, replace(RUN, prune_from=())).network is network
