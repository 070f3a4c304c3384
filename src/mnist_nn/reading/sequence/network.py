"""Runs a sequence network on lines of ink: log-probabilities of the ten digits and the blank at every step.

The network is an ordinary multilayer perceptron that sees a window of the line every two columns.
`mnist_nn.reading.sequence.decode` turns its outputs into texts.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.evaluation.prediction import forward
from mnist_nn.imaging.windows import WINDOWS, cut_windows
from mnist_nn.nn.ctc import log_softmax
from mnist_nn.nn.network import Network

Array = npt.NDArray[Any]


def predict_lines(network: Network, maps: Sequence[Array]) -> list[npt.NDArray[np.float64]]:
    """Run a sequence network on every window of some lines, all in one forward pass.

    Parameters
    ----------
    network
        A network that passes `mnist_nn.model_file.sequences.check_reads_lines`.
    maps
        The lines: each is uint8 of shape (32, width), 0 for paper and 255 for ink.

    Returns
    -------
    The log-probabilities of each line, float64 of shape (width // 2, 11); the last column is the blank.

    Examples
    --------
    >>> from mnist_nn.nn.config import NetworkConfig
    >>> network = Network.create(NetworkConfig(inputs=1152, hidden=(8,), outputs=11, output="softmax"))
    >>> [log_p.shape for log_p in predict_lines(network, [np.zeros((32, 50), np.uint8), np.zeros((32, 21), np.uint8)])]
    [(25, 11), (10, 11)]
    """
    if not maps:
        return []
    # always the same engine, so that what is read does not depend on the pages before
    z = forward(network, np.concatenate([cut_windows(line) for line in maps]), "reference")
    steps = [WINDOWS.steps(line.shape[1]) for line in maps]
    return np.split(log_softmax(z.astype(np.float64)), np.cumsum(steps)[:-1])
