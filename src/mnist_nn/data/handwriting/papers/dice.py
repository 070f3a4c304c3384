"""Draws from one key, one after another, for generators that decide many small things about one picture.

It is a convenience over `mnist_nn.util.randomness`: the same key gives the same draws in the same order. It stores only
the position in that order.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import chain, count
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from mnist_nn.util.randomness import Key, fold, normal, uniform

Range = tuple[float, float]
T = TypeVar("T")

BLOCK = 128  # draws that are computed at once
_SCALARS, _FIELDS = 0, 1


class Dice:
    """The draws of one key.

    Examples
    --------
    >>> from mnist_nn.util.randomness import key
    >>> first, again = Dice(key(3)), Dice(key(3))
    >>> first.between((2.0, 4.0)) == again.between((2.0, 4.0))
    True
    >>> first.choose("abc") in "abc"
    True
    """

    def __init__(self, key: Key) -> None:
        self._key = key
        self._scalars: Iterator[float] = chain.from_iterable(
            uniform(fold(key, _SCALARS, block), BLOCK).tolist() for block in count()
        )
        self._fields = count()

    def between(self, limits: Range) -> float:
        """Draw uniformly between two limits."""
        low, high = limits
        return low + (high - low) * next(self._scalars)

    def whole(self, low: int, high: int) -> int:
        """Draw a whole number from ``low`` to ``high``, both included."""
        return low + int(next(self._scalars) * (high - low + 1))

    def chance(self, share: float) -> bool:
        """Return True in this share of the draws."""
        return next(self._scalars) < share

    def bell(self) -> float:
        """Draw from a bell curve with mean 0 and deviation 1: a sum of four uniform draws, never beyond 3.5."""
        return math.sqrt(3) * (sum(next(self._scalars) for _ in range(4)) - 2)

    def choose(self, choices: Sequence[T], weights: Sequence[float] | None = None) -> T:
        """Choose one of several, with equal chances or by weights of any sum."""
        if weights is None:
            return choices[self.whole(0, len(choices) - 1)]
        bounds = np.cumsum(weights)
        place = int(np.searchsorted(bounds, next(self._scalars) * bounds[-1], side="right"))
        return choices[min(place, len(choices) - 1)]

    def normals(self, *shape: int) -> npt.NDArray[Any]:
        """Draw standard normal numbers, float32 of this shape."""
        drawn = normal(fold(self._key, _FIELDS, next(self._fields)), int(np.prod(shape)))
        return drawn.astype(np.float32).reshape(shape)
