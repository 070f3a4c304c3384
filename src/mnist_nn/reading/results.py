"""What was read: digits, numbers and pages, each with its decision and the reason for it.

Plain data with nothing computed in it but what follows from its parts; `decision` decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from mnist_nn.imaging.clean.ink import Ink

Box = tuple[int, int, int, int]

DECISIONS = ("digit", "doubtful", "not a digit", "nothing there")  # from the best to the worst
DIGIT, DOUBTFUL, NOT_A_DIGIT, NOTHING = DECISIONS


@dataclass(frozen=True)
class Digit:
    """One digit, or what stands where one could be.

    ``text`` is the best guess whatever the decision: ``digit`` if it is accepted, ``doubtful``, or ``not a digit``.
    ``probability`` is the network's, of this digit among the ten; ``is_digit`` that it is a digit at all;
    ``confidence`` that the answer is right: the product of the two, once what is known about the number (a checksum) is
    counted in, and less where the ink had to be cut or put together.
    ``alternatives`` are the other digits that it might be, with the network's probabilities. ``box`` is left, top,
    right, bottom in pixels of the page, right and bottom excluded. ``image`` is what the network saw, uint8 of shape
    (28, 28). ``reason`` says why it is not accepted, and is empty where it is.
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
class Number:
    """One number, as good as the worst of its digits.

    ``confidence`` is the product of theirs. ``line`` counts the text lines of the page from 0. ``reason`` is of the
    number as a whole, such as a checksum that no reading of it has.
    """

    text: str
    confidence: float
    box: Box
    line: int
    decision: str
    digits: tuple[Digit, ...]
    reason: str

    @classmethod
    def of(cls, digits: Iterable[Digit], box: Box, line: int, reason: str = "") -> "Number":
        """Put a number together; one with a reason against it is doubtful at best."""
        digits = tuple(digits)
        decisions = [DOUBTFUL if reason else DIGIT, *(digit.decision for digit in digits)]
        return cls(
            text="".join(digit.text for digit in digits),
            confidence=float(np.prod([digit.confidence for digit in digits])),
            box=box,
            line=line,
            decision=find_worst(decisions),
            digits=digits,
            reason=reason,
        )


@dataclass(frozen=True, eq=False)
class Reading:
    """What is written on a page: its numbers in reading order, and the steps from the page to its ink."""

    file: str
    page: int
    numbers: tuple[Number, ...]
    ink: Ink = field(repr=False)

    @property
    def text(self) -> str:
        """The numbers, one line for each text line of the page; empty if nothing is there."""
        lines: dict[int, list[str]] = {}
        for number in self.numbers:
            lines.setdefault(number.line, []).append(number.text)
        return "\n".join(" ".join(texts) for texts in lines.values())

    @property
    def decision(self) -> str:
        """The worst decision of its numbers; ``nothing there`` if it has none."""
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
    """Write a share without pretending to be sure.

    Examples
    --------
    >>> percent(0.4567), percent(0.9999), percent(0.0001)
    ('46 %', '> 99 %', '< 1 %')
    """
    text = f"{share:.0%}"
    return {"0%": "< 1 %", "100%": "> 99 %"}.get(text, text.replace("%", " %"))
