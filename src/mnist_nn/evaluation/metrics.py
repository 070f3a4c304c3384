"""Measures how good a network is: accuracy with its interval, figures for each class, confusion, loss, calibration.

It returns plain records, and neither trains nor prints.
"""

import math
from dataclasses import dataclass
from typing import Any, cast, overload

import numpy as np
import numpy.typing as npt

from mnist_nn.data import Samples, check_labels, check_pixels, relative
from mnist_nn.doors import NetworkLike, SamplesLike, as_network, as_samples, split_labels, warn_of_other_data
from mnist_nn.engines.base import Tally, check_width
from mnist_nn.errors import DataError
from mnist_nn.evaluation.prediction import predict
from mnist_nn.nn.losses import get_loss
from mnist_nn.nn.network import Network
from mnist_nn.util.calls import shows_call

Z95 = 1.959963984540054  # the 97.5 % quantile of the normal distribution
BINS = 15
CALL = "evaluate(network, samples)"


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A network's results on a set of samples.

    ``interval`` is the 95 % Wilson interval of the accuracy. ``confusion[i, j]`` counts samples of class i that were
    classified as j. ``precision`` and ``recall`` have one number per class, which is NaN if the class was never
    predicted or does not occur. ``loss`` and ``descended`` are means over the samples. ``calibration_error`` is the
    expected calibration error.

    If samples have weights, accuracy, losses and calibration error are weighted means, and the interval is computed for
    the effective number of samples, (Σw)² / Σw² (Kish, *Survey Sampling*, 1965). Confusion, precision and recall still
    count samples.
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
        """For each class, the share of the samples classified as this class that belong to it."""
        return _share(self.confusion.diagonal(), self.confusion.sum(axis=0))

    @property
    def recall(self) -> npt.NDArray[np.float64]:
        """For each class, the share of its samples that were classified correctly."""
        return _share(self.confusion.diagonal(), self.confusion.sum(axis=1))


@overload
def evaluate(
    network: NetworkLike, samples: SamplesLike, loss_name: str | None = None, /, *, engine: str = ...
) -> Evaluation: ...
@overload
def evaluate(
    network: NetworkLike, samples: SamplesLike, *, loss_name: str | None = None, engine: str = ...
) -> Evaluation: ...
@overload
def evaluate(
    network: NetworkLike, samples: Any, labels: npt.ArrayLike, loss_name: str | None = None, *, engine: str = ...
) -> Evaluation: ...
@shows_call(CALL)
def evaluate(
    network: NetworkLike, samples: Any, labels: Any = None, loss_name: str | None = None, *, engine: str = "auto"
) -> Evaluation:
    """Measure a network on samples it has not learned from.

    Call it as ``evaluate(network, samples, loss_name)`` or, with arrays, as ``evaluate(network, images, labels,
    loss_name)``.

    Parameters
    ----------
    network
        The network, or a model for its network.
    samples
        Images and labels, and weights if there are any. Labels must be below the network's number of outputs. A data
        set or its name, such as ``"mnist"``, stands for its test half; the logger ``mnist_nn`` warns if a model was
        trained on a different data set.
    labels
        The label of each image, if ``samples`` are only images (in any form that `Samples` takes).
    loss_name
        The loss to report; by default, ``cross_entropy`` of the network's outputs.
    engine
        One of `mnist_nn.engines.select.available`.

    Raises
    ------
    ConfigError
        If the loss or engine does not exist, the images do not have the size that the network takes, or it is not a
        network.
    DataError
        If these are not samples, a label has no output, a pixel is NaN or infinite, or all weights are 0.
    DivergedError
        If the weights are so large that the network's answers are no longer finite.

    Examples
    --------
    >>> from mnist_nn import load_data
    >>> result = evaluate(Network.create(), load_data("mnist").test)
    >>> result.samples, 0.0 < result.accuracy < 0.3
    (10000, True)
    """
    labels, loss_name = cast("tuple[Any, Any]", split_labels(str, labels, loss_name))
    warn_of_other_data(network, samples)
    return _evaluate(as_network(network, CALL), as_samples(samples, labels, CALL), loss_name, engine)


def _evaluate(network: Network, samples: Samples, loss_name: str | None, engine: str) -> Evaluation:
    check_labels(samples.labels)
    check_pixels(samples.images)
    check_width(network.config, samples.inputs)
    if samples.labels.max() >= network.config.outputs:
        raise DataError(
            f"label {samples.labels.max()} is too large for the network's {network.config.outputs} outputs; "
            "give data with at most that many classes"
        )
    weights = unequal(samples.weights)
    loss = get_loss(loss_name or "cross_entropy", network.config.output)
    found = predict(network, samples.images, engine=engine)
    with np.errstate(all="ignore"):  # of two outputs that are far apart, one becomes 0
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
    """Divide weights by their mean; return None if all are equal, and raise DataError if all are 0.

    Examples
    --------
    >>> unequal(np.array([3.0, 1.0])).tolist(), unequal(np.array([2.0, 2.0]))
    ([1.5, 0.5], None)
    """
    return None if weights is None else relative(weights.astype(np.float64), "samples")


def share_with_interval(
    right: npt.NDArray[np.bool_], weights: npt.NDArray[np.float64] | None = None
) -> tuple[float, tuple[float, float]]:
    """Return the share of right answers and its 95 % interval, for the effective number of samples if weighted.

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
    """Return the 95 % score interval of a share (Wilson, JASA 1927), which also works near 0 and 1.

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
    """Count every pair (true class, predicted class): int64 of shape (classes, classes).

    Examples
    --------
    >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 0, 1]), 2).tolist()
    [[1, 0], [1, 1]]
    """
    return np.bincount(labels * classes + answers, minlength=classes * classes).reshape(classes, classes)


def calibration_error(
    probabilities: npt.NDArray[Any], labels: npt.NDArray[np.int64], weights: npt.NDArray[np.float64] | None = None
) -> float:
    """Return the expected calibration error in 15 bins of equal width (Guo et al., ICML 2017).

    This is the mean distance between the confidence of the answers in a bin and the share of right answers, weighted by
    the number of samples or by their weights. ``probabilities`` has shape (n, classes), and its rows sum to one;
    ``weights`` has shape (n,).

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
    """Return the number of the bin, out of 15 of equal width, for each confidence from 0 to 1.

    Examples
    --------
    >>> bin_of(np.array([0.0, 0.5, 1.0])).tolist()
    [0, 7, 14]
    """
    return np.minimum((confidence * BINS).astype(np.int64), BINS - 1)


def _share(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0))
