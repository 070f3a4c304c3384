"""Combines two readings of a number, digit by digit and as a line: chooses a text and collects the evidence for it.

It weighs texts that other modules found. If there is a calibration (`mnist_nn.evaluation.number_calibration`), it turns
the evidence into a confidence.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.reading.decision import DigitCandidate
from mnist_nn.reading.evidence import NumberEvidence
from mnist_nn.reading.parameters import AGREEMENT, AgreementParameters
from mnist_nn.reading.results import Digit, NumberReadings, TextReading
from mnist_nn.reading.sequence.reader import SequenceReading

Array = npt.NDArray[Any]


class SegmentReading(NamedTuple):
    """The reading of one number by segments."""

    digits: tuple[int, ...]
    candidates: tuple[DigitCandidate, ...]
    """The ink of each digit."""
    posteriors: npt.NDArray[np.float64]
    """Shape (digits, 10): probabilities of each digit, given what is known about the number."""
    fits: bool
    """Whether the digits satisfy what is known about the number."""

    @property
    def text(self) -> str:
        """The digits that were read."""
        return "".join(map(str, self.digits))

    @property
    def cost(self) -> float:
        """How unnatural the chosen candidates are in total; 0 for ink that was neither cut nor joined."""
        return float(sum(candidate.cost for candidate in self.candidates))

    def weigh(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return the probability that the candidates give each text: shape (texts,); 0 for texts of another length.

        The cost of cuts and joins is left out, because it served to choose a path through the ink and is not a
        probability.
        """
        is_digit = float(np.prod([candidate.is_digit for candidate in self.candidates]))
        return np.array([is_digit * self._agree(text) for text in texts])

    def _agree(self, text: str) -> float:
        if len(text) != len(self.digits):
            return 0.0
        return float(np.prod(self.posteriors[range(len(text)), [int(digit) for digit in text]]))


class TextChoice(NamedTuple):
    """The text chosen for a number."""

    text: str
    probability: float
    """Probability of the text by both readings together."""
    margin: float
    """How much its log-probability exceeds that of the runner-up."""
    line_probability: float
    """Probability of the text by the lines alone, the mean over the networks; 1 if they did not read the number."""
    runner_up: str
    """The most probable other text by the lines alone; empty if there is none."""


def choose_text(
    segments: SegmentReading,
    lines: SequenceReading | None,
    *,
    lone: bool = False,
    parameters: AgreementParameters = AGREEMENT,
) -> TextChoice:
    """Choose the text of a number from both of its readings: the most probable one in their mixture.

    Parameters
    ----------
    segments
        The reading by segments.
    lines
        The reading as a line of ink; if it is None, the reading by segments is used.
    lone
        Whether the number is a single digit that stands alone.
    parameters
        The weights of the two readings.
    """
    p = parameters
    least = np.exp(p.least_log_probability)
    if lines is None:
        probability = float(segments.weigh([segments.text])[0])
        return TextChoice(segments.text, probability, float(-p.least_log_probability), 1.0, "")
    weight = p.segment_weight_cut if segments.cost > 0 else p.segment_weight_apart
    weight = p.segment_weight_lone if lone else weight
    by_line = lines.mixture
    mixture = weight * segments.weigh(lines.texts) + (1 - weight) * by_line
    order = np.argsort(-mixture, kind="stable")
    taken = int(order[0])
    second = float(mixture[order[1]]) if len(order) > 1 else 0.0
    margin = float(np.log(max(mixture[taken], least) / max(second, least)))
    others = [index for index in np.argsort(-by_line, kind="stable") if index != taken]
    runner_up = lines.texts[others[0]] if others else ""
    return TextChoice(lines.texts[taken], float(mixture[taken]), margin, float(by_line[taken]), runner_up)


def collect_evidence(
    choice: TextChoice,
    taken: SegmentReading,
    lines: SequenceReading | None,
    digits: Sequence[Digit],
    *,
    agree: bool,
    parameters: AgreementParameters = AGREEMENT,
) -> NumberEvidence:
    """Collect the evidence for and against the text that was chosen.

    Parameters
    ----------
    choice
        The text that was chosen.
    taken
        The digits of the text by segments.
    lines
        The number as a line; None if it was not read as one.
    digits
        The decision about each digit.
    agree
        Whether the reading by segments gave the same text.
    parameters
        Parameters, as for `choose_text`.
    """

    def log(probability: Any) -> float:
        return float(np.log(max(float(probability), np.exp(parameters.least_log_probability))))

    # without lines their features are those of lines that are sure: 0, which adds nothing to a score
    by_network = np.ones(1) if lines is None else lines.probabilities[:, lines.texts.index(choice.text)]
    confidences = sorted(digit.confidence for digit in digits)
    left, top, right, bottom = np.array([digit.box for digit in digits], np.float64).T
    widths, heights = right - left, bottom - top
    likeliest = lines is not None and bool((lines.probabilities.max(axis=1) <= by_network).all())
    return NumberEvidence(
        has_lines=float(lines is not None),
        log_line_lowest=log(by_network.min()),
        log_line_highest=log(by_network.max()),
        lines_agree=float(likeliest),
        segments_agree=float(agree),
        log_segments=log(taken.weigh([choice.text])[0]),
        margin=choice.margin,
        lowest_is_digit=min(digit.is_digit for digit in digits),
        mean_is_digit=float(np.mean([digit.is_digit for digit in digits])),
        lowest_confidence=confidences[0],
        second_confidence=confidences[min(1, len(digits) - 1)],
        log_confidences=log(np.prod(confidences)),
        lowest_probability=min(digit.probability for digit in digits),
        sevens_probability=min((digit.probability for digit in digits if digit.text == "7"), default=1.0),
        widest_in_heights=float(widths.max() / np.median(heights)),
        widest_in_widths=float(widths.max() / np.median(widths)),
        lowest_in_heights=float(heights.min() / np.median(heights)),
        digits=float(len(choice.text)),
        cost=taken.cost,
    )


def collect_readings(segments: SegmentReading, lines: SequenceReading | None) -> NumberReadings:
    """Collect the separate result of each reader of a number.

    A sequence network's probability is that of its text among those that satisfy what is known about the number. The
    probability of the segments is the product over their digits.
    """
    by_segments = TextReading(segments.text, float(segments.weigh([segments.text])[0]))
    if lines is None:
        return NumberReadings(by_segments, ())
    likeliest = zip(lines.probabilities.argmax(axis=1), lines.probabilities, strict=True)
    by_network = tuple(TextReading(lines.texts[best], float(row[best])) for best, row in likeliest)
    return NumberReadings(by_segments, by_network)
