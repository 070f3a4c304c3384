"""Turns log-probabilities of symbols into the most probable texts, their probabilities, and positions of digits.

A path assigns a symbol to every step: a digit or the blank. The text of a path is what remains after repeats are merged
and blanks are removed. The probability of a text is the sum over all its paths (Graves et al., *Connectionist Temporal
Classification*, ICML 2006). Steps are processed from the last to the first, because a `DigitConstraint` reads a number
from its last digit. This module knows nothing about pictures or networks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.reading.constraints import DigitConstraint

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
BLANK = 10
SYMBOLS = 11


@dataclass(frozen=True)
class DecodeParameters:
    """Parameters of the search for texts."""

    beam: int = 16
    """Number of text endings kept at every step; on composed lines, more did not find better texts."""
    least_probability: float = 1e-4
    """Symbols with less than this share of the most probable symbol's probability at a step are not followed."""
    most_completions: int = 300_000
    """Up to this many steps × states × symbols, all texts that a constraint accepts are summed, which takes
    milliseconds per line. For larger constraints, such as lists of a hundred values or more, the texts found stand for
    all of them."""


DECODE = DecodeParameters()


class Text(NamedTuple):
    """A text, and the natural logarithm of its probability."""

    digits: str
    log_probability: float


def search_texts(log_p: Floats, constraint: DigitConstraint, parameters: DecodeParameters = DECODE) -> list[Text]:
    """Search for the most probable texts that satisfy a constraint, by prefix beam search from the last step.

    Parameters
    ----------
    log_p
        Shape (steps, 11): log-probabilities of the ten digits and the blank.
    constraint
        The constraint that the digits of a text must satisfy.
    parameters
        How many texts are followed.

    Returns
    -------
    The texts, the most probable first. Their probabilities are lower bounds, because some paths are not followed. Empty
    if no text satisfies the constraint.

    Examples
    --------
    >>> from mnist_nn.reading.constraints import build_constraint
    >>> p = np.full((3, 11), 0.001)
    >>> p[0, 4], p[1, 10], p[2, [2, 3]] = 0.99, 0.99, (0.4, 0.591)
    >>> log_p = np.log(p)
    >>> search_texts(log_p, build_constraint())[0].digits
    '43'
    >>> search_texts(log_p, build_constraint("luhn"))[0].digits
    '42'
    """
    found = _Search(log_p, constraint, parameters).run()
    shift = float(log_p.max(axis=1).sum())
    texts = [Text(digits, float(np.log(p)) + shift) for digits, p in found if p > 0]
    return sorted(texts, key=lambda text: -text.log_probability)


States = tuple[int, ...]
End = tuple[float, float, States]
"""The end of a text: its probability over paths that continue with a blank and over those that continue with its first
digit, and the state of the constraint after its digits."""


@dataclass(frozen=True, eq=False)
class _Search:
    """A prefix beam search. At every step, probabilities are divided by the largest one, so none underflows."""

    log_p: Floats
    constraint: DigitConstraint
    parameters: DecodeParameters
    _moves: dict[tuple[States, int], States] = field(default_factory=dict)

    @cached_property
    def _completions(self) -> Floats | None:
        """Return `sum_completions`; None if it is not needed or would take too long."""
        if self.constraint.is_trivial or _is_large(self.log_p, self.constraint, self.parameters):
            return None
        return sum_completions(np.exp(self.log_p), self.constraint)

    def run(self) -> list[tuple[str, float]]:
        """Return texts in no particular order, with lower bounds of their probabilities."""
        beam: dict[str, End] = {"": (1.0, 0.0, tuple(np.flatnonzero(self.constraint.initial).tolist()))}
        rows = np.exp(self.log_p - self.log_p.max(axis=1, keepdims=True)).tolist()
        for step in reversed(range(len(rows))):
            beam = self._extend(beam, rows[step])
            if len(beam) > self.parameters.beam:
                ranked = sorted(beam.items(), key=lambda item: self._rank(step, *item), reverse=True)
                beam = dict(ranked[: self.parameters.beam])
        accepting = self.constraint.accepting
        return [
            (text[::-1], blank + digit)
            for text, (blank, digit, states) in beam.items()
            if any(accepting[state] for state in states)
        ]

    def _extend(self, beam: dict[str, End], row: list[float]) -> dict[str, End]:
        """Put every symbol of a step in front of every text ending."""
        digits = [d for d in range(BLANK) if row[d] >= self.parameters.least_probability]
        longer: dict[str, End] = {}
        for text, (blank, digit, states) in beam.items():
            first = int(text[-1]) if text else BLANK
            both = blank + digit
            known = longer.get(text, (0.0, 0.0, states))
            longer[text] = (known[0] + both * row[BLANK], known[1] + digit * row[first], states)
            for d in digits:
                after = self._move(states, d)
                if after:
                    known = longer.get(text + str(d), (0.0, 0.0, after))
                    longer[text + str(d)] = (known[0], known[1] + (blank if d == first else both) * row[d], after)
        return longer

    def _move(self, states: States, digit: int) -> States:
        """Return the constraint's state after a digit; None if no number continues like this."""
        if (states, digit) not in self._moves:
            dead = len(self.constraint.transitions) - 1
            after = {int(self.constraint.transitions[state, digit]) for state in states} - {dead}
            self._moves[states, digit] = tuple(sorted(after))
        return self._moves[states, digit]

    def _rank(self, step: int, text: str, end: End) -> float:
        """Return how probable an ending is; with a constraint, together with all continuations that satisfy it."""
        blank, digit, states = end
        if self._completions is None:
            return blank + digit
        rest, first = self._completions[step], int(text[-1]) if text else BLANK
        return float(sum(blank * rest[state, BLANK] + digit * rest[state, first] for state in states))


def sum_completions(steps: Floats, constraint: DigitConstraint) -> Floats:
    """Sum the probabilities of all ways to complete a text ending so that the constraint is satisfied.

    Parameters
    ----------
    steps
        Shape (steps, 11): probabilities of the symbols.
    constraint
        The constraint that a whole text must satisfy.

    Returns
    -------
    Shape (steps + 1, states, 11): entry ``[t, state, symbol]`` is for the steps before ``t``, if the digits after them
    have led the constraint to ``state`` and the path continues with ``symbol``.
    """
    transitions, digits = constraint.transitions, np.arange(BLANK)
    sums = np.zeros((len(steps) + 1, len(transitions), SYMBOLS))
    sums[0] = constraint.accepting[:, None]
    for step, p in enumerate(steps):
        before = sums[step]
        new = before[transitions, digits] * p[:BLANK]  # (states, 10): another digit begins before the text
        blank = before[:, BLANK] * p[BLANK]
        sums[step + 1, :, BLANK] = blank + new.sum(axis=1)
        sums[step + 1, :, :BLANK] = blank[:, None] + (new.sum(axis=1)[:, None] - new) + before[:, :BLANK] * p[:BLANK]
    return sums


def _is_large(log_p: Floats, constraint: DigitConstraint, parameters: DecodeParameters) -> bool:
    return log_p.size * len(constraint.transitions) > parameters.most_completions


def sum_accepted(log_p: Floats, constraint: DigitConstraint, parameters: DecodeParameters = DECODE) -> float | None:
    """Return the natural logarithm of the probability that a text satisfies a constraint, summed over all texts.

    The result is None if the constraint is too large.

    Examples
    --------
    If the last of two digits is random, one number in ten has a valid Luhn digit:

    >>> from mnist_nn.reading.constraints import build_constraint
    >>> p = np.full((3, 11), 1e-300)
    >>> p[0, 4], p[1, 10], p[2, :10] = 1.0, 1.0, 0.1
    >>> round(float(np.exp(sum_accepted(np.log(p), build_constraint("luhn")))), 6)
    0.1
    """
    if constraint.is_trivial:
        return 0.0
    if _is_large(log_p, constraint, parameters):
        return None
    sums = sum_completions(np.exp(log_p), constraint)
    total = float(sums[-1, constraint.initial > 0, BLANK].sum())
    return float(np.log(total)) if total > 0 else -np.inf


def weigh_texts(lines: Sequence[Floats], texts: Sequence[str]) -> Floats:
    """Compute the exact probability of each text in each line (the forward recursion of CTC).

    Parameters
    ----------
    lines
        Each of shape (steps, 11): log-probabilities.
    texts
        Strings of digits.

    Returns
    -------
    Natural logarithms, shape (lines, texts); -inf if a line has too few steps for a text.

    Examples
    --------
    >>> p = np.full((2, 11), 1e-9)
    >>> p[:, [4, 10]] = 0.5
    >>> np.exp(weigh_texts([np.log(p)], ["4", "", "44"])).round(3).tolist()
    [[0.75, 0.25, 0.0]]
    """
    states, skips = _expand(texts)
    most = max(map(len, lines))
    # A line that is shorter goes on with steps that are surely blank: they leave the probability of a text as it is.
    p = np.zeros((most, len(lines), SYMBOLS))
    p[..., BLANK] = 1.0
    for number, line in enumerate(lines):
        p[: len(line), number] = np.exp(line)
    emitted = np.where(states >= 0, p[:, :, np.maximum(states, 0)], 0.0)  # (steps, lines, texts, states)
    alpha = np.zeros(emitted.shape[1:])
    alpha[..., 0] = 1.0  # before the first step: nothing but a blank
    total = np.zeros(alpha.shape[:2])
    for step in emitted:
        longer = alpha.copy()
        longer[..., 1:] += alpha[..., :-1]
        longer[..., 2:] += alpha[..., :-2] * skips
        alpha = longer * step
        scale = alpha.max(axis=-1)
        total += np.log(scale, where=scale > 0, out=np.full_like(scale, -np.inf))
        alpha /= np.where(scale > 0, scale, 1.0)[..., None]
    last = np.array([2 * len(text) for text in texts])
    each = np.arange(len(texts))
    ends = alpha[:, each, last] + np.where(last > 0, alpha[:, each, last - 1], 0.0)
    return np.asarray(total + np.log(ends, where=ends > 0, out=np.full_like(ends, -np.inf)))


def _expand(texts: Sequence[str]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """Return the symbols of each text with blanks added, -1 after its end, and which blanks may be skipped."""
    width = 2 * max(map(len, texts)) + 1
    states = np.full((len(texts), width), -1, np.intp)
    for row, text in zip(states, texts, strict=True):
        row[: 2 * len(text) + 1] = BLANK
        row[1 : 2 * len(text) : 2] = [int(digit) for digit in text]
    skips = (states[:, 2:] != BLANK) & (states[:, 2:] != states[:, :-2])
    return states, skips


def align(log_p: Floats, text: str) -> list[tuple[int, int]]:
    """Find the steps of each digit of a text on the text's most probable path (Viterbi).

    Returns
    -------
    For each digit, its first step and the one after its last; empty if the text needs more steps than there are.

    Examples
    --------
    >>> p = np.full((4, 11), 0.01)
    >>> p[0, 7], p[1, 7], p[2, 10], p[3, 1] = 0.9, 0.8, 0.9, 0.9
    >>> align(np.log(p), "71")
    [(0, 2), (3, 4)]
    """
    states, skips = _expand([text])
    symbols = states[0]
    skip = np.concatenate([[False, False], skips[0]])[: len(symbols)]
    best = np.full(len(symbols), -np.inf)
    best[0] = 0.0
    came = np.zeros((len(log_p), len(symbols)), np.intp)
    for step, row in enumerate(log_p):
        options = np.stack([best, _shift(best, 1), np.where(skip, _shift(best, 2), -np.inf)])
        came[step] = options.argmax(axis=0)
        best = options.max(axis=0) + row[symbols]
    state = len(symbols) - 1 - int(len(symbols) > 1 and best[-2] > best[-1])
    if best[state] == -np.inf:
        return []
    return _collect_spans(came, state, len(text))


def _shift(values: Floats, by: int) -> Floats:
    return np.concatenate([np.full(by, -np.inf), values])[: len(values)]


def _collect_spans(came: Array, state: int, count: int) -> list[tuple[int, int]]:
    """Follow a path back from its last state, and record the steps of each digit."""
    spans = [(len(came), 0)] * count
    for step in reversed(range(len(came))):
        if state % 2:
            first, stop = spans[state // 2]
            spans[state // 2] = min(first, step), max(stop, step + 1)
        state -= int(came[step, state])
    return spans
