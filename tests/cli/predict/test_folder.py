"""``predict --out`` as a person meets it: parts that a kill cannot spoil, continued to the same bytes."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from patience import PATIENCE

from mnist_nn import load_data
from mnist_nn.cli.predict import parts
from mnist_nn.cli.predict.parts import list_parts

pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is in the extra 'parquet'")
parquet = pytest.importorskip("pyarrow.parquet")
Cli = Callable[..., Any]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "IMAGES", 100)


def write(path: Path, groups: int, copies: int = 1) -> None:
    """Write test digits, a hundred times ``copies`` in each row group."""
    digits = load_data("mnist").test.take(range(100))
    pixels = pyarrow.FixedSizeListArray.from_arrays(digits.images.reshape(-1), 784)
    table = pyarrow.concat_tables([pyarrow.table({"image": pixels, "label": digits.labels})] * copies)
    with parquet.ParquetWriter(path, table.schema) as writer:
        for _ in range(groups):
            writer.write_table(table, row_group_size=len(table))


def read(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in list_parts(folder)]


@pytest.mark.slow
def test_the_parts_of_a_killed_run_are_kept_and_the_rest_is_added(
    cli: Cli, process: Callable[..., subprocess.Popen[str]], model: Path, tmp_path: Path
) -> None:
    write(tmp_path / "data.parquet", 4, copies=700)
    running = process("predict", model, "data.parquet", "--out", "broken", "--jobs", "1")
    while running.poll() is None and not list_parts(tmp_path / "broken"):
        time.sleep(0.001)
    os.kill(running.pid, signal.SIGKILL)
    running.communicate(timeout=PATIENCE)
    kept = len(list_parts(tmp_path / "broken"))
    outcome = cli("predict", model, "data.parquet", "--out", "broken", "--resume")
    assert f"Wrote 280,000 rows to 4 parts in broken, {70_000 * kept:,} of them in an earlier run." in outcome.err
    assert cli("predict", model, "data.parquet", "--out", "whole").code == 0
    assert read(tmp_path / "broken") == read(tmp_path / "whole")


def test_missing_parts_are_added_and_counted_with_the_others(cli: Cli, model: Path, tmp_path: Path) -> None:
    write(tmp_path / "data.parquet", 4)
    whole = cli("predict", model, "data.parquet", "--out", "a")
    assert whole.code == 0
    before = read(tmp_path / "a")
    for path in list_parts(tmp_path / "a")[::2]:
        path.unlink()
    outcome = cli("predict", model, "data.parquet", "--out", "a", "--resume")
    assert outcome.code == 0, outcome.err
    assert read(tmp_path / "a") == before
    assert "Wrote 400 rows to 4 parts in a, 200 of them in an earlier run." in outcome.err
    again = cli("predict", model, "data.parquet", "--out", "a", "--resume").err
    assert again.startswith("Wrote 400 rows to 4 parts in a, 400 of them in an earlier run. Of the 400 images")
    assert whole.err.endswith(again[again.index("Of the 400") :])


def test_the_answers_are_those_of_a_table_and_the_pace_is_said(cli: Cli, model: Path, tmp_path: Path) -> None:
    write(tmp_path / "data.parquet", 1)
    outcome = cli("predict", model, "data.parquet", "--out", "parts")
    assert cli("predict", model, "data.parquet", "--parquet", "one.parquet").code == 0
    ours, table = parquet.read_table(tmp_path / "parts"), parquet.read_table(tmp_path / "one.parquet")
    assert ours.equals(table.replace_schema_metadata(ours.schema.metadata))
    assert "images and " in outcome.err
    assert "MB of the data a second" in outcome.err
    assert outcome.err.count("\n") == 1


def test_what_cannot_be_done_is_one_line(cli: Cli, model: Path, tmp_path: Path) -> None:
    write(tmp_path / "data.parquet", 1)
    np.savez(tmp_path / "data.npz", x=np.zeros((2, 28, 28), np.uint8))
    (tmp_path / "file").touch()
    for given, said in (
        (("data.parquet", "--out", "a", "--csv", "a.csv"), "--csv and --out were both given"),
        (("data.parquet", "--out", "a", "--json"), "--json and --out were both given"),
        (("data.parquet", "--csv", "a.csv", "--jobs", "2"), "--jobs has no effect without --out FOLDER"),
        (("data.parquet", "data.parquet", "--out", "a"), "give one Parquet file, or a folder of them"),
        (("data.npz", "--out", "a"), "is not Parquet, which --out takes"),
        (("mnist", "--out", "a"), "'mnist' does not exist"),
        (("data.parquet", "--out", "file"), "choose another --out FOLDER"),
        (("data.parquet", "--out", "no/such"), "choose another --out FOLDER"),
    ):
        outcome = cli("predict", model, *given)
        assert (outcome.code, outcome.err.count("\n")) == (2, 1), outcome.err
        assert said in outcome.err


def test_parts_are_neither_replaced_nor_mixed_by_mistake(cli: Cli, model: Path, tmp_path: Path) -> None:
    write(tmp_path / "data.parquet", 1)
    assert cli("predict", model, "data.parquet", "--out", "a").code == 0
    assert "already contains parts" in cli("predict", model, "data.parquet", "--out", "a").err
    write(tmp_path / "data.parquet", 2)
    assert "was written with --data" in cli("predict", model, "data.parquet", "--out", "a", "--resume").err
    assert cli("predict", model, "data.parquet", "--out", "a", "--force").code == 0
    assert len(list_parts(tmp_path / "a")) == 2
