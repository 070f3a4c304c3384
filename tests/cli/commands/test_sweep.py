"""``sweep`` as a person meets it, mistakes and Ctrl-C included."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE

FEW = ("--subset", "200", "--epochs", "1", "--engine", "reference")
Cli = Callable[..., Any]


def test_ctrl_c_keeps_the_rows(process: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    running = process("sweep", *FEW, "--rate", "log:0.01:0.1:5000", "--seeds", "2")
    while len(list_lines(tmp_path / "mnist-sweep.csv")) < 3:
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130
    assert "Continue with the same command and --resume" in err
    assert not (tmp_path / "mnist-sweep.safetensors").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--rate", "fast"), "learning_rate is 'fast'"),
        (("--rate", "log:0.1:1"), "--search random"),
        (("--search", "random"), "--trials N"),
        (("--search", "tpe", "--rate", "log:0.1:1"), "--search tpe needs to know how many"),
        (("--search", "tpe", "--trials", "9", "--loss", "mse,hinge"), "hinge"),
        (("--search", "halving", "--rate", "0.1,0.2"), "at least 3 epochs"),
        (("--search", "halving", "--epochs", "3,9"), "give one value of --epochs"),
        (("--trials", "3"), "no effect with --search grid"),
        (("--validation", "0"), "leaves no images to choose by"),
        (("--validation", "0.1,0.2"), "the same for all configurations"),
        (("--seed", "1,2"), "the same for all configurations"),
        (("--loss", "mse,hinge"), "hinge"),
        (("--hidden", "a"), "give a whole number"),
        (("--csv", "no/such.csv"), "choose another file for the table"),
        (("--rate", "1e30", "--l2", "1e29,1e30"), "runs of every configuration diverged"),
    ],
)
def test_what_cannot_be_swept_is_one_line(cli: Cli, options: tuple[str, ...], said: str) -> None:
    outcome = cli("sweep", *FEW, "--seeds", "1", "--quiet", *options)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert outcome.err.count("\n") == 1


def test_random_search_draws_as_many_as_asked_for(cli: Cli) -> None:
    drawn = ("--rate", "log:0.001:1", "--hidden", "lin:4:9", "--search", "random", "--trials", "3", "--seeds", "1")
    found = cli("sweep", *FEW, *drawn, "--json").json
    rates = {one["settings"]["learning_rate"] for one in found["configurations"]}
    assert len(rates) == 3
    assert all(4 <= one["settings"]["hidden"][0] <= 9 for one in found["configurations"])
    assert found["test_deviation"] is None


def list_lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.exists() else []


def test_the_help_says_what_a_setting_takes(cli: Cli) -> None:
    assert "log:0.001:1:7" in cli("sweep", "--help").out
