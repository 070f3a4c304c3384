"""Draws digits of simulated hands, and people's digits with other pens, framed like MNIST's, to train and calibrate on.

Pens that are too thin are thickened before framing, as the reader does. Lines of digits are for `lines`.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data.handwriting.draws import Draws
from mnist_nn.data.handwriting.glyphs import LABELS, GlyphPool, Pose, Rows
from mnist_nn.data.handwriting.styles import draw_hands
from mnist_nn.data.samples import Samples
from mnist_nn.imaging.framing import SIDE, frame
from mnist_nn.imaging.thicken import thicken
from mnist_nn.util.randomness import Key, fold

LONGER_SIDE_PX = 40.0  # of the digit before it is framed: two pixels for one, as a scan has at least
PATCH_PX = 80  # room for it with its slant and a bold pen
TURN_RADIANS = (-0.12, 0.12)
DRAWN_AT_ONCE = 1_000
DIGITS_OF_A_HAND = 2 * LABELS


def draw_digits(count: int, key: Key, family: str) -> Samples:
    """Draw framed digits, 20 from each hand: two of each label.

    Parameters
    ----------
    count
        How many.
    key
        Used as it is.
    family
        The family of hands, one of FAMILIES.

    Returns
    -------
    Samples of uint8 images of 28×28 pixels.

    Raises
    ------
    ConfigError
        If there is no such family.

    Examples
    --------
    >>> from mnist_nn.util.randomness import key
    >>> samples = draw_digits(30, key(1), "train")
    >>> samples, samples.labels[:8].tolist()
    (Samples(30 of 28x28, uint8), [0, 0, 1, 1, 2, 2, 3, 3])
    """
    hands = -(-count // DIGITS_OF_A_HAND)
    none = np.zeros((0, SIDE, SIDE), np.uint8), np.zeros(0, np.int64)
    pool = GlyphPool.of(*none, key, family, pen_digits=hands * DIGITS_OF_A_HAND)
    return _frame_glyphs(pool, np.arange(count), np.arange(count) // DIGITS_OF_A_HAND, fold(key, 1))


def draw_single_digits(count: int, key: Key, family: str) -> Samples:
    """Draw framed digits, each by a different hand, for statistics that need independent samples.

    Parameters
    ----------
    count
        The number of digits; the labels run from 0 to 9 again and again.
    key
        Used as it is.
    family
        The family of hands, one of FAMILIES.

    Returns
    -------
    Samples of uint8 images of 28×28 pixels.

    Raises
    ------
    ConfigError
        If there is no such family.

    Examples
    --------
    >>> from mnist_nn.util.randomness import key
    >>> draw_single_digits(30, key(1), "test").labels[:4].tolist()
    [0, 1, 2, 3]
    """
    every = np.arange(count)
    return _frame_glyphs(GlyphPool.of_single_digits(count, key, family), every, every, fold(key, 1))


def redraw_digits(samples: Samples, key: Key, family: str) -> Samples:
    """Draw people's digits again, each with the pen and slant of a simulated hand, and frame them.

    Parameters
    ----------
    samples
        Framed digits: uint8 images of 28×28 pixels.
    key
        Used as it is. Each hand draws 20 digits in a row.
    family
        The family of hands, one of FAMILIES.

    Returns
    -------
    As many samples, in the same order. A digit whose loop was filled with ink stays nearly unchanged.

    Raises
    ------
    ConfigError
        If there is no such family.

    Examples
    --------
    >>> from mnist_nn.util.randomness import key
    >>> seven = np.zeros((1, 28, 28), np.uint8)
    >>> seven[0, 5, 8:20] = seven[0, 5:24, 18] = 255
    >>> redraw_digits(Samples(seven, np.array([7])), key(1), "train")
    Samples(1 of 28x28, uint8)
    """
    pool = GlyphPool.of(samples.images, samples.labels, key, family, pen_digits=0)
    hands = draw_hands(-(-len(samples) // DIGITS_OF_A_HAND), fold(key, 2), family)
    pool = replace(pool, hands=hands)
    return _frame_glyphs(pool, np.arange(len(samples)), np.arange(len(samples)) // DIGITS_OF_A_HAND, fold(key, 1))


def _frame_glyphs(pool: GlyphPool, glyphs: Rows, hands: Rows, key: Key) -> Samples:
    """Draw these glyphs of a pool with the pens of hands, a patch each, and frame what was drawn."""
    images = np.empty((len(glyphs), SIDE, SIDE), np.uint8)
    for start in range(0, len(glyphs), DRAWN_AT_ONCE):
        some = slice(start, start + DRAWN_AT_ONCE)
        images[some] = [frame(thicken(ink)) for ink in _draw(pool, glyphs[some], hands[some], key)]
    return Samples(images, pool.labels[glyphs])


def _draw(pool: GlyphPool, glyphs: Rows, hands: Rows, key: Key) -> npt.NDArray[Any]:
    """Ink of glyphs, each in a patch of its own: float32 of shape (n, PATCH_PX, PATCH_PX)."""
    left, top, right, foot = pool.boxes[glyphs].T
    height = LONGER_SIDE_PX * (foot - top) / np.maximum(foot - top, right - left)
    ones = np.ones(len(glyphs), np.float32)
    pose = Pose(
        height,
        ones,
        pool.hands.slant_tangent[hands],
        Draws(key, glyphs).even(*TURN_RADIANS),
        np.maximum(pool.hands.pen_width[hands] * LONGER_SIDE_PX, 1),
        ones < 0,
    )
    return pool.draw(glyphs, pose, np.full((len(glyphs), 2), (PATCH_PX - 1) / 2), (PATCH_PX, PATCH_PX))
