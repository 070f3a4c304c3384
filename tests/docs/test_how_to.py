"""How-to pages whose commands show what they print do what they show."""

import shutil
from pathlib import Path

import pytest
from pages import run_page

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("page", ["calibrate", "reproduce"])
def test_every_command_and_its_output(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    assert run_page(ROOT / "docs" / "how-to" / f"{page}.md", tmp_path) >= 4
