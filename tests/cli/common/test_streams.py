"""What is said where nobody can hear it: no command ends of it, and none of it comes into a file."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from number_pictures import SEVEN, TWO, essence, picture
from patience import PATIENCE

from mnist_nn import load_model

Cli = Callable[..., Any]
TRAIN = "train --subset 600 --epochs 2 --engine reference"
NOBODY_HEARS = [
    "<&- >&- 2>&-",
    "2>/dev/full",
    *(pytest.param(other, marks=pytest.mark.slow) for other in ("2>&-", ">&- 2>&-", ">&-", "2> >(true)")),
]


def shell(folder: Path, command: str, redirection: str) -> int:
    """Run a command line of ours in a shell that closes or leads away what it says; its exit code."""
    line = f"{sys.executable} -m mnist_nn {command} {redirection}"
    done = subprocess.run(["bash", "-c", line], cwd=folder, check=False, timeout=PATIENCE, env={**os.environ})
    return done.returncode


@pytest.mark.parametrize("redirection", NOBODY_HEARS)
def test_a_training_that_nobody_hears_ends_well(tmp_path: Path, redirection: str) -> None:
    assert shell(tmp_path, TRAIN, redirection) == 0
    assert load_model(tmp_path / "mnist-model.safetensors").scores


@pytest.mark.parametrize("redirection", NOBODY_HEARS)
def test_a_table_that_nobody_hears_of_is_whole(tmp_path: Path, redirection: str) -> None:
    picture(tmp_path / "a.png", SEVEN, TWO)
    (tmp_path / "b.png").write_text("no picture")
    assert shell(tmp_path, "read a.png b.png --csv out.csv --max-error 0.05", redirection) == 2, "one is bad"
    assert [row[:3] for row in essence(tmp_path / "out.csv")] == [("a.png", "1", "72"), ("b.png", "1", "")]


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_what_is_wrong_is_still_an_exit_code(tmp_path: Path, redirection: str) -> None:
    assert shell(tmp_path, "evaluate nowhere", redirection) == 2
    assert list(tmp_path.iterdir()) == []


def test_what_is_said_on_standard_error_does_not_come_on_standard_output(tmp_path: Path) -> None:
    line = f"{sys.executable} -m mnist_nn {TRAIN} --json 2>&- | cat"
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert done.stdout.startswith("{")
    assert "epoch 1/2" not in done.stdout
