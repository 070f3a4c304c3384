"""Keeps a limit on the errors among accepted answers, by Learn then Test on answers that nothing was fitted on.

It walks over thresholds from strict to lenient, and tests each with the exact binomial distribution for whether errors
are below the limit. It knows nothing about digits, numbers or networks. docs/explanation/refusal.md explains it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError, DataError

Array = npt.NDArray[Any]
ROUNDING = 1e-9  # of a count that is whole but for the last bits
MOST_NEEDED = 1e18  # answers: a limit next to 0 asks for more than can be written


@dataclass(frozen=True)
class SelectiveParameters:
    """Parameters of the test of thresholds.

    The starts were chosen by simulations in which the truth is known (docs/explanation/refusal.md).
    """

    level: float = 0.05
    """Probability that the limit is broken anyway: one calibration in 20 may promise too much."""
    thresholds: int = 200
    """Number of thresholds tested. With 20, coverage falls by 1 to 2 points; 400 gain less than 0.5."""
    early_start: float = 4.0
    """Where the walk begins, as a multiple of the fewest answers that can prove the limit. At 4 times as many, some
    errors are allowed, so that a single confident mistake does not end the walk."""
    early_share: float = 0.25
    """Upper limit of that start, as a share of all answers, because a small sample may not accept more than that."""
    late_start: float = 8.0
    """Where a second walk begins, for samples that are large enough for two."""
    late_share: float = 0.5
    """Upper limit of the second start, as a share of all answers."""


SELECTIVE = SelectiveParameters()


class OperatingPoint(NamedTuple):
    """A threshold on the confidence, and how it did on held-out answers.

    ``error`` is the upper end of the 95 % interval of the share of errors among accepted answers. ``coverage`` is the
    share of answers accepted. ``accepted`` and ``wrong`` are the counts behind them, or 0 if only the shares are known.
    """

    threshold: float
    error: float
    coverage: float
    accepted: int = 0
    wrong: int = 0


def count_needed(max_error: float, level: float = SELECTIVE.level) -> int:
    """Return how many accepted answers, all of them right, prove a limit on the error: about 3 / limit.

    Examples
    --------
    >>> count_needed(0.01), count_needed(0.00037)
    (299, 8096)
    """
    needed = math.log(level) / math.log1p(-max_error)
    return math.ceil(min(needed, MOST_NEEDED) - ROUNDING)


def find_least_promise(answers: int, level: float = SELECTIVE.level) -> float:
    """Return the smallest limit that this many answers can prove if all are accepted and right: about 3 / answers.

    Examples
    --------
    >>> round(find_least_promise(500), 5)
    0.00597
    """
    return -math.expm1(math.log(level) / max(answers, 1))


def round_up(share: float) -> float:
    """Round a share up to four decimals, so that the limit named can be kept.

    Examples
    --------
    >>> round_up(0.00597)
    0.006
    """
    return math.ceil(share * 10_000) / 10_000


def out_of_reach(max_error: float, least: float) -> ConfigError:
    """Return the error for a limit that no threshold keeps; ``least`` is the smallest that one does."""
    least = round_up(least)
    return ConfigError(
        f"max_error is {max_error}, but this model's calibration reaches {least:.4f} at best; give a "
        f"share from {least:.4f} to below 1"
    )


def bound_error(wrong: Any, accepted: Any, level: float = SELECTIVE.level) -> npt.NDArray[np.float64]:
    """Return an exact upper bound on the share of errors (C. Clopper and E. Pearson, *Biometrika* 26, 1934).

    Parameters
    ----------
    wrong, accepted
        Counts of any shapes that broadcast.
    level
        The probability that the true share is higher.

    Examples
    --------
    >>> bound_error([0, 1, 4, 0], [299, 500, 1000, 0]).round(4).tolist()
    [0.01, 0.0095, 0.0091, 1.0]
    """
    from scipy.special import betaincinv  # noqa: PLC0415 a fifth of a second, and most who import this never ask

    wrong, accepted = np.asarray(wrong, np.float64), np.asarray(accepted, np.float64)
    right = accepted - wrong
    return np.where(right > 0, betaincinv(wrong + 1, np.maximum(right, 1), 1 - level), 1.0)


def choose_starts(
    answers: int, max_error: float, parameters: SelectiveParameters = SELECTIVE
) -> tuple[tuple[int, ...], float]:
    """Choose, by the number of answers alone, how many accepted answers each walk starts from, and the level of each.

    Walks share the level (Bonferroni), so only large samples can afford two.

    Examples
    --------
    >>> choose_starts(500, 0.01)
    ((299,), 0.05)
    >>> choose_starts(5000, 0.01)
    ((1250, 2500), 0.025)
    """
    p = parameters
    least = count_needed(max_error, p.level / 2)
    if answers < p.early_start * least:
        least = count_needed(max_error, p.level)
        return (max(least, min(round(p.early_start * least), round(p.early_share * answers))),), p.level
    early = min(round(p.early_start * least), round(p.early_share * answers))
    late = min(round(p.late_start * least), round(p.late_share * answers))
    return (max(least, early), max(least, late)), p.level / 2


@dataclass(frozen=True, eq=False)
class ThresholdTest:
    """The counts from which any limit on the error can be tested.

    Parameters
    ----------
    thresholds
        float64, shape (thresholds,), ascending. They must be chosen before the answers are seen.
    accepted, wrong
        int64, shape (thresholds, sets): the number of answers of each set that reach a threshold, and how many of these
        are wrong. A limit must hold for every set; the coverage is that of the first set.
    sizes
        int64, shape (sets,): the number of answers in each set. Within a set they must be independent of each other.

    Raises
    ------
    ConfigError
        If the shapes do not fit together, or a count is impossible.
    """

    thresholds: Array
    accepted: Array
    wrong: Array
    sizes: Array

    def __post_init__(self) -> None:
        shape = (len(self.thresholds), len(self.sizes))
        if self.accepted.shape != shape or self.wrong.shape != shape or not all(shape):
            raise ConfigError("the tested thresholds and their counts do not fit together; calibrate the model again")
        ordered = np.all(np.diff(self.thresholds) > 0) and np.all(np.diff(self.accepted, axis=0) <= 0)
        counts = (self.wrong >= 0) & (self.wrong <= self.accepted) & (self.accepted <= self.sizes)
        if not (ordered and counts.all() and np.isfinite(self.thresholds).all()):
            raise ConfigError("the tested thresholds contain impossible counts; calibrate the model again")

    @property
    def answers(self) -> int:
        """The number of answers in the smallest set, which decides what can be promised."""
        return int(self.sizes.min())

    @property
    def least_error(self) -> float:
        """The smallest limit that some threshold keeps, found to one part in a thousand."""
        low, high = math.log(find_least_promise(self.answers)), 0.0
        if self._walk(math.exp(low)) is not None:
            return math.exp(low)
        limits = np.exp(np.arange(low, high, math.log(1.05)))
        reached = next((n for n, limit in enumerate(limits) if self._walk(float(limit)) is not None), None)
        if reached is None:
            return 1.0
        fine = np.linspace(limits[reached - 1], limits[reached], 50)[1:]
        return float(next(limit for limit in fine if self._walk(float(limit)) is not None))

    def operating_point(self, max_error: float, parameters: SelectiveParameters = SELECTIVE) -> OperatingPoint:
        """Find the most lenient threshold that keeps errors among accepted answers at or below ``max_error``.

        The method is Learn then Test (A. Angelopoulos et al., arXiv 2110.01052) for the selective risk of Y. Geifman
        and R. El-Yaniv, arXiv 1705.08500. Thresholds are tested with the exact binomial, from strict to lenient, until
        one cannot be told apart from a threshold that breaks the limit. With a probability of at most
        ``parameters.level`` the threshold found breaks the limit anyway.

        Raises
        ------
        ConfigError
            If the limit cannot be proved, because there are too few answers or too many wrong ones.

        Examples
        --------
        >>> test = count_thresholds([0.5, 0.9], [(np.linspace(0, 1, 4000), np.arange(4000) >= 1900)])
        >>> test.operating_point(0.01).threshold
        0.5
        """
        if not 0 < max_error < 1:
            raise ConfigError(f"max_error is {max_error}; give a share between 0 and 1, such as 0.01")
        if self.answers < count_needed(max_error, parameters.level):
            raise ConfigError(
                f"max_error is {max_error}, but the {self.answers:,} answers that this model was calibrated on "
                f"can prove {round_up(find_least_promise(self.answers, parameters.level)):g} at best; "
                f"{max_error} takes {count_needed(max_error, parameters.level):,} answers"
            )
        found = self._walk(max_error, parameters)
        if found is None:
            raise out_of_reach(max_error, self.least_error)
        worst = int(bound_error(self.wrong[found], self.accepted[found], parameters.level).argmax())
        accepted, wrong = int(self.accepted[found, worst]), int(self.wrong[found, worst])
        return OperatingPoint(
            threshold=float(self.thresholds[found]),
            error=float(bound_error(wrong, accepted, parameters.level)),
            coverage=float(self.accepted[found, 0] / self.sizes[0]),
            accepted=accepted,
            wrong=wrong,
        )

    def _walk(self, max_error: float, parameters: SelectiveParameters = SELECTIVE) -> int | None:
        """Walk from every start towards lenient thresholds; return the row of the most lenient one reached."""
        from scipy.special import bdtr  # noqa: PLC0415 as above

        fewest = self.accepted.min(axis=1)[::-1]
        p_values = bdtr(self.wrong, self.accepted, max_error).max(axis=1)[::-1]
        starts, level = choose_starts(self.answers, max_error, parameters)
        reached = []
        for start in starts:
            first = int(np.searchsorted(fewest, start))  # thresholds that accept fewer cannot prove it
            broken = np.flatnonzero(p_values[first:] > level)
            reached.append(first + int(broken[0]) if len(broken) else len(fewest))
            if reached[-1] == first:
                reached[-1] = 0
        return len(fewest) - max(reached) if max(reached) else None

    def tabulate(self, limits: Sequence[float]) -> Array:
        """Tabulate the limits that can be kept, shape (rows, 3): threshold (float64, ascending), limit and coverage.

        The table is for code that looks a threshold up without testing. It includes the smallest limit that can be
        kept, and a stricter limit never has a lower threshold.
        """
        rows: list[tuple[float, float, float]] = []
        for limit in sorted({*limits, self.least_error}, reverse=True):
            row = self._walk(limit) if limit < 1 else None
            if row is not None:
                least = max(row, int(np.searchsorted(self.thresholds, rows[-1][0])) if rows else 0)
                rows.append((float(self.thresholds[least]), limit, float(self.accepted[least, 0] / self.sizes[0])))
        return np.array(rows or [(float(self.thresholds[-1]), 1.0, 0.0)])


def count_thresholds(thresholds: Any, sets: Sequence[tuple[Array, Array]]) -> ThresholdTest:
    """Count how many answers of each set every threshold accepts.

    Parameters
    ----------
    thresholds
        Thresholds in ascending order, from `choose_thresholds` on other answers than these.
    sets
        For each set, the confidences of shape (n,) and whether the answers are right, of shape (n,).

    Raises
    ------
    DataError
        If a set has no answers.
    """
    if not all(len(confidence) for confidence, _ in sets):
        raise DataError("there are no answers to test thresholds on; give at least one")
    accepted, wrong = [], []
    for confidence, right in sets:
        order = np.argsort(confidence)
        first = np.searchsorted(np.asarray(confidence)[order], thresholds)
        mistakes = np.append(np.cumsum(~np.asarray(right, bool)[order][::-1])[::-1], 0)
        accepted.append(len(confidence) - first)
        wrong.append(mistakes[first])
    sizes = np.array([len(confidence) for confidence, _ in sets], np.int64)
    return ThresholdTest(
        np.asarray(thresholds, np.float64),
        np.stack(accepted, axis=1).astype(np.int64),
        np.stack(wrong, axis=1).astype(np.int64),
        sizes,
    )


def choose_thresholds(confidence: Array, count: int = SELECTIVE.thresholds) -> npt.NDArray[np.float64]:
    """Choose thresholds with equally many answers between them: ascending, shape (count or fewer,).

    Examples
    --------
    >>> choose_thresholds(np.array([0.1, 0.2, 0.3, 0.4]), 2).tolist()
    [0.1, 0.25]
    """
    return np.unique(np.quantile(np.asarray(confidence, np.float64), np.arange(count) / count))
