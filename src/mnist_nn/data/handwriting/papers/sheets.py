"""A sheet of paper as two layers, print and ink, and the scan that makes a grey picture of it.

Where both layers are empty, there is bare paper. The kinds of papers (`fields`, `cheques`, `registers`, `plain_papers`)
decide what is printed and written.
"""

import io
import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from mnist_nn.data.handwriting.papers.dice import Dice, Range

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

INKED = 0.35  # of full ink: from here on a pixel belongs to the writing when its bounds are measured


class Box(NamedTuple):
    """Left, top, right and bottom in pixels, with right and bottom excluded; fractions for skewed sides."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class ScanRanges:
    """The effects of scanning, as ranges from which each picture draws uniformly."""

    paper_grey: Range = (185.0, 252.0)
    """From grey recycled paper to bleached white."""
    pen_grey: Range = (8.0, 105.0)
    """From a black gel pen to a pencil or a worn ballpoint pen."""
    most_pen: float = 0.55
    """Largest grey of the pen, as a share of the paper's: ink on dark paper is not fainter than this."""
    skew_degrees: Range = (-2.0, 2.0)
    """The skew of a sheet fed by hand; the software of every scanner corrects a larger one."""
    straight_share: float = 0.3
    """Share of the pictures without skew: drawn by a program, or already upright. Their lines have crisp edges."""
    blur_px: Range = (0.0, 0.9)
    """Standard deviation of the blur: a flatbed's optics and the resampling after it."""
    noise_grey: Range = (0.5, 8.0)
    """Standard deviation of the noise in grey levels; the upper end is a telephone in a dim room."""
    light_share: Range = (0.0, 0.12)
    """How much darker one side is than the other, as a share of the grey of the paper."""
    jpeg_share: float = 0.5
    jpeg_quality: Range = (35.0, 92.0)
    """JPEG quality, from the archives' harsh setting to the usual one; below 35, small digits lose their forms."""


@dataclass
class Sheet:
    """Print and ink on paper: each layer is float32 of shape (height, width), from 0 (nothing) to 1 (full)."""

    height: int
    width: int
    print: Floats = field(init=False, repr=False)
    ink: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.print = np.zeros((self.height, self.width), np.float32)
        self.ink = np.zeros((self.height, self.width), np.float32)

    def write(self, patch: Floats, left: int, top: int) -> None:
        """Put ink on the sheet; existing ink stays, and ink outside the sheet is lost."""
        _put(self.ink, patch, left, top)

    def stamp(self, patch: Floats, left: int, top: int) -> None:
        """Print a patch."""
        _put(self.print, patch, left, top)

    def rule(self, box: Box, strength: float) -> None:
        """Print a filled box, such as a horizontal or vertical line."""
        left, top, right, bottom = (max(0, round(side)) for side in box)
        part = self.print[top:bottom, left:right]
        np.maximum(part, np.float32(strength), out=part)

    def turn(self, degrees: float) -> None:
        """Turn both layers about the middle, anticlockwise."""
        if degrees:
            self.print, self.ink = (_rotate(layer, degrees) for layer in (self.print, self.ink))


def _put(layer: Floats, patch: Floats, left: int, top: int) -> None:
    first_row, first_column = max(0, -top), max(0, -left)
    part = layer[max(0, top) : max(0, top + len(patch)), max(0, left) : max(0, left + patch.shape[1])]
    np.maximum(part, patch[first_row:, first_column:][: len(part), : part.shape[1]], out=part)


def _rotate(layer: Floats, degrees: float) -> Floats:
    turned = Image.fromarray(layer).rotate(degrees, Image.Resampling.BICUBIC)
    return np.asarray(np.clip(np.asarray(turned), 0, 1), np.float32)


def turn_point(sheet: Sheet, degrees: float, x: float, y: float) -> tuple[float, float]:
    """Return the position of a point after the sheet is turned.

    Examples
    --------
    >>> x, y = turn_point(Sheet(100, 200), 90, 110, 50)  # ten to the right of the middle: ten above it
    >>> round(x), round(y)
    (100, 40)
    """
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    across, down = x - sheet.width / 2, y - sheet.height / 2
    return sheet.width / 2 + cosine * across + sine * down, sheet.height / 2 - sine * across + cosine * down


def turn_box(sheet: Sheet, degrees: float, box: Box) -> Box:
    """Return the positions of the middles of a box's sides after the sheet is turned."""
    middle_x, middle_y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    left, _ = turn_point(sheet, degrees, box.left, middle_y)
    right, _ = turn_point(sheet, degrees, box.right, middle_y)
    _, top = turn_point(sheet, degrees, middle_x, box.top)
    _, bottom = turn_point(sheet, degrees, middle_x, box.bottom)
    return Box(left, top, right, bottom)


def bounds(ink: Floats) -> Box:
    """Find the smallest box around the ink.

    Examples
    --------
    >>> ink = np.zeros((9, 9), np.float32)
    >>> ink[2:5, 3:8] = 1
    >>> bounds(ink)
    Box(left=3, top=2, right=8, bottom=5)
    """
    rows, columns = (np.flatnonzero((ink >= INKED).any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return Box(0, 0, ink.shape[1], ink.shape[0])
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def crop(layer: npt.NDArray[Any], box: Box) -> npt.NDArray[Any]:
    """Cut a box out of a layer, as far as it lies inside."""
    left, top, right, bottom = (max(0, round(side)) for side in box)
    return layer[top:bottom, left:right]


def draw_skew(dice: Dice, ranges: ScanRanges) -> float:
    """Draw the skew of the sheet, in degrees."""
    degrees = dice.between(ranges.skew_degrees)
    return 0.0 if dice.chance(ranges.straight_share) else degrees


class Tones(NamedTuple):
    """Grey levels of the paper and of full ink on it."""

    paper: float
    pen: float

    @property
    def depth(self) -> float:
        """The share of the light that ink takes away."""
        return 1 - self.pen / self.paper


def draw_tones(dice: Dice, ranges: ScanRanges) -> Tones:
    """Draw the greys of the paper and of the pen."""
    paper = dice.between(ranges.paper_grey)
    return Tones(paper, min(dice.between(ranges.pen_grey), ranges.most_pen * paper))


def scan(
    ink: Floats, print_: Floats, tones: Tones, dice: Dice, ranges: ScanRanges, ground: Floats | None = None
) -> Pixels:
    """Make the picture that a scanner would make of layers of print and ink.

    Parameters
    ----------
    ink, print_
        float32 of the same shape (height, width), from 0 to 1. Full print is as dark as full ink.
    tones
        Grey levels of paper and ink.
    dice
        The random draws that decide everything within the ranges.
    ranges
        How strong each effect may be.
    ground
        The light that the paper reflects, as a share of its grey, float32 of the same shape: a pattern or stains.
        Without it, the paper is even.

    Returns
    -------
    uint8 of the same shape.
    """
    depth = np.float32(tones.depth)
    grey = np.float32(tones.paper) * (1 - depth * ink) * (1 - depth * print_)
    if ground is not None:
        grey *= ground
    grey = grey * _light(grey.shape, dice, ranges)
    grey = ndimage.gaussian_filter(grey, dice.between(ranges.blur_px))
    grey += np.float32(dice.between(ranges.noise_grey)) * dice.normals(*grey.shape)
    pixels = np.clip(np.rint(grey), 0, 255).astype(np.uint8)
    quality = round(dice.between(ranges.jpeg_quality))
    return compress(pixels, quality) if dice.chance(ranges.jpeg_share) else pixels


def _light(shape: tuple[int, ...], dice: Dice, ranges: ScanRanges) -> Floats:
    angle, depth = dice.between((0.0, 2 * math.pi)), dice.between(ranges.light_share)
    down, across = (np.linspace(-0.5, 0.5, length, dtype=np.float32) for length in shape)
    return np.asarray(1 - depth * (0.5 + math.cos(angle) * down[:, None] + math.sin(angle) * across), np.float32)


def compress(pixels: Pixels, quality: int) -> Pixels:
    """Save a picture as JPEG and load it again."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    with Image.open(file) as image:
        return np.asarray(image.convert("L"))


def clouds(dice: Dice, shape: tuple[int, ...], cell_px: float) -> Floats:
    """Draw smooth noise of about unit size with bumps of this width in pixels."""
    rows, columns = (max(2, round(length / cell_px) + 1) for length in shape)
    coarse = Image.fromarray(dice.normals(rows, columns))
    return np.asarray(coarse.resize((shape[1], shape[0]), Image.Resampling.BICUBIC))
