"""Tests whether answers look like those that a calibration was made on, with a compact summary of the latter.

A promise about errors only holds for answers that look like those it was tested on. This module knows nothing about
digits, numbers or pages; `mnist_nn.reading.looks` measures numbers. docs/explanation/refusal.md explains the test.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError, DataError

Array = npt.NDArray[Any]
LEVEL = 0.05
"""Probability that answers are called unusual although they are like those of the calibration."""
LEAST_ANSWERS = 5
"""With fewer answers, nothing is said: a person can see as much."""
TAILS = (0.1, 0.004)
"""Small p-values of pages: a wide tail in which many pages show a shift, and one that a single page can reach."""
KNOTS = 48
"""Order statistics kept on either side of the median, closer together towards the end: p-values are at most a fifth
too large for 4,000 answers, and never too small."""


class Side(NamedTuple):
    """Which values of a feature count as unusual: low ones, high ones, or both."""

    low: bool
    high: bool


@dataclass(frozen=True, eq=False)
class LooksSummary:
    """A summary of how the answers of a calibration look: some order statistics of each feature.

    Parameters
    ----------
    names
        Names of the features.
    ranks
        int64, shape (knots,), ascending, from 1: the ranks of the values that are kept.
    values
        float64, shape (knots, features): the values at these ranks.
    answers
        The number of answers.
    units
        How many of them are independent of each other: the number of writers or pages, if each gave several.

    Raises
    ------
    ConfigError
        If the shapes do not fit together, or a value is impossible.
    """

    names: tuple[str, ...]
    ranks: Array
    values: Array
    answers: int
    units: int

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.ranks), len(self.names)) or not self.values.size:
            raise ConfigError("the summary of how numbers look does not fit its features; calibrate the model again")
        ordered = np.all(np.diff(self.ranks) > 0) and np.all(np.diff(self.values, axis=0) >= 0)
        counts = 1 <= self.ranks[0] <= self.ranks[-1] <= self.answers and 1 <= self.units <= self.answers
        if not (ordered and counts and np.isfinite(self.values).all()):
            raise ConfigError("the summary of how numbers look contains impossible values; calibrate the model again")

    def find_p_values(self, values: Array, sides: tuple[Side, ...]) -> npt.NDArray[np.float64]:
        """Find how rare values at least this extreme are among the answers: conformal p-values, never too small.

        V. Vovk, A. Gammerman and G. Shafer, *Algorithmic Learning in a Random World* (2005).

        Parameters
        ----------
        values
            Shape (n, features).
        sides
            For each feature, which values count as unusual.

        Returns
        -------
        float64 of shape (n, features).

        Examples
        --------
        >>> summary = summarize_looks(("height",), np.arange(1.0, 100.0)[:, None])
        >>> summary.find_p_values(np.array([[0.0], [50.0], [99.0]]), (Side(low=True, high=True),)).ravel().tolist()
        [0.02, 1.0, 0.04]
        """
        columns = zip(self.values.T, np.asarray(values, np.float64).T, sides, strict=True)
        return np.stack([self._find_column(known, column, side) for known, column, side in columns], axis=1)

    def _find_column(self, known: Array, column: Array, side: Side) -> Array:
        above = np.append(self.ranks - 1, self.answers)[np.searchsorted(known, column, "right")]  # at most so many ≤
        below = np.append(self.answers, self.answers - self.ranks)[np.searchsorted(known, column, "left")]
        counts = np.stack([count for count, wanted in ((above, side.low), (below, side.high)) if wanted])
        share = counts.min(axis=0) / self.answers
        return np.asarray(np.minimum(len(counts) * (1 + self.units * share) / (1 + self.units), 1.0))


def summarize_looks(names: tuple[str, ...], values: Array, units: int | None = None) -> LooksSummary:
    """Summarize how answers look.

    Parameters
    ----------
    names
        Names of the features.
    values
        Shape (answers, features).
    units
        How many of the answers are independent of each other; None if all are.

    Raises
    ------
    DataError
        If there are no answers.

    Examples
    --------
    >>> summarize_looks(("height",), np.arange(4000.0)[:, None]).values.shape
    (84, 1)
    """
    answers = len(values)
    if not answers:
        raise DataError("there are no answers to compare; give at least one")
    near_end = np.rint(np.geomspace(1, (answers + 1) / 2, KNOTS)).astype(np.int64)
    ranks = np.unique(np.concatenate([near_end, answers + 1 - near_end]))
    kept = np.sort(np.asarray(values, np.float64), axis=0)[ranks - 1]
    return LooksSummary(tuple(names), ranks, kept, answers, answers if units is None else units)


def join_dependent(p_values: Array) -> npt.NDArray[np.float64]:
    """Combine p-values of answers that may depend on each other, like those of one page: about twice their median.

    B. Rüger, *Das maximale Signifikanzniveau des Tests: "Lehne H₀ ab, wenn k unter n gegebenen Tests zur Ablehnung
    führen"*, Metrika 25 (1978): n/k times the k-th smallest of n p-values is a p-value, however they depend on each
    other.

    Parameters
    ----------
    p_values
        Shape (answers, features), at least one answer.

    Returns
    -------
    float64 of shape (features,).

    Examples
    --------
    >>> join_dependent(np.array([[0.01], [0.3], [0.02], [0.9]])).tolist()
    [0.04]
    """
    count = len(p_values)
    middle = (count + 1) // 2
    return np.asarray(np.minimum(np.sort(p_values, axis=0)[middle - 1] * count / middle, 1.0), np.float64)


def join_independent(p_values: Array, units: int) -> npt.NDArray[np.float64]:
    """Combine p-values of pages that are independent of each other, by testing whether too many of them are small.

    Given a summary of m units, the probability that a p-value is at most t has the distribution Beta(t (m + 1), (1 - t)
    (m + 1)), so the number of such pages is beta-binomial. Two tails are tested, which share the level: small shifts of
    many pages show in the wide tail, a single extreme page in the narrow one. Pages that are all similar and ordinary
    are in neither.

    Parameters
    ----------
    p_values
        Shape (pages, features), at least one page.
    units
        The number of units of the summary that they come from.

    Returns
    -------
    float64 of shape (features,).

    Examples
    --------
    >>> even = (np.arange(100)[:, None] + 0.5) / 100
    >>> join_independent(np.hstack([even, even / 3, 0.5 + 0 * even]), units=1000).round(4).tolist()
    [1.0, 0.0, 1.0]
    """
    found = [_reach_count(np.count_nonzero(p_values <= tail, axis=0), len(p_values), tail, units) for tail in TAILS]
    return np.asarray(np.minimum(len(TAILS) * np.min(found, axis=0), 1.0), np.float64)


def _reach_count(counts: Array, pages: int, tail: float, units: int) -> Array:
    """Return the probability that at least this many pages are in a tail: the upper tail of the beta-binomial."""
    from scipy.special import betaln  # noqa: PLC0415 a fifth of a second, and most who import this never ask

    low, high, k = tail * (units + 1), (1 - tail) * (units + 1), np.arange(pages + 1)
    ways = -np.log(pages + 1) - betaln(pages - k + 1, k + 1)
    chances = np.exp(ways + betaln(k + low, pages - k + high) - betaln(low, high))
    return np.cumsum(chances[::-1])[::-1][counts]
