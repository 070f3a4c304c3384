"""``sweep`` as a person meets it, mistakes and Ctrl-C included."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cluster_work import disturb
from patience import PATIENCE, wait_for

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
        (("--jobs", "2", "--cluster", "local:2"), "--jobs has no effect with --cluster"),
        (("--cluster", "local"), "give the number of processes"),
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


@pytest.mark.slow
def test_killed_and_stopped_workers_change_nothing(cli: Cli, process: Cli, tmp_path: Path) -> None:
    options = (
        "--subset",
        "1000",
        "--epochs",
        "2",
        "--engine",
        "reference",
        "--rate",
        "log:0.01:0.1:30",
        "--seeds",
        "2",
        "--quiet",
    )
    assert cli("sweep", *options, "--csv", "one.csv").code == 0
    running = process("sweep", *options, "--csv", "two.csv", "--cluster", "local:3")
    wait_for(lambda: len(list_lines(tmp_path / "two.csv")) > 5, "nothing was trained")
    disturb(running)
    _, err = running.communicate(timeout=PATIENCE)
    assert (running.returncode, err) == (0, "")
    for suffix in ("csv", "csv.settings.json", "parquet"):
        assert (tmp_path / f"two.{suffix}").read_bytes() == (tmp_path / f"one.{suffix}").read_bytes()
