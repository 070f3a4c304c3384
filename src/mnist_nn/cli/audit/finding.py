"""Computes what a checked sample of accepted answers proves about all of them. It reads no file."""

from collections.abc import Sequence
from dataclasses import dataclass

from mnist_nn.cli.audit.sample import AuditRow, is_right
from mnist_nn.evaluation.selective import SELECTIVE, bound_error, count_needed


@dataclass(frozen=True)
class Finding:
    """How many answers of a sample were checked, how many of those are wrong, and a bound on the error of all answers.

    ``bound`` is the upper end of the exact one-sided 95 % interval; it is 1 if nothing was checked.
    """

    sampled: int
    checked: int
    wrong: int
    bound: float
    max_error: float

    @property
    def proved(self) -> bool:
        """Whether the sample proves that the error is at or below the limit."""
        return self.bound <= self.max_error


def find(rows: Sequence[AuditRow], max_error: float) -> Finding:
    """Count the wrong answers, and compute an upper bound on the share of all accepted answers that are wrong.

    Examples
    --------
    >>> rows = [AuditRow("a.png", "1", "", "7", "7")] * 299
    >>> find(rows, 0.01).proved, find(rows[1:], 0.01).proved
    (True, False)
    """
    checked = [row for row in rows if row.right.strip()]
    wrong = sum(not is_right(row) for row in checked)
    return Finding(len(rows), len(checked), wrong, float(bound_error(wrong, len(checked))), max_error)


def count_to_draw(max_error: float, allowed: int) -> int:
    """Return how many answers must be checked to prove a limit even if this many of them are wrong.

    Examples
    --------
    >>> count_to_draw(0.01, 0), count_to_draw(0.01, 1), count_to_draw(0.01, 4)
    (299, 473, 913)
    """
    low = count_needed(max_error, SELECTIVE.level) + allowed
    high = low
    while bound_error(allowed, high) > max_error:
        low, high = high + 1, 2 * high
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if bound_error(allowed, middle) <= max_error else (middle + 1, high)
    return high
