"""Estimates how noisy bare paper is, whatever is written on it.

Several steps use it, each for another part of the page.
"""

import numpy as np
import numpy.typing as npt

SAMPLE_PX = 10_000  # at least so many tell the noise; more would only take longer
PAPER_SHARE = 0.4  # of a page is surely paper
PAPER_SIGMAS = 0.5244  # from the mean lies that share of a normal distribution

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


def estimate_noise(residual: Floats, where: Bools | None = None) -> float:
    """Return the standard deviation of the paper around its own level, in the units of ``residual``.

    Ink covers less than half of the page, so it has no influence. If the paper is black or white, its noise is clipped
    on one side, but neighbouring pixels still differ; that is why both are measured.

    Parameters
    ----------
    residual
        float32 of shape (height, width): the page minus its estimated paper.
    where
        bool of the same shape: the pixels that may be paper; None for all.

    Examples
    --------
    >>> page = np.random.default_rng(0).normal(0, 0.1, (200, 200)).astype(np.float32)
    >>> page[:20] = 1
    >>> round(estimate_noise(page), 1)
    0.1
    """
    step = max(1, int((residual.size / SAMPLE_PX) ** 0.5))
    rows = residual[::step]
    differences = (abs(np.diff(rows, axis=1)) / np.float32(2**0.5))[:, ::step]
    if where is None:
        sample = rows[:, ::step]
    else:
        inside = where[::step]
        differences = differences[(inside[:, 1:] & inside[:, :-1])[:, ::step]]
        sample = residual[where][:: step * step]
    distances = abs(sample - np.median(sample))
    return max(float(np.quantile(some, PAPER_SHARE)) for some in (distances, differences) if some.size) / PAPER_SIGMAS
