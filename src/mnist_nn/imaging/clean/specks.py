"""What is too small, too thin or too large to be writing: dust, boxes of forms, sheet edges, left-overs of rulings.

What is dropped here is kept as specks, so that points between digits can still be counted.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import ndimage

from mnist_nn.imaging.components import Bools, Components, Floats, find_components, group_linked, weighted_median


@dataclass(frozen=True)
class SpeckParameters:
    """What is no writing. Chosen on pages made of MNIST's training digits and on drawn papers (docs/reading.md)."""

    least_length_px: float = 6.0
    """A page on which most ink is smaller holds no writing."""
    speck_share_of_height: float = 0.16
    """What is shorter, in the typical height of what is written, is a speck: the bar of a five is longer."""
    splinter_share_of_thickness: float = 0.3
    """What lies along a ruling and is thinner, in the typical thickness, is left of it."""
    stray_share_of_thickness: float = 0.5
    """What is thinner, in the typical thickness,"""
    stray_heights: float = 3.0
    """and longer than so many typical heights is left of a ruling that was not found whole."""
    touching_px: int = 3
    """What is so near to a ruling touches it."""
    edge_heights: float = 1.6
    """What lies at the edge of the picture and is longer than so many typical heights belongs to the edge."""
    edge_thinness: int = 100
    """Ends of rulings may be left at the edge: a ruling is at most this part of the longer side thick."""
    crop_share_of_page: float = 0.6
    """A digit that was cut out along its edges fills so much of what was cut out."""
    most_compared: int = 1000
    """Components that are compared each with each, which takes time and memory by their square."""

    row_least: int = 3
    """So many small components side by side, alike, are small writing beside large,"""
    row_least_length_px: float = 12.0
    """if they are at least so long."""
    row_height_ratio: float = 1.7
    """Heights of neighbours in such a row differ by at most this factor."""
    row_overlap_share_of_height: float = 0.5
    """Neighbours in such a row overlap by so much of the lower one's height."""
    row_gap_heights: float = 1.0
    """They lie at most so many heights of the higher one apart."""

    dividers_least: int = 3
    """So many strokes from one ruling to the next, alike, are the lines between the boxes of a form,"""
    divider_least_height_px: float = 12.0
    """if they are at least so high."""
    divider_lean_share_of_height: float = 0.1
    """One may be broader than it is thick, by so much of its height, because it leans."""
    divider_height_share: float = 0.06
    """Their heights differ by at most so much of one: no hand writes so alike."""
    divider_parallel_share_of_height: float = 0.02
    """Their columns from head to foot differ by at most so much of their height."""
    divider_thickness_px: float = 1.5
    """Their thickness differs by at most so many pixels."""


SPECKS = SpeckParameters()


def find_specks(strokes: Bools, rulings: Bools, parameters: SpeckParameters = SPECKS) -> Bools:
    """Find the ink that is no writing.

    Parameters
    ----------
    strokes
        bool of shape (height, width): ink without rulings.
    rulings
        The same shape: where the rulings were that have been taken out.
    parameters
        What is no writing.

    Examples
    --------
    >>> strokes = np.zeros((60, 90), bool)
    >>> strokes[20:50, 20:24] = strokes[10:12, 70:72] = True
    >>> np.argwhere(find_specks(strokes, np.zeros_like(strokes)))[0].tolist()
    [10, 70]
    """
    p = parameters
    found = find_components(strokes)
    if len(found.areas) == 0:
        return strokes
    if found.areas[found.lengths < p.least_length_px].sum() > found.areas.sum() / 2:
        return strokes
    edge = _touch_edge(found.boxes, strokes.shape)
    inner = found.areas * (~edge & (found.lengths >= p.least_length_px))
    weights = inner if inner.any() else found.areas
    if weighted_median(found.lengths, weights) < p.least_length_px:
        return strokes
    height = weighted_median(found.heights, weights)
    drop = _find_small(found, edge, rulings, height, p) | _find_dividers(found, rulings, p)
    if rulings.any():
        drop |= edge & (found.areas < max(strokes.shape) / p.edge_thinness * found.lengths)
    if inner.any():
        drop |= edge & (found.lengths > p.edge_heights * height)
    elif np.ptp(found.boxes.reshape(-1, 2), axis=0).max() < p.crop_share_of_page * max(strokes.shape):
        return strokes
    chosen: Any = np.concatenate([[False], drop])
    return np.asarray(chosen[found.labels])


def _find_small(found: Components, edge: Bools, rulings: Bools, height: float, p: SpeckParameters) -> Bools:
    """Which components are too small or too thin beside what is typical."""
    thickness = found.areas / found.lengths
    thin = thickness / weighted_median(thickness, found.areas)
    small = found.lengths < p.speck_share_of_height * height
    drop = small & ~_stand_in_rows(found, small & ~edge, p)
    drop |= (thin < p.splinter_share_of_thickness) & _lie_along(found, rulings, p)
    return np.asarray(drop | (thin < p.stray_share_of_thickness) & (found.lengths > p.stray_heights * height))


def _stand_in_rows(found: Components, small: Bools, p: SpeckParameters) -> Bools:
    """Which of the small components are writing: several side by side that are alike."""
    rows = np.zeros(len(small), bool)
    chosen = np.flatnonzero(small & (found.lengths >= p.row_least_length_px))
    if p.row_least <= len(chosen) <= p.most_compared:
        left, top, right, bottom = found.boxes[chosen].T
        higher, lower = (choose.outer(bottom - top, bottom - top) for choose in (np.maximum, np.minimum))
        overlap = np.minimum.outer(bottom, bottom) - np.maximum.outer(top, top)
        gap = np.maximum.outer(left, left) - np.minimum.outer(right, right)
        beside = (overlap >= p.row_overlap_share_of_height * lower) & (gap <= p.row_gap_heights * higher)
        group = group_linked(beside & (higher <= p.row_height_ratio * lower))
        rows[chosen] = np.bincount(group)[group] >= p.row_least
    return rows


def _find_dividers(found: Components, rulings: Bools, p: SpeckParameters) -> Bools:
    """Which components are the upright lines between boxes, which would be read as ones: no hand writes so alike."""
    dividers = np.zeros(len(found.areas), bool)
    if rulings.any():
        tall, thick = found.heights, found.areas / found.heights
        slender = found.boxes[:, 2] - found.boxes[:, 0] <= thick + 2 + p.divider_lean_share_of_height * tall
        near = ndimage.maximum_filter(rulings, 2 * p.touching_px + 1)
        possible = np.flatnonzero(slender & (tall >= p.divider_least_height_px)).tolist()
        chosen = [index for index in possible if _joins_rulings(found, index, near, p.touching_px)][: p.most_compared]
        tall, thick = tall[chosen], thick[chosen]
        lean = np.array([_measure_lean(found, index) for index in chosen]) / tall
        alike = abs(np.subtract.outer(tall, tall)) <= p.divider_height_share * tall
        alike &= abs(np.subtract.outer(lean, lean)) <= p.divider_parallel_share_of_height
        alike &= abs(np.subtract.outer(thick, thick)) <= p.divider_thickness_px
        dividers[chosen] = alike.sum(axis=1) >= p.dividers_least
    return dividers


def _cut_out(found: Components, index: int) -> tuple[tuple[slice, slice], Any]:
    """The window of a component, and which pixels in it are its own."""
    left, top, right, bottom = found.boxes[index].astype(int)
    window = slice(top, bottom), slice(left, right)
    return window, found.labels[window] == index + 1


def _joins_rulings(found: Components, index: int, near: Bools, touching: int) -> bool:
    """Whether a component begins and ends at rulings, and is near none in between."""
    window, own = _cut_out(found, index)
    there = (own & near[window]).any(axis=1)
    ends = there[:touching].any() and there[-touching:].any()
    return bool(ends and not there[2 * touching : -2 * touching].any())


def _measure_lean(found: Components, index: int) -> float:
    """By how many columns the foot of a component is left of its head."""
    _, own = _cut_out(found, index)
    head, foot = (np.flatnonzero(row).mean() for row in own[[0, -1]])
    return float(head - foot)


def _touch_edge(boxes: Floats, shape: tuple[int, ...]) -> Bools:
    return np.asarray((boxes[:, :2] == 0).any(axis=1) | (boxes[:, 2:] == [shape[1], shape[0]]).any(axis=1))


def _lie_along(found: Components, rulings: Bools, p: SpeckParameters) -> Bools:
    """Which components lie along rulings."""
    along = np.zeros(len(found.areas) + 1, bool)
    if rulings.any():
        along[found.labels[ndimage.maximum_filter(rulings, 2 * p.touching_px + 1)]] = True
    return along[1:]
