"""Samples of a table: drawn by chance, written once, and read back as a spreadsheet saves them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.cli.audit.sample import (
    AuditRow,
    audit_path,
    draw,
    is_audit,
    is_right,
    load_accepted,
    load_sample,
    write_sample,
)
from mnist_nn.errors import ConfigError, DataError

TABLE = (
    "file,page,box,text,confidence,decision\r\n"
    'a.png,1,0 0 9 9,12,0.9900,digit\r\n"b,c.png",2,1 1 9 9,7,0.5000,doubtful\r\n'
    '"b,c.png",2,1 1 9 9,07,0.9800,digit\r\nd.png,1,,,,nothing there\r\ne.png,1,,,,error: no\r\n'
)


def test_only_accepted_answers_are_taken(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_bytes(TABLE.encode() + b"\xff.png,1,0 0 1 1,5,0.99,digit\r\n")
    rows = load_accepted(table)
    assert [(row.file, row.page, row.read) for row in rows] == [
        ("a.png", "1", "12"),
        ("b,c.png", "2", "07"),
        ("\udcff.png", "1", "5"),
    ]
    assert not is_audit(table)
    write_sample(audit_path(table), rows)
    assert audit_path(table).name == "t.audit.csv"
    assert is_audit(audit_path(table))
    assert load_sample(audit_path(table)) == rows


def test_nothing_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "t.audit.csv"
    path.write_text("mine")
    with pytest.raises(ConfigError, match="already exists; fill it in and run: mnist-nn audit"):
        write_sample(path, [])
    assert path.read_text() == "mine"
    with pytest.raises(ConfigError, match="cannot write"):
        write_sample(tmp_path / "no" / "t.audit.csv", [])


def test_a_full_disk_leaves_no_half_sample(
    tmp_path: Path, files_no_larger_than: Callable[[int], AbstractContextManager[None]]
) -> None:
    rows = [AuditRow("a.png", str(page), "0 0 9 9", "12") for page in range(99)]
    with files_no_larger_than(500), pytest.raises(ConfigError, match="cannot write"):
        write_sample(tmp_path / "t.audit.csv", rows)
    assert list(tmp_path.iterdir()) == []


@given(st.integers(0, 60), st.integers(0, 70), st.integers(0, 5))
def test_a_draw_takes_each_answer_at_most_once(answers: int, count: int, seed: int) -> None:
    rows = [AuditRow("a", "1", "", str(number)) for number in range(answers)]
    drawn = draw(rows, count, seed)
    assert len(drawn) == min(answers, count)
    assert len({row.read for row in drawn}) == len(drawn)


def test_every_answer_is_drawn_about_as_often_as_the_others() -> None:
    rows = [AuditRow("a", "1", "", str(number)) for number in range(10)]
    counts = dict.fromkeys("0123456789", 0)
    for seed in range(400):
        for row in draw(rows, 3, seed):
            counts[row.read] += 1
    assert all(85 < count < 155 for count in counts.values())  # 120 on average, 9 the standard deviation


def test_a_sample_is_read_as_a_spreadsheet_saves_it(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_bytes("\ufefffile;page;box;read;right;note\r\na.png;1;;12;1 2;x\r\n;;;;;\r\nb.png;1;;7;-\r\n".encode())
    assert is_audit(path)
    first, second = load_sample(path)
    assert (is_right(first), is_right(second)) == (True, False)


@pytest.mark.parametrize("right", ["seven", "1,5", "?", "７"])
def test_what_is_no_number_is_named_with_its_line(tmp_path: Path, right: str) -> None:
    path = tmp_path / "s.csv"
    write_sample(path, [AuditRow("a", "1", "", "7", "7"), AuditRow("a", "1", "", "7", right)])
    with pytest.raises(DataError, match=r"line 3 of .* in the column \"right\""):
        load_sample(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a,b\n1,2\n", "not a table that mnist-nn read wrote"),
        (b"", "not a table"),
        (b"file,page,box,text,confidence\na.png,1,,7,0.9\n", "not a table"),
        (b"file,page,box,text,confidence,decision,note\na.png,1,,7,0.9,digit,x\n", "not a table"),
        (TABLE.encode() + b"x,1\n", "a row with 2 cells"),
    ],
)
def test_other_tables_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        load_accepted(path)


def test_a_table_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read"):
        load_accepted(tmp_path / "no.csv")
    (tmp_path / "t.csv").write_bytes(TABLE.encode() + b'"a"b,1\n')
    with pytest.raises(ConfigError, match="not a table with commas"):
        load_accepted(tmp_path / "t.csv")


def test_names_that_look_like_formulas_are_text_in_the_sample_and_come_back(tmp_path: Path) -> None:
    sample = [AuditRow(name, "1", "0 0 1 1", "5") for name in ("=1+1.png", "-1.png", "'=1.png", "a.png")]
    write_sample(tmp_path / "s.csv", sample)
    written = (tmp_path / "s.csv").read_text().splitlines()[1:]
    assert [line.split(",")[0] for line in written] == ["'=1+1.png", "'-1.png", "''=1.png", "a.png"]
    assert load_sample(tmp_path / "s.csv") == sample
