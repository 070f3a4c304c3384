"""Random draws for many rows at once; the draws of a row depend only on the key and the row's number.

It is a table of uniform draws that is read column by column. It does not know what the draws are used for.
"""

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.util import randomness
from mnist_nn.util.randomness import Key, threefry

Array = npt.NDArray[Any]

WORDS_AT_ONCE = 16  # pairs of columns drawn together, because a call of the generator costs as much as 1,000 draws

fold = lru_cache(maxsize=4096)(randomness.fold)
"""The same function with a cache, because every small group of rows folds a few keys."""


class Draws:
    """Uniform draws, a row for each row number, read one column after another.

    Parameters
    ----------
    key
        The random key, used unchanged.
    rows
        Row numbers, whole numbers of shape (n,): equal numbers get equal draws, whatever the other rows are.

    Examples
    --------
    >>> from mnist_nn.util.randomness import key
    >>> many, one = Draws(key(1), np.arange(5)), Draws(key(1), np.array([3]))
    >>> bool(many.even(2, 4)[3] == one.even(2, 4)[0])
    True
    """

    def __init__(self, key: Key, rows: npt.NDArray[np.integer[Any]]) -> None:
        self._key = key
        self._rows = rows.astype(np.uint32)
        self._blocks = 0
        self._columns: list[Array] = []

    def __len__(self) -> int:
        return len(self._rows)

    def even(self, low: npt.ArrayLike = 0.0, high: npt.ArrayLike = 1.0) -> Array:
        """Draw uniformly between bounds, which may differ from row to row: float32 of shape (n,)."""
        if not self._columns:
            self._columns = self._draw_block()
        low = np.asarray(low, np.float32)
        return np.asarray(low + (np.asarray(high, np.float32) - low) * self._columns.pop())

    def evens(self, count: int, low: npt.ArrayLike = 0.0, high: npt.ArrayLike = 1.0) -> Array:
        """Draw several numbers for each row: float32 of shape (n, count)."""
        return np.stack([self.even(low, high) for _ in range(count)], axis=1)

    def chance(self, share: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Draw True in this share of the rows: bool of shape (n,)."""
        return np.asarray(self.even() < share)

    def whole(self, count: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Draw whole numbers from 0 to count - 1: int64 of shape (n,)."""
        count = np.asarray(count)
        return np.asarray(np.minimum((self.even() * count).astype(np.int64), count - 1))

    def normal(self) -> Array:
        """Draw float32 from a bell curve with mean 0 and deviation 1: a sum of four uniform draws, never beyond 3.5."""
        return np.asarray((self.evens(4).sum(axis=1) - 2) * np.float32(np.sqrt(3)))

    def _draw_block(self) -> list[Array]:
        slots = self._blocks * WORDS_AT_ONCE + np.arange(WORDS_AT_ONCE, dtype=np.uint32)
        words = threefry(self._key, self._rows, slots[:, None])
        self._blocks += 1
        return [*np.concatenate(words).astype(np.float32) * np.float32(2.0**-32 * (1 - 2.0**-24))]
