"""A training run: how it resumes, what it saves, and the command that continues it."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_nn import load_model
from mnist_nn.cli.commands import train
from mnist_nn.errors import ModelFileError
from mnist_nn.model_file import storage

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


@pytest.mark.usefixtures("model")
def test_resume_refuses_fewer_epochs_than_are_done(cli: Cli) -> None:
    outcome = cli("train", "--resume", "--epochs", "1", "--engine", "reference")
    assert outcome.code == 2
    assert "--epochs 1 is less than what is done" in outcome.err
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
    save, calls = storage.save, []

    def sometimes(path: Path, model: storage.Model) -> Path:
        calls.append(path)
        if len(calls) < 3:
            raise ModelFileError("cannot write: the disk is full")
        return save(path, model)

    monkeypatch.setattr(storage, "save", sometimes)
    monkeypatch.setattr(train, "SAVE_EVERY", -1.0)
    outcome = cli("train", *SMALL, "--epochs", "3")
    assert outcome.code == 0
    assert outcome.err.count("disk is full") == 1
    assert outcome.err.count("\n") == 1 + 3, "and a line an epoch"
    assert len(calls) == 4
    assert load_model(tmp_path / "mnist-model.safetensors").scores


def test_the_last_save_must_not_fail(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "save", failing_save)
    outcome = cli("train", *SMALL, "--quiet")
    assert (outcome.code, outcome.err) == (2, "mnist-nn: cannot write: the disk is full\n")
