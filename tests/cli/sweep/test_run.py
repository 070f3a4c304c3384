"""The files of a sweep: a table that a kill cannot spoil, and what is made from it."""

import csv
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE
from pyarrow import parquet

from mnist_nn import load_model
from mnist_nn.cli.predict.table import open_table
from mnist_nn.cli.sweep.run import Training, model_path, prepare_sweep, read_table
from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.comparison import find_median, summarize
from mnist_nn.experiments.sweep import list_columns

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


def train(path: Path, search: str, trials: int | None, settings: dict[str, str], jobs: int = 1) -> bytes:
    """Train what a table lacks, and return the table, without what comes after the rounds."""
    given = {"subset": "80", "validation": "20", "batch_size": "20", **settings}
    plan = prepare_sweep("classic", given, "mnist", search=search, trials=trials, seeds=2)
    with open_table(path, list_columns(plan.names), plan.settings, resume=True) as table:
        training = Training(plan, table, lambda _step, _name: None, [], "reference", jobs, None)
        assert training.finish_rounds(read_table(path)) is not None
    return path.read_bytes()


@pytest.mark.parametrize(
    ("search", "trials", "settings"),
    [
        ("tpe", 13, {"epochs": "1", "learning_rate": "log:0.01:1", "hidden": "2,4"}),
        ("halving", None, {"epochs": "9", "learning_rate": "0.03,0.3", "hidden": "2,3"}),
    ],
    ids=["tpe", "halving"],
)
def test_a_search_in_rounds_ends_with_the_same_table_from_any_place(
    tmp_path: Path, search: str, trials: int | None, settings: dict[str, str]
) -> None:
    table = tmp_path / "a.csv"
    whole = train(table, search, trials, settings, jobs=3)
    ends = [at + 1 for at, byte in enumerate(whole) if byte == ord("\n")]
    for cut in (ends[3] - 5, ends[-3]):
        table.write_bytes(whole[:cut])
        assert train(table, search, trials, settings) == whole


def test_halving_trains_the_best_third_longest_and_chooses_among_them(cli: Cli, tmp_path: Path) -> None:
    few = (*FEW, "--epochs", "9", "--batch-size", "20")
    given = ("sweep", *few, "--search", "halving", "--rate", "log:1e-4:1:9", "--seeds", "1")
    found = cli(*given, "--json").json
    rows = read(tmp_path / "mnist-sweep.csv")
    assert [row["epochs"] for row in rows] == ["1"] * 9 + ["3"] * 3 + ["9"]
    assert [one["round"] for one in found["configurations"]] == [3, 2, 2] + [1] * 6
    assert str(found["best"]) == rows[-1]["configuration"]
    single = cli("train", *few, "--rate", rows[-1]["learning_rate"], "--validation", "0.1", "--json")
    assert float(rows[-1]["validation_accuracy"]) == single.json["history"][8]["validation_accuracy"]
    assert "for fewer epochs" in (tmp_path / "mnist-sweep.html").read_text()


def test_a_table_that_this_search_would_not_have_written_is_not_continued(tmp_path: Path) -> None:
    given = "tpe", 2, {"epochs": "1", "learning_rate": "log:0.01:1"}
    table = tmp_path / "a.csv"
    whole = train(table, *given)
    table.write_bytes(whole.replace(b"\n1,0,0.", b"\n1,0,7."))
    with pytest.raises(ConfigError, match="has other runs than this search would try next"):
        train(table, *given)


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
    assert "--l2 not given (now 0.1)" in cli(*few, "--l2", "0.1", "--resume").err
    assert "--subset 200 (now not given)" in cli(*few[:1], *few[3:], "--resume").err
    assert cli(*few, "--force").code == 0
    assert model_path(tmp_path / "a.csv") == tmp_path / "a.safetensors"
