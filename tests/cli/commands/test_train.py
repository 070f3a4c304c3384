"""``train`` as a person meets it, mistakes and Ctrl-C included."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from patience import PATIENCE, wait_for

from mnist_nn import load_model
from mnist_nn.cli.common.interruption import SIGNALS
from mnist_nn.util.locks import keep_others_off

SMALL = ("--subset", "600", "--epochs", "2", "--engine", "reference")
Cli = Callable[..., Any]


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
        ("--preset", "small", "--label-smoothing", "0.1", "--ema-decay", "0.5", "--validation", "50"),
        ("--preset", "small", "--augmentation", "elastic", "--augment", "alpha=38,sigma=5.5", "--engine", "compiled"),
        ("--preset", "small", "--augment", "rotation=15,shift=1"),
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
        (("--output", "softmax"), "classic_mse needs sigmoid outputs"),
        (("--dropout", "1"), "from 0 to below 1"),
        (("--augment", "rotation=200"), "augment has rotation '200'; give a number from 0 to 180"),
        (("--augment", "turn=3"), "rotation, slant, stretch, shift, alpha, sigma"),
        (("--augment", "sigma=3"), "no effect without alpha"),
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
        (("--freeze", "2"), "the network has 1 hidden layer, and its output layer has to learn"),
        (("--freeze", "-1"), "freeze is -1; give a whole number from 0"),
        (("--class-weight", "equal"), "none, balanced"),
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
    assert "smaller learning rate" in outcome.err
    assert all(np.isfinite(p).all() for p in load_model(tmp_path / "mnist-model.safetensors").network.parameters)


def test_bad_input_leaves_an_older_model_where_it_is(cli: Cli, model: Path) -> None:
    before = model.read_bytes()
    assert cli("train", "--subset", "100000").code == 2
    assert model.read_bytes() == before
    assert [path.name for path in model.parent.iterdir()] == [model.name]


@pytest.mark.parametrize(
    "number", [SIGNALS[0], *(pytest.param(other, marks=pytest.mark.slow) for other in SIGNALS[1:])]
)
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


@pytest.mark.slow
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


# Two runs at once


@pytest.mark.slow
@pytest.mark.parametrize("second", [("--seed", "2"), ("--resume",)], ids=str)
def test_a_second_run_on_the_same_file_is_refused_and_the_first_is_whole(
    process: Callable[..., subprocess.Popen[str]], cli: Cli, tmp_path: Path, second: tuple[str, ...]
) -> None:
    path = tmp_path / "mnist-model.safetensors"
    first = process("train", "--engine", "reference", "--subset", "6000", "--epochs", "1000")
    wait_for(path.exists, "it never saved")
    outcome = cli("train", *second)
    assert (outcome.code, outcome.err.count("\n"), outcome.out) == (2, 1, "")
    assert f"'mnist-model.safetensors' is being written by process {first.pid} on " in outcome.err
    assert "train --engine reference --subset 6000" in outcome.err
    assert "choose another place with --model" in outcome.err
    first.kill()
    first.communicate(timeout=PATIENCE)
    assert cli("train", *SMALL, "--seed", "2", "--quiet").code == 0, "a killed run blocks nobody"
    assert sorted(tmp_path.iterdir()) == [path.with_name("mnist-model.previous.safetensors"), path]


@pytest.mark.usefixtures("model")
@pytest.mark.parametrize(
    ("held", "command"),
    [
        ("mnist-model.safetensors", ("calibrate", "mnist-model.safetensors")),
        ("mnist-model.previous.safetensors", ("train", *SMALL)),
        ("film", ("train", *SMALL, "--model", "other", "--record", "film")),
        ("mnist-model.npz", ("export", "mnist-model.safetensors", "--to", "npz")),
        ("out.csv", ("read", ".", "--csv", "out.csv")),
        ("why", ("read", ".", "--explain", "why")),
        ("site", ("play", "--export", "site")),
        ("digits", ("data", "export", "digits")),
        ("reader.safetensors", ("train-reader",)),
        ("work", ("train-reader", "--work", "work")),
    ],
    ids=str,
)
def test_every_command_is_kept_off_a_file_that_another_process_writes(
    cli: Cli, tmp_path: Path, held: str, command: tuple[str, ...]
) -> None:
    if held in {"why", "site", "digits", "work"}:
        (tmp_path / held).mkdir()
    with keep_others_off(tmp_path / held, "wait"):
        before = sorted(tmp_path.rglob("*"))
        outcome = cli(*command)
        assert (outcome.code, outcome.err.count("\n"), outcome.out) == (2, 1, "")
        assert f"{held}' is being written by process {os.getpid()}" in outcome.err
        assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.slow
def test_what_somebody_else_puts_in_the_place_of_the_model_is_kept(
    process: Callable[..., subprocess.Popen[str]], cli: Cli, model: Path, tmp_path: Path
) -> None:
    finished = model.read_bytes()
    model.unlink()
    running = process("train", "--engine", "reference", "--subset", "6000", "--epochs", "1000")
    wait_for(model.exists, "it never saved")
    (tmp_path / "copy").write_bytes(finished)
    (tmp_path / "copy").replace(model)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=PATIENCE)
    assert load_model(model).scores == {}, "the run saved"
    assert model.with_name("mnist-model.previous.safetensors").read_bytes() == finished
    assert cli("train", "--resume", "--epochs", str(load_model(model).checkpoint.epoch + 1)).code == 0
    assert model.with_name("mnist-model.previous.safetensors").read_bytes() == finished


# What goes wrong on the way


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


def test_a_network_that_does_not_fit_is_refused_before_it_is_drawn(tmp_path: Path) -> None:
    limit = f"ulimit -v {4 * 2**20} && exec {sys.executable} -m mnist_nn train --hidden 1000000"
    done = subprocess.run(
        ["bash", "-c", limit], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert (done.returncode, done.stdout) == (2, "")
    said = (
        r"mnist-nn: training 795,000,010 parameters with sgd takes about 22\.3 GB of memory, but "
        r"only \d\.\d GB are available, of which a fifth is kept free; lower hidden \(1000000,\)\n"
    )
    assert re.fullmatch(said, done.stderr), done.stderr
    assert list(tmp_path.iterdir()) == []


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
