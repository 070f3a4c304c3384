"""Finds ink that is too small, too thin or too large to be writing: dust, boxes, sheet edges, remains of rulings.

The ink dropped here is stored as specks, so that points between digits can still be counted.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from mnist_nn.imaging.components import (
    Bools,
    Components,
    Floats,
    find_components,
    group_linked,
    grow,
    measure_widths,
    weighted_median,
)


@dataclass(frozen=True)
class SpeckParameters:
    """Parameters for specks.

    They were chosen on pages of MNIST's training digits and on generated papers (docs/explanation/reading.md).
    """

    least_length_px: float = 6.0
    """A page on which most ink is in pieces shorter than this contains no writing."""
    speck_share_of_height: float = 0.16
    """Ink shorter than this share of the typical height of the writing is a speck. The bar of a five is longer."""
    splinter_share_of_width: float = 0.4
    """Ink that touches a ruling and is thinner than this share of the typical stroke width is a remainder of the
    ruling."""
    stray_share_of_width: float = 0.5
    """Ink thinner than this share of the typical stroke width may belong to a ruling that was not found completely."""
    stray_heights: float = 3.0
    """It is removed if it is also longer than this many typical heights."""
    touching_px: int = 3
    """Ink within this distance of a ruling touches it."""
    crumb_px: float = 20.0
    """Ink shorter than this that lies entirely along rulings is left over from their crossing. A digit also has ink
    between rulings."""
    edge_heights: float = 1.6
    """Ink at the edge of the picture that is longer than this many typical heights is not writing."""
    joined_heights: float = 1.3
    """It is kept if it is at most this many typical heights high and touches only the left or right edge: it may be
    joined digits."""
    written_length_share: float = 1.5
    """Ink at the edge may be writing if its strokes are this many times as long as its box."""
    written_fill: tuple[float, float] = (0.1, 0.65)
    """Writing fills a share of its box in this range: the bent edge of a sheet fills less, and a shadow more."""
    written_contact: float = 0.5
    """At most this share of a side of its box lies on the edge of the picture. A side of a shadow's box lies there
    completely."""
    written_heights: float = 2.5
    """Writing is at most this many typical heights high. A hand or a table in the picture is higher."""
    edge_thinness: int = 100
    """Ends of rulings may remain at the edge: a ruling is at most as thick as the longer side divided by this."""
    crop_share_of_page: float = 0.6
    """A digit that was cropped along its edges fills at least this share of the picture."""
    most_compared: int = 1000
    """At most this many components are compared with each other, because time and memory grow with the square."""

    frame_fill: float = 0.25
    """A component that fills less than this share of its box may be a frame around others."""
    framed_least: int = 2
    """It is a frame if its box contains at least this many others, such as the bold lines of a grid that were not
    found one by one."""
    framed_length_px: float = 12.0
    """A frame is longer than this in both directions, and only components of at least this length are counted."""

    row_least: int = 3
    """At least this many similar small components side by side are small writing beside large writing."""
    row_least_length_px: float = 12.0
    """Components in such a row are at least this long."""
    row_height_ratio: float = 1.7
    """Heights of neighbours in such a row differ by at most this factor."""
    row_overlap_share_of_height: float = 0.5
    """Neighbours in such a row overlap by at least this share of the lower one's height."""
    row_gap_heights: float = 1.0
    """They are at most this far apart, in heights of the higher one."""

    dividers_least: int = 3
    """At least this many similar strokes from one ruling to the next are the lines between the boxes of a form."""
    divider_least_height_px: float = 12.0
    """Such strokes are at least this high."""
    divider_lean_share_of_height: float = 0.1
    """The box of a stroke may be wider than the stroke is thick, by this share of its height, because strokes lean."""
    divider_height_share: float = 0.06
    """Their heights differ by at most this share. No hand writes that regularly."""
    divider_parallel_share_of_height: float = 0.02
    """Their leans, in columns from top to bottom, differ by at most this share of their height."""
    divider_thickness_px: float = 1.5
    """Their thickness differs by at most this many pixels."""


SPECKS = SpeckParameters()


def find_specks(strokes: Bools, rulings: Bools, parameters: SpeckParameters = SPECKS) -> Bools:
    """Find the ink that is not writing.

    Parameters
    ----------
    strokes
        bool of shape (height, width): ink without rulings.
    rulings
        The same shape: the rulings that have been removed.
    parameters
        The parameters of specks.

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
    near = grow(rulings, p.touching_px) if rulings.any() else rulings
    crumbs = _find_crumbs(found, near, p)
    if crumbs.all() or found.areas[found.lengths < p.least_length_px].sum() > found.areas.sum() / 2:
        return strokes
    edge, frames = _touch_edge(found.boxes, strokes.shape), _find_frames(found, p)
    widths = measure_widths(found)
    written = edge & _find_written(found, widths, p)
    inner = found.areas * ((~edge | written) & ~frames & (found.lengths >= p.least_length_px))
    weights = inner if inner.any() else found.areas
    if weighted_median(found.lengths, weights) < p.least_length_px:
        return strokes
    height = weighted_median(found.heights, weights)
    drop = crumbs | frames | _find_small(found, widths, edge, near, height, p) | _find_dividers(found, near, p)
    if near.any():
        drop |= edge & (found.areas < max(strokes.shape) / p.edge_thinness * found.lengths)
    if inner.any():
        beside = ~_touch_edge(found.boxes[:, [1, 3]], strokes.shape[:1]) & (found.heights <= p.joined_heights * height)
        beside |= written & (found.heights <= p.written_heights * height)
        drop |= edge & ~beside & (found.lengths > p.edge_heights * height)
    elif np.ptp(found.boxes.reshape(-1, 2), axis=0).max() < p.crop_share_of_page * max(strokes.shape):
        return strokes
    chosen: Any = np.concatenate([[False], drop])
    return np.asarray(chosen[found.labels])


def _find_crumbs(found: Components, near: Bools, p: SpeckParameters) -> Bools:
    """Which components are left of crossing rulings: small, and nowhere away from them."""
    if not near.any():
        return np.zeros(len(found.areas), bool)
    away = _reach_into((found.labels > 0) & ~near, found)
    return np.asarray(~away & (found.lengths < p.crumb_px))


def _find_frames(found: Components, p: SpeckParameters) -> Bools:
    """Which components are drawn around others: no digit has two others in its box."""
    frames = np.zeros(len(found.areas), bool)
    sizes = found.boxes[:, 2:] - found.boxes[:, :2]
    hollow = (found.areas < p.frame_fill * sizes.prod(axis=1)) & (sizes.min(axis=1) > p.framed_length_px)
    inside = found.boxes[found.lengths >= p.framed_length_px]
    for index in np.flatnonzero(hollow).tolist():
        left, top, right, bottom = found.boxes[index]
        within = (inside[:, :2] > (left, top)).all(axis=1) & (inside[:, 2:] < (right, bottom)).all(axis=1)
        frames[index] = within.sum() >= p.framed_least
    return frames


def _find_written(found: Components, widths: Floats, p: SpeckParameters) -> Bools:
    """Which components are shaped like writing, and not like what covers an edge of the picture."""
    sizes = found.boxes[:, 2:] - found.boxes[:, :2]
    stroke_length = found.areas / np.maximum(widths, 1)
    fill = found.areas / sizes.prod(axis=1)
    written = (stroke_length >= p.written_length_share * found.lengths) & (fill >= p.written_fill[0])
    return np.asarray(written & (fill <= p.written_fill[1]) & (_measure_contact(found) <= p.written_contact))


def _measure_contact(found: Components) -> Floats:
    """How much of a side of each component's box lies on the edge of the picture: the greatest share of the four."""
    labels, sizes = found.labels, found.boxes[:, 2:] - found.boxes[:, :2]
    ends = ((labels[0], 0), (labels[-1], 0), (labels[:, 0], 1), (labels[:, -1], 1))
    counts = [np.bincount(end, minlength=len(sizes) + 1)[1:] / sizes[:, side] for end, side in ends]
    return np.asarray(np.max(counts, axis=0))


def _find_small(
    found: Components, widths: Floats, edge: Bools, near: Bools, height: float, p: SpeckParameters
) -> Bools:
    """Which components are too small or too thin beside what is typical."""
    thin = widths / weighted_median(widths, found.areas)
    small = found.lengths < p.speck_share_of_height * height
    drop = small & ~_stand_in_rows(found, small & ~edge, p)
    drop |= (thin < p.splinter_share_of_width) & _reach_into(near, found)
    return np.asarray(drop | (thin < p.stray_share_of_width) & (found.lengths > p.stray_heights * height))


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


def _find_dividers(found: Components, near: Bools, p: SpeckParameters) -> Bools:
    """Which components are the upright lines between boxes, which would be read as ones: no hand writes so alike."""
    # Most were found as line work before (`mnist_nn.imaging.clean.line_work`). What is as low as the rows of a table in
    # small print is too short for that, and told from a 1 only here, where it joins rulings that were found by then.
    dividers = np.zeros(len(found.areas), bool)
    if near.any():
        tall, thick = found.heights, found.areas / found.heights
        slender = found.boxes[:, 2] - found.boxes[:, 0] <= thick + 2 + p.divider_lean_share_of_height * tall
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
    """Which boxes touch an edge of the picture; of boxes of one side, the edges across it."""
    ends = boxes.shape[1] // 2
    return np.asarray((boxes[:, :ends] == 0).any(axis=1) | (boxes[:, ends:] == shape[::-1]).any(axis=1))


def _reach_into(where: Bools, found: Components) -> Bools:
    """Which components have a pixel in some part of the page."""
    there = np.zeros(len(found.areas) + 1, bool)
    there[found.labels[where]] = True
    return there[1:]
