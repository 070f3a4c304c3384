"""Decides which ink of a text line is one number, because cards and books show numbers in groups.

If nothing is known about the numbers, every group is a separate number. This module does not use pictures or
networks.
"""

from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from mnist_nn.imaging.segment.numbers import WrittenNumber
from mnist_nn.reading.constraints import ANY_NUMBER, DigitConstraint
from mnist_nn.reading.decision import DigitCandidate
from mnist_nn.reading.decoder import Decoding, decode
from mnist_nn.reading.parameters import READING, ReadingParameters
from mnist_nn.reading.results import Box


class NumberCandidate(NamedTuple):
    """The ink of a group of digits, or of several groups that may form one number.

    ``line`` is the number of its text line on the page. ``points`` are the columns of the page where there may be
    points or colons in its gaps. ``written`` are the groups on the page, for reading the number as a whole.
    """

    box: Box
    line: int
    segments: int
    points: tuple[float, ...]
    candidates: tuple[DigitCandidate, ...]
    written: tuple[WrittenNumber, ...] = ()

    @property
    def doubts(self) -> tuple[str, ...]:
        """The reasons to doubt the number because of the ink in it and beside it."""
        return tuple(dict.fromkeys(doubt for one in self.written for doubt in one.doubts))


Choice = tuple[NumberCandidate, Decoding | None]


def choose_numbers(
    line: Sequence[NumberCandidate], constraint: DigitConstraint, parameters: ReadingParameters = READING
) -> tuple[Choice, ...]:
    """Choose the numbers of a text line: one per group, unless groups satisfy the constraint only together.

    The price of a number is how much the constraint lowers its score, compared with the best reading without it. Groups
    are joined so that the sum of all prices is as small as possible.

    Parameters
    ----------
    line
        The groups of a text line, from left to right.
    constraint
        The constraint that every number must satisfy.
    parameters
        The costs of joining groups and of breaking the constraint.

    Returns
    -------
    Each number with its best reading; None if no reading satisfies the constraint at an acceptable price.
    """
    most = 1 if constraint.is_trivial else parameters.most_groups
    free = [0.0 if constraint.is_trivial else _score_freely(group, parameters) for group in line]
    best: list[tuple[float, tuple[Choice, ...]]] = [(0.0, ())]
    for stop in range(1, len(line) + 1):
        options = []
        for start in range(max(0, stop - most), stop):
            number = join_groups(line[start:stop])
            # no digit reaches from one group into the next, so the best readings of groups are that of all together
            decoding, price = price_number(number, constraint, parameters, sum(free[start:stop]))
            if decoding or stop == start + 1:
                so_far, choices = best[start]
                joins = stop - start - 1
                options.append((so_far + price + parameters.join_nats * joins, (*choices, (number, decoding))))
        best.append(min(options, key=itemgetter(0)))
    return best[-1][1]


def join_groups(groups: Sequence[NumberCandidate]) -> NumberCandidate:
    """Join neighbouring groups into one number; no digit extends from one group into the next."""
    lefts, tops, rights, bottoms = zip(*(group.box for group in groups), strict=True)
    candidates: list[DigitCandidate] = []
    segments = 0
    for group in groups:
        candidates += (
            one._replace(segments=(one.segments[0] + segments, one.segments[1] + segments)) for one in group.candidates
        )
        segments += group.segments
    points = tuple(point for group in groups for point in group.points)
    box = (min(lefts), min(tops), max(rights), max(bottoms))
    written = tuple(one for group in groups for one in group.written)
    return NumberCandidate(box, groups[0].line, segments, points, tuple(candidates), written)


def price_number(
    number: NumberCandidate,
    constraint: DigitConstraint,
    parameters: ReadingParameters = READING,
    free_score: float | None = None,
) -> tuple[Decoding | None, float]:
    """Find the best reading that satisfies the constraint, and its price; None if the price is too high.

    ``free_score`` is the score of the best reading without the constraint, if it is known.
    """
    decoding = decode_number(number, constraint, parameters)
    if constraint.is_trivial:
        return decoding, 0.0
    free = _score_freely(number, parameters) if decoding and free_score is None else free_score
    price = parameters.violation_nats if decoding is None or free is None else free - decoding.score
    return (decoding, price) if price < parameters.violation_nats else (None, parameters.violation_nats)


def _score_freely(number: NumberCandidate, parameters: ReadingParameters) -> float:
    """Return the score of the best reading without a constraint; -inf if the segments do not connect."""
    decoding = decode_number(number, ANY_NUMBER, parameters)
    return decoding.score if decoding else -np.inf


def decode_number(
    number: NumberCandidate, constraint: DigitConstraint, parameters: ReadingParameters = READING
) -> Decoding | None:
    """Choose candidates and digits by the sum of segments × log(confidence), minus the cost of cuts and joins.

    A reading with many digits has many factors below one. Weighting each digit by its number of segments makes the
    weights of all readings add up to the same sum, so that every segment has one vote on its digit. A constraint may
    choose among the alternatives, but may not turn ink into a digit that it clearly is not.
    """
    p, candidates = parameters, number.candidates
    probabilities = np.array([candidate.probabilities for candidate in candidates], np.float64)
    is_digit = np.array([candidate.is_digit for candidate in candidates])[:, None]
    segments = np.array([stop - start for start, stop in (candidate.segments for candidate in candidates)])[:, None]
    costs = np.array([candidate.cost for candidate in candidates])[:, None]
    scores = segments * np.log(np.maximum(probabilities * is_digit, p.least_probability)) - p.nats_per_cost * costs
    if not constraint.is_trivial:
        scores[probabilities < p.least_alternative] = -np.inf
    return decode(number.segments, [candidate.segments for candidate in candidates], scores, constraint)
