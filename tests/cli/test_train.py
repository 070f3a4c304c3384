import shlex
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from patience import PATIENCE, wait_for

from mnist_nn import load_model, save_model
from mnist_nn.cli.commands import train
from mnist_nn.errors import ModelFileError
from mnist_nn.model_file import storage

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


def test_json_holds_the_result_and_all_that_was_chosen(cli: Cli) -> None:
    document = cli("train", *SMALL, "--json", "--validation", "0.2").json
    assert document["training"]["learning_rate"] == 0.03
    assert document["training"]["subset"] == 600
    assert document["network"]["hidden"] == [20]
    assert [row["epoch"] for row in document["history"]] == [1, 2]
    assert 0.5 < document["test_accuracy"] < 1
    assert document["model"] == "mnist-model.safetensors"
    assert document["seconds"] >= document["training_seconds"] > 0


def test_quiet_prints_nothing(cli: Cli) -> None:
    outcome = cli("train", *SMALL, "--quiet")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


@pytest.mark.parametrize(
    "options",
    [
        ("--hidden", "16,8", "--activation", "relu,tanh", "--dropout", "0.1,0"),
        ("--hidden", "none"),
        (
            "--output",
            "softmax",
            "--loss",
            "cross_entropy",
            "--optimizer",
            "adamw",
            "--l2",
            "0.01",
            "--batch-size",
            "32",
        ),
        ("--hidden", "None", "--output", "SoftMax", "--loss", "CrossEntropy", "--engine", "Reference"),
        ("--loss", "mse", "--optimizer", "nesterov", "--momentum", "0.8", "--schedule", "cosine"),
        ("--max-norm", "2", "--initializer", "he_normal", "--dtype", "float64"),
        ("--validation", "100", "--patience", "1", "--optimizer", "momentum", "--schedule", "step"),
        ("--preset", "small", "--batch-size", "16", "--schedule", "linear"),
    ],
)
def test_the_extensions_combine(cli: Cli, options: tuple[str, ...]) -> None:
    outcome = cli("train", *SMALL, "--json", *options)
    assert outcome.code == 0, outcome.err
    assert outcome.json["test_accuracy"] > 0.3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--activation", "sigmod"), "choose one of: sigmoid, tanh"),
        (("--loss", "hinge"), "classic_mse, mse, cross_entropy"),
        (("--optimizer", "rmsprop"), "sgd, momentum"),
        (("--engine", "warp"), "auto, compiled, reference"),
        (("--preset", "huge"), "classic, nielsen"),
        (("--preset", ""), "unknown preset ''"),
        (("--data", "mnits"), "mnist, fashion-mnist"),
        (("--output", "softmax"), "classic_mse is for sigmoid outputs"),
        (("--dropout", "1"), "from 0 up to but not including 1"),
        (("--rate", "-1"), "above 0"),
        (("--rate", "nan"), "above 0"),
        (("--epochs", "0"), "at least 1"),
        (("--epochs", "two"), "epochs"),
        (("--hidden", "20,x"), "whole numbers"),
        (("--hidden", "0"), "hidden is 0"),
        (("--activation", "relu,relu"), "2 values for 1 hidden layers"),
        (("--patience", "2"), "has no effect without validation"),
        (("--momentum", "0.5"), "no effect with sgd"),
        (("--beta1", "0.9"), "beta1 has no effect with sgd"),
        (("--preset", "small", "--optimizer", "sgd", "--epsilon", "1"), "epsilon has no effect with sgd"),
        (("--subset", "100000"), "100"),
        (("--engine", "compiled", "--dtype", "float64"), "float32"),
        (("--hidden", "none", "--dropout", "0.5"), "no effect without hidden"),
        (("--nonsense",), "--nonsense"),
        (("--model", "no/such/folder/m"), "No such file or directory"),
        (("--model", "/dev/null"), "not a regular file"),
    ],
)
def test_bad_input_gets_one_line_and_exit_code_2(cli: Cli, tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    outcome = cli("train", *options)
    assert outcome.code == 2
    assert said in outcome.err
    assert outcome.err.count("\n") == 1
    assert outcome.out == ""
    assert list(tmp_path.iterdir()) == [], "nothing half-written"


def test_divergence_is_said_and_keeps_the_last_sound_weights(cli: Cli, tmp_path: Path) -> None:
    options = ("--activation", "identity", "--hidden", "20,20", "--rate", "1e30", "--loss", "mse")
    outcome = cli("train", *SMALL, *options)
    assert outcome.code == 2
    assert "diverged" in outcome.err
    assert "smaller rate" in outcome.err
    assert all(np.isfinite(p).all() for p in load_model(tmp_path / "mnist-model.safetensors").network.parameters)


def test_bad_input_leaves_an_older_model_where_it_is(cli: Cli, model: Path) -> None:
    before = model.read_bytes()
    assert cli("train", "--subset", "100000").code == 2
    assert model.read_bytes() == before
    assert [path.name for path in model.parent.iterdir()] == [model.name]


def test_an_older_model_is_kept_beside_the_new_one(cli: Cli, model: Path) -> None:
    before = model.read_bytes()
    cli("train", *SMALL, "--seed", "5", "--quiet")
    assert model.with_name("mnist-model.previous.safetensors").read_bytes() == before
    assert model.read_bytes() != before


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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_saves_and_says_how_to_go_on(
    process: Callable[..., subprocess.Popen[str]], tmp_path: Path, number: int
) -> None:
    options = ("--engine", "reference", "--subset", "6000", "--epochs", "1000")
    running = process("train", *options)
    assert running.stderr is not None
    assert "epoch 1/1000" in running.stderr.readline()
    running.send_signal(number)
    _, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130
    assert "mnist-nn train --resume" in err
    checkpoint = load_model(tmp_path / "mnist-model.safetensors").checkpoint
    assert checkpoint is not None
    assert 1 <= checkpoint.epoch < 1000


def test_a_killed_run_resumes_from_its_last_save(
    process: Callable[..., subprocess.Popen[str]], cli: Cli, tmp_path: Path
) -> None:
    path = tmp_path / "mnist-model.safetensors"
    running = process("train", "--engine", "reference", "--subset", "6000", "--epochs", "1000")
    wait_for(path.exists, "it never saved")
    running.kill()
    running.communicate(timeout=PATIENCE)
    checkpoint = load_model(path).checkpoint
    assert checkpoint is not None
    outcome = cli("train", "--resume", "--epochs", checkpoint.epoch + 1, "--engine", "reference", "--json")
    assert outcome.code == 0, outcome.err
    assert len(outcome.json["history"]) == checkpoint.epoch + 1


# An older model


def previous(model: Path) -> Path:
    return model.with_name("mnist-model.previous.safetensors")


def unfinished(model: Path) -> bytes:
    """Take the scores off a model, as if its training had been stopped."""
    whole = load_model(model)
    save_model(model, storage.Model(whole.network, whole.training, whole.checkpoint, whole.data))
    return model.read_bytes()


def failing_save(*_arguments: object) -> None:
    raise ModelFileError("cannot write: the disk is full")


def test_an_older_model_stays_where_it_is_until_the_new_one_is_on_disk(
    cli: Cli, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = model.read_bytes()
    monkeypatch.setattr(storage, "save", failing_save)
    assert cli("train", *SMALL, "--seed", "5").code == 2
    assert model.read_bytes() == before


def test_a_link_to_the_model_stays_a_link_and_the_older_model_is_kept_beside_the_file(
    cli: Cli, model: Path, tmp_path: Path
) -> None:
    before = model.read_bytes()
    (tmp_path / "folder").mkdir()
    link = tmp_path / "folder" / "link"
    link.symlink_to(model)
    assert cli("train", *SMALL, "--seed", "5", "--quiet", "--model", link).code == 0
    assert link.is_symlink()
    assert previous(model).read_bytes() == before
    assert model.read_bytes() != before


def test_an_unfinished_model_does_not_take_the_place_of_a_finished_one(cli: Cli, model: Path) -> None:
    first = model.read_bytes()
    cli("train", *SMALL, "--seed", "5", "--quiet")
    unfinished(model)
    assert cli("train", *SMALL, "--seed", "6", "--quiet").code == 0
    assert previous(model).read_bytes() == first


def test_an_unfinished_model_is_kept_where_there_is_no_other(cli: Cli, model: Path) -> None:
    first = unfinished(model)
    assert cli("train", *SMALL, "--seed", "5", "--quiet").code == 0
    assert previous(model).read_bytes() == first


def test_a_place_where_the_older_model_cannot_be_kept_is_refused_before_training(cli: Cli, model: Path) -> None:
    before = model.read_bytes()
    previous(model).mkdir()
    outcome = cli("train", *SMALL)
    assert (outcome.code, outcome.err.count("\n")) == (2, 1), "no line of an epoch"
    assert "previous" in outcome.err
    assert "not a regular file" in outcome.err
    assert model.read_bytes() == before


def test_a_disk_too_full_for_the_older_model_is_said_in_one_line(
    cli: Cli, model: Path, files_no_larger_than: Callable[[int], Any]
) -> None:
    before = model.read_bytes()
    with files_no_larger_than(len(before) // 2):
        outcome = cli("train", *SMALL, "--quiet")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "cannot keep the older model" in outcome.err
    assert model.read_bytes() == before
    assert not previous(model).exists()


# What is printed to be typed again


def test_the_next_command_can_be_typed_as_it_stands(cli: Cli) -> None:
    cli("data", "export", "my data")
    out = cli("train", *SMALL, "--data", "my data", "--model", "a model").out
    (line,) = [line for line in out.splitlines() if line.startswith("Next")]
    command = shlex.split(line.removeprefix("Next"))
    assert command == ["mnist-nn", "evaluate", "a model", "--data", "my data"]
    assert cli(*command[1:]).code == 0


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


@pytest.mark.usefixtures("model")
def test_resume_refuses_fewer_epochs_than_are_done(cli: Cli) -> None:
    outcome = cli("train", "--resume", "--epochs", "1", "--engine", "reference")
    assert outcome.code == 2
    assert "--epochs 1 is less than what is done" in outcome.err
    assert cli("train", "--resume", "--epochs", "2", "--engine", "reference").code == 0


# What goes wrong on the way


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


def test_weights_too_large_to_be_judged_are_saved_all_the_same(cli: Cli, tmp_path: Path) -> None:
    options = ("--hidden", "none", "--rate", "3e38", "--loss", "cross_entropy", "--epochs", "1", "--batch-size", "600")
    outcome = cli("train", *SMALL, *options, "--quiet")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert load_model(tmp_path / "mnist-model.safetensors").checkpoint is not None


def test_ctrl_c_before_training_gets_one_line(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mnist_nn.data.load", interrupted)
    outcome = cli("train")
    assert (outcome.code, outcome.out) == (130, "")
    assert outcome.err.startswith("mnist-nn: stopped")
    assert outcome.err.count("\n") == 1


def test_too_little_memory_gets_one_line(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_arguments: object) -> None:
        raise MemoryError

    monkeypatch.setattr("mnist_nn.nn.network.Network.create", exhausted)
    outcome = cli("train")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "not enough memory; choose smaller layers or batches" in outcome.err


@pytest.mark.parametrize("name", ["a\0b", "loop"])
def test_paths_that_cannot_be_are_refused_in_one_line(cli: Cli, tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for command in (("train", "--model", name), ("train", "--resume", "--model", name), ("evaluate", name)):
        outcome = cli(*command)
        assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["loop"]
