"""Computes the path of the pen for a hand and a digit as closely spaced points; every glyph is a little different.

Paths have no width; `glyphs` turns them into distances, from which strokes of any width are drawn.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data.curves import catmull_rom
from mnist_nn.data.handwriting.draws import Draws
from mnist_nn.data.handwriting.forms.families import FORMS
from mnist_nn.data.handwriting.forms.strokes import Stroke
from mnist_nn.data.handwriting.styles import HAND, Hands, family_value
from mnist_nn.util.randomness import fold

Array = npt.NDArray[Any]

CURVE_PIECES = 6  # straight pieces from one point of a form to the next
HOOK_TURN_DEGREES = (40.0, 150.0)  # how sharply a hook leaves the stroke
MANY_HANDS = 1 << 20  # glyph numbers are a hand's number and a copy's: fewer copies than this


class FormDraws:
    """Draws the numbers of a form from the family's intervals; within a hand they are similar."""

    def __init__(self, hands: Hands, writers: npt.NDArray[np.int64], copies: npt.NDArray[np.int64], form: int) -> None:
        self._family = hands.family
        self._of_hand = Draws(fold(hands.key, 1, form), writers)
        self._of_digit = Draws(fold(hands.key, 2, form), writers * MANY_HANDS + copies)

    def __call__(self, low: float, high: float) -> Array:
        """Draw one number per digit from a range."""
        wobble = np.float32(HAND.repeat) * (self._of_digit.even() - np.float32(0.5))
        near = self._of_hand.even() + wobble
        inside = np.abs(near)  # reflected at both ends
        return family_value(np.where(inside >= 1, np.float32(1.9999) - inside, inside), low, high, self._family)


def trace(
    hands: Hands, writers: npt.NDArray[np.int64], copies: npt.NDArray[np.int64], label: int, form: int
) -> list[Array]:
    """Write a digit in one form, once for each of the given writers.

    Parameters
    ----------
    hands
        All hands.
    writers
        Numbers of hands, shape (n,).
    copies
        The number of the hand's copy of this digit, shape (n,); the same number gives the same path.
    label, form
        The digit, and the number of the form among those of the hands' family.

    Returns
    -------
    A path for each stroke: float64 of shape (n, q, 2), x and y in heights of the form, before the hand's slant.

    Examples
    --------
    >>> from mnist_nn.data.handwriting.styles import draw_hands
    >>> from mnist_nn.util.randomness import key
    >>> hands = draw_hands(3, key(1), "train")
    >>> [stroke.shape for stroke in trace(hands, np.arange(3), np.zeros(3, np.int64), 4, 0)]
    [(3, 27, 2), (3, 15, 2)]
    """
    strokes = FORMS[hands.family][label][form](FormDraws(hands, writers, copies, label * 16 + form))
    draws = Draws(fold(hands.key, 3, label * 16 + form), writers * MANY_HANDS + copies)
    return [_write(stroke, hands, writers, draws) for stroke in strokes]


def _write(stroke: Stroke, hands: Hands, writers: npt.NDArray[np.int64], draws: Draws) -> Array:
    """Smooth a stroke, with the hand's width and jitter and hooks at its ends."""
    count = len(writers)
    axes = [[np.broadcast_to(np.asarray(value, np.float64), count) for value in point] for point in stroke]
    points = np.stack([np.stack(pair, axis=-1) for pair in axes], axis=1)
    points[..., 0] *= hands.width_ratio[writers, None]
    path = catmull_rom(points + _jitter(points, hands.jitter[writers], draws), CURVE_PIECES)
    return _hook(_hook(path, hands, writers, draws)[:, ::-1], hands, writers, draws)[:, ::-1]


def _jitter(points: Array, deviation: Array, draws: Draws) -> Array:
    """Move points at random, neighbours alike, so that a round stays round; the two of a corner stay together."""
    count = points.shape[1] + 2
    free = np.stack([np.stack([draws.normal(), draws.normal()], axis=-1) for _ in range(count)], axis=1)
    moves = (free[:, :-2] + free[:, 1:-1] + free[:, 2:]) / np.float32(np.sqrt(3))
    corner = (points[:, 1:] == points[:, :-1]).all(axis=2)
    moves[:, 1:][corner] = moves[:, :-1][corner]
    return np.asarray(deviation[:, None, None] * moves)


def _hook(path: Array, hands: Hands, writers: npt.NDArray[np.int64], draws: Draws) -> Array:
    """Add a short piece at the end that turns away, in the share of strokes that is the hand's."""
    way = path[:, -1] - path[:, -2]
    way = way / np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    turn = np.radians(draws.even(*HOOK_TURN_DEGREES)) * np.where(draws.chance(0.5), 1, -1)
    cos, sin = np.cos(turn), np.sin(turn)
    turned = np.stack([cos * way[:, 0] - sin * way[:, 1], sin * way[:, 0] + cos * way[:, 1]], axis=-1)
    length = hands.hook_length[writers] * draws.even(0.4, 1.0) * draws.chance(hands.hook_share[writers])
    return np.concatenate([path, (path[:, -1] + length[:, None] * turned)[:, None]], axis=1)


def resample(strokes: list[Array], gap: float) -> Array:
    """Place points evenly along several strokes, with none where the pen is lifted.

    Parameters
    ----------
    strokes
        Paths of shape (n, q, 2), where q is at least 2.
    gap
        Largest distance between two points, along the path.

    Returns
    -------
    float64 of shape (n, most, 2): a shorter path repeats its last point.

    Examples
    --------
    >>> bar, dot = np.array([[[0.0, 0.0], [2.0, 0.0]]]), np.array([[[9.0, 0.0], [9.0, 1.0]]])
    >>> resample([bar, dot], 1.0)[0].tolist()
    [[0.0, 0.0], [1.0, 0.0], [9.0, 0.0], [9.0, 1.0]]
    """
    path = np.concatenate(strokes, axis=1)
    steps = np.hypot(*np.moveaxis(np.diff(path, axis=1), 2, 0))
    lifts = np.cumsum([stroke.shape[1] for stroke in strokes])[:-1] - 1
    steps[:, lifts] = 0
    along = np.concatenate([np.zeros((len(path), 1)), np.cumsum(steps, axis=1)], axis=1)
    pieces = np.maximum(np.ceil(along[:, -1:] / gap), 1)
    along /= along[:, -1:]
    wanted = np.minimum(np.arange(pieces.max() + 1) / pieces, 1)
    rows = np.arange(len(path))[:, None]
    # all rows in one search: row r lies between 2 r and 2 r + 1
    found = np.searchsorted((along + 2 * rows).ravel(), (wanted + 2 * rows).ravel(), side="right").reshape(wanted.shape)
    left = np.clip(found - 1 - rows * along.shape[1], 0, along.shape[1] - 2)
    start, end = along[rows, left], along[rows, left + 1]
    share = (wanted - start) / np.maximum(end - start, 1e-12)
    return np.asarray(path[rows, left] + share.clip(0, 1)[..., None] * (path[rows, left + 1] - path[rows, left]))
