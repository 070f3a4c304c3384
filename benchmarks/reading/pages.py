"""Photographed pages of handwritten numbers, made from MNIST digits, so that the truth is known.

A page is laid out (which digit goes where), written (its ink as one layer), put on paper, and photographed
(effects.py). Everything follows from the seed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from benchmarks.reading import effects
from benchmarks.reading.styles import Style

Box = tuple[int, int, int, int]
Floats = npt.NDArray[np.float32]

INKED = 0.5  # of full ink: from here on a pixel counts as part of a digit
INNER = 20  # MNIST's digits fit a square of this side
MARGIN = 0.08  # of the page's width and height stays free on every side
MOST_DIGITS = 8


@dataclass(frozen=True)
class TrueDigit:
    """A digit as it is written on the page; right and bottom of the box are exclusive."""

    label: int
    box: Box


@dataclass(frozen=True)
class TrueNumber:
    """A number as it is written on the page, its digits from left to right."""

    text: str
    box: Box
    digits: tuple[TrueDigit, ...]
    line: int


@dataclass(frozen=True, eq=False)
class SyntheticPage:
    """A page as a camera would give it, uint8 of shape (height, width), and what is written on it."""

    pixels: npt.NDArray[np.uint8]
    numbers: tuple[TrueNumber, ...]
    style: Style
    seed: int


@dataclass(frozen=True, eq=False)
class _Stroke:
    """A digit's ink, where it goes, and whose it is."""

    ink: Floats
    left: int
    top: int
    label: int
    number: int
    line: int


def make_page(images: npt.NDArray[np.uint8], labels: npt.NDArray[Any], seed: int, style: Style) -> SyntheticPage:
    """Write digits, drawn from those given, as numbers of 1 to 8 digits on several lines, and photograph the page.

    Parameters
    ----------
    images, labels
        MNIST digits, uint8 of shape (n, 28, 28), and what they show.
    seed
        Decides everything that is left to chance; the same seed gives the same bytes.
    style
        Which effects the page has.
    """
    rng = np.random.default_rng([seed, 4])
    width, height = style.size
    size = rng.uniform(*style.heights)
    pitch = size * rng.uniform(1.5, 2.2)
    strokes = list(_lay_out(images, labels, rng, style, size, pitch))
    to_page = effects.perspective(rng, style.size) if style.perspective else np.eye(3)
    ink = np.zeros((height, width), np.float32)
    for stroke in strokes:
        h, w = stroke.ink.shape
        part = ink[stroke.top : stroke.top + h, stroke.left : stroke.left + w]
        np.maximum(part, stroke.ink, out=part)
    first_baseline = MARGIN * height + size
    pixels = effects.photograph(ink, to_page, rng, style, size, pitch, first_baseline)
    return SyntheticPage(pixels, _truth(strokes, to_page), style, seed)


def _lay_out(
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[Any],
    rng: np.random.Generator,
    style: Style,
    size: float,
    pitch: float,
) -> Iterator[_Stroke]:
    """Fill line after line with numbers, each sloping a little, until the page is full."""
    width, height = style.size
    number = 0
    baselines = np.arange(MARGIN * height + size, (1 - MARGIN) * height, pitch)
    for line, baseline in enumerate(baselines):
        left = width * MARGIN + rng.uniform(0, 2) * size
        while True:
            chosen = rng.integers(0, len(images), rng.integers(1, MOST_DIGITS + 1))
            slope, strength = rng.uniform(-0.03, 0.03), rng.uniform(0.75, 1.0)
            written = _write(images[chosen], rng, style, size)
            wide = max(x + ink.shape[1] for ink, x in written)
            if left + wide > width * (1 - MARGIN):
                break
            for (ink, x), label in zip(written, labels[chosen], strict=True):
                bottom = baseline + slope * (x - wide / 2) + rng.normal(0, 0.03) * size
                top = max(0, round(bottom) - ink.shape[0])
                yield _Stroke(ink * np.float32(strength), round(left) + x, top, int(label), number, line)
            number += 1
            left += wide + size * rng.uniform(1.0, 2.2)


def _write(
    images: npt.NDArray[np.uint8], rng: np.random.Generator, style: Style, size: float
) -> list[tuple[Floats, int]]:
    """Return the ink of each digit of a number and how far it stands from the number's left end."""
    written: list[tuple[Floats, int]] = []
    for image in images:
        ink = stroke(image, size * rng.uniform(0.9, 1.1), softness=rng.uniform(1.0, 2.0))
        gap = round(size * rng.uniform(*style.gap))
        if style.gap[0] > 0:
            gap = max(gap, 2)
        written.append((ink, _beside(written[-1], ink, gap, size) if written else 0))
    return written


def _beside(before: tuple[Floats, int], ink: Floats, gap: int, size: float) -> int:
    """Find where a digit goes so that its ink is ``gap`` pixels from that of the one before, in rows near each other.

    Both stand on the same line; what leans over another keeps its distance, but boxes may overlap, as in writing.
    """
    other, x = before
    rows = max(len(other), len(ink))
    right = np.full(rows, -np.inf)
    left = np.full(rows, np.inf)
    for row in range(len(other)):
        found = np.flatnonzero(other[row] >= INKED)
        right[rows - len(other) + row] = found[-1] + 1 if found.size else -np.inf
    for row in range(len(ink)):
        found = np.flatnonzero(ink[row] >= INKED)
        left[rows - len(ink) + row] = found[0] if found.size else np.inf
    reach = round(0.2 * size)
    spread = np.array([right[max(0, i - reach) : i + reach + 1].max() for i in range(rows)])
    return x + max(int(np.max(spread - left)), round(0.15 * size)) + gap


def stroke(image: npt.NDArray[np.uint8], size: float, *, softness: float = 1.5) -> Floats:
    """Enlarge a digit as if written anew: 20 of its pixels become ``size``, its edge ``softness`` pixels wide.

    Returns float32 ink from 0 to 1, cropped to where there is any.
    """
    scale = size / INNER
    side = round(image.shape[0] * scale)
    grey = Image.fromarray(image.astype(np.float32) / 255).resize((side, side), Image.Resampling.BICUBIC)
    enlarged = np.asarray(grey)
    steep = max(1.0, scale / softness)
    ink = np.clip((enlarged - 0.4) * steep + 0.5, 0, 1).astype(np.float32)
    rows, columns = (np.flatnonzero((ink >= INKED).any(axis=axis)) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _truth(strokes: list[_Stroke], to_page: npt.NDArray[np.float64]) -> tuple[TrueNumber, ...]:
    """Say where each number has come to lie."""
    numbers: dict[int, list[_Stroke]] = {}
    for one in strokes:
        numbers.setdefault(one.number, []).append(one)
    return tuple(_number(members, to_page) for members in numbers.values())


def _number(members: list[_Stroke], to_page: npt.NDArray[np.float64]) -> TrueNumber:
    digits = tuple(TrueDigit(one.label, _box(one, to_page)) for one in members)
    edges = np.array([digit.box for digit in digits])
    box = (*edges[:, :2].min(axis=0).tolist(), *edges[:, 2:].max(axis=0).tolist())
    return TrueNumber("".join(str(digit.label) for digit in digits), box, digits, members[0].line)


def _box(one: _Stroke, to_page: npt.NDArray[np.float64]) -> Box:
    """Enclose the ink after the page was tilted: every inked pixel goes where the camera sees it."""
    rows, columns = np.nonzero(one.ink >= INKED * one.ink.max())
    x, y = effects.project(to_page, columns + one.left + 0.5, rows + one.top + 0.5)
    low, high = np.floor([x.min(), y.min()]), np.floor([x.max(), y.max()]) + 1
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])
