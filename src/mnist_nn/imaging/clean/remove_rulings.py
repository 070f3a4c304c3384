"""Removes rulings from a page, by subtracting a ruling's own darkness from whatever is written over it.

A ruling does not hide writing, it only darkens it. Most of a ruling has nothing written on it, so the typical pixel at
each distance from its centre shows what the ruling looks like. Darker pixels have ink on them, even if a stroke runs
along the ruling. If a pen is hardly darker than the ruling, a stroke is recognized by continuing on both sides. The
rulings were found earlier (`mnist_nn.imaging.clean.rulings`).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.imaging.clean.rulings import RULINGS, Ruling, RulingParameters, Rulings

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]


def remove_rulings(
    evened: Floats, rulings: Rulings, level: float, noise: float, parameters: RulingParameters = RULINGS
) -> tuple[Floats, Bools]:
    """Remove the rulings from a page.

    Parameters
    ----------
    evened
        float32 of shape (height, width): 0 for paper, up to 1 for ink.
    rulings
        The rulings found on the page.
    level, noise
        The strength of full ink, and the standard deviation of bare paper, in the same unit.
    parameters
        The parameters of ink on a ruling.

    Returns
    -------
    The page without rulings (unchanged if there are none), and the pixels that they covered.

    Examples
    --------
    >>> from mnist_nn.imaging.clean.rulings import find_rulings
    >>> page = np.zeros((200, 300), np.float32)
    >>> page[100:102] = 0.4
    >>> page[80:130, 150:156] = 0.9
    >>> bare, covered = remove_rulings(page, find_rulings(page > 0), 0.9, 0.0)
    >>> float(bare[100, 40]), round(float(bare[100, 152]), 2), bool(covered[100, 40])
    (0.0, 0.9, True)
    """
    covered = rulings.cover(evened.shape)
    if not rulings:
        return evened, covered
    return _take_off(evened, rulings, level, noise, parameters), covered


def _take_off(evened: Floats, rulings: Rulings, level: float, noise: float, p: RulingParameters) -> Floats:
    level_ones, upright_ones = np.zeros_like(evened), np.zeros_like(evened)
    for ruling in rulings.level:
        _print(level_ones, evened, ruling, p)
    for ruling in rulings.upright:
        _print(upright_ones.T, evened.T, ruling, p)
    bare = evened.copy()
    where = (level_ones > 0) | (upright_ones > 0)
    # where two cross, each takes its share of the light
    alone = 1 - (1 - level_ones[where]) * (1 - upright_ones[where])
    over = evened[where] - alone
    over[over <= np.maximum(p.ink_over_ruling_sigmas * noise, p.ink_over_ruling_share * alone)] = 0
    bare[where] = np.minimum(1, over * (level / np.maximum(level - alone, p.least_share_of_ink_over_ruling * level)))
    for ruling in rulings.level:
        _join_strokes(bare, evened, ruling, p)
    for ruling in rulings.upright:
        _join_strokes(bare.T, evened.T, ruling, p)
    return bare


class _Strip(NamedTuple):
    """The pixels around a ruling, column by column, each of shape (distances, columns)."""

    rows: Indices
    columns: Indices
    away: npt.NDArray[np.float32]
    """How many rows from the ruling's centre."""


def _take_strip(height: int, ruling: Ruling, reach: int, step: int = 1) -> _Strip:
    """Take the pixels around a ruling; where the page ends, its last row stands in."""
    ends = np.flatnonzero(ruling.there)
    columns = np.arange(ends[0], ends[-1] + 1, step)
    centre = ruling.centre[columns]
    rows = np.rint(centre).astype(np.intp) + np.arange(-reach, reach + 1)[:, None]
    rows = np.clip(rows, 0, height - 1)
    return _Strip(rows, np.broadcast_to(columns, rows.shape), (rows - centre).astype(np.float32))


def _print(printed: Floats, evened: Floats, ruling: Ruling, p: RulingParameters) -> None:
    """Draw a ruling as dark as it is by itself, over those drawn before."""
    reach = int(np.ceil(ruling.thickness_px / 2)) + p.spill_px + p.blur_px
    strip = _take_strip(len(evened), ruling, reach)
    steps = p.profile_steps_per_px
    at = np.clip(steps * (strip.away + (reach + 1)), 0, 2 * steps * (reach + 1) - 0.001)
    low = at.astype(np.intp)
    part = at - low
    profile = _measure_profile(evened, ruling, reach, p)
    place = np.arange(strip.rows.shape[1])
    value = profile[low, place] * (1 - part) + profile[low + 1, place] * part
    pixels = strip.rows, strip.columns
    printed[pixels] = np.maximum(printed[pixels], value)


def _measure_profile(evened: Floats, ruling: Ruling, reach: int, p: RulingParameters) -> Floats:
    """How dark a ruling is by itself, at each distance from its centre and in every column."""
    there = np.flatnonzero(ruling.there)
    width = int(np.ptp(there)) + 1
    strip = _take_strip(len(evened), ruling, reach, -(-width // p.profile_columns))
    end = min(round(p.end_thicknesses * ruling.thickness_px) + p.blur_px, width // 4)
    first, last = (end * inside for inside in (there[0] > 0, there[-1] < len(ruling.there) - 1))
    inner = np.searchsorted(strip.columns[0], [there[0] + first, there[-1] + 1 - last])
    rows, columns, away = (part[:, slice(*inner)] for part in strip)
    bins = 2 * p.profile_steps_per_px * (reach + 1) + 1
    blocks = max(1, min(p.profile_blocks, width // p.least_block_px))
    block = (columns - there[0]) * blocks // width
    distance = np.rint(p.profile_steps_per_px * (away + (reach + 1))).astype(np.intp).clip(0, bins - 1)
    place = distance + block * bins
    typical = _find_typical(place.ravel(), evened[rows, columns].ravel(), blocks * bins, p).reshape(blocks, bins)
    middles = (np.arange(blocks) + 0.5) * width / blocks
    known = np.stack([_fill_gaps(row) for row in typical])
    return np.stack([np.interp(np.arange(width), middles, column) for column in known.T]).astype(np.float32)


def _find_typical(place: Indices, values: Floats, places: int, p: RulingParameters) -> npt.NDArray[Any]:
    """What is typical of the values at each place; not a number where there are too few."""
    order = np.lexsort((values, place))
    number = np.bincount(place, minlength=places)
    first = np.cumsum(number) - number
    chosen = np.minimum(first + (p.profile_share * number).astype(np.intp), len(values) - 1)
    return np.where(number >= p.least_profile_px, np.maximum(values[order[chosen]], 0), np.nan)


def _fill_gaps(row: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """What is not known, from what is known on both sides."""
    known = np.flatnonzero(~np.isnan(row))
    return np.interp(np.arange(len(row)), known, row[known]) if len(known) else np.zeros(len(row))


def _join_strokes(bare: Floats, evened: Floats, ruling: Ruling, p: RulingParameters) -> None:
    """Go on with strokes across a ruling where it is as dark as they are, so that nothing tells whether they stop."""
    strip = _take_strip(len(evened), ruling, int(np.ceil(ruling.thickness_px / 2)) + p.spill_px + 1)
    pixels = strip.rows, strip.columns
    ink, here = bare[pixels], evened[pixels]
    sides = np.minimum(np.maximum.accumulate(ink), np.maximum.accumulate(ink[::-1])[::-1])
    bare[pixels] = np.where((sides > ink) & (p.join_share_of_sides * sides <= here), np.minimum(sides, here), ink)
