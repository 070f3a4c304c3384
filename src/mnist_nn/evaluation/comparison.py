"""Tells whether one network is better than another: means over several seeds, and tests for paired results.

It works on arrays of results and trains nothing. The distributions are those of scipy.special, which loads in a
fraction of the time that scipy.stats takes.
"""

import math
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, nctdtr, stdtr, stdtrit

from mnist_nn.errors import DataError
from mnist_nn.evaluation.metrics import Z95

LEVEL = 0.05  # of all tests and intervals here
POWER = 0.8  # the usual one: a difference of the given size is found in four of five experiments
Z80 = 0.8416  # the quantile of the normal distribution at this power
MOST_SEEDS = 10**6  # beyond which nobody is told how many it takes


@dataclass(frozen=True)
class Summary:
    """The mean of some results, their standard deviation, and the 95 % interval of the mean.

    ``deviation`` divides by n - 1; it and ``interval`` are None for a single result.
    """

    count: int
    mean: float
    deviation: float | None
    interval: tuple[float, float] | None


def summarize(values: npt.ArrayLike) -> Summary:
    """Summarize results of independent runs; the interval is Student's t (Biometrika, 1908), n - 1 degrees of freedom.

    Parameters
    ----------
    values
        One result for each run, shape (n,), such as its accuracy.

    Raises
    ------
    DataError
        If there are none.

    Examples
    --------
    >>> summary = summarize([0.94, 0.95, 0.96])
    >>> round(summary.mean, 4), round(summary.deviation, 4), [round(end, 4) for end in summary.interval]
    (0.95, 0.01, [0.9252, 0.9748])
    """
    x = np.asarray(values, np.float64)
    if not len(x):
        raise DataError("there are no results to summarize; give at least one")
    mean = math.fsum(x) / len(x)
    if len(x) == 1:
        return Summary(1, mean, None, None)
    deviation = float(x.std(ddof=1))
    half = float(stdtrit(len(x) - 1, 1 - LEVEL / 2)) * deviation / math.sqrt(len(x))
    return Summary(len(x), mean, deviation, (mean - half, mean + half))


def find_median(values: npt.ArrayLike) -> int:
    """Return the position of the median; of an even number of results, that of the lower one in the middle.

    Examples
    --------
    >>> find_median([0.95, 0.93, 0.94]), find_median([4, 1, 3, 2])
    (2, 3)
    """
    order = np.argsort(np.asarray(values), kind="stable")
    return int(order[(len(order) - 1) // 2])


@dataclass(frozen=True)
class Difference:
    """How much better B is than A: the mean of B minus A, its 95 % interval, and the p-value of no difference."""

    mean: float
    interval: tuple[float, float]
    p_value: float

    @property
    def is_shown(self) -> bool:
        """Whether a difference is shown at the level of 5 %."""
        return self.p_value < LEVEL


def compare_runs(a: npt.ArrayLike, b: npt.ArrayLike) -> Difference:
    """Compare two configurations by runs with equal seeds, with the paired t-test (Student, Biometrika, 1908).

    Pairs share what their seed decides, such as the order of samples and the held-out images, so that differences
    vary less than the results themselves. The p-value is two-sided.

    Parameters
    ----------
    a, b
        The results, shape (n,) each, in the same order of seeds; n is at least 2.

    Raises
    ------
    DataError
        If there are fewer than two pairs.

    Examples
    --------
    >>> found = compare_runs([0.940, 0.942, 0.941], [0.950, 0.953, 0.950])
    >>> round(found.mean, 4), found.is_shown
    (0.01, True)
    """
    difference = np.asarray(b, np.float64) - np.asarray(a, np.float64)
    if len(difference) < 2:  # noqa: PLR2004 one difference has no deviation
        raise DataError("one pair of runs cannot show how much they vary; give at least two seeds")
    summary = summarize(difference)
    mean, deviation, n = summary.mean, float(summary.deviation or 0.0), summary.count
    if not deviation:
        return Difference(mean, (mean, mean), float(mean == 0))
    t = mean / (deviation / math.sqrt(n))
    return Difference(mean, summary.interval or (mean, mean), float(2 * stdtr(n - 1, -abs(t))))


def count_seeds(deviation: float, difference: float) -> int | None:
    """Count how many pairs of runs show a difference of this size, with a power of 80 %.

    It is the least n at which the two-sided paired t-test at 5 % has that power, by the noncentral t distribution
    (Cohen, *Statistical Power Analysis for the Behavioral Sciences*, 1988). None stands for more than a million.

    Parameters
    ----------
    deviation
        Standard deviation of the differences, in the same unit as ``difference``.
    difference
        The true difference to be shown, above 0.

    Examples
    --------
    >>> count_seeds(0.01, 0.005), count_seeds(0.0, 0.005)
    (34, 2)
    """
    if deviation == 0:
        return 2
    guess = (Z95 + Z80) ** 2 * (deviation / difference) ** 2  # of the normal distribution, which needs fewer
    if guess > MOST_SEEDS:
        return None
    return next(n for n in count(max(2, int(guess))) if _find_power(n, deviation, difference) >= POWER)


def _find_power(n: int, deviation: float, difference: float) -> float:
    shift = difference / deviation * math.sqrt(n)
    return float(1 - nctdtr(n - 1, shift, stdtrit(n - 1, 1 - LEVEL / 2)))


@dataclass(frozen=True)
class AnswerComparison:
    """Two models compared by their answers to the same images.

    ``only_a`` counts the images that only A classifies correctly, and ``only_b`` those that only B does.
    """

    samples: int
    both: int
    only_a: int
    only_b: int
    difference: Difference


def compare_answers(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> AnswerComparison:
    """Compare two models on the same images, with McNemar's test in its exact form.

    If both are equally good, each image on which only one is right belongs to either with probability 1/2, so the
    two-sided p-value is binomial (McNemar, Psychometrika, 1947; exact: Mosteller, Biometrics, 1952). The interval of
    the difference is that of Agresti and Min (Statistics in Medicine, 2005), which adds 1/2 to each of the four counts.

    Parameters
    ----------
    a, b
        Whether each model classifies each image correctly: bool, shape (n,).

    Raises
    ------
    DataError
        If there are no images.

    Examples
    --------
    >>> import numpy as np
    >>> a, b = np.array([True] * 90 + [False] * 10), np.array([True] * 100)
    >>> found = compare_answers(a, b)
    >>> found.only_b, round(found.difference.p_value, 5), found.difference.is_shown
    (10, 0.00195, True)
    """
    n = len(a)
    if not n:
        raise DataError("there are no images to compare two models on; give at least one")
    only_a, only_b = int(np.count_nonzero(a & ~b)), int(np.count_nonzero(b & ~a))
    p_value = min(1.0, 2 * float(bdtr(min(only_a, only_b), only_a + only_b, 0.5))) if only_a + only_b else 1.0
    more, less, total = only_b + 0.5, only_a + 0.5, n + 2
    centre = (more - less) / total
    half = Z95 * math.sqrt((more + less) - (more - less) ** 2 / total) / total
    interval = (max(-1.0, centre - half), min(1.0, centre + half))
    both = int(np.count_nonzero(a & b))
    return AnswerComparison(n, both, only_a, only_b, Difference((only_b - only_a) / n, interval, p_value))
