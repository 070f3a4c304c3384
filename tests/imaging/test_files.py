"""Picture files as grey pixels: what is read, and that no file makes another program run."""

import subprocess
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mnist_nn.errors import ImageError
from mnist_nn.imaging import read_square

PIXELS = (np.arange(784).reshape(28, 28) % 256).astype(np.uint8)


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.gif", "a.tif", "a.webp", "a.ppm"])
def test_lossless_pictures_come_back_as_they_were(tmp_path: Path, name: str) -> None:
    Image.fromarray(PIXELS).save(tmp_path / name, **({"lossless": True} if name.endswith("webp") else {}))
    np.testing.assert_array_equal(read_square(tmp_path / name, 784), PIXELS)


def test_no_other_program_is_ever_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_arguments: object, **_rest: object) -> None:
        raise AssertionError("a program was run")

    for name in ("check_call", "Popen", "run"):
        monkeypatch.setattr(subprocess, name, run)
    path = tmp_path / "picture.eps"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 28 28\n%%EndComments\nshowpage\n")
    with pytest.raises(ImageError, match="not a picture that can be read; give one of: PNG, JPEG"):
        read_square(path, 784)


def test_a_warning_of_the_reader_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(PIXELS).save(tmp_path / "a.png")
    opened = Image.open

    def grumbling(*arguments: Any, **rest: Any) -> Image.Image:
        warnings.warn("corrupt EXIF data", UserWarning, stacklevel=1)
        return opened(*arguments, **rest)

    monkeypatch.setattr(Image, "open", grumbling)
    np.testing.assert_array_equal(read_square(tmp_path / "a.png", 784), PIXELS)


def test_a_picture_of_too_many_pixels_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(PIXELS).save(tmp_path / "a.png")
    for most in (500, 100):  # Pillow warns beyond the limit and refuses beyond twice that
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", most)
        with pytest.raises(ImageError, match="damaged"):
            read_square(tmp_path / "a.png", 784)


def test_numbers_of_32_bits_are_held_to_16(tmp_path: Path) -> None:
    numbers = np.zeros((28, 28), np.int32)
    numbers[0, :4] = (-1, 65_535, 65_536, 2**31 - 1)
    Image.fromarray(numbers).save(tmp_path / "a.tif")
    assert read_square(tmp_path / "a.tif", 784)[0, :4].tolist() == [0, 255, 255, 255]
