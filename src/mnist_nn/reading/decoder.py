"""The best way through the ink of a number: where its digits begin and end, and which they are.

A number's ink is cut finely into segments; a run of them (`Candidate`) may be one digit. Decoding means to choose
candidates that follow each other from the first segment to the last, and a digit for each, so that the sum of their
scores is greatest and the `DigitConstraint` is satisfied. Dynamic programming finds that exactly. This module knows
nothing of pictures or networks.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.reading.checksums import DigitConstraint

Array = npt.NDArray[Any]
Candidate = tuple[int, int]
NEVER = -np.inf


class Decoding(NamedTuple):
    """The chosen candidates, by their index, with the digit of each, in reading order; and their total score."""

    candidates: tuple[int, ...]
    digits: tuple[int, ...]
    score: float


def decode(
    segments: int, candidates: Sequence[Candidate], scores: Array, constraint: DigitConstraint
) -> Decoding | None:
    """Find the reading with the greatest score that satisfies a constraint.

    Parameters
    ----------
    segments
        How many there are, numbered from the left.
    candidates
        Runs ``(start, stop)`` of segments, stop excluded, that could be one digit.
    scores
        Shape (candidates, 10): the score of each digit for each candidate, -inf where it is out of the question.
    constraint
        What the digits must satisfy.

    Returns
    -------
    None if no reading satisfies it.

    Examples
    --------
    Two segments look like 43 rather than one 8. With a check digit it must be 42; with a single digit, the 8:

    >>> from mnist_nn.reading.checksums import build_constraint
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
    # best[end, state]: of the segments before `end`, when the digits after them have led the constraint to `state`.
    best = np.full((segments + 1, len(constraint.transitions)), NEVER)
    best[0, constraint.accepting > 0] = 0.0
    chosen = np.zeros(best.shape, np.intp)
    for end in range(1, segments + 1):
        if ending[end]:
            options = _score_options(ending[end], candidates, scores, constraint, best)
            chosen[end] = options.argmax(axis=1)
            best[end] = options.max(axis=1)
    last = np.where(constraint.initial > 0, best[segments], NEVER)
    state = int(last.argmax())
    if last[state] == NEVER:
        return None
    return Decoding(*_trace_back(segments, state, candidates, ending, chosen, constraint), float(last[state]))


def _score_options(
    ending: list[int], candidates: Sequence[Candidate], scores: Array, constraint: DigitConstraint, best: Array
) -> Array:
    """Score all digits of all candidates that end here, shape (states, candidates × 10)."""
    before = best[[candidates[index][0] for index in ending]]  # (candidates, states)
    options = scores[ending][:, None, :] + before[:, constraint.transitions]  # (candidates, states, 10)
    return options.transpose(1, 0, 2).reshape(len(constraint.transitions), -1)


def _trace_back(
    end: int,
    state: int,
    candidates: Sequence[Candidate],
    ending: list[list[int]],
    chosen: Array,
    constraint: DigitConstraint,
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Follow the choices from the last segment to the first."""
    found = []
    while end:
        option, digit = divmod(int(chosen[end, state]), 10)
        found.append((ending[end][option], digit))
        end, state = candidates[ending[end][option]][0], int(constraint.transitions[state, digit])
    indices, digits = zip(*reversed(found), strict=True)
    return indices, digits


def condition(probabilities: Array, constraint: DigitConstraint) -> Array:
    """Condition the probabilities of a number's digits on the number satisfying a constraint.

    Parameters
    ----------
    probabilities
        Shape (n, 10): of each digit at each position, by the ink alone and independent of each other.
    constraint
        What the digits together satisfy.

    Returns
    -------
    The posterior probabilities, shape (n, 10), rows summing to one; the same as given if no number of n digits
    satisfies the constraint.

    Examples
    --------
    The ink cannot tell whether 4? ends in a 2 or a 3; Luhn's check digit can:

    >>> from mnist_nn.reading.checksums import build_constraint
    >>> ink = np.zeros((2, 10))
    >>> ink[0, 4], ink[1, [2, 3]] = 1.0, 0.5
    >>> condition(ink, build_constraint("luhn"))[1, [2, 3]].tolist()
    [1.0, 0.0]
    """
    n, states = len(probabilities), len(constraint.transitions)
    # Forward: probability of the digits before position i, for each state that the digits after them lead to.
    before = np.zeros((n + 1, states))
    before[0] = constraint.accepting
    for i in range(n):
        before[i + 1] = before[i][constraint.transitions] @ probabilities[i]
    after = constraint.initial  # backward: of the digits after position i, by the state that they lead to
    joint = np.zeros((n, 10))
    for i in reversed(range(n)):
        joint[i] = probabilities[i] * (after @ before[i][constraint.transitions])
        reached = np.zeros(states)
        np.add.at(reached, constraint.transitions, after[:, None] * probabilities[i])
        after = reached
    total = joint.sum(axis=1, keepdims=True)
    return joint / total if (total > 0).all() else probabilities
