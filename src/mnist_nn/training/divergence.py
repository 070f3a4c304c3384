"""Explains why training diverged, and which setting to change, judging by the settings alone.

`mnist_nn.training.loop` and `mnist_nn.training.sequences` detect the divergence.
"""

import math

import numpy as np

from mnist_nn.errors import DivergedError
from mnist_nn.nn.config import TrainingConfig

ADAPTIVE = ("adam", "adamw")
OVERSHOOT = 2.0  # a step that takes more than twice a weight off it leaves a larger one


def explain_divergence(config: TrainingConfig, eta: float, dtype: str, where: str, scale: str = "") -> DivergedError:
    """Build the error for a training whose numbers are no longer finite.

    Parameters
    ----------
    config
        The settings of the training.
    eta
        The learning rate at the start.
    dtype
        The network's floating-point type.
    where
        The epoch or update in which it happened, counted from 1.
    scale
        Another possible cause, which ends the message.

    Examples
    --------
    >>> str(explain_divergence(TrainingConfig(), 0.1, "float32", "epoch 1"))
    'training diverged in epoch 1: the numbers are no longer finite; try a smaller learning rate than 0.1'
    """
    remedy = (
        _blame_epsilon(config, dtype) or _blame_l2(config, eta, dtype) or f"try a smaller learning rate than {eta:g}"
    )
    return DivergedError(f"training diverged in {where}: the numbers are no longer finite; {remedy}{scale}")


def _blame_epsilon(config: TrainingConfig, dtype: str) -> str:
    """Blame an epsilon that rounds to 0 in the network's type: Adam then divides by zero at any learning rate."""
    if config.optimizer not in ADAPTIVE or np.dtype(dtype).type(config.epsilon) > 0:
        return ""
    return f"epsilon {config.epsilon:g} rounds to 0 in {dtype}, so it cannot prevent division by zero; try 1e-8"


def _blame_l2(config: TrainingConfig, eta: float, dtype: str) -> str:
    """Blame a penalty that makes weights grow: it subtracts more than twice a weight, or its square overflows in Adam.

    If the learning rate is larger than the penalty, the rate is to blame.
    """
    squared = config.optimizer == "adam"  # which divides by the gradient's size, so that only its square can overflow
    overshoots = eta * config.l2 > OVERSHOOT and config.l2 > eta
    too_strong = config.l2 > math.sqrt(float(np.finfo(dtype).max)) if squared else overshoots
    return (
        f"l2 {config.l2:g} is so strong that weights grow instead of shrinking; try a smaller value, such as 1e-4"
        * too_strong
    )
