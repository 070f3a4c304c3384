"""How good a network is: accuracy with its interval, per-digit figures, confusion, loss and calibration.

It measures and returns plain records; it neither trains nor prints.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data import Samples, check_labels, check_pixels, relative
from mnist_nn.engines.base import Tally
from mnist_nn.errors import DataError, DivergedError
from mnist_nn.evaluation.prediction import predict
from mnist_nn.nn.losses import get_loss
from mnist_nn.nn.network import Network

Z95 = 1.959963984540054  # the 97.5 % quantile of the normal distribution
BINS = 15


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A network's results on a set of samples.

    ``interval`` is the 95 % Wilson interval of the accuracy. ``confusion[i, j]`` counts samples of class i that were
    taken for j. ``precision`` and ``recall`` have one number per class, NaN where a class was never predicted or
    never there. ``loss`` and ``descended`` are means over the samples. ``calibration_error`` is the expected
    calibration error.

    Where samples have weights, accuracy, losses and calibration error are weighted means, and the interval is that of
    as many samples of equal weight as would be as sure, (Σw)² / Σw² (Kish, *Survey Sampling*, 1965). Confusion,
    precision and recall still count samples.
    """

    samples: int
    accuracy: float
    interval: tuple[float, float]
    loss: float
    descended: float
    loss_name: str
    descended_name: str
    calibration_error: float
    confusion: npt.NDArray[np.int64]

    @property
    def precision(self) -> npt.NDArray[np.float64]:
        """Of the samples answered as each class, the share that were right."""
        return _share(self.confusion.diagonal(), self.confusion.sum(axis=0))

    @property
    def recall(self) -> npt.NDArray[np.float64]:
        """Of the samples of each class, the share that were found."""
        return _share(self.confusion.diagonal(), self.confusion.sum(axis=1))


def evaluate(network: Network, samples: Samples, loss_name: str | None = None, *, engine: str = "auto") -> Evaluation:
    """Measure a network on samples it has not learned from.

    Parameters
    ----------
    network
        The network.
    samples
        Images and labels, and weights if there are any; labels must lie below the network's number of outputs.
    loss_name
        The loss to report, by default ``cross_entropy`` of the network's outputs.
    engine
        One of `mnist_nn.engines.select.available`.

    Raises
    ------
    DataError
        If a label has no output, a pixel is NaN or infinite, or all weights are 0.
    DivergedError
        If the weights are so large that the network's answers are no longer finite.

    Examples
    --------
    >>> from mnist_nn import load_data
    >>> result = evaluate(Network.create(), load_data("mnist").test)
    >>> result.samples, 0.0 < result.accuracy < 0.3
    (10000, True)
    """
    check_labels(samples.labels)
    check_pixels(samples.images)
    if samples.labels.max() >= network.config.outputs:
        raise DataError(f"label {samples.labels.max()} is beyond the network's {network.config.outputs} outputs")
    weights = unequal(samples.weights)
    loss = get_loss(loss_name or "cross_entropy", network.config.output)
    with np.errstate(all="ignore"):  # what is too large is said in words
        found = predict(network, samples.images, engine=engine)
        if not np.isfinite(found.z).all():
            raise DivergedError("the network's answers are no longer finite; train it anew with a smaller rate")
        o = network.output(found.z)
    onehot = np.eye(network.config.outputs, dtype=found.z.dtype)[samples.labels]
    tally = Tally.of(loss, found.z, o, onehot, 1.0 if weights is None else weights)
    accuracy, interval = share_with_interval(found.label == samples.labels, weights)
    return Evaluation(
        samples=tally.samples,
        accuracy=accuracy,
        interval=interval,
        loss=tally.reported / tally.samples,
        descended=tally.descended / tally.samples,
        loss_name=loss.reported_name,
        descended_name=loss.descended_name,
        calibration_error=calibration_error(found.probabilities, samples.labels, weights),
        confusion=confusion_matrix(samples.labels, found.label, network.config.outputs),
    )


def unequal(weights: npt.NDArray[Any] | None) -> npt.NDArray[np.float64] | None:
    """Divide weights by their mean; None where all count the same. DataError where all are 0.

    Examples
    --------
    >>> unequal(np.array([3.0, 1.0])).tolist(), unequal(np.array([2.0, 2.0]))
    ([1.5, 0.5], None)
    """
    return None if weights is None else relative(weights.astype(np.float64), "samples")


def share_with_interval(
    right: npt.NDArray[np.bool_], weights: npt.NDArray[np.float64] | None = None
) -> tuple[float, tuple[float, float]]:
    """Return the share that is right and its 95 % interval; with weights, that of the effective number of samples.

    Examples
    --------
    >>> share_with_interval(np.array([True, False, True, True]))[0]
    0.75
    >>> share_with_interval(np.array([True, False]), np.array([1.5, 0.5]))[0]
    0.75
    """
    if weights is None:
        correct = int(np.count_nonzero(right))
        return correct / len(right), wilson_interval(correct, len(right))
    share, effective = float(np.average(right, weights=weights)), float(weights.sum() ** 2 / (weights**2).sum())
    return share, wilson_interval(share * effective, effective)


def wilson_interval(correct: float, total: float) -> tuple[float, float]:
    """95 % score interval of a share (Wilson, JASA 1927): sound near 0 and 1 too.

    Examples
    --------
    >>> [round(bound, 4) for bound in wilson_interval(9500, 10000)]
    [0.9456, 0.9541]
    """
    share, z2 = correct / total, Z95 * Z95
    centre = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = Z95 / (1 + z2 / total) * math.sqrt(share * (1 - share) / total + z2 / (4 * total * total))
    return max(0.0, centre - half), min(1.0, centre + half)


def confusion_matrix(
    labels: npt.NDArray[np.int64], answers: npt.NDArray[np.int64], classes: int
) -> npt.NDArray[np.int64]:
    """Count every pair (true class, answer): int64 of shape (classes, classes).

    Examples
    --------
    >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 0, 1]), 2).tolist()
    [[1, 0], [1, 1]]
    """
    return np.bincount(labels * classes + answers, minlength=classes * classes).reshape(classes, classes)


def calibration_error(
    probabilities: npt.NDArray[Any], labels: npt.NDArray[np.int64], weights: npt.NDArray[np.float64] | None = None
) -> float:
    """Expected calibration error in 15 bins of equal width (Guo et al., ICML 2017).

    The mean distance, weighted by the number of samples or by their weights, between how sure the answers of a bin
    were and how many were right. ``probabilities`` has shape (n, classes), rows summing to one; ``weights`` (n,).

    Examples
    --------
    >>> calibration_error(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([0, 1]))
    0.5
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    w = np.ones(len(labels)) if weights is None else weights
    gap = np.bincount(bin_of(confidence), weights=w * (confidence - right), minlength=BINS)
    return float(np.abs(gap).sum() / w.sum())


def bin_of(confidence: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Number of the bin, of 15 of equal width, that each confidence from 0 to 1 falls into.

    Examples
    --------
    >>> bin_of(np.array([0.0, 0.5, 1.0])).tolist()
    [0, 7, 14]
    """
    return np.minimum((confidence * BINS).astype(np.int64), BINS - 1)


def _share(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0))
