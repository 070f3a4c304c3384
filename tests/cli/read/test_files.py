"""Whatever is wrong with a page costs no other page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hostile_files import tiling_pattern
from number_pictures import EXPECTED, ONE, SEVEN, TWO, essence, picture, rows
from PIL import Image

from mnist_nn.imaging import Page
from mnist_nn.reading.reader import Reader
from mnist_nn.reading.results import Reading

Cli = Callable[..., Any]


def test_a_bad_page_is_a_row_and_the_pages_after_it_go_on(cli: Cli, tmp_path: Path) -> None:
    pages = [Image.open(picture(tmp_path / f"{n}.png", n)) for n in (SEVEN, TWO, ONE)]
    pages.insert(1, Image.new("L", (900, 900), 255))
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    pages[0].save(tmp_path / "a.pdf", save_all=True, append_images=pages[1:], resolution=200)
    outcome = cli("read", "a.tif", "a.pdf", "--csv", "out.csv", "--pixel-limit", 100_000)
    assert outcome.code == 2
    assert sum(line.startswith("mnist-nn: 'a.tif'") for line in outcome.err.splitlines()) == 1
    found = essence(tmp_path / "out.csv")
    texts = [("1", "7"), ("2", ""), ("3", "2"), ("4", "1")]
    assert [row[:3] for row in found] == [(name, *row) for name in ("a.tif", "a.pdf") for row in texts]
    assert [row[3] == "error" for row in found] == [False, True, False, False] * 2
    assert "page 2 is 900×900" in rows(tmp_path / "out.csv")[2][5]


def test_a_file_that_would_be_decoded_for_ever_is_a_row_that_names_the_limit(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(tiling_pattern())
    picture(tmp_path / "b.png", SEVEN)
    outcome = cli("read", "a.pdf", "b.png", "--csv", "out.csv", "--decode-seconds", 0.5)
    assert outcome.code == 2
    assert essence(tmp_path / "out.csv") == [("a.pdf", "1", "", "error"), ("b.png", "1", "7", "digit")]
    says = "'a.pdf' takes more than 0.5 seconds of processor time to decode; make it simpler, or raise the limit"
    assert f"error: {says} with --decode-seconds" == rows(tmp_path / "out.csv")[1][5]
    assert outcome.err == f"mnist-nn: {says} with --decode-seconds\n"


def test_a_fault_of_ours_in_one_page_costs_no_other(
    cli: Cli, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Reader.__call__

    def faulty(self: Reader, page: Page) -> Reading:
        if Path(page.file).name == "e.tif" and page.number == 2:
            raise ZeroDivisionError("never\nhappens")
        return original(self, page)

    monkeypatch.setattr(Reader, "__call__", faulty)
    outcome = cli("read", folder, "--csv", "out.csv")
    assert "e.tif' could not be read: ZeroDivisionError, never happens\n" in outcome.err
    expected = [row if row[:2] != ("e.tif", "2") else ("e.tif", "2", "", "error") for row in EXPECTED]
    assert essence(tmp_path / "out.csv") == expected
