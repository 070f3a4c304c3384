"""How results look: tables, percentages, intervals and durations, plain where nobody looks at a window."""

import pytest

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
