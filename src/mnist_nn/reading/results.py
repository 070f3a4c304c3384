"""What a reading says: plain records of digits, numbers and pages, each with its verdict and the reason for it.

It judges what a network thought of a piece of ink; it neither looks at ink nor prints.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.imaging.clean.ink import Ink

Box = tuple[int, int, int, int]

VERDICTS = ("digit", "doubtful", "not a digit", "nothing there")  # from the best to the worst
DIGIT, DOUBTFUL, NOT_A_DIGIT, NOTHING = VERDICTS
ALTERNATIVE = 0.001  # a digit less probable than this is not an alternative


@dataclass(frozen=True)
class Digit:
    """One digit, or what stands where one could be.

    ``text`` is the best guess whatever the verdict: ``digit`` if it is accepted, ``doubtful``, or ``not a digit``.
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
    verdict: str
    image: npt.NDArray[np.uint8] = field(repr=False, compare=False)
    alternatives: tuple[tuple[str, float], ...]
    reason: str


@dataclass(frozen=True)
class Number:
    """One number, as good as the worst of its digits.

    ``confidence`` is the product of theirs. ``line`` counts the lines of the page from 0. ``reason`` is of the number
    as a whole, such as a checksum that no reading of it has.
    """

    text: str
    confidence: float
    box: Box
    line: int
    verdict: str
    digits: tuple[Digit, ...]
    reason: str

    @classmethod
    def of(cls, digits: Iterable[Digit], box: Box, line: int, reason: str = "") -> "Number":
        """Put a number together; one with a reason against it is doubtful at best."""
        digits = tuple(digits)
        verdicts = [DOUBTFUL if reason else DIGIT, *(digit.verdict for digit in digits)]
        return cls(
            text="".join(digit.text for digit in digits),
            confidence=float(np.prod([digit.confidence for digit in digits])),
            box=box,
            line=line,
            verdict=worst(verdicts),
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
        """The numbers, a line for each line of the page; empty if nothing is there."""
        lines: dict[int, list[str]] = {}
        for number in self.numbers:
            lines.setdefault(number.line, []).append(number.text)
        return "\n".join(" ".join(texts) for texts in lines.values())

    @property
    def verdict(self) -> str:
        """The worst verdict of its numbers; ``nothing there`` if it has none."""
        return worst(number.verdict for number in self.numbers) if self.numbers else NOTHING


def worst(verdicts: Iterable[str]) -> str:
    """Choose the worst of some verdicts.

    Examples
    --------
    >>> worst(["digit", "not a digit", "doubtful"])
    'not a digit'
    """
    return max(verdicts, key=VERDICTS.index)


class Evidence(NamedTuple):
    """What is known about a piece of ink that is taken for one digit.

    ``probabilities`` are the network's, shape (10,), and ``informed`` the same after what is known about the whole
    number. ``stands`` is the probability that the ink stands by itself, as a digit of this size would: 1 as the ink
    lies, less where it was cut, put together, is low beside the others, or reaches beyond them above and below.
    """

    box: Box
    image: npt.NDArray[np.uint8]
    probabilities: npt.NDArray[Any]
    is_digit: float
    informed: npt.NDArray[Any]
    stands: float


def judge(seen: Evidence, digit: int, *, threshold: float, not_a_digit: float) -> Digit:
    """Take a piece of ink for a digit, and say how far that can be trusted.

    Parameters
    ----------
    seen
        What is known about it.
    digit
        What it is taken for.
    threshold
        The confidence from which on it is accepted.
    not_a_digit
        Ink that is less likely than this to be a digit at all is called none.

    Examples
    --------
    >>> ink = np.array([0, 0.55, 0, 0, 0, 0, 0, 0.45, 0, 0])
    >>> seen = Evidence((0, 0, 9, 9), np.zeros((28, 28), np.uint8), ink, 0.99, ink, 1.0)
    >>> found = judge(seen, 1, threshold=0.9, not_a_digit=0.1)
    >>> found.text, found.verdict, found.reason
    ('1', 'doubtful', 'it may be a 7 (45 %)')
    """
    confidence = float(seen.informed[digit]) * seen.is_digit * seen.stands
    refused = seen.is_digit < not_a_digit
    verdict = NOT_A_DIGIT if refused else DIGIT if confidence >= threshold else DOUBTFUL
    others = [int(other) for other in np.argsort(-seen.probabilities, kind="stable") if other != digit]
    return Digit(
        text=str(digit),
        probability=float(seen.probabilities[digit]),
        is_digit=seen.is_digit,
        confidence=confidence,
        box=seen.box,
        verdict=verdict,
        image=seen.image,
        alternatives=tuple(
            (str(other), float(p)) for other in others if (p := seen.probabilities[other]) >= ALTERNATIVE
        ),
        reason="" if verdict == DIGIT else "; ".join(_reasons(seen, digit, threshold, refused=refused)),
    )


def _reasons(seen: Evidence, digit: int, threshold: float, *, refused: bool) -> Iterable[str]:
    """Say in plain words why a piece of ink is not accepted, the weightiest first."""
    which = float(seen.informed[digit])
    least = min(which, seen.is_digit, seen.stands)
    if refused or seen.is_digit < threshold or seen.is_digit == least:
        yield f"it {'looks like' if refused else 'may be'} no digit ({percent(seen.is_digit)} that it is one)"
    if refused:
        return
    if which < threshold or which == least:
        rival = int(np.argmax(np.where(np.arange(len(seen.informed)) == digit, -1.0, seen.informed)))
        yield f"it may be {_a(rival)} ({percent(float(seen.informed[rival]))})"
    if seen.probabilities[digit] < seen.probabilities.max():
        liked = int(seen.probabilities.argmax())
        share = percent(float(seen.probabilities[liked]))
        yield f"it looks more like {_a(liked)} ({share}), which does not fit the number"
    if seen.stands < 1:
        yield "its ink was cut, put together, or is much lower or longer than its neighbours"


def _a(digit: int) -> str:
    return f"an {digit}" if digit == 8 else f"a {digit}"  # noqa: PLR2004 - the one that begins with a vowel


def percent(share: float) -> str:
    """Write a share without pretending to be sure.

    Examples
    --------
    >>> percent(0.4567), percent(0.9999), percent(0.0001)
    ('46 %', '> 99 %', '< 1 %')
    """
    text = f"{share:.0%}"
    return {"0%": "< 1 %", "100%": "> 99 %"}.get(text, text.replace("%", " %"))
