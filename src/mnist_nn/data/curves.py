"""Draws smooth lines through points, for everything that is written with a pen: digits, letters and signs."""

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@cache
def _basis(pieces: int) -> Array:
    """Return the weights of four points at ``pieces`` places from the second to the third: shape (pieces, 4)."""
    t = np.arange(pieces)[:, None] / pieces
    return np.hstack([-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2]) / 2


def catmull_rom(points: Array, pieces: int) -> Array:
    """Return a smooth line through points (Catmull and Rom, 1974), as short straight pieces.

    Parameters
    ----------
    points
        Floats of shape (…, p, 2); a point that is repeated makes a corner.
    pieces
        Number of pieces from one point to the next.

    Returns
    -------
    Points of the line, including the given ones: shape (…, (p - 1) * pieces + 1, 2).

    Examples
    --------
    >>> catmull_rom(np.array([[0.0, 0.0], [2.0, 2.0], [4.0, 0.0]]), 2).tolist()
    [[0.0, 0.0], [0.875, 1.125], [2.0, 2.0], [3.125, 1.125], [4.0, 0.0]]
    """
    ends = np.concatenate([points[..., :1, :], points, points[..., -1:, :]], axis=-2)
    count = points.shape[-2]
    four = np.stack([ends[..., k : count + k - 1, :] for k in range(4)])
    inner = np.einsum("tk,k...pa->...pta", _basis(pieces), four)
    return np.concatenate([inner.reshape(*points.shape[:-2], -1, 2), points[..., -1:, :]], axis=-2)
