"""The parts of a model file, each by itself: what describes and collects it, and what builds it of that again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_nn import Checkpoint, Network, NetworkConfig, Samples, TrainingConfig, load_model, train
from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.calibration import Calibration
from mnist_nn.model_file import recording
from mnist_nn.model_file.tensors import (
    build_calibration,
    build_checkpoint,
    build_network,
    build_training,
    collect_calibration_tensors,
    collect_checkpoint_tensors,
    describe_calibration,
    describe_checkpoint,
)

OLD = Path(__file__).parent / "old"
SHAPE = NetworkConfig(inputs=3, hidden=(4,), outputs=2)


def tensors_of(network: Network) -> dict[str, Any]:
    return dict(zip(network.parameter_names, network.parameters, strict=True))


def same(first: Network, second: Network) -> bool:
    return all(np.array_equal(p, q) for p, q in zip(first.parameters, second.parameters, strict=True))


def learned(samples: Samples, **settings: Any) -> tuple[TrainingConfig, Checkpoint]:
    config = TrainingConfig(**settings)
    *_, last = train(Network.create(SHAPE), samples, config, engine="reference")
    return config, last.checkpoint


def rebuilt(at: Checkpoint, config: TrainingConfig) -> Checkpoint:
    header = json.loads(
        json.dumps({"checkpoint": describe_checkpoint(at), "history": [r.to_dict() for r in at.history]})
    )
    return build_checkpoint(header, config, at.chosen, collect_checkpoint_tensors(at))


def test_a_network_is_built_of_its_arrays_alone() -> None:
    network = Network.create(SHAPE)
    tensors = {**tensors_of(network), "resume/W1": np.zeros((4, 3), np.float32)}
    assert same(build_network(SHAPE, tensors), network)
    prefixed = {f"moments/3/{name}": array for name, array in tensors_of(network).items()}
    assert same(build_network(SHAPE, prefixed, "moments/3/"), network)
    with pytest.raises(KeyError, match="W2"):
        build_network(SHAPE, {name: array for name, array in tensors.items() if name != "W2"})


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam", "adamw"])
def test_a_checkpoint_comes_back(clouds: Callable[..., Samples], optimizer: str) -> None:
    config, at = learned(clouds(40, 3, 2), optimizer=optimizer, epochs=2)
    again = rebuilt(at, config)
    assert (again.epoch, again.offset, again.tally, again.seconds) == (at.epoch, at.offset, at.tally, at.seconds)
    assert (again.history, again.engines, again.state.updates) == (at.history, ("reference",), at.state.updates)
    assert again.state.slots.keys() == at.state.slots.keys()
    for slot, arrays in at.state.slots.items():
        assert all(np.array_equal(a, b) for a, b in zip(arrays, again.state.slots[slot], strict=True))


def test_the_latest_weights_are_kept_beside_better_ones(clouds: Callable[..., Samples]) -> None:
    config, at = learned(clouds(60, 3, 2), epochs=4, validation=20, patience=4, learning_rate=5.0)
    assert at.best is not None
    assert ("resume/W1" in collect_checkpoint_tensors(at)) == (at.best.network is not at.network)
    again = rebuilt(at, config)
    assert same(again.network, at.network)
    assert again.best is not None
    assert (again.best.epoch, again.best.accuracy) == (at.best.epoch, at.best.accuracy)
    assert same(again.chosen, at.chosen)


@pytest.mark.parametrize("patience", [None, 4])
def test_an_average_of_the_weights_comes_back(clouds: Callable[..., Samples], patience: int | None) -> None:
    config, at = learned(clouds(60, 3, 2), epochs=4, validation=20, patience=patience, learning_rate=5.0, ema_decay=0.5)
    assert at.average is not None
    assert not same(at.average, at.network)
    again = rebuilt(at, config)
    assert again.average is not None
    assert same(again.average, at.average)
    assert same(again.network, at.network)
    assert same(again.chosen, at.chosen)
    assert ("resume/average/W1" in collect_checkpoint_tensors(at)) == (at.average is not at.chosen)


def test_a_slot_of_another_shape_is_refused(clouds: Callable[..., Samples]) -> None:
    config, at = learned(clouds(40, 3, 2), optimizer="momentum", epochs=1)
    tensors = {**collect_checkpoint_tensors(at), "resume/velocity/W1": np.zeros((3, 4), np.float32)}
    with pytest.raises(ValueError, match="shapes"):
        build_checkpoint({"checkpoint": describe_checkpoint(at), "history": []}, config, at.chosen, tensors)


@pytest.mark.parametrize("names", [["compiled", "compiled"], [""], "compiled", [1], {"compiled": 1}])
def test_engines_that_cannot_be_are_refused(clouds: Callable[..., Samples], names: Any) -> None:
    config, at = learned(clouds(40, 3, 2), epochs=1)
    header = {"checkpoint": {**describe_checkpoint(at), "engines": names}, "history": []}
    with pytest.raises((TypeError, ValueError), match="engines is"):
        build_checkpoint(header, config, at.chosen, {})


def test_a_calibration_comes_back() -> None:
    calibration = Calibration(1.5, np.linspace(-1, 1, 7), 0.25, 0.1, np.array([[0.1, 0.2, 1.0], [0.9, 0.01, 0.5]]))
    header = json.loads(json.dumps(describe_calibration(calibration)))
    tensors = collect_calibration_tensors(calibration)
    assert set(tensors) == {"calibration/weights", "calibration/table"}
    again = build_calibration(header, tensors)
    assert (again.temperature, again.bias, again.not_a_digit) == (1.5, 0.25, 0.1)
    assert np.array_equal(again.weights, calibration.weights)
    assert np.array_equal(again.table, calibration.table)


# Files that were written before today's names


def test_older_names_of_settings_are_read() -> None:
    today = TrainingConfig(loss="classic_mse", learning_rate=0.25)
    assert build_training({"loss": "seed_mse", "rate": 0.25}) == today
    assert build_training(today.to_dict()) == today
    with pytest.raises(ConfigError, match="unknown setting 'colour'"):
        build_training({"colour": 1})


@pytest.fixture
def samples() -> Samples:
    """What the old files were trained on."""
    return Samples((np.arange(36 * 12) * 37 % 251).astype(np.uint8).reshape(36, 3, 4), np.arange(36) % 3)


@pytest.mark.parametrize("name", ["model", "recording"])
def test_an_old_file_says_rate_and_seed_mse(name: str) -> None:
    data = (OLD / f"{name}.safetensors").read_bytes()
    assert b'\\"rate\\": 0.25' in data
    assert b"seed_mse" in data
    assert b"learning_rate" not in data
    assert b"classic_mse" not in data


def test_an_old_model_loads() -> None:
    model = load_model(OLD / "model.safetensors")
    assert model.network.config == NetworkConfig(inputs=12, hidden=(5,), outputs=3)
    assert model.training == TrainingConfig(
        loss="classic_mse", learning_rate=0.25, optimizer="momentum", epochs=3, validation=6, patience=3, seed=7
    )
    assert model.checkpoint is not None
    assert (model.checkpoint.epoch, model.checkpoint.state.updates, model.checkpoint.engines) == (1, 30, ("reference",))
    assert [row.rate for row in model.checkpoint.history] == [0.25]
    assert model.data["name"] == "made up"


def test_an_old_training_goes_on_as_it_would_have_gone_on(samples: Samples) -> None:
    """The recording is of the same training, which the old program took to its end without a stop."""
    model, film = load_model(OLD / "model.safetensors"), recording.load(OLD / "recording.safetensors")
    assert model.training is not None
    assert model.checkpoint is not None
    *_, last = train(model.checkpoint.network, samples, model.training, engine="reference", resume=model.checkpoint)
    assert last.checkpoint.epoch == 3
    assert last.checkpoint.is_finished(model.training)
    for found, expected in zip(last.checkpoint.network.parameters, film.moments[3].network.parameters, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert film.model.checkpoint is not None
    for row, old in zip(last.checkpoint.history, film.model.checkpoint.history, strict=True):
        assert row.loss == pytest.approx(old.loss, rel=1e-5)
        assert row.validation_accuracy == old.validation_accuracy


def test_an_old_recording_plays_back() -> None:
    film = recording.load(OLD / "recording.safetensors")
    assert [(moment.epoch, moment.offset, moment.size) for moment in film.moments] == [(n, 0, 30) for n in range(4)]
    assert same(film.moments[0].network, Network.create(NetworkConfig(inputs=12, hidden=(5,), outputs=3), 7))
    assert same(film.moments[1].network, load_model(OLD / "model.safetensors").network)
    assert film.model.scores == {"test_accuracy": 0.5}
    again = recording.from_bytes(recording.to_bytes(film))
    assert again.model.training == film.model.training
    assert all(same(a.network, b.network) for a, b in zip(film.moments, again.moments, strict=True))
