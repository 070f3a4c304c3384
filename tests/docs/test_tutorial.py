"""The tutorial does what it shows, from its first page to its last."""

import shutil
from pathlib import Path

import pytest
from pages import PageError, compare, run_page

ROOT = Path(__file__).parents[2]
PAGES = ("train", "read", "look-inside")


@pytest.mark.slow
def test_every_command_and_its_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    counts = [run_page(ROOT / "docs" / "tutorial" / f"{page}.md", tmp_path) for page in PAGES]
    assert counts[0] >= 6
    assert counts[1] >= 5
    assert counts[2] >= 25


SHOWN = "epoch 1/3  loss 0.5  1.09 s\n...\nSaved  a\n"


@pytest.mark.parametrize(
    "printed",
    [
        "epoch 1/3  loss 0.501  23 s\nSaved  a\n",
        "epoch 1/3  loss 0.5  1 s\nmore\nand more\nSaved a\n",
    ],
)
def test_what_may_differ(printed: str) -> None:
    compare("train", SHOWN, printed)


@pytest.mark.parametrize(
    "printed",
    [
        "epoch 1/3  loss 0.6  1.09 s\nSaved  a\n",
        "epoch 1/4  loss 0.5  1.09 s\nSaved  a\n",
        "epoch 1/3  loss 0.5  1.09 s\n",
        "epoch 1/3  loss 0.5  1.09 s\nSaved  a\nmore\n",
        "first\nepoch 1/3  loss 0.5  1.09 s\nSaved  a\n",
        "",
    ],
)
def test_what_may_not(printed: str) -> None:
    with pytest.raises(PageError):
        compare("train", SHOWN, printed)
