"""The files of a sweep: a table that a kill cannot spoil, and what is made from it."""

import csv
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from patience import PATIENCE
from pyarrow import parquet

from mnist_nn import load_model
from mnist_nn.cli.sweep.run import model_path
from mnist_nn.evaluation.comparison import find_median, summarize

FEW = ("--subset", "200", "--epochs", "1", "--engine", "reference")
GRID = ("sweep", *FEW, "--rate", "0.03,0.1", "--hidden", "8,9/8", "--seeds", "2")
Cli = Callable[..., Any]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_table_has_a_row_for_each_run_and_each_is_that_of_a_single_run(cli: Cli, tmp_path: Path) -> None:
    found = cli(*GRID, "--json").json
    rows = read(tmp_path / "mnist-sweep.csv")
    assert [(row["configuration"], row["seed"]) for row in rows] == [
        (str(n), str(s)) for n in range(1, 5) for s in (0, 1)
    ]
    assert [row["hidden"] for row in rows[::4]] == ["8", "9/8"]
    assert [row["learning_rate"] for row in rows[::2]] == ["0.03", "0.1", "0.03", "0.1"]
    single = cli("train", *FEW, "--rate", "0.1", "--hidden", "9,8", "--seed", "1", "--validation", "0.1", "--json").json
    assert float(rows[7]["validation_accuracy"]) == single["history"][0]["validation_accuracy"]
    table = parquet.read_table(tmp_path / "mnist-sweep.parquet")
    assert table.column("validation_accuracy").to_pylist() == [float(row["validation_accuracy"]) for row in rows]
    best = [float(row["validation_accuracy"]) for row in rows if row["configuration"] == str(found["best"])]
    assert summarize(best).mean == max(one["accuracy"] for one in found["configurations"])
    model = load_model(tmp_path / "mnist-sweep.safetensors")
    assert model.training
    assert model.training.seed == find_median(best)
    assert model.checkpoint
    assert model.checkpoint.history[-1].validation_accuracy == best[find_median(best)]
    assert "Sweep mnist-sweep.csv" in (tmp_path / "mnist-sweep.html").read_text()


def test_the_same_table_for_any_number_of_threads_and_from_any_place(cli: Cli, tmp_path: Path) -> None:
    assert cli(*GRID, "--quiet").code == 0
    table = tmp_path / "mnist-sweep.csv"
    whole = table.read_bytes()
    assert cli(*GRID, "--quiet", "--csv", "one.csv", "--jobs", "1").code == 0
    assert (tmp_path / "one.csv").read_bytes() == whole
    for cut in (whole.index(b"\n") + 1, len(whole) - 3, len(whole) // 2):
        table.write_bytes(whole[:cut])
        outcome = cli(*GRID, "--resume")
        assert outcome.code == 0
        assert table.read_bytes() == whole
    assert cli(*GRID, "--resume").err == "", "a whole table is only evaluated again"


def test_killed_at_any_time_it_ends_with_the_table_of_an_unbroken_run(
    cli: Cli, process: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    many = ("sweep", *FEW, "--rate", "log:0.01:0.1:6", "--seeds", "2", "--jobs", "1")
    killed = 0
    for _ in range(3):
        running = process(*many, "--csv", "broken.csv", "--resume")
        while running.poll() is None and len(_lines(tmp_path / "broken.csv")) < 3 * killed + 3:
            time.sleep(0.001)
        killed += running.poll() is None
        os.kill(running.pid, signal.SIGKILL)
        running.communicate(timeout=PATIENCE)
    assert killed, "it was killed at least once while it ran"
    assert cli(*many, "--csv", "broken.csv", "--resume", "--quiet").code == 0
    assert cli(*many, "--csv", "whole.csv", "--quiet").code == 0
    assert (tmp_path / "broken.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.exists() else []


def test_a_table_is_neither_replaced_nor_continued_by_mistake(cli: Cli, tmp_path: Path) -> None:
    few = ("sweep", *FEW, "--rate", "0.03,0.1", "--seeds", "1", "--quiet")
    assert cli(*few).code == 0
    assert "already exists" in cli(*few).err
    assert "--seeds 1 (now 2)" in cli(*few, "--seeds", "2", "--resume").err
    assert cli(*few, "--force").code == 0
    assert model_path(tmp_path / "a.csv") == tmp_path / "a.safetensors"
