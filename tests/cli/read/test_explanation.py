"""The web page of ``--explain``: whole, of so many pages, never over anything."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mnist_nn.cli.read import explanation
from mnist_nn.reading import explain

Cli = Callable[..., Any]


def test_explain_writes_one_page_and_never_over_anything(cli: Cli, folder: Path, tmp_path: Path) -> None:
    assert cli("read", folder, "--explain", "why").code == 2
    page = (tmp_path / "why" / "index.html").read_text(encoding="utf-8")
    assert page.count("<section>") == 7
    assert page.rstrip().endswith("</html>")
    assert [file.name for file in (tmp_path / "why").iterdir()] == ["index.html"]
    outcome = cli("read", folder, "--explain", "why")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "--force" in outcome.err
    assert cli("read", folder / "a.png", "--explain", "why", "--force").code == 0
    assert (tmp_path / "why" / "index.html").read_text(encoding="utf-8").count("<section>") == 1
    (tmp_path / "file").write_text("mine")
    assert "cannot write to 'file'" in cli("read", folder, "--explain", "file").err


def test_force_keeps_the_older_page_until_the_new_one_is_whole(
    cli: Cli, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("read", folder / "a.png", "--explain", "why")
    page = tmp_path / "why" / "index.html"
    older, seen = page.read_bytes(), []
    render = explain.render_reading
    monkeypatch.setattr(explain, "render_reading", lambda reading: (seen.append(page.read_bytes()), render(reading))[1])
    cli("read", folder, "--explain", "why", "--force")
    assert len(seen) == 7
    assert set(seen) == {older}
    assert page.read_text(encoding="utf-8").count("<section>") == 7
    assert list(page.parent.iterdir()) == [page]


def test_explain_shows_so_many_pages_and_says_how_many_more(
    cli: Cli, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explanation, "MAX_PAGES", 2)
    cli("read", folder, "--explain", "why", "--quiet")
    page = (tmp_path / "why" / "index.html").read_text(encoding="utf-8")
    assert page.count("<section>") == 2
    assert "5 more pages were read" in page
