"""``audit`` as a person meets it: a sample is drawn, filled in, and judged; mistakes included."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "numbers.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "page", "box", "text", "confidence", "decision"])
        rows.writerows([f"{n}.png", 1, "0 0 9 9", str(n), "0.99", "digit"] for n in range(600))
        rows.writerow(["x.png", 1, "0 0 9 9", "1", "0.5", "doubtful"])
    return path


def fill(path: Path, wrong: int) -> None:
    """Write the right answers into a sample, all but the first as they were read."""
    with path.open(newline="") as file:
        header, *rows = csv.reader(file)
    with path.open("w", newline="") as file:
        filled = ([*row[:4], "999999" if n < wrong else row[3]] for n, row in enumerate(rows))
        csv.writer(file).writerows([header, *filled])


@pytest.mark.usefixtures("table")
def test_a_sample_is_drawn_filled_in_and_judged(cli: Cli, tmp_path: Path) -> None:
    drawn = cli("audit", "numbers.csv")
    assert drawn.code == 0
    assert "Drew 473 of the 600 accepted answers and wrote them to numbers.audit.csv" in drawn.out
    assert "no answer is filled in" in cli("audit", "numbers.audit.csv").err
    fill(tmp_path / "numbers.audit.csv", 1)
    judged = cli("audit", "numbers.audit.csv")
    assert judged.code == 0
    assert "473 accepted answers, 1 wrong" in judged.out
    assert "Promised  at most 1 %: proved" in judged.out
    fill(tmp_path / "numbers.audit.csv", 2)
    judged = cli("audit", "numbers.audit.csv")
    assert (judged.code, "1 %: NOT proved" in judged.out) == (1, True)
    again = cli("audit", "numbers.csv")
    assert (again.code, "already exists" in again.err) == (2, True)


@pytest.mark.usefixtures("table")
def test_the_limit_is_what_the_table_was_read_with(cli: Cli, tmp_path: Path) -> None:
    settings = {"mnist-nn": "1", "max_error": 0.05}
    (tmp_path / "numbers.csv.settings.json").write_text(json.dumps(settings))
    drawn = cli("audit", "numbers.csv", "--allow", "0", "--json").json
    assert (drawn["sampled"], drawn["accepted"], drawn["max_error"], drawn["checked"]) == (59, 600, 0.05, 0)
    fill(tmp_path / "numbers.audit.csv", 0)
    assert cli("audit", "numbers.audit.csv", "--json").json["proved"] is True
    assert cli("audit", "numbers.audit.csv", "--max-error", "0.01", "--json").json["proved"] is False


@pytest.mark.usefixtures("table")
def test_all_are_drawn_where_there_are_fewer_than_it_takes(cli: Cli) -> None:
    drawn = cli("audit", "numbers.csv", "--max-error", "0.001")
    assert "Drew 600 of the 600" in drawn.out
    assert "To prove 0.1 % for other pictures that are read in the same way, check 4,742" in drawn.out


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("missing.csv",), "cannot read 'missing.csv'"),
        (("numbers.csv", "--max-error", "0"), "--max-error is 0"),
        (("numbers.csv", "--seed", "-1"), "seed is -1"),
        (("empty.csv",), "contains no accepted answers"),
        (("other.csv",), "not a table that mnist-nn read wrote"),
    ],
)
def test_what_cannot_be(cli: Cli, tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    (tmp_path / "empty.csv").write_text("file,page,box,text,confidence,decision\n")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    outcome = cli("audit", *arguments)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert message in outcome.err
