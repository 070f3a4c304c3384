"""What is said at the end of a training, to a person and as JSON."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mnist_nn import load_model

SMALL = ("--subset", "600", "--epochs", "2", "--engine", "reference")
Cli = Callable[..., Any]


def test_the_summary_says_what_a_person_wants_to_know(cli: Cli, tmp_path: Path) -> None:
    outcome = cli("train", *SMALL)
    assert outcome.code == 0
    said = ("Test accuracy", "95 % interval", "Loss printed", "mean squared error", "Loss descended", "Time", "Saved")
    for part in (*said, "summed binary cross-entropy", "mnist-nn evaluate mnist-model.safetensors"):
        assert part in outcome.out
    assert outcome.err.count("accuracy") == 2, "a line an epoch where there is no terminal"
    assert load_model(tmp_path / "mnist-model.safetensors").scores["test_accuracy"] > 0.5


def test_a_prepared_and_pruned_network_is_named_and_goes_on(cli: Cli, tmp_path: Path) -> None:
    settings = ("--prepare", "pool=2,crop=24", "--hidden", "5", "--prune-from", "9")
    outcome = cli("train", *SMALL, *settings)
    assert "Network         144-5-10, 785 parameters, 2 epochs" in outcome.out
    assert "Inputs          crop=24,pool=2; the saved network is 784-5-10" in outcome.out
    assert load_model(tmp_path / "mnist-model.safetensors").network.config.sizes == (784, 5, 10)
    assert cli("evaluate", "mnist-model.safetensors").code == 0
    assert cli("train", "--resume", *settings, "--epochs", "3").code == 0
    other = cli("train", "--resume", "--prepare", "pool=2")
    assert other.code == 2
    assert "was trained with --prepare crop=24,pool=2, and --resume keeps its settings" in other.err


def test_json_holds_the_result_and_all_that_was_chosen(cli: Cli) -> None:
    document = cli("train", *SMALL, "--json", "--validation", "0.2").json
    assert document["training"]["learning_rate"] == 0.03
    assert document["training"]["subset"] == 600
    assert document["network"]["hidden"] == [20]
    assert [row["epoch"] for row in document["history"]] == [1, 2]
    assert 0.5 < document["test_accuracy"] < 1
    assert document["model"] == "mnist-model.safetensors"
    assert document["seconds"] >= document["training_seconds"] > 0


def test_the_next_command_can_be_typed_as_it_stands(cli: Cli) -> None:
    cli("data", "export", "my data")
    out = cli("train", *SMALL, "--data", "my data", "--model", "a model").out
    (line,) = [line for line in out.splitlines() if line.startswith("Next")]
    command = shlex.split(line.removeprefix("Next"))
    assert command == ["mnist-nn", "evaluate", "a model", "--data", "my data"]
    assert cli(*command[1:]).code == 0
