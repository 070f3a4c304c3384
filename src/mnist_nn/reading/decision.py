"""Whether ink is accepted as a digit, and the reason if it is not.

It decides by what the network said of a candidate and what the number's checksum adds; it does not look at ink.
"""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.reading.parameters import READING, ReadingParameters
from mnist_nn.reading.results import DIGIT, DOUBTFUL, NOT_A_DIGIT, Box, Digit, percent


class DigitCandidate(NamedTuple):
    """Ink that could be one digit, and what the network says of it.

    ``segments`` is the run (start, stop) of segments that it takes, stop excluded. ``cost`` is 0 for the ink as it is
    on the page, and more where it was cut, joined, is low beside the others, or reaches beyond them above and below.
    ``image`` is uint8 of shape (28, 28), ``probabilities`` of shape (10,).
    """

    segments: tuple[int, int]
    cost: float
    box: Box
    image: npt.NDArray[np.uint8]
    probabilities: npt.NDArray[Any]
    is_digit: float


class Thresholds(NamedTuple):
    """From which ``confidence`` on a digit is accepted, and below which ``is_digit`` ink is called no digit."""

    confidence: float
    is_digit: float


def decide(
    candidate: DigitCandidate,
    digit: int,
    posterior: npt.NDArray[Any],
    thresholds: Thresholds,
    parameters: ReadingParameters = READING,
) -> Digit:
    """Decide how far a candidate can be trusted to be a digit.

    Parameters
    ----------
    candidate
        The ink, and the network's prediction.
    digit
        What it is taken for.
    posterior
        Shape (10,): the candidate's probabilities after what is known about the whole number.
    thresholds
        What is accepted, and what is called no digit.
    parameters
        What a cost takes off the confidence, and which digits are alternatives.

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


def _find_alternatives(probabilities: npt.NDArray[Any], digit: int, least: float) -> tuple[tuple[str, float], ...]:
    """List the other digits that it might be, the likeliest first."""
    others = (int(other) for other in np.argsort(-probabilities, kind="stable") if other != digit)
    return tuple((str(other), float(p)) for other in others if (p := probabilities[other]) >= least)


def _refusal_reason(candidate: DigitCandidate) -> Iterator[str]:
    yield f"it looks like no digit ({percent(candidate.is_digit)} that it is one)"


def _doubts(
    candidate: DigitCandidate, digit: int, posterior: npt.NDArray[Any], segmentation: float, thresholds: Thresholds
) -> Iterator[str]:
    """Say in plain words what is against a digit, the weightiest first."""
    probabilities, threshold = candidate.probabilities, thresholds.confidence
    weakest = min(float(posterior[digit]), candidate.is_digit, segmentation)
    if candidate.is_digit < threshold or candidate.is_digit == weakest:
        yield f"it may be no digit ({percent(candidate.is_digit)} that it is one)"
    if posterior[digit] < threshold or posterior[digit] == weakest:
        runner_up = int(np.argmax(np.where(np.arange(len(posterior)) == digit, -1.0, posterior)))
        yield f"it may be {_with_article(runner_up)} ({percent(float(posterior[runner_up]))})"
    if probabilities[digit] < probabilities.max():
        likeliest = int(probabilities.argmax())
        share = percent(float(probabilities[likeliest]))
        yield f"it looks more like {_with_article(likeliest)} ({share}), which does not fit the number"
    if segmentation < 1:
        yield "its ink was cut, put together, or is much lower or longer than its neighbours"


def _with_article(digit: int) -> str:
    return f"an {digit}" if digit == 8 else f"a {digit}"  # noqa: PLR2004 - the one that begins with a vowel
