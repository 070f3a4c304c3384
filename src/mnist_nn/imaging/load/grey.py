"""Converts a picture opened by Pillow to the grey levels that a person would see, from 0 (black) to 255 (white).

It knows what the numbers in each mode mean: palettes, transparency, 12, 16 and 32 bits, floats, inks, L*a*b*.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image

from mnist_nn.errors import ImageError
from mnist_nn.util.arrays import as_array, as_bytes

Grey = npt.NDArray[np.uint8]

BITS_PER_SAMPLE = 258  # the tag of a TIFF
FLOAT_WHITES = (1, 255, 65_535)  # what white is where a picture holds floats
FLOAT_BOUND = 1e30  # floats beyond it would overflow on the way
CHANNELS = (2, 3, 4)  # grey and opacity, colours, colours and opacity
_FLAT, _COLOURED = 2, 3  # dimensions
LEAST_PAPER_SHARE = 0.001  # less than this of what is opaque is no ink or paper of its own

# What undoes each orientation that a camera writes down.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def to_grey(image: Image.Image, ground: int | None = None) -> Grey:
    """Decode a picture to grey levels, without turning it.

    Parameters
    ----------
    image
        A picture opened by Pillow, in any mode.
    ground
        The grey level behind transparent pixels; None for one that keeps the ink visible.

    Returns
    -------
    uint8 of shape (height, width), read-only.

    Examples
    --------
    >>> to_grey(Image.new("CMYK", (2, 1), (0, 0, 0, 255)))
    array([[0, 0]], dtype=uint8)
    >>> to_grey(Image.new("RGBA", (2, 1), (0, 0, 0, 0)))
    array([[255, 255]], dtype=uint8)
    """
    if image.format in {"JPEG", "MPO"}:
        image.draft("L", image.size)  # a JPEG holds its grey levels apart from its colours
    if image.mode == "F":
        return _scale_floats(image)
    if image.mode.startswith("I"):
        return _scale_integers(image)
    if image.mode == "LAB":
        return np.asarray(image.getchannel("L"))
    if image.has_transparency_data:
        return np.asarray(_flatten(image, ground))
    return np.asarray(image.convert("L"))


def as_grey(values: Any, ground: int | None = None) -> Grey:
    """Convert a picture in memory to grey levels.

    Parameters
    ----------
    values
        A Pillow image, or an array, list or table of shape (height, width), or (height, width, channels) for grey or
        red-green-blue, with or without opacity. Whole numbers are from 0 to 255 (uint16 to 65,535). For floats, white
        is 1, 255 or 65,535: the first that covers all of them.
    ground
        The background, as for `to_grey`.

    Raises
    ------
    ImageError
        If it is not such a picture, or has no pixels.

    Examples
    --------
    >>> as_grey([[0.0, 0.5, 1.0]])
    array([[  0, 128, 255]], dtype=uint8)
    >>> as_grey(np.full((1, 2, 3), 255, np.uint8))
    array([[255, 255]], dtype=uint8)
    """
    if isinstance(values, Image.Image):
        return turn_upright(to_grey(values.copy(), ground), read_orientation(values))
    pixels = as_array("the pixels of the page", values, ImageError)
    if pixels.ndim == _COLOURED and pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    has_colours = pixels.ndim == _COLOURED and pixels.shape[2] in CHANNELS
    if not (has_colours or pixels.ndim == _FLAT) or not pixels.size or pixels.dtype.kind not in "biuf":
        raise ImageError(
            f"the page is {pixels.dtype} of shape {pixels.shape}; give one picture as uint8 or floats, grey "
            "of shape (height, width) or coloured of shape (height, width, 3), or the path of a picture"
        )
    pixels = _as_levels(pixels)
    return to_grey(Image.fromarray(pixels), ground) if has_colours else pixels


def _as_levels(pixels: npt.NDArray[Any]) -> Grey:
    """Scale the numbers of an array as those of a picture file; bytes stay unchanged."""
    if pixels.dtype.kind == "f":
        return _scale_floats(pixels)
    if pixels.dtype == np.uint16:
        return np.asarray(pixels // (65_535 // 255), np.uint8)
    if pixels.dtype == np.bool_:
        return np.asarray(pixels * np.uint8(255))
    return as_bytes("the pixels of the page", pixels, ImageError)


def read_orientation(image: Image.Image) -> int:
    """Return the camera's orientation, 1 to 8 as in EXIF; 1 (upright) if it is unknown or damaged.

    Examples
    --------
    >>> read_orientation(Image.new("L", (2, 1)))
    1
    """
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - damaged notes about a picture can raise anything, and leave the picture whole
        return 1


def turn_upright(pixels: Grey, held: int) -> Grey:
    """Turn or mirror a picture according to the result of `read_orientation`.

    Examples
    --------
    >>> turn_upright(np.array([[1, 2, 3]], np.uint8), 6)
    array([[1],
           [2],
           [3]], dtype=uint8)
    """
    if held not in TURNS:
        return pixels
    return np.asarray(Image.fromarray(pixels).transpose(TURNS[held]))


def _scale_integers(image: Image.Image) -> Grey:
    """Scale 16 bits per pixel, which Pillow would clip to 8; 32 bits are limited to 16, and 12 have a tag."""
    bits = getattr(image, "tag_v2", {}).get(BITS_PER_SAMPLE)
    steps = 4096 // 256 if bits in {12, (12,)} else 65_535 // 255
    levels: Grey = (np.asarray(image) // steps).clip(0, 255).astype(np.uint8)
    return levels


def _scale_floats(image: Image.Image | npt.NDArray[Any]) -> Grey:
    """Scale floats from 0 to 1, 255 or 65,535, the first that covers all; with negative numbers, from least to most."""
    stored = np.asarray(image)
    values = np.where(np.isfinite(stored), stored, np.float32(0)).clip(-FLOAT_BOUND, FLOAT_BOUND)
    least, most = min(0.0, float(values.min())), max(0.0, float(values.max()))
    if least == 0:
        most = next((white for white in FLOAT_WHITES if most <= white), most)
    shares = (values - np.float32(least)) / np.float32(most - least)
    return np.asarray(shares * np.float32(255) + np.float32(0.5), dtype=np.uint8)


def _flatten(image: Image.Image, ground: int | None) -> Image.Image:
    """Put a transparent picture on an opaque background."""
    if image.mode not in {"LA", "RGBA"}:
        image = image.convert("LA" if image.mode == "La" else "RGBA")
    levels, alpha = image.convert("L"), image.getchannel("A")
    under = _choose_ground(np.asarray(levels), np.asarray(alpha)) if ground is None else ground
    return Image.composite(levels, Image.new("L", image.size, under), alpha)


def _choose_ground(levels: Grey, alpha: Grey) -> int:
    """Choose white under dark ink and black under light ink, or the paper's grey if the paper itself is opaque."""
    light, dark = (float(alpha[side].sum(dtype=np.int64)) / 255 for side in (levels > 127, levels <= 127))  # noqa: PLR2004
    paper = light + dark > levels.size / 2 and min(light, dark) > LEAST_PAPER_SHARE * (light + dark)
    return 255 if (light > dark) == paper else 0
