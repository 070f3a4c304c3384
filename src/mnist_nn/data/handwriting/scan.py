"""Turns the ink of lines into the maps that a reader sees, with paper structure, fading ink, blur, noise and contrast.

It knows nothing about digits. Values that vary from pixel to pixel are the sum of a part for the row and a part for the
column, or are read from a table, because a sine or a random draw for each pixel would take most of the time.
"""

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data.handwriting.draws import Draws
from mnist_nn.data.handwriting.line_ranges import LineRanges
from mnist_nn.util.randomness import key, normal

Array = npt.NDArray[Any]

GRATINGS = 3  # at most, one over the other
NOISE_TABLE = 1 << 17  # draws of a bell curve, read from a place of each line's own
NOISE_ROW = 1 << 10  # draws from one row of a line to the next, however long the line is
LEVELS = 256


def scan(
    ink: Array, paper: Array, widths: Array, draws: Draws, ranges: LineRanges, clean: Array
) -> npt.NDArray[np.uint8]:
    """Make the maps of lines.

    Parameters
    ----------
    ink
        From 0 to 1, float32 of shape (n, rows, columns); changed in place.
    paper
        The print on the paper, in the same form; changed in place.
    widths
        Number of columns of each line; beyond them, the map is 0.
    draws
        The random draws, n rows of them.
    ranges
        The ranges to draw from.
    clean
        Which lines have no pattern and no noise: bool of shape (n,).

    Returns
    -------
    uint8 of the same shape as the ink; 0 is paper.
    """
    _lay_pattern(paper, draws, ranges, clean)
    for line, width in enumerate(widths.tolist()):
        ink[line, :, width:] = paper[line, :, width:] = 0
    strength = draws.even(*ranges.ink_strength)
    columns = np.arange(ink.shape[2], dtype=np.float32)
    depth, period, phase = draws.even(*ranges.ink_fading), draws.even(0.02, 0.15), draws.even(0, 6.3)
    fading = 1 - depth[:, None] * (0.5 + 0.5 * np.sin(period[:, None] * columns + phase[:, None]))
    paper *= 1 - ink
    ink *= (strength[:, None] * fading)[:, None]
    ink += paper
    soft = draws.chance(ranges.soft_share)
    blurred = _blur(ink, np.where(soft, draws.even(*ranges.soft_blur), draws.even(*ranges.blur)))
    _add_noise(blurred, draws, ranges, clean)
    bytes_ = (np.clip(blurred, 0, 1, out=blurred) * np.float32(LEVELS - 0.01)).astype(np.uint8)
    return _tone(bytes_, draws, ranges)


def _lay_pattern(paper: Array, draws: Draws, ranges: LineRanges, clean: Array) -> None:
    """Add gratings, as of safety paper, that bend and are cut off below: sin(a + b) by row and column parts."""
    y = np.arange(paper.shape[1], dtype=np.float32)
    x = np.arange(paper.shape[2], dtype=np.float32)
    patterned = draws.chance(ranges.pattern_share) & ~clean
    for number in range(GRATINGS):
        lines = np.flatnonzero(patterned & draws.chance(1.0 if number == 0 else 0.4))
        angle, wave = draws.even(0, np.pi)[lines], (2 * np.pi / draws.even(*ranges.pattern_period_px))[lines]
        bends = [
            draws.even(*ranges.pattern_bend)[lines, None]
            * np.sin(at * (2 * np.pi / draws.even(15, 70))[lines, None] + draws.even(0, 6.3)[lines, None])
            for at in (y, x)
        ]
        down = np.sin(angle)[:, None] * wave[:, None] * y + bends[0]
        across = np.cos(angle)[:, None] * wave[:, None] * x + bends[1]
        strength = draws.even(*ranges.pattern_strength)[lines] * np.where(draws.chance(0.6)[lines], 0.5, 1)
        cut = draws.even(*ranges.pattern_cut)[lines]
        gain, offset = (strength / (1 - cut))[:, None], (strength * cut / (1 - cut))[:, None, None]
        grating = (gain * np.sin(down))[:, :, None] * np.cos(across)[:, None]
        grating += (gain * np.cos(down))[:, :, None] * np.sin(across)[:, None]
        grating -= offset.astype(np.float32)
        paper[lines] = np.maximum(paper[lines], grating)


def _blur(ink: Array, weight: Array) -> Array:
    """Mix every pixel with its four neighbours, rows and then columns; outside there is paper."""
    half = (weight / 2)[:, None, None]
    for axis in (1, 2):
        mixed = ink.copy()
        before, after = (
            tuple(part if k == axis else slice(None) for k in range(3)) for part in (slice(1, None), slice(-1))
        )
        mixed[before] += half * ink[after]
        mixed[after] += half * ink[before]
        mixed /= 1 + 2 * half
        ink = mixed
    return ink


@cache
def _noise_table() -> Array:
    return normal(key(0x5CA9), NOISE_TABLE).astype(np.float32)


def _add_noise(ink: Array, draws: Draws, ranges: LineRanges, clean: Array) -> None:
    """Add a stretch of the table of noise to each line that has some."""
    amount = np.where(draws.chance(ranges.noise_share) & ~clean, draws.even(*ranges.noise), 0)
    table, rows = _noise_table(), ink.shape[1]
    starts = draws.whole(NOISE_TABLE - rows * NOISE_ROW)
    for line in np.flatnonzero(amount):
        stretch = table[starts[line] : starts[line] + rows * NOISE_ROW].reshape(rows, NOISE_ROW)
        ink[line] += amount[line] * stretch[:, : ink.shape[2]]


def _tone(bytes_: npt.NDArray[np.uint8], draws: Draws, ranges: LineRanges) -> npt.NDArray[np.uint8]:
    """Cut a floor off and bend the scale of grey, by a table for each line."""
    floor = np.where(draws.chance(ranges.floor_share), draws.even(*ranges.floor), 0)[:, None]
    gamma = draws.even(*ranges.gamma)[:, None]
    level = np.arange(LEVELS, dtype=np.float32) / (LEVELS - 1)
    tables = (255 * ((level - floor) / (1 - floor)).clip(0, 1) ** gamma).round().astype(np.uint8)
    return np.stack([table[line] for table, line in zip(tables, bytes_, strict=True)])
