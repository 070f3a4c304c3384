"""Decoding in the process itself, where tests can reach into the decoders; test_pictures.py has what comes of files."""

import io
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from patience import PATIENCE
from picture_files import saved
from PIL import Image

from mnist_nn.errors import ImageError
from mnist_nn.imaging.load import sources
from mnist_nn.imaging.load.decode import decode_pages, decode_square

PIXELS = (np.arange(784).reshape(28, 28) % 256).astype(np.uint8)


def square(file: io.BytesIO) -> np.ndarray:
    (found,) = decode_square(file, "a.png", 784)
    assert isinstance(found, np.ndarray)
    return found


def page(file: io.BytesIO) -> Any:
    (found,) = decode_pages(file, "a.png", 64_000_000, 1)
    return found


def test_no_other_program_is_ever_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_arguments: object, **_rest: object) -> None:
        raise AssertionError("a program was run")

    for name in ("check_call", "Popen", "run"):
        monkeypatch.setattr(subprocess, name, run)
    file = io.BytesIO(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 28 28\n%%EndComments\nshowpage\n")
    with pytest.raises(ImageError, match="not a picture that can be read; give one of these formats: PNG, JPEG"):
        square(file)


def test_a_warning_of_the_reader_is_no_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    file, opened = saved(Image.fromarray(PIXELS), "PNG"), Image.open

    def grumbling(*arguments: Any, **rest: Any) -> Image.Image:
        warnings.warn("corrupt EXIF data", UserWarning, stacklevel=1)
        return opened(*arguments, **rest)

    monkeypatch.setattr(Image, "open", grumbling)
    np.testing.assert_array_equal(square(file), PIXELS)


@pytest.mark.parametrize("most", [500, 100])  # Pillow warns beyond the limit and refuses beyond twice that
def test_a_square_of_too_many_pixels_is_refused(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    file = saved(Image.fromarray(PIXELS), "PNG")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", most)
    with pytest.raises(ImageError, match="damaged"):
        square(file)


def test_what_has_to_be_held_in_memory_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    rough = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64), np.uint8))
    monkeypatch.setattr(sources, "BYTE_LIMIT", 1000)
    assert page(saved(rough, "PNG")).shape == (64, 64)
    with pytest.raises(ImageError, match="MiB; make it smaller"):
        page(saved(rough, "WEBP", lossless=True))


def test_too_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Image.Image, "convert", full)
    found = page(saved(Image.new("L", (3, 3)), "PNG"))
    assert isinstance(found, ImageError)
    assert "needs more memory than is available" in str(found)
    assert isinstance(found.__cause__, MemoryError), "whoever knows the budget names it"


# What it costs

WEIGH = r"""
import re, sys
from mnist_nn.imaging.load.decode import decode_pages
def peak(): return int(re.search(r"VmHWM:\s*(\d+)", open("/proc/self/status").read())[1]) // 1024
for path in sys.argv[1:]:
    before = peak()
    (page,) = decode_pages(open(path, "rb"), path, 10**8, 1)
    print(page.size, peak() - before)
"""


def test_a_photo_of_12_megapixels_takes_80_megabytes(tmp_path: Path) -> None:
    notes = Image.Exif()
    notes[0x0112] = 6
    Image.radial_gradient("L").resize((4000, 3000)).convert("RGB").save(tmp_path / "photo.jpg", exif=notes)
    Image.new("RGB", (9, 9)).save(tmp_path / "small.jpg")
    command = [sys.executable, "-c", WEIGH, tmp_path / "small.jpg", tmp_path / "photo.jpg"]
    out = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout.split()
    assert int(out[0]) == 81
    assert int(out[2]) == 12_000_000
    assert 12 <= int(out[3]) < 80  # 92 if its colours were decoded too


def test_a_pdf_is_no_square_and_is_named() -> None:
    with pytest.raises(ImageError, match=r"'a\.pdf' is PDF, not a picture"):
        list(decode_square(io.BytesIO(b"%PDF-1.4\n"), "'a.pdf'", 784))
