"""What is too small, too thin or too large to be writing: dust, boxes of forms, what is left of lines, sheet edges."""

from typing import Any

import numpy as np
from scipy import ndimage

from mnist_nn.imaging.components import Bools, Floats, Pieces, pieces, typical
from mnist_nn.imaging.segment.text_lines import chained

LEAST_LENGTH = 6.0  # pixels: a page on which most ink is smaller holds no writing
SPECK = 0.16  # of the typical height of what is written
SPLINTER = 0.3  # of the typical thickness, for what lies along a printed line
STRAY, STRAY_LENGTH = 0.5, 3.0  # of the typical thickness, and typical heights: of a line that is left
TOUCHING = 3  # pixels from a printed line
EDGE = 1.6  # typical heights: what lies at the edge of the picture and is larger belongs to the edge
THIN = 100  # a printed line is at most a THIN-th of the longer side thick; ends of it may be left at the edge
CROP = 0.6  # of the page: a digit that was cut out along its edges fills so much of what was cut out

MOST_COMPARED = 1000  # pieces, each with each

# Small writing beside large: so many pieces side by side, of so many pixels, and alike.
ROW, ROW_LEAST = 3, 12.0
ROW_ALIKE, ROW_OVERLAP, ROW_GAP = 1.7, 0.5, 1.0  # their heights, how far they overlap and lie apart, in heights

# The upright lines between the boxes of a form: so many from one printed line to the next, of so many pixels.
DIVIDERS, DIVIDER_LEAST = 3, 12.0
STRAIGHT = 0.1  # of its height, by which one is broader than it is thick, because it leans
ALIKE, PARALLEL = 0.06, 0.02  # of their height: how far their heights, and the columns from top to bottom, differ
AS_THICK = 1.5  # pixels, by which their thickness differs


def find_specks(mask: Bools, rules: Bools) -> Bools:
    """Find the ink that is no writing; ``rules`` are the printed lines already taken out."""
    found = pieces(mask)
    if len(found.areas) == 0:
        return mask
    if found.areas[found.longer < LEAST_LENGTH].sum() > found.areas.sum() / 2:
        return mask
    edge = _at_edge(found.boxes, mask.shape)
    inner = found.areas * (~edge & (found.longer >= LEAST_LENGTH))
    weights = inner if inner.any() else found.areas
    if typical(found.longer, weights) < LEAST_LENGTH:
        return mask
    height = typical(found.heights, weights)
    thickness = found.areas / found.longer
    thin = thickness / typical(thickness, found.areas)
    small = found.longer < SPECK * height
    drop = small & ~_in_rows(found, small & ~edge) | (thin < SPLINTER) & _beside(found, rules)
    drop |= _dividers(found, rules)
    drop |= (thin < STRAY) & (found.longer > STRAY_LENGTH * height)
    if rules.any():
        drop |= edge & (found.areas < max(mask.shape) / THIN * found.longer)
    if inner.any():
        drop |= edge & (found.longer > EDGE * height)
    elif np.ptp(found.boxes.reshape(-1, 2), axis=0).max() < CROP * max(mask.shape):
        return mask
    chosen: Any = np.concatenate([[False], drop])
    return np.asarray(chosen[found.labels])


def _in_rows(found: Pieces, small: Bools) -> Bools:
    """Which of the small pieces are writing: several side by side that are alike."""
    rows = np.zeros(len(small), bool)
    chosen = np.flatnonzero(small & (found.longer >= ROW_LEAST))
    if ROW <= len(chosen) <= MOST_COMPARED:
        left, top, right, bottom = found.boxes[chosen].T
        higher, lower = (choose.outer(bottom - top, bottom - top) for choose in (np.maximum, np.minimum))
        overlap = np.minimum.outer(bottom, bottom) - np.maximum.outer(top, top)
        gap = np.maximum.outer(left, left) - np.minimum.outer(right, right)
        beside = (overlap >= ROW_OVERLAP * lower) & (gap <= ROW_GAP * higher)
        group = chained(beside & (higher <= ROW_ALIKE * lower))
        rows[chosen] = np.bincount(group)[group] >= ROW
    return rows


def _dividers(found: Pieces, rules: Bools) -> Bools:
    """Which pieces are the upright lines between boxes, which would be read as ones: no hand writes so alike."""
    dividers = np.zeros(len(found.areas), bool)
    if rules.any():
        tall, thick = found.heights, found.areas / found.heights
        slender = found.boxes[:, 2] - found.boxes[:, 0] <= thick + 2 + STRAIGHT * tall
        near = ndimage.maximum_filter(rules, 2 * TOUCHING + 1)
        candidates = np.flatnonzero(slender & (tall >= DIVIDER_LEAST)).tolist()
        chosen = [number for number in candidates if _from_line_to_line(found, number, near)][:MOST_COMPARED]
        tall, thick = tall[chosen], thick[chosen]
        lean = np.array([_columns(found, number) for number in chosen]) / tall
        alike = abs(np.subtract.outer(tall, tall)) <= ALIKE * tall
        alike &= abs(np.subtract.outer(lean, lean)) <= PARALLEL
        alike &= abs(np.subtract.outer(thick, thick)) <= AS_THICK
        dividers[chosen] = alike.sum(axis=1) >= DIVIDERS
    return dividers


def _own(found: Pieces, number: int) -> tuple[tuple[slice, slice], Any]:
    """The window of a piece, and which pixels in it are its own."""
    left, top, right, bottom = found.boxes[number].astype(int)
    window = slice(top, bottom), slice(left, right)
    return window, found.labels[window] == number + 1


def _from_line_to_line(found: Pieces, number: int, near: Bools) -> bool:
    """Whether a piece begins and ends at printed lines, and is near none in between."""
    window, own = _own(found, number)
    there = (own & near[window]).any(axis=1)
    ends = there[:TOUCHING].any() and there[-TOUCHING:].any()
    return bool(ends and not there[2 * TOUCHING : -2 * TOUCHING].any())


def _columns(found: Pieces, number: int) -> float:
    """By how many columns the foot of a piece is left of its head."""
    _, own = _own(found, number)
    head, foot = (np.flatnonzero(row).mean() for row in own[[0, -1]])
    return float(head - foot)


def _at_edge(boxes: Floats, shape: tuple[int, ...]) -> Bools:
    return np.asarray((boxes[:, :2] == 0).any(axis=1) | (boxes[:, 2:] == [shape[1], shape[0]]).any(axis=1))


def _beside(found: Pieces, rules: Bools) -> Bools:
    """Which pieces lie along printed lines."""
    beside = np.zeros(len(found.areas) + 1, bool)
    if rules.any():
        beside[found.labels[ndimage.maximum_filter(rules, 2 * TOUCHING + 1)]] = True
    return beside[1:]
