"""A map of many numbers on two axes: the principal components, by NumPy's singular value decomposition."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import DataError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Projection:
    """``points`` on the axes, float64 of shape (n, axes), and the share of the variance that each axis ``explains``."""

    points: Floats
    explains: Floats


def project(values: npt.NDArray[Any], axes: int = 2) -> Projection:
    """Project rows of numbers onto the axes along which they differ most (K. Pearson 1901).

    Each axis points to where its largest coefficient is positive, so the same numbers always give the same map.

    Parameters
    ----------
    values
        Floats of shape (n, features), such as the activations of a layer.
    axes
        The number of axes; axes beyond the number of features are zero.

    Raises
    ------
    DataError
        If the values are not rows of finite numbers.

    Examples
    --------
    >>> found = project(np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]))
    >>> abs(found.points).round(3).tolist(), found.explains.round(3).tolist()
    ([[1.414, 0.0], [0.0, 0.0], [1.414, 0.0]], [1.0, 0.0])
    """
    if values.ndim != len(("n", "features")) or not values.size or not np.isfinite(values).all():
        raise DataError(f"a map needs finite numbers of shape (n, features), not {values.dtype} of {values.shape}")
    centred = values - values.mean(axis=0, dtype=np.float64)
    _, lengths, directions = np.linalg.svd(centred, full_matrices=False)
    directions, lengths = directions[:axes], lengths**2
    signs = np.sign(directions[np.arange(len(directions)), abs(directions).argmax(axis=1)])
    points, explains = np.zeros((len(values), axes)), np.zeros(axes)
    points[:, : len(directions)] = centred @ (directions * signs[:, None]).T
    explains[: len(directions)] = lengths[:axes] / max(lengths.sum(), np.finfo(float).tiny)
    return Projection(points, explains)
