"""Measures how far a network's confidence can be trusted, by comparing predictions with the true labels.

It returns plain records, which `mnist_nn.plots` draws.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data import Samples
from mnist_nn.errors import DataError
from mnist_nn.evaluation.calibration import Calibration
from mnist_nn.evaluation.metrics import BINS, bin_of, share_with_interval, unequal
from mnist_nn.evaluation.prediction import Predictions, predict
from mnist_nn.nn.network import Network

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
ROUNDING = 1e-6  # by which probabilities may leave [0, 1]


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Predictions, with the true labels: int64 of shape (n,)."""

    labels: Rows
    predictions: Predictions

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Whether each prediction is right."""
        return np.asarray(self.predictions.label == self.labels)

    def mistakes(self) -> Rows:
        """Return the rows of wrong predictions, the most confident first; ties keep their order."""
        return self._most_confident_first(~self.right)

    def of_class(self, label: int, *, right: bool) -> Rows:
        """Return the rows of a class that were predicted correctly, or wrongly, the most confident first."""
        return self._most_confident_first((self.labels == label) & (self.right == right))

    def _most_confident_first(self, chosen: npt.NDArray[np.bool_]) -> Rows:
        """Sort rows by the top-1 probability."""
        rows = np.flatnonzero(chosen)
        return rows[np.argsort(-self.predictions.top_probability[rows], kind="stable")]


def predict_samples(
    network: Network, samples: Samples, calibration: Calibration | None = None, *, engine: str = "auto"
) -> Outcomes:
    """Predict every sample.

    Parameters
    ----------
    network
        The network.
    samples
        Images that the network takes, and their labels.
    calibration
        The network's calibration, if it has one.
    engine
        One of `mnist_nn.engines.select.available`.

    Examples
    --------
    >>> from mnist_nn import load_data
    >>> outcomes = predict_samples(Network.create(), load_data("mnist").test.take(range(50)))
    >>> outcomes.predictions.probabilities.shape, len(outcomes.mistakes()) + int(outcomes.right.sum())
    ((50, 10), 50)
    """
    return Outcomes(samples.labels, predict(network, samples.images, calibration, engine=engine))


@dataclass(frozen=True, eq=False)
class Reliability:
    """The confidence of predictions, and the share of them that are right, in 15 bins of equal width.

    Attributes
    ----------
    edges
        The edges of the bins, from 0 to 1: shape (16,).
    counts
        The number of predictions in each bin: int64 of shape (15,).
    confidence
        Their mean confidence; NaN if there are none.
    accuracy, low, high
        The share of them that are right, NaN if there are none, and its 95 % Wilson interval.
    error
        The expected calibration error.
    """

    edges: Floats
    counts: Rows
    confidence: Floats
    accuracy: Floats
    low: Floats
    high: Floats
    error: float


def reliability(
    confidence: Floats, right: npt.NDArray[np.bool_], weights: npt.NDArray[Any] | None = None
) -> Reliability:
    """Sort predictions into bins by their confidence.

    Parameters
    ----------
    confidence
        The network's probability that each prediction is right, from 0 to 1: shape (n,).
    right
        Whether it was right: shape (n,).
    weights
        The weight of each prediction: shape (n,). Means are then weighted, and intervals use the effective number.

    Examples
    --------
    >>> bins = reliability(np.array([0.55, 0.58, 0.99]), np.array([True, False, True]))
    >>> bins.counts[[8, 14]].tolist(), bins.accuracy[[8, 14]].tolist()
    ([2, 1], [0.5, 1.0])
    """
    _check(confidence, right)
    w, number = unequal(weights), bin_of(confidence)
    means, total = np.full((4, BINS), np.nan), np.zeros(BINS)
    for i in np.unique(number).tolist():
        inside = number == i
        part = None if w is None else w[inside]
        total[i] = inside.sum() if part is None else part.sum()
        if total[i]:
            share, interval = share_with_interval(right[inside], part)
            means[:, i] = (np.average(confidence[inside], weights=part), share, *interval)
    mean, accuracy, low, high = means
    error = float((total * np.nan_to_num(np.abs(mean - accuracy))).sum() / total.sum())
    counts = np.bincount(number, minlength=BINS)
    return Reliability(np.linspace(0, 1, BINS + 1), counts, mean, accuracy, low, high, error)


@dataclass(frozen=True, eq=False)
class RiskCoverage:
    """Coverage and risk of each threshold on the confidence, from the strictest to the one that accepts everything.

    Attributes
    ----------
    thresholds
        All confidences that occur, in descending order: shape (m,).
    coverage
        The share of samples that are answered, because their confidence reaches the threshold; 1 at the end.
    risk
        The share of these that are answered wrongly; at the end, one minus the accuracy.
    """

    thresholds: Floats
    coverage: Floats
    risk: Floats

    @property
    def area(self) -> float:
        """Area under the curve, the mean risk over all coverages (AURC): small if mistakes have low confidence."""
        return float((self.risk * np.diff(self.coverage, prepend=0.0)).sum())

    def at(self, threshold: float) -> tuple[float, float]:
        """Return the coverage and risk of a threshold; (0, 0) if nothing reaches it.

        Examples
        --------
        >>> risk_coverage(np.array([0.9, 0.6]), np.array([True, False])).at(0.7)
        (0.5, 0.0)
        """
        reaching = int(np.count_nonzero(self.thresholds >= threshold))
        return (float(self.coverage[reaching - 1]), float(self.risk[reaching - 1])) if reaching else (0.0, 0.0)


def risk_coverage(
    confidence: Floats, right: npt.NDArray[np.bool_], weights: npt.NDArray[Any] | None = None
) -> RiskCoverage:
    """Measure every threshold (Y. Geifman and R. El-Yaniv, *Selective classification*, NeurIPS 2017).

    Parameters
    ----------
    confidence
        The network's probability that each prediction is right: shape (n,).
    right
        Whether it was right: shape (n,).
    weights
        The weight of each prediction: shape (n,).

    Examples
    --------
    >>> curve = risk_coverage(np.array([0.9, 0.6, 0.6, 0.8]), np.array([True, False, True, True]))
    >>> curve.thresholds.tolist(), curve.coverage.tolist(), curve.risk.tolist()
    ([0.9, 0.8, 0.6], [0.25, 0.5, 1.0], [0.0, 0.0, 0.25])
    """
    _check(confidence, right)
    w = unequal(weights)
    w = np.ones(len(confidence)) if w is None else w
    order = np.argsort(-confidence, kind="stable")
    falling = confidence[order]
    last = np.flatnonzero(np.append(falling[1:] != falling[:-1], True))  # of equals, all are answered
    answered, wrong = np.cumsum(w[order]), np.cumsum(w[order] * ~right[order])
    kept = last[answered[last] > 0]
    return RiskCoverage(falling[kept], answered[kept] / answered[-1], wrong[kept] / answered[kept])


def _check(confidence: Floats, right: npt.NDArray[np.bool_]) -> None:
    """Raise DataError unless these are confidences of answers and whether the answers are right."""
    if np.ndim(confidence) != 1 or np.shape(right) != np.shape(confidence) or not len(confidence):
        raise DataError(
            f"confidence has shape {np.shape(confidence)}, but right has shape {np.shape(right)}; give both "
            "for every answer, and at least one answer"
        )
    if np.asarray(right).dtype != bool:
        raise DataError(f"right is {np.asarray(right).dtype}; give booleans, such as answers == labels")
    if not ((confidence >= -ROUNDING) & (confidence <= 1 + ROUNDING)).all():
        raise DataError("confidence contains values below 0 or above 1, or NaN; give probabilities")
