"""Which pieces of ink belong together: pieces to digits, digits to numbers, numbers to lines in reading order.

Everything here works on boxes. Neighbours are chained by how they overlap, so a line of writing may run up or down,
or bend, without ever being compared to a fixed row of the page.
"""

import numpy as np
import numpy.typing as npt

from mnist_nn.imaging.components import typical

SAME_NUMBER = 0.75  # widest gap between the digits of a number, in heights of a digit
SLIM = 0.5  # width that every digit is given room for, in its height: a 1 stands as far apart as the others
SAME_LINE = 0.35  # least overlap of neighbours in a line, in heights of the lower one
MUCH_HIGHER = 0.2  # and in heights of the higher: a digit is not a neighbour of a long stray line
STACKED = 0.5  # least overlap, in widths of the narrower, of the pieces of one digit that lie above each other
STACK_GAP = 0.22  # widest gap between them, in heights of a digit
HIGHEST = 1.35  # height of a digit, in typical heights
LARGEST = 2.5  # writing on a page, in typical heights: what is higher is no digit
TWO_HALVES = 2.3  # of a digit that is broken across, with the gap between them, in heights of one
SEVERAL = 4  # pieces tell by their shape whether they are whole digits
BESIDE = 1.0  # widest gap between what is written beside each other, in heights of the higher
BREAK = 0.18  # widest gap between the pieces of a broken digit, in its height

Boxes = npt.NDArray[np.float64]  # (n, 4): left, top, right, bottom
Groups = npt.NDArray[np.intp]  # a number each, 0 .. groups - 1
Bools = npt.NDArray[np.bool_]


def chained(linked: Bools) -> Groups:
    """Number the groups of what is linked, directly or through others.

    Examples
    --------
    >>> linked = np.zeros((4, 4), bool)
    >>> linked[0, 2] = linked[2, 3] = True
    >>> chained(linked).tolist()
    [0, 1, 0, 0]
    """
    linked = linked | linked.T | np.eye(len(linked), dtype=bool)
    group = np.arange(len(linked))
    while True:
        least = np.where(linked, group, len(group)).min(axis=1, initial=len(group))
        if (least == group).all():
            return np.unique(group, return_inverse=True)[1]
        group = least[least]


def joined(boxes: Boxes, groups: Groups) -> Boxes:
    """The box around each group."""
    count = int(groups.max(initial=-1)) + 1
    around = np.tile([np.inf, np.inf, -np.inf, -np.inf], (count, 1))
    np.minimum.at(around[:, :2], groups, boxes[:, :2])
    np.maximum.at(around[:, 2:], groups, boxes[:, 2:])
    return around


def digit_height(boxes: Boxes, areas: Boxes) -> float:
    """The typical height of a digit.

    Where most pieces are higher than wide and there are several, they are digits; else they may be halves of some, and
    what lies right above each other counts together, unless that makes more than two halves: then it is lines.
    """
    tall, wide = boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0]
    alone, together = typical(tall, areas), typical(full_heights(boxes), areas)
    whole = len(boxes) >= SEVERAL and typical(tall / wide, areas) >= 1
    return alone if whole or together > TWO_HALVES * alone else together


def full_heights(boxes: Boxes) -> Boxes:
    """The height of each piece together with those right above and below it, as if they were one digit."""
    tall = boxes[:, 3] - boxes[:, 1]
    across, down, together = _overlap(boxes, 0), _overlap(boxes, 1), _together(boxes)
    stacked = (down <= SAME_LINE * np.minimum.outer(tall, tall)) & (-down <= BREAK * together)
    group = chained(stacked & (-across <= BREAK * together))
    around = joined(boxes, group)
    return np.asarray((around[:, 3] - around[:, 1])[group])


def pieces_of_digits(boxes: Boxes, height: float) -> Groups:
    """Join pieces that lie above each other, closely, and make no more than a digit's height together."""
    width = boxes[:, 2] - boxes[:, 0]
    across = _overlap(boxes, 0) >= STACKED * np.minimum.outer(width, width)
    return chained(across & _one_digit_high(boxes, height))


def numbers(boxes: Boxes, height: float) -> Groups:
    """Join digits that stand side by side with no wide gap between them, and the broken pieces of a digit."""
    tall = boxes[:, 3] - boxes[:, 1]
    size = np.maximum(np.maximum.outer(tall, tall), height / 2)
    narrow = np.maximum(0.0, SLIM * tall - (boxes[:, 2] - boxes[:, 0])) / 2
    gap = -_overlap(boxes, 0) - np.add.outer(narrow, narrow)
    least = np.maximum(SAME_LINE * np.minimum.outer(tall, tall), MUCH_HIGHER * np.maximum.outer(tall, tall))
    beside = _overlap(boxes, 1) >= least
    broken = (-_overlap(boxes, 0) <= BREAK * size) & _one_digit_high(boxes, height)
    return chained(beside & (gap <= SAME_NUMBER * size) | broken)


def _one_digit_high(boxes: Boxes, height: float) -> Bools:
    """Whether two pieces, closely above each other, are no higher together than a digit."""
    tall = boxes[:, 3] - boxes[:, 1]
    most = HIGHEST * np.clip(np.maximum.outer(tall, tall), height, LARGEST * height)
    close = -_overlap(boxes, 1) <= STACK_GAP * most
    return close & (_together(boxes) <= most)


def lines(boxes: Boxes) -> Groups:
    """Number the line of each word, from the top of the page to its bottom."""
    tall = boxes[:, 3] - boxes[:, 1]
    overlap = _overlap(boxes, 1) >= SAME_LINE * np.minimum.outer(tall, tall)
    gap = np.where(overlap, boxes[None, :, 0] - boxes[:, None, 0], np.inf)
    gap[(gap <= 0) & ~((gap == 0) & np.triu(np.ones_like(overlap), 1))] = np.inf
    nearest = (gap == gap.min(axis=1, keepdims=True, initial=np.inf)) & np.isfinite(gap)
    group = chained(nearest)
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    count = int(group.max(initial=-1)) + 1
    order = np.argsort([middle[group == g].mean() for g in range(count)], kind="stable")
    return np.argsort(order)[group] if count else group


def heights_beside(boxes: Boxes) -> Boxes:
    """The height of the highest piece that stands closely beside each, not above or below it; its own if it is that."""
    tall, wide = boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0]
    across, down = _overlap(boxes, 0), _overlap(boxes, 1)
    higher, narrower = np.maximum.outer(tall, tall), np.minimum.outer(wide, wide)
    beside = (-across <= BESIDE * higher) & (across <= narrower / 2) & (-down <= BREAK * higher)
    return np.asarray(np.maximum(tall, np.where(beside, tall, 0.0).max(axis=1, initial=0.0)))


def _together(boxes: Boxes) -> Boxes:
    """The height of the box around each two."""
    return np.maximum.outer(boxes[:, 3], boxes[:, 3]) - np.minimum.outer(boxes[:, 1], boxes[:, 1])


def _overlap(boxes: Boxes, axis: int) -> Boxes:
    """By how much each two overlap along an axis; below 0, the gap between them."""
    start, stop = boxes[:, axis], boxes[:, axis + 2]
    return np.minimum.outer(stop, stop) - np.maximum.outer(start, start)
