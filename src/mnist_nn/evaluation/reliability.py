"""How far a network's confidence can be trusted: each answer with how sure it was, and what that was worth.

It measures and returns plain records; `mnist_nn.plots` draws them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn import engines
from mnist_nn.data import Samples
from mnist_nn.errors import DataError
from mnist_nn.evaluation.calibration import Calibration, opinions
from mnist_nn.evaluation.metrics import BINS, bin_of, share_with_interval, unequal
from mnist_nn.nn.network import Network

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
ROUNDING = 1e-6  # by which probabilities may leave [0, 1]


@dataclass(frozen=True, eq=False)
class Answers:
    """What a network says of every sample.

    Attributes
    ----------
    labels, answers
        The true class and the one that it was taken for: int64 of shape (n,).
    probabilities
        Of every class, tempered if the network is calibrated: shape (n, classes).
    sureness
        The probability of the likeliest class: shape (n,).
    confidence
        What a threshold is put on: the sureness, times the probability that it is a digit if the network is calibrated.
    """

    labels: Rows
    answers: Rows
    probabilities: npt.NDArray[Any]
    sureness: Floats
    confidence: Floats

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Whether each answer is right."""
        return np.asarray(self.answers == self.labels)

    def mistakes(self) -> Rows:
        """Rows of the wrong answers, the surest first; of equals, the earlier row."""
        return self._surest_first(~self.right)

    def of_class(self, label: int, *, right: bool) -> Rows:
        """Rows of a class that were answered rightly, or wrongly, the surest first."""
        return self._surest_first((self.labels == label) & (self.right == right))

    def _surest_first(self, chosen: npt.NDArray[np.bool_]) -> Rows:
        rows = np.flatnonzero(chosen)
        return rows[np.argsort(-self.sureness[rows], kind="stable")]


def answers(
    network: Network, samples: Samples, calibration: Calibration | None = None, *, engine: str = "auto"
) -> Answers:
    """Ask a network about every sample.

    Parameters
    ----------
    network
        The network.
    samples
        Images that it takes, and their labels.
    calibration
        Its calibration, if it has one.
    engine
        One of `mnist_nn.engines.available`.

    Examples
    --------
    >>> from mnist_nn import load_data
    >>> said = answers(Network.create(), load_data("mnist").test.take(range(50)))
    >>> said.probabilities.shape, len(said.mistakes()) + int(said.right.sum())
    ((50, 10), 50)
    """
    opinion = opinions(network, calibration, samples.images, engine=engine)
    runner = engines.for_inference(engine, network.config, len(samples))
    z = runner.forward(network, runner.place(samples.images))  # probabilities that round to 1 could not be told apart
    sureness = opinion.probabilities.max(axis=1).astype(np.float64)
    confidence = opinion.confidence.astype(np.float64)
    return Answers(samples.labels, z.argmax(axis=1), opinion.probabilities, sureness, confidence)


@dataclass(frozen=True, eq=False)
class Reliability:
    """How sure answers were, and how many of them were right, in 15 bins of equal width.

    Attributes
    ----------
    edges
        Of the bins, from 0 to 1: shape (16,).
    counts
        Answers in each bin: int64 of shape (15,).
    sureness
        Their mean sureness, NaN where there are none.
    accuracy, low, high
        The share of them that is right, NaN where there are none, and its 95 % Wilson interval.
    error
        The expected calibration error.
    """

    edges: Floats
    counts: Rows
    sureness: Floats
    accuracy: Floats
    low: Floats
    high: Floats
    error: float


def reliability(sureness: Floats, right: npt.NDArray[np.bool_], weights: npt.NDArray[Any] | None = None) -> Reliability:
    """Sort answers into bins by how sure they were.

    Parameters
    ----------
    sureness
        How sure each answer was, from 0 to 1: shape (n,).
    right
        Whether it was right: shape (n,).
    weights
        How much each counts: shape (n,). Means are then weighted, and intervals those of the effective number.

    Examples
    --------
    >>> bins = reliability(np.array([0.55, 0.58, 0.99]), np.array([True, False, True]))
    >>> bins.counts[[8, 14]].tolist(), bins.accuracy[[8, 14]].tolist()
    ([2, 1], [0.5, 1.0])
    """
    _check(sureness, right)
    w, number = unequal(weights), bin_of(sureness)
    means, total = np.full((4, BINS), np.nan), np.zeros(BINS)
    for i in np.unique(number).tolist():
        inside = number == i
        part = None if w is None else w[inside]
        total[i] = inside.sum() if part is None else part.sum()
        if total[i]:
            share, interval = share_with_interval(right[inside], part)
            means[:, i] = (np.average(sureness[inside], weights=part), share, *interval)
    mean, accuracy, low, high = means
    error = float((total * np.nan_to_num(np.abs(mean - accuracy))).sum() / total.sum())
    counts = np.bincount(number, minlength=BINS)
    return Reliability(np.linspace(0, 1, BINS + 1), counts, mean, accuracy, low, high, error)


@dataclass(frozen=True, eq=False)
class RiskCoverage:
    """What each threshold on the confidence would cost, from the strictest to none at all.

    Attributes
    ----------
    thresholds
        Every confidence that there is, falling: shape (m,).
    coverage
        The share of the samples that is answered, their confidence reaching the threshold; 1 at the end.
    risk
        The share of those that is answered wrongly; at the end, one minus the accuracy.
    """

    thresholds: Floats
    coverage: Floats
    risk: Floats

    @property
    def area(self) -> float:
        """Area under the curve, a mean risk over all coverages (AURC): small if mistakes are the least confident."""
        return float((self.risk * np.diff(self.coverage, prepend=0.0)).sum())

    def at(self, threshold: float) -> tuple[float, float]:
        """Coverage and risk of a threshold; (0, 0) if nothing reaches it.

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
    """Try every threshold (Y. Geifman and R. El-Yaniv, *Selective classification*, NeurIPS 2017).

    Parameters
    ----------
    confidence
        How sure each answer was: shape (n,).
    right
        Whether it was right: shape (n,).
    weights
        How much each counts: shape (n,).

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


def _check(sureness: Floats, right: npt.NDArray[np.bool_]) -> None:
    """Raise DataError unless these are answers: how sure each was, and whether it was right."""
    if np.ndim(sureness) != 1 or np.shape(right) != np.shape(sureness) or not len(sureness):
        raise DataError(
            f"how sure answers were has the shape {np.shape(sureness)}, and whether they were right "
            f"{np.shape(right)}; give one of each for every answer, and at least one answer"
        )
    if np.asarray(right).dtype != bool:
        raise DataError(f"whether answers were right is {np.asarray(right).dtype}; give truths, as answers == labels")
    if not ((sureness >= -ROUNDING) & (sureness <= 1 + ROUNDING)).all():
        raise DataError("how sure answers were goes beyond 0 and 1, or is NaN; give probabilities")
