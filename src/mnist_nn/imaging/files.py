"""Picture files as grey pixels: the formats Pillow decodes itself, the size checked before anything is decoded."""

import math
import os
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from mnist_nn.errors import ImageError

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")  # no other, as EPS would start a program


def read_square(path: str | os.PathLike[str], pixels: int) -> npt.NDArray[np.uint8]:
    """Read a square picture of exactly so many pixels, uint8 of shape (side, side), 0 for background.

    Raises
    ------
    ImageError
        If there is no such file, it is no picture, it is damaged, or it has another size.
    """
    side = math.isqrt(pixels)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as image:
                _check_size(image, side, os.fspath(path))
                return _grey(image)
    except ImageError:
        raise
    except UnidentifiedImageError as error:
        raise ImageError(
            f"{os.fspath(path)!r} is not a picture that can be read; give one of: {', '.join(FORMATS)}"
        ) from error
    except OSError as error:
        raise ImageError(f"cannot read {os.fspath(path)!r}: {error.strerror or error}") from error
    except (ValueError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise ImageError(f"{os.fspath(path)!r} is damaged: {error}") from error


def _check_size(image: Image.Image, side: int, name: str) -> None:
    """Refuse a picture of another size before a single pixel of it is decoded."""
    if image.size != (side, side):
        raise ImageError(
            f"{name!r} is {image.width}×{image.height}; predict takes {side}×{side} pictures, "
            "light ink on a dark ground, as in MNIST"
        )


def _grey(image: Image.Image) -> npt.NDArray[np.uint8]:
    if image.mode.startswith("I"):  # 16 bits a pixel, which Pillow would clip to 8
        return np.asarray(np.asarray(image, dtype=np.int64).clip(0, 65_535) // 257, dtype=np.uint8)
    if "A" in image.getbands() or "transparency" in image.info:
        flat: Any = Image.new("RGBA", image.size, "black")
        image = Image.alpha_composite(flat, image.convert("RGBA"))
    return np.asarray(image.convert("L"))
