"""The page about checking a student's code shows what its code prints, and lists every fault."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from mnist_nn.cli.program import run
from mnist_nn.evaluation.student.report import FAULT_NAMES

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "check-a-student.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_example_prints_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (_, student), (_, check), (_, printed), *_ = BLOCKS
    Path("student.py").write_text(student, encoding="utf-8")
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(check, {})  # noqa: S102 - the page's own code
    assert shown.getvalue() == printed


@pytest.mark.slow
def test_a_whole_class_is_printed_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (_, student), _, _, (_, shown), *_ = BLOCKS
    Path("submissions").mkdir()
    right = student.replace("delta_h = delta_o @ W2.T", "delta_h = delta_o @ W2.T * h * (1 - h)")
    for name, text in (("ada", right), ("bob", student)):
        Path(f"submissions/{name}.py").write_text(text, encoding="utf-8")
    assert run(["check-code", "submissions/ada.py", "submissions/bob.py"]) == 1
    assert capsys.readouterr().out == shown.partition("\n")[2]


def test_the_table_has_every_fault() -> None:
    table = PAGE.read_text("utf-8").split("## The faults that it knows")[1].split("Three faults at once")[0]
    assert set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (.*?) \|", table, re.MULTILINE)))) == FAULT_NAMES
