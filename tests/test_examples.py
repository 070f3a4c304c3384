"""The examples are short, and reach the results that they state."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))


def test_there_are_three() -> None:
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize("script", EXAMPLES, ids=lambda script: script.stem)
def test_an_example_is_short_and_states_its_goal(script: Path) -> None:
    lines = script.read_text("utf-8").splitlines()
    assert len(lines) < 50
    assert any(line.startswith("GOAL = ") for line in lines)


@pytest.mark.slow
@pytest.mark.parametrize("script", EXAMPLES, ids=lambda script: script.stem)
def test_an_example_reaches_its_goal(script: Path, tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.slow
@pytest.mark.parametrize("script", EXAMPLES, ids=lambda script: script.stem)
def test_an_example_fails_below_its_goal(script: Path, tmp_path: Path) -> None:
    text = (
        script.read_text("utf-8")
        .replace("GOAL = ", "GOAL = 100 + ")
        .replace("Path(__file__)", f"Path({str(script)!r})")
    )
    changed = tmp_path / script.name
    changed.write_text(text, "utf-8")
    ended = subprocess.run([sys.executable, changed], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 1, ended.stdout + ended.stderr
