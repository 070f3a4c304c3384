"""The result of checking an export: for each output, the largest difference from the reference engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mnist_nn.errors import quote
from mnist_nn.evaluation.prediction import OUTPUTS, Predictions
from mnist_nn.export.limits import TOO_NEAR, Limits, compare_limits, count_passed, count_passed_surely
from mnist_nn.export.vectors import Vectors

TOLERANCE = 1e-4  # of what is computed in float32; usual are 1e-6
# Of the int8 form against its own rules: an activation at the edge of a step may fall either way, in a few pictures.
INT8_TOLERANCE = 0.02
USUAL = 0.95  # the share of pictures that must be within TOLERANCE all the same
CARRIED_TOLERANCE = 1e-6  # of predictions that a file carries: they are rounded to float32 in some formats


class Difference(NamedTuple):
    """The largest absolute difference of one output, and the difference allowed.

    For labels and decisions it is the number of pictures where they differ from the reference engine's, not counting
    ties.
    """

    output: str
    largest: float
    tolerance: float

    @property
    def good(self) -> bool:
        """Whether the difference is within the tolerance; NaN is not."""
        return bool(self.largest <= self.tolerance)


@dataclass(frozen=True)
class Verification:
    """The comparison of an export with its model.

    Parameters
    ----------
    format
        One of `mnist_nn.export.FORMATS`.
    runtime
        The runtime that ran it, with its version.
    pictures
        Number of pictures compared: the test vectors in the file, and others.
    differences
        One row for each output.
    """

    format: str
    runtime: str
    pictures: int
    differences: tuple[Difference, ...]

    @property
    def good(self) -> bool:
        """Whether every difference is within its tolerance."""
        return all(difference.good for difference in self.differences)


class Ran(NamedTuple):
    """The predictions of a runtime; for an integer form, also its predictions and the expected ones."""

    runtime: str
    predictions: Predictions
    int8: tuple[Predictions, Predictions] | None = None


def find_differences(
    expected: Predictions, ran: Ran, carried: Vectors, limits: tuple[Limits, Limits] = ({}, {})
) -> tuple[Difference, ...]:
    """Compare all predictions; the test vectors in the file are for the first pictures.

    Parameters
    ----------
    expected
        The reference engine's predictions.
    ran
        The predictions of the format's runtime.
    carried
        The predictions in the file's test vectors.
    limits
        The model's limits, and those in the file.

    Raises
    ------
    ValueError
        If the predictions are not for this number of pictures and classes.
    """
    check_shape(carried.predictions, len(carried.images), expected)
    for predictions in (ran.predictions, *(ran.int8 or ())):
        check_shape(predictions, len(expected.label), expected)
    found = list(compare(expected, ran.predictions, TOLERANCE))
    if ran.int8:
        rules, predictions = ran.int8
        found += [row._replace(output=f"int8 {row.output}") for row in compare(rules, predictions, INT8_TOLERANCE)]
        apart = np.abs(rules.probabilities - predictions.probabilities).max(axis=1)
        usual = float(np.quantile(np.maximum(apart, np.abs(rules.is_digit - predictions.is_digit)), USUAL))
        found.append(Difference(f"int8, {100 * USUAL:.0f} % of pictures", usual, TOLERANCE))
    own = compare(expected.take(slice(len(carried.images))), carried.predictions, CARRIED_TOLERANCE)
    worst = max(own, key=lambda row: (np.isnan(row.largest), row.largest))
    found.append(Difference("test vectors inside", worst.largest, CARRIED_TOLERANCE))
    return (*found, *(_compare_decisions(expected, ran.predictions, carried, *limits) if any(limits) else ()))


def _compare_decisions(
    expected: Predictions, ran: Predictions, carried: Vectors, own: Limits, found: Limits
) -> Iterator[Difference]:
    """Compare which pictures pass the limits, except those close to one, and the limits themselves."""
    passed = count_passed_surely(expected, own)
    other = count_passed(ran, found) != passed
    if carried.passed is not None:
        first = slice(len(carried.images))
        other[first] |= (carried.passed != passed[first]) & (carried.passed != TOO_NEAR)
    yield Difference("decision", float((other & (passed != TOO_NEAR)).sum()), 0.0)
    yield Difference("limits", compare_limits(own, found), CARRIED_TOLERANCE)


def check_shape(predictions: Predictions, count: int, expected: Predictions) -> None:
    """Raise ValueError unless these are predictions for this number of pictures, with valid labels."""
    classes = expected.probabilities.shape[1]
    found = [np.shape(values) for values in predictions.outputs().values()]
    if found != [(count,), (count, classes), (count,), (count,)] or not count:
        raise ValueError(f"predictions of {count} pictures of {classes} classes have the shapes {found}")
    strange = sorted(set(np.asarray(predictions.label).tolist()) - set(range(classes)))
    if strange:
        raise ValueError(f"label {quote(strange[0])} is not one of the {classes} classes, which count from 0")


def compare(expected: Predictions, found: Predictions, tolerance: float) -> Iterator[Difference]:
    """Compare every output.

    Examples
    --------
    >>> one = Predictions.of_outputs(np.array([1]), np.array([[0.2, 0.8]]), np.array([1.0]), np.array([0.8]))
    >>> other = one._replace(label=np.array([0]), is_digit=np.array([0.75]))
    >>> [(row.output, row.largest) for row in compare(one, other, 0.1)]
    [('label', 1.0), ('probabilities', 0.0), ('is_digit', 0.25), ('confidence', 0.0)]
    """
    rows = np.arange(len(expected.label))
    lost = expected.probabilities.max(axis=1) - expected.probabilities[rows, found.label]
    yield Difference("label", float((lost > tolerance).sum()), 0.0)
    for name in OUTPUTS[1:]:
        apart = np.abs(np.asarray(getattr(expected, name)) - getattr(found, name))
        yield Difference(name, float(apart.max()), tolerance)
