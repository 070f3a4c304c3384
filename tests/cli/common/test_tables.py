"""How results look: tables, percentages, intervals and durations, plain where nobody looks at a window."""

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from mnist_nn.cli.common import tables


def test_a_table_has_its_first_column_to_the_left_and_numbers_to_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    shown = tables.table("class", "images")
    shown.add_row("0", "5,923")
    shown.add_row("10", "7")
    tables.console().print(shown)
    assert capsys.readouterr().out.splitlines() == ["class  images", "0       5,923", "10          7"]


def test_a_pipe_gets_no_colour_and_long_lines(capsys: pytest.CaptureFixture[str]) -> None:
    tables.console().print("[bold]" + "x" * 150)
    assert capsys.readouterr().out == "x" * 150 + "\n"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.004, "0.00 s"),
        (9.99, "9.99 s"),
        (10.4, "10 s"),
        (60, "1 min 0 s"),
        (3599.6, "1 h 0 min"),
        (7260, "2 h 1 min"),
    ],
)
def test_durations(seconds: float, said: str) -> None:
    assert tables.duration(seconds) == said


def test_shares() -> None:
    assert tables.percent(1) == "100.00 %"
    assert tables.interval(0, 0.5) == "95 % interval 0.00 to 50.00 %"


# Tables that are wider than the window


def printed(made: Table, width: int) -> str:
    out = Console(file=io.StringIO(), width=width, soft_wrap=True, highlight=False)
    tables.print_table(out, made)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def make_matrix(classes: int) -> Table:
    made = tables.table("", *map(str, range(classes)))
    for row in range(classes):
        made.add_row(
            str(row), *(f"[bold]{100 * classes + row}[/]" if i == row else "[dim]·[/]" for i in range(classes))
        )
    return made


@given(st.integers(1, 30), st.integers(4, 120))
@settings(max_examples=30)
def test_no_number_is_ever_cut_at_any_width(classes: int, width: int) -> None:
    lines = printed(make_matrix(classes), width).splitlines()
    found = [number for line in lines for number in re.findall(r"\d{3,}", line)]
    assert sorted(found) == sorted(str(100 * classes + row) for row in range(classes))
    headers = [
        column for line in lines if not line.lstrip()[:1].strip("·") or "·" not in line for column in line.split()
    ]
    assert {str(column) for column in range(classes)} <= set(headers)
    if width > 20:
        assert all(len(line) <= width for line in lines)


@pytest.mark.parametrize(("classes", "width", "blocks"), [(10, 44, 2), (18, 80, 2), (62, tables.PIPE_WIDTH, 1)])
def test_a_wide_table_comes_in_blocks_that_each_name_their_rows(classes: int, width: int, blocks: int) -> None:
    parts = printed(make_matrix(classes), width).split("\n\n")
    assert len(parts) == blocks
    for part in parts:
        assert [line.split()[0] for line in part.splitlines()[1:]] == [str(row) for row in range(classes)]


def test_a_long_name_is_folded_and_its_numbers_stay_whole() -> None:
    made = tables.table("file", "class", *map(str, range(10)))
    made.add_row("a" * 150, "7", *(f"{0.01 * i:.2f}" for i in range(10)))
    shown = printed(made, 50)
    assert shown.count("a") >= 150
    assert re.findall(r"0\.\d\d", shown) == [f"{0.01 * i:.2f}" for i in range(10)]
