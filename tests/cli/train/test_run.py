"""A training run: how it resumes, what it saves, and the command that continues it."""

import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from patience import PATIENCE

from mnist_nn import load_data, load_model
from mnist_nn.cli.commands import train
from mnist_nn.data.idx import write_idx
from mnist_nn.data.sources import FILES
from mnist_nn.errors import ModelFileError
from mnist_nn.model_file import recording, storage
from mnist_nn.util.files import Identity

SMALL = ("--subset", "600", "--epochs", "2", "--engine", "reference")
Cli = Callable[..., Any]


def test_resume_goes_on_to_the_same_bits(cli: Cli, tmp_path: Path) -> None:
    few = ("--subset", "600", "--engine", "reference", "--optimizer", "adam", "--dropout", "0.2", "--quiet")
    cli("train", *few, "--epochs", "3", "--model", "whole.safetensors")
    cli("train", *few, "--epochs", "1", "--model", "parts.safetensors")
    assert cli("train", "--resume", "--epochs", "3", "--engine", "reference", "--model", "parts.safetensors").code == 0
    whole, parts = (load_model(tmp_path / f"{name}.safetensors").network for name in ("whole", "parts"))
    assert all(np.array_equal(a, b) for a, b in zip(whole.parameters, parts.parameters, strict=True))


def test_resume_goes_on_with_the_engine_of_the_file(cli: Cli, model: Path) -> None:
    made = cli("train", "--resume", "--epochs", "3", "--json").json
    assert made["engines"] == ["reference"], "auto would be compiled"
    assert load_model(model).checkpoint.engines == ("reference",)
    mixed = cli("train", "--resume", "--epochs", "4", "--engine", "compiled", "--json").json
    assert mixed["engines"] == ["reference", "compiled"]


def test_resume_refuses_other_settings_and_other_data(cli: Cli, model: Path) -> None:
    assert "--hidden" in cli("train", "--resume", "--hidden", "30").err
    assert cli("train", "--resume", "--model", "nowhere").code == 2
    cli("data", "export", "small")
    labels = model.parent / "small" / "train-labels-idx1-ubyte"
    labels.write_bytes(labels.read_bytes()[:-1] + b"\x00")
    assert "other data" in cli("train", "--resume", "--data", "small").err


def test_resume_takes_the_same_settings_again_and_names_others(cli: Cli, tmp_path: Path) -> None:
    typed = ("--hidden", "16,8", "--activation", "ReLU", "--dropout", "0.1", "--seed", "3", "--subset", "600")
    command = ("train", *typed, "--preset", "nielsen", "--engine", "reference", "--quiet")
    assert cli(*command, "--epochs", "1").code == 0
    for again in ((*command, "--epochs", "2"), command, ("train", "--dropout", "0.1,0.1", "--activation", "relu,relu")):
        assert cli(*again, "--resume").code == 0, again
    assert load_model(tmp_path / "mnist-model.safetensors").checkpoint.epoch == 2
    for other, said in (
        ((*command, "--hidden", "16"), "was trained with --hidden 16,8, --activation relu,relu, and --resume keeps"),
        (("train", "--seed", "4", "--dropout", "0.2"), "was trained with --seed 3, --dropout 0.1, and --resume keeps"),
        (("train", "--preset", "small", *typed), "--optimizer sgd"),
        (("train", "--activation", "relu,tanh,relu"), "activation has 3 values for 2 hidden layers"),
    ):
        outcome = cli(*other, "--resume")
        assert (outcome.code, outcome.err.count("\n")) == (2, 1)
        assert said in outcome.err


def test_a_command_can_be_repeated_until_it_is_done(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "mnist-model.safetensors"
    command = ("train", *SMALL, "--seed", "3", "--resume-if-exists", "--quiet")
    assert cli(*command, "--epochs", "1").code == 0, "it begins"
    assert load_model(path).training.seed == 3
    assert cli(*command).code == 0, "it goes on"
    first = load_model(path)
    assert first.checkpoint.epoch == 2
    assert cli(*command).code == 0, "it is done"
    again = load_model(path)
    assert all(np.array_equal(a, b) for a, b in zip(first.network.parameters, again.network.parameters, strict=True))
    assert list(tmp_path.iterdir()) == [path], "nothing is kept of what was gone on with"
    assert "--seed 3" in cli("train", "--resume-if-exists", "--seed", "4").err, "it is no other training"


@pytest.mark.usefixtures("model")
def test_resume_refuses_fewer_epochs_than_are_done(cli: Cli) -> None:
    outcome = cli("train", "--resume", "--epochs", "1", "--engine", "reference")
    assert outcome.code == 2
    assert "--epochs 1 is too few" in outcome.err
    assert cli("train", "--resume", "--epochs", "2", "--engine", "reference").code == 0


def test_the_resume_command_can_be_typed_as_it_stands(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("data", "export", "my data")
    monkeypatch.setattr(train, "_learn", lambda *_run, **_rest: None)
    outcome = cli("train", *SMALL, "--data", "my data", "--model", "a model")
    assert outcome.code == 130
    command = shlex.split(outcome.err.partition("Continue with: ")[2])
    assert command[:3] == ["mnist-nn", "train", "--resume"]
    assert command[3:] == ["--model", "a model", "--data", "my data", "--engine", "reference"]
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert cli(*command[1:]).code == 0


def failing_save(*_arguments: object) -> None:
    raise ModelFileError("cannot write: the disk is full")


def test_a_save_that_fails_on_the_way_is_said_once_and_tried_again(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, calls = storage.write, []

    def sometimes(path: Path, model: storage.Model) -> Identity:
        calls.append(path)
        if len(calls) < 3:
            raise ModelFileError("cannot write: the disk is full")
        return write(path, model)

    monkeypatch.setattr(storage, "write", sometimes)
    monkeypatch.setattr(train, "SAVE_EVERY", -1.0)
    monkeypatch.setattr(train, "SAVE_FACTOR", -1.0)
    outcome = cli("train", *SMALL, "--epochs", "3")
    assert outcome.code == 0
    assert outcome.err.count("disk is full") == 1
    assert outcome.err.count("\n") == 1 + 3, "and a line an epoch"
    assert len(calls) == 4
    assert load_model(tmp_path / "mnist-model.safetensors").scores


def test_the_last_save_must_not_fail(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "write", failing_save)
    outcome = cli("train", *SMALL, "--quiet")
    assert (outcome.code, outcome.err) == (2, "mnist-nn: cannot write: the disk is full\n")


# Recordings

FEW = ("--subset", "600", "--engine", "reference", "--quiet")
KILLED_AT_A_SAVE = """
import os, signal, sys
from mnist_nn.cli.commands import train
from mnist_nn.cli.program import run
from mnist_nn.model_file import recording, storage
from mnist_nn.util.files import Identity

write, left = storage.write, [int(sys.argv[1])]

def kill_instead(path, model):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return write(path, model)

train.SAVE_EVERY, train.SAVE_FACTOR, storage.write = -1.0, -1.0, kill_instead
run(sys.argv[2:])
"""


def recorded(path: Path) -> list[int]:
    return [moment.epoch for moment in recording.load(path).moments]


@pytest.mark.slow
@pytest.mark.parametrize("saves", [1, 2, 3])
def test_a_kill_between_the_recording_and_the_model_loses_no_epoch(cli: Cli, tmp_path: Path, saves: int) -> None:
    first = ("train", *FEW, "--epochs", "3", "--model", "m", "--record", "film")
    command = [sys.executable, "-c", KILLED_AT_A_SAVE, str(saves), *first]
    assert subprocess.run(command, cwd=tmp_path, check=False, timeout=PATIENCE).returncode == -signal.SIGKILL
    assert recorded(tmp_path / "film") == list(range(saves + 1))
    if saves > 1:
        assert load_model(tmp_path / "m").checkpoint.epoch == saves - 1
    again = ("--resume",) if saves > 1 else FEW
    assert cli("train", *again, "--epochs", "3", "--model", "m", "--record", "film").code == 0
    assert cli("train", *FEW, "--epochs", "3", "--model", "whole", "--record", "whole.film").code == 0
    assert recorded(tmp_path / "film") == [0, 1, 2, 3]
    pairs = zip(
        *(recording.load(tmp_path / name).moments for name in ("film", "whole.film")),
        strict=True,
    )
    for a, b in pairs:
        assert all(np.array_equal(p, q) for p, q in zip(a.network.parameters, b.network.parameters, strict=True))


def test_a_recording_without_room_is_said_and_its_gap_is_refused_unless_allowed(
    cli: Cli, tmp_path: Path, files_no_larger_than: Callable[[int], Any]
) -> None:
    both = ("--model", "m", "--record", "film")
    assert cli("train", *FEW, "--epochs", "1", *both).code == 0
    with files_no_larger_than((tmp_path / "film").stat().st_size + 100):
        outcome = cli("train", "--resume", "--epochs", "3", *both, "--quiet")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "cannot write 'film'" in outcome.err
    assert "the model is saved in m" in outcome.err
    assert load_model(tmp_path / "m").scores, "what was learned is not lost"
    assert recorded(tmp_path / "film") == [0, 1]
    before = (tmp_path / "film").read_bytes()
    outcome = cli("train", "--resume", "--epochs", "4", *both)
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "film lacks some epochs that the model has already trained (2)" in outcome.err
    assert "--allow-gaps" in outcome.err
    assert (tmp_path / "film").read_bytes() == before
    outcome = cli("train", "--resume", "--epochs", "4", *both, "--allow-gaps", "--quiet")
    assert (outcome.code, outcome.err.count("\n")) == (0, 1)
    assert (
        "film lacks some epochs that the model has already trained (2); the recording continues without them"
        in outcome.err
    )
    assert recorded(tmp_path / "film") == [0, 1, 3, 4]


def test_a_recording_that_begins_late_says_so(cli: Cli, model: Path) -> None:
    outcome = cli("train", "--resume", "--epochs", "3", "--record", "film", "--quiet")
    assert outcome.err == "mnist-nn: the recording in film is new, so it begins after epoch 2\n"
    assert recorded(model.with_name("film")) == [2, 3]


def test_allow_gaps_has_no_effect_alone(cli: Cli) -> None:
    assert "--allow-gaps has no effect without" in cli("train", "--allow-gaps", "--record", "film").err


def write_data(folder: Path, **arrays: npt.NDArray[np.uint8]) -> None:
    """Write a data set of 6 and 3 images of 2×2 pixels and three classes, some of its arrays others."""
    folder.mkdir()
    usual = {"a": np.zeros((6, 2, 2)), "b": np.arange(6) % 3, "c": np.zeros((3, 2, 2)), "d": np.arange(3)}
    for name, array in zip(FILES, (usual | arrays).values(), strict=True):
        write_idx(folder / name, array.astype(np.uint8))


@pytest.mark.parametrize(
    ("arrays", "options", "message"),
    [
        ({"a": np.zeros((0, 2, 2)), "b": np.zeros(0)}, (), "training half: there are no labels; give at least one"),
        ({"c": np.zeros((0, 2, 2)), "d": np.zeros(0)}, (), "test half: there are no labels; give at least one"),
        ({"d": np.array([0, 1, 3])}, (), "test half: label 3 in row 2 is out of range"),
        ({"c": np.zeros((3, 4, 4))}, (), "test half: test images are (4, 4), but training images are (2, 2)"),
        ({}, ("--validation", 0.01), "holding out 0.01 of 6 samples leaves one side empty"),
        ({}, ("--validation", 6), "holding out 6 of 6 samples leaves one side empty"),
    ],
)
def test_halves_that_cannot_be_used_are_refused_before_anything_is_learned(
    cli: Cli, tmp_path: Path, arrays: dict[str, Any], options: tuple[Any, ...], message: str
) -> None:
    write_data(tmp_path / "data", **arrays)
    outcome = cli("train", "--data", "data", "--engine", "reference", *options)
    assert outcome.code == 2
    assert message in outcome.err
    assert "epoch" not in outcome.out
    assert not (tmp_path / "mnist-model.safetensors").exists()


def test_a_single_class_is_said(cli: Cli, tmp_path: Path) -> None:
    write_data(tmp_path / "data", b=np.ones(6), d=np.ones(3))
    outcome = cli("train", "--data", "data", "--engine", "reference", "--epochs", 1)
    assert outcome.code == 0
    assert outcome.err.count("all training labels are 1, so the network can only learn") == 1


# With a teacher


@pytest.mark.slow
def test_a_taught_run_finds_its_teacher_again(cli: Cli, model: Path, tmp_path: Path) -> None:
    few = ("train", "--subset", "600", "--engine", "reference", "--hidden", "8", "--quiet", "--teacher", model)
    assert cli(*few, "--epochs", "3", "--model", "whole").code == 0
    assert cli(*few, "--epochs", "1", "--model", "parts").code == 0
    assert load_model(tmp_path / "parts").training.teacher_share == 0.9
    assert cli("train", "--resume", "--model", "parts", "--epochs", "2", "--quiet").code == 0
    moved = model.rename(tmp_path / "moved.safetensors")
    longer = ("train", "--resume", "--model", "parts", "--epochs", "3", "--quiet")
    lost = cli(*longer)
    assert lost.code == 2
    assert "it is the teacher of this training run, so say where it is now with --teacher" in lost.err
    other = cli(*longer, "--teacher", "whole")
    assert other.code == 2
    assert "not the teacher that the training began with" in other.err
    assert cli(*longer, "--teacher", moved).code == 0
    whole, parts = (load_model(tmp_path / name) for name in ("whole", "parts"))
    for a, b in zip(whole.network.parameters, parts.network.parameters, strict=True):
        assert np.array_equal(a, b)
    assert parts.data["teacher"] == str(moved)
    assert cli(*longer).code == 0, "a finished training needs no teacher"


def test_a_teacher_must_fit(cli: Cli, model: Path, tmp_path: Path) -> None:
    few = load_data("mnist").train.take(range(140))
    np.savez(tmp_path / "a.npz", x=few.images, y=np.array(["even", "odd"])[few.labels % 2])
    assert "has different classes from the data" in cli("train", "--data", "a.npz", "--teacher", model).err
    assert "--teacher-share has no effect without --teacher" in cli("train", "--teacher-share", "0.5").err
    assert "no effect without a teacher" in cli("train", "--teacher-temperature", "2").err
    taught = ("--teacher", model, "--subset", "100", "--epochs", "1", "--quiet")
    assert cli("train", *taught, "--teacher-temperature", "2", "--model", "small").code == 0
    assert cli("train", "--from", "small", "--subset", "100", "--epochs", "1", "--model", "more", "--quiet").code == 0
    assert load_model(tmp_path / "more").training.teacher_share == 0, "the teacher does not go with the weights"


# From the weights of another model


def test_a_training_starts_from_the_weights_of_a_model(cli: Cli, model: Path, tmp_path: Path) -> None:
    before = load_model(model)
    slow = ("--epochs", "1", "--rate", "1e-9", "--engine", "reference")
    outcome = cli("train", "--from", model, "--model", "more", *slow)
    assert outcome.code == 0
    after = load_model(tmp_path / "more")
    assert after.training is not None
    assert (after.training.subset, after.training.learning_rate) == (600, 1e-9), "what is not given is the model's own"
    both = zip(before.network.parameters, after.network.parameters, strict=True)
    assert all(np.allclose(a, b, atol=1e-6) for a, b in both)
    assert len(after.data["started_from"]) == 64
    assert cli("train", "--resume", "--model", "more", "--epochs", "2").code == 0
    assert load_model(tmp_path / "more").data["started_from"] == after.data["started_from"]


def test_other_classes_get_a_new_output_layer(cli: Cli, model: Path, tmp_path: Path) -> None:
    few = load_data("mnist").train.take(range(140))
    np.savez(tmp_path / "a.npz", x=few.images, y=np.array(["even", "odd"])[few.labels % 2])
    slow = ("--epochs", "1", "--rate", "1e-9", "--engine", "reference")
    outcome = cli("train", "--from", model, "--data", "a.npz", "--model", "odd", *slow)
    assert "its output layer is new" in outcome.err
    made = load_model(tmp_path / "odd")
    assert made.training is not None
    assert made.training.subset is None, "600 images of MNIST are no number of images of other data"
    assert (made.network.config.sizes, made.class_names) == ((784, 20, 2), ("even", "odd"))
    assert np.allclose(made.network.weights[0], load_model(model).network.weights[0], atol=1e-6)


def test_frozen_layers_keep_the_weights_of_the_model(cli: Cli, model: Path, tmp_path: Path) -> None:
    some = ("train", "--from", model, "--engine", "reference", "--quiet")
    assert cli(*some, "--model", "more", "--epochs", "1", "--freeze", "1", "--class-weight", "balanced").code == 0
    before, after = load_model(model), load_model(tmp_path / "more")
    assert after.training is not None
    assert (after.training.freeze, after.training.class_weight) == (1, "balanced")
    assert before.network.weights[0].tobytes() == after.network.weights[0].tobytes()
    assert before.network.weights[1].tobytes() != after.network.weights[1].tobytes()
    assert "was trained with --freeze 1" in cli("train", "--model", "more", "--resume", "--freeze", "0").err
    assert "freeze is 2, but the network has 1 hidden layer" in cli(*some, "--model", "x", "--freeze", "2").err


def test_what_cannot_be_changed_is_said(cli: Cli, model: Path) -> None:
    others = ("train", "--from", model, "--model", "more", "--epochs", "1", "--quiet")
    assert "--hidden cannot differ from the network in" in cli(*others, "--hidden", "30").err
    assert "--from has no effect with --resume" in cli(*others, "--resume").err
    assert cli(*others, "--hidden", "20", "--preset", "small", "--subset", "100", "--batch-size", "10").code == 0
