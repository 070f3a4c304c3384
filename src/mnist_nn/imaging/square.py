"""Prepares a small square picture for a network for digits: light ink on dark, as in MNIST, or known to be blank.

It is for pictures that are already framed like the training images, and moves nothing. `mnist_nn.reading` finds and
frames digits in other pictures.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.imaging.clean.ink import find_ink


class Square(NamedTuple):
    """A picture with light ink on dark.

    Attributes
    ----------
    pixels
        uint8 of shape (side, side), 0 for background.
    is_blank
        Whether it contains no ink.
    is_inverted
        Whether it was dark on light and has been inverted.
    """

    pixels: npt.NDArray[np.uint8]
    is_blank: bool
    is_inverted: bool


def find_square(pixels: npt.NDArray[np.uint8]) -> Square:
    """Find out whether ink or paper is darker, as a reader does, and invert dark ink on light.

    Examples
    --------
    >>> picture = np.full((28, 28), 255, np.uint8)
    >>> picture[6:22, 13:15] = 0
    >>> found = find_square(picture)
    >>> found.is_inverted, found.is_blank, int(found.pixels[10, 13]), int(found.pixels[0, 0])
    (True, False, 255, 0)
    >>> find_square(np.full((28, 28), 255, np.uint8)).is_blank
    True
    """
    ink = find_ink(pixels)
    is_blank = not ink.strokes.any()
    is_inverted = bool(ink.dark) and not is_blank
    return Square(255 - pixels if is_inverted else pixels, is_blank, is_inverted)
