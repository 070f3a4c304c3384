"""Where the bytes of a picture come from: files, what is none, streams, and what is said of each."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE
from picture_files import SLOPE, refusal, saved
from PIL import Image

from mnist_nn.imaging import read_pages
from mnist_nn.imaging.load import sources


def test_names_stay_on_their_line(tmp_path: Path) -> None:
    path = tmp_path / "two\nlines\r\x1b[31m\u202e.png"
    path.write_text("no picture")
    assert r"two\nlines\r\x1b[31m\u202e.png" in refusal(path)
    Image.fromarray(SLOPE).save(path)
    (page,) = read_pages(path)
    assert page.file == str(path)


def test_names_that_are_no_text(tmp_path: Path) -> None:
    path = Path(os.fsdecode(bytes(tmp_path) + b"/\xff.png"))
    path.write_text("no picture")
    assert r"\udcff.png" in refusal(path)


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    assert "is a folder; give the pictures in it" in refusal(tmp_path)
    assert "is a pipe; send its output to standard input and give -" in refusal(tmp_path / "pipe")
    assert "is a device or a socket" in refusal(Path("/dev/zero"))
    assert "No such file or directory; check the name" in refusal(tmp_path / "none.png")
    assert "Not a directory" in refusal(Path("/dev/null/a.png"))
    assert "symbolic links" in refusal(tmp_path / "loop")
    assert "File name too long" in refusal(tmp_path / ("x" * 300))
    assert "null" in refusal(Path("a\0b"))


def test_a_file_that_may_not_be_read(
    open_folder: Path, ordinary_user: Callable[[], AbstractContextManager[None]]
) -> None:
    Image.fromarray(SLOPE).save(open_folder / "a.png")
    (open_folder / "a.png").chmod(0)
    with ordinary_user():
        assert "Permission denied; change its permissions" in refusal(open_folder / "a.png")


# Standard input


def pages_of(*sizes: tuple[int, int]) -> bytes:
    first, *others = [Image.new("L", size, 10 * i) for i, size in enumerate(sizes, 1)]
    return saved(first, "TIFF", save_all=True, append_images=others).getvalue()


READ = (
    "from mnist_nn.imaging import *\nfor page in read_pages('-'): print(page.file, page.number, page.pixels.tolist())"
)


@pytest.mark.parametrize("wound", [True, False], ids=["file", "pipe"])
def test_standard_input(tmp_path: Path, wound: bool) -> None:
    (tmp_path / "a.tif").write_bytes(pages_of((2, 1), (1, 1)))
    with (tmp_path / "a.tif").open("rb") as file:
        given: dict[str, Any] = {"stdin": file} if wound else {"input": file.read()}
        out = subprocess.run(
            [sys.executable, "-c", READ], capture_output=True, check=True, **given, timeout=PATIENCE
        ).stdout
    assert out.decode() == "- 1 [[10, 10]]\n- 2 [[20]]\n"


def test_a_stream_that_does_not_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "BYTE_LIMIT", 10_000)
    read, write = os.pipe()
    os.write(write, b"\x89PNG\r\n\x1a\n" + bytes(20_000))
    with open(read, "rb") as stream:  # noqa: PTH123 - a descriptor; nothing closes the other end before it is read
        assert "has more than 0.00953674 MiB" in refusal(stream)
    os.close(write)
