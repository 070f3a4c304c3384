"""Dropout: which hidden units are dropped for which sample, as a pure function of a key.

The engines scale the units that stay by 1 / (1 - rate). Source: Srivastava et al., JMLR 2014.
"""

import numpy as np
import numpy.typing as npt

from mnist_nn.util.randomness import Key, threefry

_LARGEST_WORD = 2**32 - 1


def keep_threshold(rate: float) -> int:
    """Return the smallest random word that keeps a unit: a unit stays if its word is at least this.

    Examples
    --------
    >>> keep_threshold(0.5) == 2**31
    True
    """
    return min(round(rate * 2**32), _LARGEST_WORD)


def dropout_mask(
    k: Key, samples: npt.NDArray[np.integer], layer: int, units: int, rate: float
) -> npt.NDArray[np.bool_]:
    """Return which units stay: bool of shape (len(samples), units), each True with probability 1 - rate.

    Parameters
    ----------
    k
        The key of this epoch, ``fold(key(seed), DROPOUT, epoch)``.
    samples
        Row numbers of the samples in the training set, shape (n,). Equal rows get equal masks in any batch.
    layer
        Number of the hidden layer, 0 for the first; at most 255.
    units
        Width of the layer; at most 2**24.
    rate
        Probability that a unit is dropped, 0 <= rate < 1.
    """
    unit = np.arange(units, dtype=np.uint32) | np.uint32(layer << 24)
    word, _ = threefry(k, samples.astype(np.uint32)[:, None], unit[None, :])
    return word >= np.uint32(keep_threshold(rate))
