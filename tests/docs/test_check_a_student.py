"""The page about checking a student's code shows what its code prints, and lists every fault."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from mnist_nn.evaluation.student.report import FAULT_NAMES

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "check-a-student.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_example_prints_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (_, student), (_, check), (_, printed), (_, table), *_ = BLOCKS
    Path("student.py").write_text(student, encoding="utf-8")
    Path("submissions").mkdir()
    Path("submissions/theirs.py").write_text(student, encoding="utf-8")
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(check + table, {})  # noqa: S102 - the page's own code
    assert shown.getvalue() == printed + "theirs no_derivative\n"


def test_the_table_has_every_fault() -> None:
    table = PAGE.read_text("utf-8").split("## The faults that it knows")[1].split("Three faults at once")[0]
    assert set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (.*?) \|", table, re.MULTILINE)))) == FAULT_NAMES
