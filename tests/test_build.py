"""What is built from the same sources is the same, byte for byte, wherever and whenever it is built."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEFT_OUT = shutil.ignore_patterns(
    ".*_cache", ".venv", ".git", ".hypothesis", ".nox", "node_modules", "build", "dist", "__pycache__"
)


def build(folder: Path, time: float) -> dict[str, str]:
    """Build a copy of the sources whose files were all changed at this time; return the sums of what came out."""
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    for path in folder.rglob("*"):
        os.utime(path, (time, time))
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", "out"], cwd=folder, check=True, capture_output=True
    )
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (folder / "out").iterdir()}


@pytest.mark.slow
def test_wheel_and_sdist_built_twice_are_the_same_bytes(tmp_path: Path) -> None:
    first, second = build(tmp_path / "here", 1.0e9), build(tmp_path / "elsewhere" / "there", 1.7e9)
    assert {Path(name).suffix for name in first} == {".whl", ".gz"}
    assert first == second
