"""Which ink of a text line is one number: cards and books have their numbers in groups.

Without a checksum or a length every group is a number of its own. It knows no pictures and runs no network.
"""

from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from mnist_nn.reading.checksums import DigitConstraint, build_constraint
from mnist_nn.reading.decision import DigitCandidate
from mnist_nn.reading.decoder import Decoding, decode
from mnist_nn.reading.parameters import READING, ReadingParameters
from mnist_nn.reading.results import Box


class NumberCandidate(NamedTuple):
    """The ink of a group of digits, or of several groups that may be one number.

    ``line`` counts the text lines of the page. ``points`` is how many specks in its gaps may be points or colons.
    """

    box: Box
    line: int
    segments: int
    points: int
    candidates: tuple[DigitCandidate, ...]


Choice = tuple[NumberCandidate, Decoding | None]


def choose_numbers(
    line: Sequence[NumberCandidate], constraint: DigitConstraint, parameters: ReadingParameters = READING
) -> tuple[Choice, ...]:
    """Choose the numbers of a text line: one per group, unless groups satisfy the constraint together, not alone.

    What the constraint makes worse in the score, against the best reading without it, is the price of a number. Groups
    are joined so that the sum of all prices is least.

    Parameters
    ----------
    line
        The groups of a text line, from left to right.
    constraint
        What every number must satisfy.
    parameters
        What joining groups and breaking the constraint cost.

    Returns
    -------
    Each number with its best reading; None if it has none that satisfies the constraint and is not too expensive.
    """
    most = 1 if constraint.is_trivial else parameters.most_groups
    best: list[tuple[float, tuple[Choice, ...]]] = [(0.0, ())]
    for stop in range(1, len(line) + 1):
        options = []
        for start in range(max(0, stop - most), stop):
            number = join_groups(line[start:stop])
            decoding, price = price_number(number, constraint, parameters)
            if decoding or stop == start + 1:
                so_far, choices = best[start]
                joins = stop - start - 1
                options.append((so_far + price + parameters.join_nats * joins, (*choices, (number, decoding))))
        best.append(min(options, key=itemgetter(0)))
    return best[-1][1]


def join_groups(groups: Sequence[NumberCandidate]) -> NumberCandidate:
    """Join groups beside each other to one number; no digit reaches from one into the next."""
    lefts, tops, rights, bottoms = zip(*(group.box for group in groups), strict=True)
    candidates: list[DigitCandidate] = []
    segments = 0
    for group in groups:
        candidates += (
            one._replace(segments=(one.segments[0] + segments, one.segments[1] + segments)) for one in group.candidates
        )
        segments += group.segments
    points = sum(group.points for group in groups)
    box = (min(lefts), min(tops), max(rights), max(bottoms))
    return NumberCandidate(box, groups[0].line, segments, points, tuple(candidates))


def price_number(
    number: NumberCandidate, constraint: DigitConstraint, parameters: ReadingParameters = READING
) -> tuple[Decoding | None, float]:
    """Find the best reading that satisfies the constraint, and its price; None where it would cost too much."""
    decoding = decode_number(number, constraint, parameters)
    if constraint.is_trivial:
        return decoding, 0.0
    free = decode_number(number, build_constraint(), parameters)
    price = free.score - decoding.score if free and decoding else parameters.violation_nats
    return (decoding, price) if price < parameters.violation_nats else (None, parameters.violation_nats)


def decode_number(
    number: NumberCandidate, constraint: DigitConstraint, parameters: ReadingParameters = READING
) -> Decoding | None:
    """Choose candidates and digits: the sum of segments × log(confidence), less what cuts and joins cost.

    A reading of many digits has many factors below one. Weighing each by the segments that it takes makes the weights
    of all readings add up to the same: every segment has one voice, about the digit that it belongs to. A constraint
    may choose among the alternatives, but not make a digit of what the ink denies.
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
