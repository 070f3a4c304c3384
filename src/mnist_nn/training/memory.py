"""Estimates how much memory a training needs before it starts, from the settings alone.

`mnist_nn.util.memory` finds out how much is available and raises the error.
"""

from itertools import pairwise

import numpy as np

from mnist_nn.nn.config import NetworkConfig, TrainingConfig
from mnist_nn.nn.network import CREATION_BYTES
from mnist_nn.nn.optimizers import get_optimizer
from mnist_nn.util.memory import check_available

SETS = 3  # of weights and of the optimizer's slots: before a stretch, while it runs, and after it
ROWS = 240  # samples that are judged at once, at the least
PART = 512  # samples of a batch that the compiled engine learns at once; the reference engine takes a whole batch
PER_UNIT = 4  # numbers that are kept of a unit for a sample: weighted input, activation, slope, error


def estimate_memory(network: NetworkConfig, training: TrainingConfig, engine: str = "compiled") -> int:
    """Estimate how many bytes a training needs at most, in addition to the data.

    It counts the weights and the optimizer's slots (before, during and after a stretch), the gradients of the layers
    that are not frozen, the best weights with ``patience``, the average with ``ema_decay``, and the activations of a
    batch. If drawing the weights in float64 needs more, it counts that instead. It is an estimate: the interpreter, the
    images (or, with frozen layers, what these answer to them) and machine code are not included.

    Examples
    --------
    >>> estimate_memory(NetworkConfig(hidden=(1_000_000,)), TrainingConfig()) // 10**9
    22
    """
    size = np.dtype(network.dtype).itemsize
    weights = size * network.parameter_count
    slots = len(get_optimizer(training.optimizer).slots)
    sets = SETS * (1 + slots) + (training.patience is not None) + 2 * (training.ema_decay > 0)
    learned = size * sum((a + 1) * b for a, b in list(pairwise(network.sizes))[training.freeze :])
    whole = engine == "reference" or network.dtype == "float64"
    rows = max(training.batch_size if whole else min(training.batch_size, PART), ROWS)
    activations = PER_UNIT * size * rows * sum(network.sizes)
    return max(sets * weights + learned + activations, CREATION_BYTES * network.parameter_count)


def check_memory(network: NetworkConfig, training: TrainingConfig, engine: str = "compiled") -> None:
    """Raise an error if a training needs more than four fifths of the memory that is available.

    Raises
    ------
    ConfigError
        With how much it needs, how much is available, and which settings to lower.

    Examples
    --------
    >>> check_memory(NetworkConfig(), TrainingConfig())
    """
    what = f"training {network.parameter_count:,} parameters with {training.optimizer}"
    smaller = [f"hidden {network.hidden}"]
    if training.batch_size > 1:
        smaller.append(f"batch_size {training.batch_size}")
    lighter = (
        ", or choose the optimizer sgd, which needs no extra memory" if get_optimizer(training.optimizer).slots else ""
    )
    check_available(estimate_memory(network, training, engine), what, f"lower {' or '.join(smaller)}{lighter}")
