"""The limits that decide about a single digit, as exports contain them, and test pictures close to each limit.

A picture passes ``not_a_digit`` if its ``is_digit`` is large enough, and the threshold for a share of errors if its
confidence is. If somebody changes a limit, a different picture passes, and the check notices.
`mnist_nn.evaluation.calibration` explains the numbers.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.calibration import Calibration
from mnist_nn.evaluation.prediction import Predictions

Array = npt.NDArray[Any]
Pixels = npt.NDArray[np.uint8]
Limits = Mapping[str, float]

NOT_A_DIGIT = "not_a_digit"
SHARES = (0.002, 0.005, 0.01, 0.02, 0.05)  # of errors among accepted single digits, that have a threshold
MARGIN = 2e-4  # that a picture is beside a limit at least: twice what a float32 runtime may be off
TOO_NEAR = -1  # in place of the number of limits that a picture passes, where it is nearer
STEPS = 64  # of a picture on its way to another that are looked at together
WHITE = 255
ROUNDS = 4  # of looking closer: 64⁴ steps are more than there are between two pictures


def collect_limits(calibration: Calibration | None, more: Iterable[float] = ()) -> Limits:
    """Collect ``not_a_digit``, and the threshold of each share of errors that can be reached, named by the share.

    Parameters
    ----------
    calibration
        The model's calibration; without one there are no limits.
    more
        Shares in addition to `SHARES`.

    Examples
    --------
    >>> table = np.array([(0.2, 0.3, 1.0), (0.6, 0.01, 0.5)])
    >>> collect_limits(Calibration(1.0, np.zeros(3), 0.0, 0.1, table))
    {'not_a_digit': 0.1, '0.01': 0.6, '0.02': 0.6, '0.05': 0.6}
    """
    if calibration is None:
        return {}
    found = {str(share): find_threshold(calibration, share) for share in (*SHARES, *more)}
    return {NOT_A_DIGIT: calibration.not_a_digit, **{name: at for name, at in found.items() if at is not None}}


def find_threshold(calibration: Calibration, share: float) -> float | None:
    """Look up the confidence from which at most this share of answers is wrong; None if there is none."""
    try:
        return calibration.operating_point(share).threshold
    except ConfigError:
        return None


def read_limits(facts: Mapping[str, Any] | None) -> Limits:
    """Read the limits from an export's facts about its calibration; an uncalibrated export has none.

    Examples
    --------
    >>> read_limits({"not_a_digit": 0.1, "thresholds": {"0.01": 0.6}})
    {'not_a_digit': 0.1, '0.01': 0.6}
    """
    if not facts:
        return {}
    return {NOT_A_DIGIT: float(facts[NOT_A_DIGIT]), **{name: float(at) for name, at in facts["thresholds"].items()}}


def list_shares(limits: Limits) -> list[float]:
    """List the shares of errors that have a threshold.

    Examples
    --------
    >>> list_shares({"not_a_digit": 0.1, "0.01": 0.6})
    [0.01]
    """
    return [float(name) for name in limits if name != NOT_A_DIGIT]


def count_passed(predictions: Predictions, limits: Limits) -> npt.NDArray[np.int64]:
    """Count the limits that each picture passes, int64 of shape (n,).

    Examples
    --------
    >>> found = Predictions.of_outputs(np.zeros(2, int), np.array([[0.9, 0.1], [0.6, 0.4]]), np.array([1.0, 0.05]))
    >>> count_passed(found, {"not_a_digit": 0.1, "0.01": 0.8}).tolist()
    [2, 0]
    """
    passed = np.zeros(len(predictions.label), np.int64)
    for name, limit in limits.items():
        passed += _value_for(name, predictions) >= limit
    return passed


def count_passed_surely(predictions: Predictions, limits: Limits) -> npt.NDArray[np.int64]:
    """Count the limits that pictures pass, with `TOO_NEAR` for one so close to a limit that rounding may decide."""
    near = np.zeros(len(predictions.label), bool)
    for name, limit in limits.items():
        near |= np.abs(_value_for(name, predictions) - limit) < MARGIN
    return np.where(near, TOO_NEAR, count_passed(predictions, limits))


def make_pictures_beside(images: Pixels, predict: Callable[[Array], Predictions], limits: Limits) -> Pixels:
    """Make a picture just below and one just above each limit, by changing one picture into another step by step.

    Parameters
    ----------
    images
        uint8 of shape (n, inputs). The path leads from a picture below a limit to one above it. Of each kind, the
        picture with the least ink is chosen, because much ink makes large sums, which float32 rounds coarsely.
    predict
        The function that predicts pictures.
    limits
        Limits from `collect_limits`.

    Returns
    -------
    uint8 of shape (at most 2 × limits, inputs). If no picture is on one side of a limit, that side has none.
    """
    found = predict(images)
    made, ink = [np.empty((0, images.shape[1]), np.uint8)], images.sum(axis=1)
    for name, limit in limits.items():
        values = _value_for(name, found)
        for level, side in ((limit - MARGIN, -1), (limit + MARGIN, 1)):
            if values.min() < level <= values.max():
                ends = [images[np.where(end, ink, np.inf).argmin()] for end in (values < level, values >= level)]
                made.append(_find_beside(ends, partial(_ask_for, name, predict), level, side))
    return np.concatenate(made)


def _find_beside(ends: Sequence[Pixels], ask: Callable[[Pixels], Array], level: float, side: int) -> Pixels:
    """Find the picture closest to a level, below it (side -1) or above, on a path that changes one pixel per step."""
    below, above = _find_crossing(ends, ask, level)
    start = above if side > 0 else below
    one = np.eye(len(start), dtype=np.uint8)
    rows = np.concatenate([start[None], start + one * (start < WHITE), start - one * (start > 0)])
    beyond = side * (ask(rows) - level)
    return rows[[int(np.where(beyond >= 0, beyond, np.inf).argmin())]]


def _find_crossing(ends: Sequence[Pixels], ask: Callable[[Pixels], Array], level: float) -> Pixels:
    """Find the last picture below a level and the first one at or above it, on the path between two pictures."""
    start, way = ends[0].astype(float), ends[1].astype(float) - ends[0]
    low, high = 0.0, 1.0
    for _ in range(ROUNDS):
        shares = np.linspace(low, high, STEPS + 1)
        rows = np.rint(start + shares[:, None] * way).astype(np.uint8)
        first = int((ask(rows) >= level).argmax())
        low, high = shares[first - 1], shares[first]
    return rows[[first - 1, first]]


def _ask_for(name: str, predict: Callable[[Array], Predictions], rows: Pixels) -> Array:
    return _value_for(name, predict(rows))


def _value_for(name: str, predictions: Predictions) -> Array:
    """Return the values of a prediction that a limit is compared with."""
    return predictions.is_digit if name == NOT_A_DIGIT else predictions.confidence


def compare_limits(expected: Limits, found: Limits) -> float:
    """Return the largest difference; infinity if one has a limit that the other lacks.

    Examples
    --------
    >>> compare_limits({"not_a_digit": 0.5}, {"not_a_digit": 0.25}), compare_limits({"not_a_digit": 0.5}, {})
    (0.25, inf)
    """
    if set(expected) != set(found):
        return math.inf
    return max((abs(found[name] - limit) for name, limit in expected.items()), default=0.0)
