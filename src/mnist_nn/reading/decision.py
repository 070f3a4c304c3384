"""Decides whether ink is accepted as a digit, and gives the reason if it is not.

It uses the network's prediction for a candidate and the number's checksum; it does not look at the ink.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.reading.parameters import READING, ReadingParameters
from mnist_nn.reading.results import DIGIT, DOUBTFUL, NOT_A_DIGIT, Box, Digit, percent


class DigitCandidate(NamedTuple):
    """Ink that could be a single digit, with the network's prediction.

    ``segments`` is its run of segments (start, stop), stop excluded. ``cost`` is 0 for unchanged ink, and higher if the
    ink was cut or joined, is lower than its neighbours, or extends above and below them. ``image`` is uint8 of shape
    (28, 28), and ``probabilities`` has the shape (10,). A ``misfit`` has a part as low as a comma, or is as long as a
    slash, so it may contain one of those, whatever it looks like.
    """

    segments: tuple[int, int]
    cost: float
    box: Box
    image: npt.NDArray[np.uint8]
    probabilities: npt.NDArray[Any]
    is_digit: float
    misfit: bool = False


class Thresholds(NamedTuple):
    """The smallest ``confidence`` of an accepted digit, and the smallest ``is_digit`` of ink that may be a digit."""

    confidence: float
    is_digit: float


def decide(
    candidate: DigitCandidate,
    digit: int,
    posterior: npt.NDArray[Any],
    thresholds: Thresholds,
    parameters: ReadingParameters = READING,
) -> Digit:
    """Decide whether to trust that a candidate is a digit.

    Parameters
    ----------
    candidate
        The ink, and the network's prediction.
    digit
        The digit that it is read as.
    posterior
        Shape (10,): the candidate's probabilities, given what is known about the whole number.
    thresholds
        The limits for accepting ink, and for calling it not a digit.
    parameters
        The parameters that say how a cost lowers the confidence, and which digits count as alternatives.

    Examples
    --------
    >>> p = np.array([0, 0.55, 0, 0, 0, 0, 0, 0.45, 0, 0])
    >>> candidate = DigitCandidate((0, 1), 0.0, (0, 0, 9, 9), np.zeros((28, 28), np.uint8), p, 0.99)
    >>> found = decide(candidate, 1, p, Thresholds(confidence=0.9, is_digit=0.1))
    >>> found.text, found.decision, found.reason
    ('1', 'doubtful', 'it may be a 7 (45 %)')
    """
    segmentation = math.exp(-parameters.nats_per_cost * candidate.cost)
    confidence = float(posterior[digit]) * candidate.is_digit * segmentation
    refused = candidate.is_digit < thresholds.is_digit
    decision = NOT_A_DIGIT if refused else DIGIT if confidence >= thresholds.confidence else DOUBTFUL
    reasons = _refusal_reason(candidate) if refused else _doubts(candidate, digit, posterior, segmentation, thresholds)
    return Digit(
        text=str(digit),
        probability=float(candidate.probabilities[digit]),
        is_digit=candidate.is_digit,
        confidence=confidence,
        box=candidate.box,
        decision=decision,
        image=candidate.image,
        alternatives=_find_alternatives(candidate.probabilities, digit, parameters.least_alternative),
        reason="" if decision == DIGIT else "; ".join(reasons),
    )


def probability_of_constraint(
    probabilities: npt.NDArray[Any], digits: Sequence[int], parameters: ReadingParameters = READING
) -> float:
    """Estimate the probability that a number really is the one that its constraint suggests, despite its ink.

    The writer may have made a mistake, or a list may lack the number. The prior odds of a mistake are
    exp(-``violation_nats``), as when a reading is chosen; they grow if the ink favours other digits.

    Parameters
    ----------
    probabilities
        Shape (n, 10): the probability of each digit at each position, by the ink alone.
    digits
        The n digits that were read.
    parameters
        The cost of breaking a constraint.

    Examples
    --------
    >>> ink = np.array([[0.9, 0.1], [0.01, 0.99]])
    >>> [round(probability_of_constraint(ink, digits), 2) for digits in ([0, 1], [1, 1], [0, 0])]
    [1.0, 0.95, 0.6]
    """
    chosen = probabilities[range(len(digits)), list(digits)]
    share = float(np.prod(chosen / probabilities.max(axis=1)))  # 0 where the ink has none of a digit that was read
    return share / (share + math.exp(-parameters.violation_nats) * (1 - share))


def _find_alternatives(probabilities: npt.NDArray[Any], digit: int, least: float) -> tuple[tuple[str, float], ...]:
    """List the other digits that it might be, the most probable first."""
    others = (int(other) for other in np.argsort(-probabilities, kind="stable") if other != digit)
    return tuple((str(other), float(p)) for other in others if (p := probabilities[other]) >= least)


def _refusal_reason(candidate: DigitCandidate) -> Iterator[str]:
    yield f"it does not look like a digit ({percent(candidate.is_digit)} sure that it is one)"


def _doubts(
    candidate: DigitCandidate, digit: int, posterior: npt.NDArray[Any], segmentation: float, thresholds: Thresholds
) -> Iterator[str]:
    """Yield the reasons to doubt a digit in plain words, the most important first."""
    probabilities, threshold = candidate.probabilities, thresholds.confidence
    weakest = min(float(posterior[digit]), candidate.is_digit, segmentation)
    if candidate.is_digit < threshold or candidate.is_digit == weakest:
        yield f"it may not be a digit ({percent(candidate.is_digit)} sure that it is one)"
    if posterior[digit] < threshold or posterior[digit] == weakest:
        runner_up = int(np.argmax(np.where(np.arange(len(posterior)) == digit, -1.0, posterior)))
        yield f"it may be {_with_article(runner_up)} ({percent(float(posterior[runner_up]))})"
    if probabilities[digit] < probabilities.max():
        likeliest = int(probabilities.argmax())
        share = percent(float(probabilities[likeliest]))
        yield f"it looks more like {_with_article(likeliest)} ({share}), which does not fit the number"
    if segmentation < 1:
        yield "its ink was cut or joined, or it is much lower or taller than its neighbours"


def _with_article(digit: int) -> str:
    return f"an {digit}" if digit == 8 else f"a {digit}"  # noqa: PLR2004 - the one that begins with a vowel
