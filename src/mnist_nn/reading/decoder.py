"""Finds the best path through the ink of a number: where its digits begin and end, and which digits they are.

A number's ink is cut into small segments, and a run of segments (a candidate) may be one digit. Decoding means choosing
consecutive candidates from the first segment to the last, and a digit for each, so that the sum of their scores is as
large as possible and the `DigitConstraint` is satisfied. Dynamic programming solves this exactly. This module knows
nothing about pictures or networks.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.reading.constraints import DigitConstraint, Steps

Array = npt.NDArray[Any]
Candidate = tuple[int, int]
NEVER = -np.inf


class Decoding(NamedTuple):
    """The indices of the chosen candidates with their digits, in reading order, and the total score."""

    candidates: tuple[int, ...]
    digits: tuple[int, ...]
    score: float


def decode(
    segments: int, candidates: Sequence[Candidate], scores: Array, constraint: DigitConstraint
) -> Decoding | None:
    """Find the reading with the highest score that satisfies a constraint.

    Parameters
    ----------
    segments
        The number of segments, which are numbered from the left.
    candidates
        Runs ``(start, stop)`` of segments, stop excluded, that could be one digit.
    scores
        Shape (candidates, 10): the score of each digit for each candidate; -inf if it is impossible.
    constraint
        The constraint that the digits must satisfy.

    Returns
    -------
    None if no reading satisfies it.

    Examples
    --------
    Two segments look more like 43 than like one 8. With a check digit the number must be 42, and with a single digit 8:

    >>> from mnist_nn.reading.constraints import build_constraint
    >>> scores = np.full((3, 10), -9.0)
    >>> scores[0, 4], scores[1, [3, 2]], scores[2, 8] = -0.1, (-0.2, -0.9), -2.0
    >>> candidates = [(0, 1), (1, 2), (0, 2)]
    >>> decode(2, candidates, scores, build_constraint()).digits
    (4, 3)
    >>> decode(2, candidates, scores, build_constraint("luhn")).digits
    (4, 2)
    >>> decode(2, candidates, scores, build_constraint(length=1)).digits
    (8,)
    """
    ending = [[index for index, (_, stop) in enumerate(candidates) if stop == end] for end in range(segments + 1)]
    accepting = np.flatnonzero(constraint.accepting)
    fronts = [_Front(accepting, np.zeros(len(accepting)))]
    steps = [_advance(constraint, fronts[0])]
    best = np.full(len(constraint.transitions), NEVER)
    for end in range(1, segments + 1):
        for index in ending[end]:
            into, before = steps[candidates[index][0]]
            if len(before):
                np.maximum.at(best, into.sources, before + scores[index][into.digits])
        reached = (best > NEVER).nonzero()[0]
        fronts.append(_Front(reached, best[reached]))
        steps.append(_advance(constraint, fronts[-1]))
        best[reached] = NEVER
    states, totals = fronts[-1]
    totals = np.where(constraint.initial[states] > 0, totals, NEVER)
    if not (totals > NEVER).any():
        return None
    last = int(totals.argmax())
    chosen = _trace_back(int(states[last]), candidates, ending, scores, fronts, constraint)
    return Decoding(*chosen, float(totals[last]))


class _Front(NamedTuple):
    """The partial decodings at a segment: the best score for each reachable state.

    States that cannot be reached are left out; the others are in ascending order.
    """

    states: Array
    scores: Array


def _advance(constraint: DigitConstraint, front: _Front) -> tuple[Steps, Array]:
    """List the steps that lead to a front, and the score that each step starts with."""
    steps, index = constraint.steps_into(front.states)
    return steps, front.scores[index]


def _trace_back(
    state: int,
    candidates: Sequence[Candidate],
    ending: list[list[int]],
    scores: Array,
    fronts: list[_Front],
    constraint: DigitConstraint,
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Find the best choices again by going back; only a few states are needed, so they need not be stored."""
    found = []
    end = len(fronts) - 1
    while end:
        targets = constraint.transitions[state]
        before = np.array([_look_up(fronts[candidates[index][0]], targets) for index in ending[end]])
        option, digit = divmod(int((before + scores[ending[end]]).argmax()), 10)
        found.append((ending[end][option], digit))
        end, state = candidates[ending[end][option]][0], int(targets[digit])
    indices, digits = zip(*reversed(found), strict=True)
    return indices, digits


def _look_up(front: _Front, states: Array) -> Array:
    """Return the score of each state in a front; -inf if it cannot be reached."""
    if not len(front.states):
        return np.full(len(states), NEVER)
    place = np.searchsorted(front.states, states).clip(max=len(front.states) - 1)
    return np.where(front.states[place] == states, front.scores[place], NEVER)


def condition(probabilities: Array, constraint: DigitConstraint) -> Array:
    """Condition the probabilities of a number's digits on the constraint being satisfied.

    Parameters
    ----------
    probabilities
        Shape (n, 10): the probability of each digit at each position, by the ink alone and independent of each other.
    constraint
        The constraint on the whole number.

    Returns
    -------
    The posterior probabilities, shape (n, 10), with rows that sum to one. If no number of n digits satisfies the
    constraint, they are returned unchanged.

    Examples
    --------
    The ink cannot tell whether 4? ends in 2 or 3, but Luhn's check digit can:

    >>> from mnist_nn.reading.constraints import build_constraint
    >>> ink = np.zeros((2, 10))
    >>> ink[0, 4], ink[1, [2, 3]] = 1.0, 0.5
    >>> condition(ink, build_constraint("luhn"))[1, [2, 3]].tolist()
    [1.0, 0.0]
    """
    # Forward: probability of the digits before position i, for each state that the digits after them lead to.
    before: Array = constraint.accepting
    levels = []
    for row in probabilities:
        reached = np.flatnonzero(before)
        steps, index = constraint.steps_into(reached)
        levels.append((steps, before[reached][index]))
        before = np.bincount(steps.sources, levels[-1][1] * row[steps.digits], len(before))
    after: Array = constraint.initial  # backward: of the digits after position i, by the state that they lead to
    joint = np.zeros(probabilities.shape)
    for i in reversed(range(len(probabilities))):
        (sources, digits, targets), weights = levels[i]
        arriving = after[sources] * probabilities[i][digits]
        joint[i] = np.bincount(digits, arriving * weights, 10)
        after = np.bincount(targets, arriving, len(after))
    total = joint.sum(axis=1, keepdims=True)
    return joint / total if (total > 0).all() else probabilities
