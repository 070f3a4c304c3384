"""The command in a report makes the model again, bit for bit, or the report says why there is none."""

import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_nn import Dataset, Model, load_model
from mnist_nn.cli.program import run
from mnist_nn.report import Report, build_report
from mnist_nn.report.sections.reproduce import train_command

RUNS = [
    (),
    ("--engine", "reference", "--batch-size", "10"),
    ("--hidden", "9,7", "--activation", "relu,tanh", "--dropout", "0.2,0.1", "--validation", "0.25", "--patience", "1",
     "--optimizer", "adamw", "--l2", "0.01", "--batch-size", "16", "--schedule", "cosine", "--seed", "7",
     "--engine", "reference"),
    ("--hidden", "none", "--output", "softmax", "--loss", "cross_entropy", "--rate", "0.0123456789",
     "--optimizer", "nesterov", "--momentum", "0.7", "--batch-size", "8", "--validation", "60",
     "--engine", "reference"),
    ("--preset", "nielsen", "--max-norm", "2.5", "--augmentation", "affine", "--dtype", "float64", "--epochs", "2"),
]  # fmt: skip


@pytest.mark.parametrize("settings", RUNS, ids=["seed", "reference", "adamw", "linear", "nielsen"])
def test_the_command_line_makes_the_same_bits(tmp_path: Path, monkeypatch: Any, settings: tuple[str, ...]) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["train", "--subset", "300", "--epochs", "2", "--quiet", *settings]) == 0
    model = load_model("mnist-model.safetensors")
    line = train_command(model)
    assert isinstance(line, str)
    program, *words = shlex.split(line)
    assert program == "mnist-nn"
    assert run([*words, "--quiet"]) == 0
    again = load_model("again.safetensors")
    assert (again.network.config, again.training) == (model.network.config, model.training)
    for one, other in zip(model.network.parameters, again.network.parameters, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_command_line_stands_in_the_report(model: Model, made: Report) -> None:
    line = train_command(model)
    assert (
        line == "mnist-nn train --model again.safetensors --engine reference --epochs 3 --subset 600 --validation 0.2"
    )
    assert f"<code>{line}</code>" in made.html
    assert "does not say which engine" not in made.html


def test_where_the_engine_is_not_known_or_not_one_that_is_said(
    parse: Callable[[str], Any], model: Model, few: Dataset
) -> None:
    assert model.checkpoint is not None
    older = replace(model, checkpoint=replace(model.checkpoint, engines=()))
    assert "--engine" not in str(train_command(older))
    assert "The file does not say which engine trained the model" in parse(build_report(older, few).html).text
    mixed = replace(model, checkpoint=replace(model.checkpoint, engines=("compiled", "reference")))
    reason = "it was trained by several engines, compiled and then reference, and one command can name only one engine"
    assert build_report(mixed, few).left_out["reproduce"] == reason


def test_a_training_that_was_stopped_has_no_such_train_command(model: Model) -> None:
    assert model.training is not None
    unfinished = replace(model, training=replace(model.training, epochs=9))
    assert "stopped after 3 of 9 epochs" in str(train_command(unfinished))
    assert "which data" in str(train_command(replace(model, data={})))


def test_data_from_a_folder_is_quoted_for_a_shell(model: Model) -> None:
    line = train_command(replace(model, data={"name": "my data; rm", "sha256": "0"}))
    assert isinstance(line, str)
    assert shlex.split(line)[4:6] == ["--data", "my data; rm"]
