"""Checks whether numbers look like those that the reader was calibrated on: the features to compare, and the warning.

Each page gives one p-value per feature, however similar its numbers are to each other; a run over many pages tests
these p-values. The statistics are in `mnist_nn.evaluation.likeness`.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.likeness import (
    LEAST_ANSWERS,
    LEVEL,
    LooksSummary,
    Side,
    join_dependent,
    join_independent,
    summarize_looks,
)
from mnist_nn.imaging.thicken import measure_pen
from mnist_nn.reading.results import Number, PageLooks

Array = npt.NDArray[Any]


class Look(NamedTuple):
    """A feature of a number: its name, and which of its values count as unusual."""

    called: str
    side: Side


LOW, HIGH, EITHER = Side(low=True, high=False), Side(low=False, high=True), Side(low=True, high=True)
LOOKS = {
    "confidence": Look("the confidence of the answers", LOW),
    "is_digit": Look("how much they look like digits", LOW),
    "digits": Look("the number of digits", EITHER),
    "cost": Look("how their ink had to be cut", HIGH),
    "height": Look("their height in pixels", EITHER),
    "pen": Look("the width of the pen", EITHER),
}
"""The features compared. Numbers that are easier than those calibrated on do not weaken a promise."""


def measure_looks(numbers: Iterable[Number]) -> npt.NDArray[np.float64]:
    """Measure all features except the confidence: float64 of shape (n, features - 1).

    The width of the pen is measured in the 28×28 pictures that the network sees, so it is relative to the digits' size.
    """
    rows = [
        (
            min(digit.is_digit for digit in number.digits),
            len(number.digits),
            number.evidence.cost if number.evidence else 0.0,
            number.box[3] - number.box[1],
            float(np.median([measure_pen(digit.image) for digit in number.digits])),
        )
        for number in numbers
    ]
    return np.array(rows, np.float64).reshape(-1, len(LOOKS) - 1)


def summarize_numbers(confidence: Array, looks: Array, units: int | None = None) -> LooksSummary:
    """Summarize how numbers look, from their confidences of shape (n,) and the features from `measure_looks`."""
    return summarize_looks(tuple(LOOKS), np.column_stack([confidence, looks]), units)


def compare_page(summary: LooksSummary | None, numbers: Sequence[Number]) -> PageLooks | None:
    """Compare the numbers on an upright page with those calibrated on; None without a summary or numbers.

    Raises
    ------
    ConfigError
        If the summary has other features.
    """
    if summary is None or not numbers:
        return None
    if summary.names != tuple(LOOKS):
        raise ConfigError("another version made the calibration of numbers; calibrate the model again")
    values = np.column_stack([[number.confidence for number in numbers], measure_looks(numbers)])
    sides = tuple(look.side for look in LOOKS.values())
    page = PageLooks(len(numbers), join_dependent(summary.find_p_values(values, sides)))
    return page._replace(unlike=find_unlike(summary, [page]))


def find_unlike(summary: LooksSummary | None, pages: Sequence[PageLooks]) -> tuple[str, ...]:
    """Find the features in which the numbers of some pages differ from those calibrated on.

    If the numbers do look alike, the probability of finding any difference is at most 0.05, whatever the numbers on a
    page have in common. The features share this level (Bonferroni).

    Parameters
    ----------
    summary
        The summary that the pages were compared with; with None nothing is found.
    pages
        Pages that are independent of each other.

    Returns
    -------
    Names from `LOOKS`; empty if there are fewer than 5 numbers.
    """
    if summary is None or sum(page.numbers for page in pages) < LEAST_ANSWERS:
        return ()
    p_values = join_independent(np.array([page.p_values for page in pages]), summary.units)
    return tuple(name for name, p in zip(LOOKS, p_values, strict=True) if p <= LEVEL / len(LOOKS))


def describe_unlike(names: Sequence[str]) -> str:
    """Say in which features numbers differ from those calibrated on, and what to do; empty if they do not.

    Examples
    --------
    >>> describe_unlike(["pen"]).partition(",")[0]
    'do not look like those that the model was calibrated on (the width of the pen)'
    """
    if not names:
        return ""
    called = ", ".join(LOOKS[name].called for name in names)
    return (
        f"do not look like those that the model was calibrated on ({called}), so its error limit was "
        "not tested on such numbers; check a sample of them with mnist-nn audit"
    )
