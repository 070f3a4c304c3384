"""The protocol of the records: the test images are opened once for the same settings, and numbers have their spread."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from benchmarks.records import __main__ as program
from benchmarks.records.ledger import RESULTS, Ledger, tabulate
from benchmarks.records.protocol import Result, measure, summarize
from benchmarks.records.rows import HELD_OUT, Row, read_rows

from mnist_nn import load_data
from mnist_nn.cli.common.training_options import SETTINGS, parse
from mnist_nn.nn.config import fit_data
from mnist_nn.nn.presets import configure

QUICK = replace(read_rows()["linear"], settings={"hidden": [], "epochs": 1, "batch_size": 10, "subset": 7000}, seeds=2)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "read_rows", lambda: {"linear": QUICK})


@pytest.mark.parametrize("row", read_rows().values(), ids=lambda row: row.name)
def test_the_command_of_a_row_says_all_its_settings(row: Row) -> None:
    words = row.command.split()[2:]
    typed = {name[2:].replace("-", "_"): text for name, text in zip(words[::2], words[1::2], strict=True)}
    kinds = {setting.field: setting.kind for setting in SETTINGS}
    assert (typed.pop("teacher", None) is None) == (row.teacher is None)
    shape, training = configure("classic", {n: parse(n, kinds[n](v)) for n, v in typed.items()})
    assert (fit_data(shape, 784, 10), training) == row.configure(0, HELD_OUT)
    assert row.why
    assert row.source


def test_digests_tell_settings_apart() -> None:
    row = read_rows()["linear"]
    assert len({one.digest for one in read_rows().values()}) == len(read_rows())
    assert row.digest == replace(row, why="said otherwise").digest
    assert row.digest != replace(row, settings={**row.settings, "epochs": 11}).digest
    assert row.digest != replace(row, seeds=4).digest
    assert row.digest != replace(row, teacher=row).digest


@pytest.mark.parametrize(("name", "most"), [("16000-parameters", 16_000), ("25220-parameters", 25_220)])
def test_small_networks_have_no_more_parameters_than_their_rows_say(name: str, most: int) -> None:
    row = read_rows()[name]
    count = row.configure(0, HELD_OUT)[0].parameter_count
    assert count <= most
    assert f"{count:,} parameters" in row.network


def test_a_rows_teacher_learns_from_the_same_images_first() -> None:
    lines: list[str] = []
    taught = replace(QUICK, seeds=1, teacher=QUICK, settings={**QUICK.settings, "teacher_share": 0.5})
    result = measure(taught, load_data("mnist"), lines.append, opens_test=False)
    assert lines[0].startswith("linear, the teacher:")
    assert len(lines) == 2
    assert 50 < result.hold_out[0] < 95


@pytest.mark.usefixtures("quick")
def test_the_test_images_are_opened_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = Ledger(tmp_path / "records.json")
    assert program.main(["linear", "--hold-out"], ledger) == 0
    assert "test" not in capsys.readouterr().out
    assert not ledger.path.exists()
    assert program.main(["linear"], ledger) == 0
    said = capsys.readouterr().out
    assert "test, opened once" in said
    assert "test, refit on all" in said
    assert "mnist-nn train --hidden none" in said
    opened = ledger.read()["linear"]
    assert [len(opened[0][name]) for name in ("hold_out", "test", "refit", "seconds")] == [2, 2, 2, 2]
    assert program.main(["linear"], ledger) == 2
    assert "the test images were already opened for these settings of linear" in capsys.readouterr().err
    assert ledger.read()["linear"] == opened
    assert program.main(["linear", "--hold-out"], ledger) == 0
    assert "| `linear` |" in (tmp_path / "records.md").read_text(encoding="utf-8")


def test_a_row_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["lineal"]) == 2
    assert "there is no row 'lineal'; choose one of: linear, classic" in capsys.readouterr().err
    assert program.main([]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(read_rows())


def test_numbers_are_of_networks_that_never_saw_the_held_out_images() -> None:
    lines: list[str] = []
    result = measure(replace(QUICK, seeds=1), load_data("mnist"), lines.append, opens_test=False)
    assert (len(result.hold_out), result.test, result.refit) == (1, [], [])
    assert lines[0].startswith("linear, seed 0: hold-out")
    assert 50 < result.hold_out[0] < 95


def test_the_interval_is_students() -> None:
    mean, sd, (low, high) = summarize([98.0, 98.2, 98.1, 98.3, 98.4])
    assert (mean, sd) == pytest.approx((98.2, 0.1581), abs=1e-4)
    assert (high - mean, mean - low) == pytest.approx((0.1963, 0.1963), abs=1e-4)


def test_an_opening_with_other_settings_is_kept_and_counted(tmp_path: Path) -> None:
    ledger, rows = Ledger(tmp_path / "records.json"), {"linear": QUICK}
    result = Result(*[[98.0, 98.2]] * 4)
    ledger.add(replace(QUICK, seeds=9), result, "2026-01-01", "here")
    assert any("not measured" in line for line in tabulate(rows, ledger.read()))
    ledger.add(QUICK, result, "2026-01-02", "here")
    assert "| 1.90 ± 0.14 |" in list(tabulate(rows, ledger.read()))[-1]
    assert "2026-01-02, 2 times" in list(tabulate(rows, ledger.read()))[-1]


def test_the_table_is_that_of_the_openings() -> None:
    found: Any = Ledger().read()
    assert (RESULTS / "records.md").read_text("utf-8") == "\n".join(tabulate(read_rows(), found)) + "\n"
