"""The best way through the ink of a number: where its digits begin and end, and which they are.

A number's ink is cut finely; runs of its parts (`Span`) may be digits. Reading it means choosing spans that follow each
other from the first part to the last, and a digit for each, so that the sum of their scores is greatest and the
`Rule` is obeyed. Dynamic programming finds that exactly. It knows nothing of pictures or networks.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.reading.checksums import Rule

Array = npt.NDArray[Any]
Span = tuple[int, int]
NEVER = -np.inf


class Path(NamedTuple):
    """A reading: which spans, by their index, with the digit of each, in reading order; and its score."""

    spans: tuple[int, ...]
    digits: tuple[int, ...]
    score: float


def best_path(parts: int, spans: Sequence[Span], scores: Array, rule: Rule) -> Path | None:
    """Find the reading with the greatest score that obeys a rule.

    Parameters
    ----------
    parts
        Number of parts, numbered from the left.
    spans
        Runs ``(start, stop)`` of parts, stop excluded, that could be one digit.
    scores
        Shape (spans, 10): what each digit in each span is worth, -inf where it is out of the question.
    rule
        What the digits must obey.

    Returns
    -------
    None if no reading obeys.

    Examples
    --------
    Two parts look like 43 rather than one 8. With a check digit it must be 42; with a single digit, the 8:

    >>> from mnist_nn.reading.checksums import rule
    >>> scores = np.full((3, 10), -9.0)
    >>> scores[0, 4], scores[1, [3, 2]], scores[2, 8] = -0.1, (-0.2, -0.9), -2.0
    >>> spans = [(0, 1), (1, 2), (0, 2)]
    >>> best_path(2, spans, scores, rule()).digits
    (4, 3)
    >>> best_path(2, spans, scores, rule("luhn")).digits
    (4, 2)
    >>> best_path(2, spans, scores, rule(length=1)).digits
    (8,)
    """
    into = [[index for index, (_, stop) in enumerate(spans) if stop == part] for part in range(parts + 1)]
    # best[part, state]: of the parts before `part`, when the digits after it have led the rule to `state`.
    best = np.full((parts + 1, len(rule.moves)), NEVER)
    best[0, rule.ends > 0] = 0.0
    chosen = np.zeros(best.shape, np.intp)
    for part in range(1, parts + 1):
        if into[part]:
            options = _options(into[part], spans, scores, rule, best)
            chosen[part] = options.argmax(axis=1)
            best[part] = options.max(axis=1)
    last = np.where(rule.starts > 0, best[parts], NEVER)
    state = int(last.argmax())
    if last[state] == NEVER:
        return None
    return Path(*_trace(parts, state, spans, into, chosen, rule), float(last[state]))


def _options(into: list[int], spans: Sequence[Span], scores: Array, rule: Rule, best: Array) -> Array:
    """Score all digits of all spans that stop here, shape (states, spans × 10)."""
    before = best[[spans[index][0] for index in into]]  # (spans, states)
    options = scores[into][:, None, :] + before[:, rule.moves]  # (spans, states, 10)
    return options.transpose(1, 0, 2).reshape(len(rule.moves), -1)


def _trace(
    part: int, state: int, spans: Sequence[Span], into: list[list[int]], chosen: Array, rule: Rule
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Follow the choices from the last part to the first."""
    found = []
    while part:
        place, digit = divmod(int(chosen[part, state]), 10)
        found.append((into[part][place], digit))
        part, state = spans[into[part][place]][0], int(rule.moves[state, digit])
    indices, digits = zip(*reversed(found), strict=True)
    return indices, digits


def posteriors(probabilities: Array, rule: Rule) -> Array:
    """Say how probable each digit of a number is, once it is known that the number obeys a rule.

    Parameters
    ----------
    probabilities
        Shape (n, 10): of each digit at each place, by the ink alone and independent of each other.
    rule
        What the digits together obey.

    Returns
    -------
    Shape (n, 10), rows summing to one; the same as given if no number of n digits obeys.

    Examples
    --------
    The ink cannot tell whether 4? ends in a 2 or a 3; Luhn's rule can:

    >>> from mnist_nn.reading.checksums import rule
    >>> ink = np.zeros((2, 10))
    >>> ink[0, 4], ink[1, [2, 3]] = 1.0, 0.5
    >>> posteriors(ink, rule("luhn"))[1, [2, 3]].tolist()
    [1.0, 0.0]
    """
    n, states = len(probabilities), len(rule.moves)
    before = np.zeros((n + 1, states))  # probability of the digits before place i, for each state the others lead to
    before[0] = rule.ends
    for i in range(n):
        before[i + 1] = before[i][rule.moves] @ probabilities[i]
    after = rule.starts  # of the digits after place i, by the state that they lead to
    joint = np.zeros((n, 10))
    for i in reversed(range(n)):
        joint[i] = probabilities[i] * (after @ before[i][rule.moves])
        led = np.zeros(states)
        np.add.at(led, rule.moves, after[:, None] * probabilities[i])
        after = led
    total = joint.sum(axis=1, keepdims=True)
    return joint / total if (total > 0).all() else probabilities
