"""Early stopping: the best network so far by its validation accuracy, and when to stop waiting for a better one.

Source: Prechelt, Early stopping, but when?, 1998: the patience criterion. It decides; `loop` acts on it.
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
    """Return the better of the best so far and the network of this epoch; of equals, the earlier.

    Examples
    --------
    >>> first = keep_best(None, Network.create(), 1, 0.9)
    >>> keep_best(first, Network.create(), 2, 0.9).epoch, keep_best(first, Network.create(), 2, 0.91).epoch
    (1, 2)
    """
    return Best(network, epoch, accuracy) if best is None or accuracy > best.accuracy else best


def is_patience_exhausted(best: Best | None, epoch: int, patience: int | None) -> bool:
    """Say whether as many epochs as ``patience`` have passed without a better validation accuracy.

    Examples
    --------
    >>> best = Best(Network.create(), 3, 0.9)
    >>> is_patience_exhausted(best, 4, 2), is_patience_exhausted(best, 5, 2), is_patience_exhausted(best, 5, None)
    (False, True, False)
    """
    stale = epoch - best.epoch if best else 0
    return patience is not None and stale >= patience
