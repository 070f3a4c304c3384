"""Learning rate schedules: pure functions from progress (0 at the start, 1 at the end) to a factor of η."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import unknown

Progress = npt.NDArray[np.float64]

SCHEDULES: dict[str, Callable[[Progress], Progress]] = {
    "constant": np.ones_like,
    # A tenth after half of the run, a hundredth after three quarters (He et al., CVPR 2016).
    "step": lambda p: np.where(p < 0.5, 1.0, np.where(p < 0.75, 0.1, 0.01)),  # noqa: PLR2004
    # Loshchilov and Hutter, SGDR, ICLR 2017, without restarts.
    "cosine": lambda p: 0.5 * (1.0 + np.cos(np.pi * p)),
    "linear": lambda p: 1.0 - p,
}


def rates(name: str, eta: float, progress: Progress) -> Progress:
    """Return the learning rate at each progress, float64 of the same shape.

    Examples
    --------
    >>> rates("linear", 0.1, np.array([0.0, 0.5])).tolist()
    [0.1, 0.05]
    """
    if name not in SCHEDULES:
        raise unknown("schedule", name, SCHEDULES)
    return np.asarray(eta * SCHEDULES[name](progress))
