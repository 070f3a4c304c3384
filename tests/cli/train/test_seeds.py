"""``train --seeds``: the figures of every run, and the model of the one in the middle."""

import csv
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE

from mnist_nn import load_model
from mnist_nn.cli.train.seeds import choose_seeds, table_path
from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.comparison import summarize

SMALL = ("--subset", "300", "--epochs", "2", "--engine", "reference")
Cli = Callable[..., Any]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def weights(path: Path) -> list[bytes]:
    return [p.tobytes() for p in load_model(path).network.parameters]


def test_the_median_model_is_that_of_the_single_run_and_jobs_change_nothing(cli: Cli, tmp_path: Path) -> None:
    found = cli("train", *SMALL, "--seeds", "3", "--seed", "4", "--json").json
    seed, model = found["seeds"]["median_seed"], tmp_path / "mnist-model.safetensors"
    several = weights(model)
    rows = [{**row, "training_seconds": ""} for row in read(tmp_path / "mnist-model.seeds.csv")]
    assert [row["seed"] for row in rows] == ["4", "5", "6"]
    assert cli("train", *SMALL, "--seeds", "3", "--seed", "4", "--jobs", "1", "--quiet").out == ""
    assert [{**row, "training_seconds": ""} for row in read(tmp_path / "mnist-model.seeds.csv")] == rows
    single = cli("train", *SMALL, "--seed", seed, "--json").json
    assert weights(model) == several
    assert single["test_accuracy"] == found["test_accuracy"] == float(rows[seed - 4]["test_accuracy"])
    assert single["seeds"] is None


def test_the_summary_is_of_the_runs_in_the_table(cli: Cli, tmp_path: Path) -> None:
    outcome = cli("train", *SMALL, "--seeds", "3", "--validation", "60")
    rows = read(tmp_path / "mnist-model.seeds.csv")
    summary = summarize([float(row["test_accuracy"]) for row in rows])
    assert f"{100 * summary.mean:.2f} ± {100 * (summary.deviation or 0):.2f} %" in outcome.out
    assert "(mean ± standard deviation of 3 seeds)" in outcome.out
    assert "the model of the median run" in outcome.out
    assert [line.split("  ")[0] for line in sorted(outcome.err.splitlines())] == ["seed 0", "seed 1", "seed 2"]
    assert all(0 < float(row["validation_accuracy"]) < 1 for row in rows)


def test_a_run_that_diverges_is_named_and_left_out(cli: Cli, tmp_path: Path) -> None:
    wild = ("--hidden", "8,8,8", "--activation", "identity", "--rate", "0.06", "--seeds", "4", "--epochs", "1")
    outcome = cli("train", "--subset", "600", "--engine", "reference", *wild)
    diverged = [line for line in outcome.err.splitlines() if "diverged" in line]
    assert outcome.code == 2
    assert 0 < len(diverged) < 4
    assert f"{len(diverged)} of 4 runs; the results leave them out" in outcome.out
    assert len(read(tmp_path / "mnist-model.seeds.csv")) == 4 - len(diverged)


def test_ctrl_c_keeps_the_figures_of_the_runs_that_are_done(
    process: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    running = process("train", *SMALL, "--seeds", "100000", "--jobs", "1")
    assert running.stderr
    assert running.stderr.readline().startswith("seed 0  epoch 2/2")
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130
    assert "of 100000 runs; their results are in mnist-model.seeds.csv, and no model is saved" in err
    assert read(tmp_path / "mnist-model.seeds.csv")[0]["seed"] == "0"
    assert not (tmp_path / "mnist-model.safetensors").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--seeds", "0"), "--seeds is 0; give a whole number at least 1"),
        (("--seeds", "2", "--seed", str(2**64 - 1)), "goes beyond"),
        (("--jobs", "2"), "--jobs has no effect without --seeds"),
        (("--seeds", "2", "--resume"), "--resume works with one run only"),
        (("--seeds", "2", "--record", "a.safetensors"), "--record works with one run only"),
        (("--seeds", "2", "--log-dir", "runs"), "--log-dir works with one run only"),
        (("--seeds", "2", "--rate", "1e30", "--l2", "1e30"), "diverged"),
    ],
)
def test_what_cannot_be_is_one_line(cli: Cli, options: tuple[str, ...], said: str) -> None:
    outcome = cli("train", *SMALL, *options, "--quiet")
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert outcome.err.count("\n") == 1


def test_seeds_and_the_table_follow_from_the_command() -> None:
    assert list(choose_seeds(2**64 - 2, 2)) == [2**64 - 2, 2**64 - 1]
    with pytest.raises(ConfigError, match="goes beyond"):
        choose_seeds(2**64 - 2, 3)
    assert table_path(Path("a/b.safetensors")) == Path("a/b.seeds.csv")
