"""Picture files in memory, what is read from them, and what is said of bad ones."""

import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mnist_nn.errors import ImageError
from mnist_nn.imaging import read_pages

SLOPE = np.linspace(0, 255, 48 * 32).reshape(32, 48).astype(np.uint8)  # smooth, so that JPEG keeps it


def saved(image: Image.Image, kind: str, **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file


def levels(source: Any, **limits: Any) -> np.ndarray:
    """Read the one page of a file."""
    (page,) = read_pages(source, **limits)
    assert page.pixels.dtype == np.uint8
    assert page.number == 1
    return page.pixels


def refusal(source: Any, **limits: Any) -> str:
    """What is said about a file, which has to be one line that names it."""
    with pytest.raises(ImageError) as caught:
        list(read_pages(source, **limits))
    text = str(caught.value)
    assert text.isprintable()
    assert (repr(os.fspath(source)) if isinstance(source, Path) else "standard input") in text
    return text
