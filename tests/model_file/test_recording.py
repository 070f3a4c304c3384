import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from changed_files import with_document
from safetensors.numpy import load_file

from mnist_nn import Network, load_model, save_model
from mnist_nn.cli.program import run
from mnist_nn.data import Samples
from mnist_nn.errors import ConfigError, ModelFileError
from mnist_nn.model_file import recording
from mnist_nn.model_file.recording import Moment, Recorder, Recording
from mnist_nn.model_file.storage import Model
from mnist_nn.nn.config import NetworkConfig, TrainingConfig
from mnist_nn.training.checkpoint import Checkpoint
from mnist_nn.training.loop import train

SMALL = ("--subset", "600", "--epochs", "3", "--engine", "reference", "--quiet")


def same(first: Network, second: Network) -> bool:
    return all(np.array_equal(p, q) for p, q in zip(first.parameters, second.parameters, strict=True))


def command(*arguments: object) -> int:
    return run(["train", *map(str, arguments)])


@pytest.fixture
def film(clouds: Callable[..., Samples]) -> Recording:
    config = TrainingConfig(epochs=3, subset=40)
    network = Network.create(NetworkConfig(inputs=4, hidden=(3,), outputs=3))
    recorder = Recorder(Path("nowhere"), 40)
    recorder.see(Checkpoint.start(network, config))
    for epoch in train(network, clouds(50), config, engine="reference"):
        recorder.see(epoch.checkpoint)
    model = Model.of(epoch.checkpoint, config)
    return Recording(model, tuple(Moment(n, recorder.moments[n], 40) for n in range(4)))


def test_a_recording_comes_back_as_it_was(film: Recording, tmp_path: Path) -> None:
    again = recording.load(recording.save(tmp_path / "film", film))
    assert [(m.epoch, m.offset, m.size) for m in again.moments] == [(n, 0, 40) for n in range(4)]
    assert all(same(old.network, new.network) for old, new in zip(film.moments, again.moments, strict=True))
    assert not same(again.moments[0].network, again.moments[1].network)
    assert again.model.training == film.model.training


def test_a_recording_is_a_model_too(film: Recording, tmp_path: Path) -> None:
    model = load_model(recording.save(tmp_path / "film", film))
    assert same(model.network, film.moments[-1].network)
    assert model.checkpoint is not None
    assert len(model.checkpoint.history) == 3


def test_train_records_every_epoch(tmp_path: Path) -> None:
    file, model = tmp_path / "film.safetensors", tmp_path / "model.safetensors"
    assert command(*SMALL, "--model", model, "--record", file) == 0
    found = recording.load(file)
    assert [m.epoch for m in found.moments] == [0, 1, 2, 3]
    assert {m.size for m in found.moments} == {600}
    assert same(found.moments[0].network, Network.create())
    assert same(found.moments[3].network, load_model(model).network)
    assert found.model.scores["test_accuracy"] > 0.5
    assert load_file(file)["moments/2/W1"].shape == (20, 784), "as docs/reference/model-file.md says"


def test_a_resumed_run_goes_on_with_its_recording(tmp_path: Path) -> None:
    file, model = tmp_path / "film.safetensors", tmp_path / "model.safetensors"
    assert command(*SMALL, "--model", model, "--record", file) == 0
    first = recording.load(file)
    more = ("--resume", "--epochs", "5", "--engine", "reference", "--quiet")
    assert command(*more, "--model", model, "--record", file) == 0
    again = recording.load(file)
    assert [m.epoch for m in again.moments] == [0, 1, 2, 3, 4, 5]
    assert all(same(a.network, b.network) for a, b in zip(first.moments, again.moments[:4], strict=True))


def test_resuming_may_begin_a_recording(tmp_path: Path) -> None:
    file, model = tmp_path / "film.safetensors", tmp_path / "model.safetensors"
    assert command(*SMALL, "--model", model) == 0
    more = ("--resume", "--epochs", "4", "--engine", "reference", "--quiet")
    assert command(*more, "--model", model, "--record", file) == 0
    assert [m.epoch for m in recording.load(file).moments] == [3, 4]


def test_a_recording_of_another_training_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, model = tmp_path / "film.safetensors", tmp_path / "model.safetensors"
    assert command(*SMALL, "--seed", "1", "--model", tmp_path / "other", "--record", file) == 0
    before = file.read_bytes()
    assert command(*SMALL, "--model", model) == 0
    assert command("--resume", "--epochs", "4", "--quiet", "--model", model, "--record", file) == 2
    assert "is a recording of another training" in capsys.readouterr().err
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("no/such/folder/film", "--record PATH"),
        (".", "not a regular file"),
        ("model.safetensors", "two different files"),
    ],
)
def test_a_bad_place_is_said_before_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], record: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert command(*SMALL, "--model", "model.safetensors", "--record", record) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said(film: Recording, tmp_path: Path, files_no_larger_than: Callable[..., Any]) -> None:
    with files_no_larger_than(100), pytest.raises(ModelFileError, match="choose another place with --record"):
        recording.save(tmp_path / "film", film)
    assert list(tmp_path.iterdir()) == []


def test_a_model_without_a_recording_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="is not a recording"):
        recording.load(save_model(tmp_path / "model", Model(Network.create())))


@pytest.mark.parametrize(
    "row",
    [
        {"epoch": 0, "size": 40},
        {"epoch": "x" * 5000, "offset": 0, "size": 40},
        {"epoch": math.inf, "offset": 0, "size": 40},
        {"epoch": 0, "offset": 0, "size": -math.inf},
        7,
        None,
    ],
)
def test_damaged_rows_are_said(film: Recording, row: Any) -> None:
    with pytest.raises(ModelFileError, match="damaged") as caught:
        recording.from_bytes(with_rows(film, [row]))
    assert len(str(caught.value)) < 600


def test_more_rows_than_weights_are_said(film: Recording) -> None:
    rows = [{"epoch": n, "offset": 0, "size": 40} for n in range(5)]
    with pytest.raises(ModelFileError, match="moments/4/W1"):
        recording.from_bytes(with_rows(film, rows))


def with_rows(film: Recording, rows: list[Any]) -> bytes:
    return with_document(recording.to_bytes(film), lambda document: {**document, "recording": rows})


def test_the_size_of_an_epoch_is_that_of_the_training(clouds: Callable[..., Samples]) -> None:
    for config in (TrainingConfig(), TrainingConfig(subset=30, validation=0.15), TrainingConfig(validation=7)):
        network = Network.create(NetworkConfig(inputs=4, hidden=(3,), outputs=3))
        *_, last = train(network, clouds(50), config, engine="reference", steps=True)
        learned = last.checkpoint.state.updates
        assert recording.epoch_size(50, config) * config.epochs == learned, "one update a sample"


def test_another_network_is_no_part_of_a_recording(film: Recording, tmp_path: Path) -> None:
    file = recording.save(tmp_path / "film", film)
    config = TrainingConfig(epochs=3, subset=40)
    other = Checkpoint.start(Network.create(NetworkConfig(inputs=4, hidden=(5,), outputs=3)), config)
    with pytest.raises(ConfigError, match="another training"):
        Recorder.resume(file, 40, other, config)
