"""The results of reading: digits, numbers and pages, each with its decision and the reason for it.

These are plain data: everything computed here follows from the parts. `mnist_nn.reading.decision` makes the decisions.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.imaging.clean.ink import Ink
from mnist_nn.reading.evidence import NumberEvidence

Box = tuple[int, int, int, int]

DECISIONS = ("digit", "doubtful", "not a digit", "nothing there")  # from the best to the worst
DIGIT, DOUBTFUL, NOT_A_DIGIT, NOTHING = DECISIONS


@dataclass(frozen=True)
class Digit:
    """One digit, or something in the place of a digit.

    ``text`` is the best guess, whatever the decision. The decision is ``digit`` if it is accepted, ``doubtful``, or
    ``not a digit``. ``probability`` is the network's probability for this digit among the ten, and ``is_digit`` is the
    probability that it is a digit at all. ``confidence`` is the probability that the answer is right: the product of
    the two, given what is known about the number (such as a checksum), and lower if the ink had to be cut or joined.
    ``alternatives`` are other digits that it might be, with the network's probabilities. ``box`` is left, top, right
    and bottom in pixels of the page, right and bottom excluded. ``image`` is the input of the network, uint8 of shape
    (28, 28). ``reason`` says why it is not accepted, and is empty if it is.
    """

    text: str
    probability: float
    is_digit: float
    confidence: float
    box: Box
    decision: str
    image: npt.NDArray[np.uint8] = field(repr=False, compare=False)
    alternatives: tuple[tuple[str, float], ...]
    reason: str


@dataclass(frozen=True)
class TextReading:
    """The result of one reader of a number: its most probable text, and the probability of this text."""

    text: str
    probability: float


@dataclass(frozen=True)
class NumberReadings:
    """The separate readings of a number, by its segments and by each sequence network.

    ``networks`` is empty if the number was not read as a line, such as a very long number.
    """

    segments: TextReading
    networks: tuple[TextReading, ...]

    @property
    def as_line(self) -> bool:
        """Whether the number was also read as a line."""
        return bool(self.networks)


@dataclass(frozen=True)
class Number:
    """One number; its decision is the worst among its digits.

    ``confidence`` is the product of the digits' confidences or, if numbers are calibrated, the score of its
    ``evidence``, which summarizes its two readings. ``line`` is the number of the text line on the page, from 0.
    ``reason`` concerns the number as a whole, such as a checksum that no reading of it satisfies. ``note`` names
    marks beside the number that were left out and do not make it doubtful, such as the dash that closes an amount.
    ``readings`` are the readings by its segments and by each sequence network; None if the model has no sequence
    networks.
    """

    text: str
    confidence: float
    box: Box
    line: int
    decision: str
    digits: tuple[Digit, ...]
    reason: str
    note: str = ""
    evidence: NumberEvidence | None = field(default=None, repr=False, compare=False)
    readings: NumberReadings | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        digits: Iterable[Digit],
        box: Box,
        line: int,
        reason: str = "",
        *,
        note: str = "",
        confidence: float | None = None,
        evidence: NumberEvidence | None = None,
        readings: NumberReadings | None = None,
    ) -> "Number":
        """Build a number from its digits; with a reason against it, it is doubtful at best."""
        digits = tuple(digits)
        decisions = [DOUBTFUL if reason else DIGIT, *(digit.decision for digit in digits)]
        return cls(
            text="".join(digit.text for digit in digits),
            confidence=float(np.prod([digit.confidence for digit in digits])) if confidence is None else confidence,
            box=box,
            line=line,
            decision=find_worst(decisions),
            digits=digits,
            reason=reason,
            note=note,
            evidence=evidence,
            readings=readings,
        )


class PageLooks(NamedTuple):
    """How much the numbers of a page differ from those that the reader was calibrated on (`mnist_nn.reading.looks`).

    ``p_values`` is float64, with one value for each feature compared. ``unlike`` names the features in which they
    differ, by a test of this page alone; it is empty if the page has too few numbers.
    """

    numbers: int
    p_values: npt.NDArray[np.float64]
    unlike: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Reading:
    """The reading of a page: its numbers in reading order, and the steps from the page to its ink.

    ``turned`` says by how many degrees clockwise (0, 90, 180 or 270) the page had to be turned to be upright. It is
    above 0 only if the page could not be read as given. ``ink`` is then that of the turned page, but boxes are still in
    pixels of the page as given. ``looks`` compares its numbers with those that the reader was calibrated on; it is None
    if the page has no numbers or the model has no summary of them.
    """

    file: str
    page: int
    numbers: tuple[Number, ...]
    ink: Ink = field(repr=False)
    turned: int = 0
    looks: PageLooks | None = field(default=None, repr=False)

    def without_steps(self) -> "Reading":
        """Return the reading with an ink that has no pixels: the steps take far more memory than the numbers."""
        return replace(self, ink=self.ink.without_pixels())

    @property
    def unlike(self) -> tuple[str, ...]:
        """The features, named as in `LOOKS`, in which its numbers differ from those of the calibration."""
        return self.looks.unlike if self.looks else ()

    @property
    def text(self) -> str:
        """The numbers, one line for each text line of the page; empty if nothing is there."""
        lines: dict[int, list[str]] = {}
        for number in self.numbers:
            lines.setdefault(number.line, []).append(number.text)
        return "\n".join(" ".join(texts) for texts in lines.values())

    @property
    def decision(self) -> str:
        """The worst decision among its numbers; ``nothing there`` if it has none."""
        return find_worst(number.decision for number in self.numbers) if self.numbers else NOTHING


def find_worst(decisions: Iterable[str]) -> str:
    """Find the worst of some decisions.

    Examples
    --------
    >>> find_worst(["digit", "not a digit", "doubtful"])
    'not a digit'
    """
    return max(decisions, key=DECISIONS.index)


def percent(share: float) -> str:
    """Format a share as a percentage, but never as 0 % or 100 %.

    Examples
    --------
    >>> percent(0.4567), percent(0.9999), percent(0.0001)
    ('46 %', '> 99 %', '< 1 %')
    """
    text = f"{share:.0%}"
    return {"0%": "< 1 %", "100%": "> 99 %"}.get(text, text.replace("%", " %"))
