"""Calibrates whole numbers on labelled pictures, whose answers depend on each other if the same person wrote them.

A *unit* is a writer, a page or a picture. Answers from one unit may depend on each other in any way, but units are
independent. Therefore one answer from each unit, drawn at random, tests the thresholds. docs/explanation/refusal.md
describes it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.calibration import LIMITS
from mnist_nn.evaluation.number_calibration import NumberCalibration
from mnist_nn.evaluation.selective import (
    SELECTIVE,
    choose_thresholds,
    count_needed,
    count_thresholds,
    find_least_promise,
    round_up,
)
from mnist_nn.model_file.storage import Model
from mnist_nn.reading.calibrate_numbers import Answers, fit_score
from mnist_nn.reading.evidence import FEATURES
from mnist_nn.reading.looks import summarize_numbers
from mnist_nn.util.randomness import Key, fold, permutation, uniform

Array = npt.NDArray[Any]
FITTING_PARTS = 3
"""One unit in this many is used to fit a new score, and the others test it; `calibrate_numbers` divides its papers the
same way."""


def calibrate_labelled(model: Model, answers: Answers, max_error: float, key: Key) -> NumberCalibration:
    """Calibrate numbers on the answers to labelled pictures.

    Parameters
    ----------
    model
        The reader that gave the answers.
    answers
        The answers; their groups are the units.
    max_error
        The error limit asked for. This limit and the number of units decide whether a new score is fitted; the answers
        do not matter for that.
    key
        Random key that decides which units are used for fitting, and which answer of each other unit is drawn.

    Raises
    ------
    DataError
        If a score must be fitted, but the answers for it are all right or all wrong.
    """
    units = sorted(set(answers.groups))
    own = _find_score(model)
    if own is not None and not fits_score(model, len(units), max_error):
        thresholds = own.table[:, 0] if own.test is None else own.test.thresholds
        return prove_thresholds(own, np.unique(thresholds), answers, key)
    order = permutation(fold(key, 0), len(units))
    chosen = {units[index] for index in order[: len(units) // FITTING_PARTS]}
    fits = np.array([unit in chosen for unit in answers.groups])
    fitting, testing = _take(answers, fits), _take(answers, ~fits)
    all_right = bool(fitting.right[fitting.acceptable].all())
    score = own if own is not None and all_right else fit_score(fitting)
    return prove_thresholds(score, choose_thresholds(fitting.score(score)[fitting.acceptable]), testing, key)


def fits_score(model: Model, units: int, max_error: float) -> bool:
    """Say whether to fit a new score: if enough units are left to test it, or the model has no score."""
    plenty = SELECTIVE.early_start * count_needed(max_error, SELECTIVE.level)
    return _find_score(model) is None or units - units // FITTING_PARTS >= plenty


def _find_score(model: Model) -> NumberCalibration | None:
    own = model.number_calibration
    return own if own is not None and set(own.features) <= set(FEATURES) else None


def prove_thresholds(score: NumberCalibration, thresholds: Array, testing: Answers, key: Key) -> NumberCalibration:
    """Test thresholds on one answer of each unit, so that the binomial is exact; summarize how all numbers look."""
    drawn = draw_one_each(testing.groups, fold(key, 1))
    test = count_thresholds(thresholds, [(testing.score(score)[drawn], testing.right[drawn])])
    looks = summarize_numbers(testing.rate(score), testing.looks, units=len(drawn))
    return replace(score, table=test.tabulate(LIMITS), test=test, looks=looks)


def draw_one_each(groups: Sequence[str], key: Key) -> npt.NDArray[np.intp]:
    """Draw one member of each group at random: rows of shape (groups,).

    Examples
    --------
    >>> from mnist_nn.util.randomness import key
    >>> sorted(["a", "b", "b"][row] for row in draw_one_each(["a", "b", "b"], key(0)))
    ['a', 'b']
    """
    order = np.argsort(uniform(key, len(groups)), kind="stable")
    _, first = np.unique(np.asarray(groups)[order], return_index=True)
    return np.asarray(order[first], np.intp)


def check_enough(model: Model, units: int, kind: str, max_error: float) -> None:
    """Raise ConfigError if this many units cannot prove a limit even if every answer is right.

    The error names the smallest limit that they can prove, and how many units the requested limit needs.
    """
    needed = count_needed(max_error, SELECTIVE.level)
    testing, takes = units, needed
    if fits_score(model, units, max_error):
        testing = units - units // FITTING_PARTS
        takes = needed + (needed - 1) // (FITTING_PARTS - 1)
    if testing >= needed:
        return
    least = round_up(find_least_promise(testing, SELECTIVE.level))
    some = f", {testing:,} of which test the thresholds," if testing < units else ""
    raise ConfigError(
        f"{units:,} {kind}s{some} can prove a limit of {least:g} at best, but {max_error:g} takes "
        f"{takes:,} {kind}s; label more, or ask for a weaker limit with --max-error {least:g}"
    )


def _take(answers: Answers, rows: Array) -> Answers:
    return Answers(
        answers.features[rows],
        answers.looks[rows],
        answers.right[rows],
        answers.acceptable[rows],
        tuple(group for group, taken in zip(answers.groups, rows, strict=True) if taken),
    )
