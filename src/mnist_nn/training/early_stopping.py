"""Early stopping: the best network so far by validation accuracy, and when to stop waiting for a better one.

Source of the patience criterion: Prechelt, Early stopping, but when?, 1998. This module decides; `loop` acts on it.
"""

from dataclasses import dataclass

from mnist_nn.nn.network import Network


@dataclass(frozen=True, eq=False)
class Best:
    """The network with the best validation accuracy so far, and its epoch."""

    network: Network
    epoch: int
    accuracy: float


def keep_best(best: Best | None, network: Network, epoch: int, accuracy: float) -> Best:
    """Return the better one of the best network so far and this epoch's network; if they are equal, the earlier one.

    Examples
    --------
    >>> first = keep_best(None, Network.create(), 1, 0.9)
    >>> keep_best(first, Network.create(), 2, 0.9).epoch, keep_best(first, Network.create(), 2, 0.91).epoch
    (1, 2)
    """
    return Best(network, epoch, accuracy) if best is None or accuracy > best.accuracy else best


def is_patience_exhausted(best: Best | None, epoch: int, patience: int | None) -> bool:
    """Say whether ``patience`` epochs have passed without a better validation accuracy.

    Examples
    --------
    >>> best = Best(Network.create(), 3, 0.9)
    >>> is_patience_exhausted(best, 4, 2), is_patience_exhausted(best, 5, 2), is_patience_exhausted(best, 5, None)
    (False, True, False)
    """
    stale = epoch - best.epoch if best else 0
    return patience is not None and stale >= patience
