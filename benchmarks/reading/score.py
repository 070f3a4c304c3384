"""What was read on a page against what is written there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

from benchmarks.reading.pages import Box, SyntheticPage

OVERLAP = 0.5  # intersection over union from which two boxes are of the same thing
WHOLE = 4  # digits of the numbers that are counted as wholes


@dataclass(frozen=True)
class PageScore:
    """Counts that add up over pages.

    ``found`` are digits under whose box something was read, ``right`` those read rightly. ``wholes`` are those of the
    ``numbers`` with 4 digits, ``wholes_right`` those read exactly. ``invented`` are digits read where none is.
    ``accepted`` are numbers whose decision is "digit", ``accepted_right`` those of them that are written there.
    """

    digits: int = 0
    found: int = 0
    right: int = 0
    numbers: int = 0
    wholes: int = 0
    wholes_right: int = 0
    invented: int = 0
    accepted: int = 0
    accepted_right: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes.

    Examples
    --------
    >>> overlap((0, 0, 10, 10), (5, 0, 15, 10))
    0.3333333333333333
    """
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def matches(true: Sequence[Any], read: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Pair what is written with what was read by their boxes, the best overlaps first, each at most once."""
    pairs = [(overlap(t.box, r.box), i, j) for i, t in enumerate(true) for j, r in enumerate(read)]
    taken: list[tuple[int, int]] = []
    left, right = set(range(len(true))), set(range(len(read)))
    for share, i, j in sorted(pairs, reverse=True):
        if share >= OVERLAP and i in left and j in right:
            left.remove(i)
            right.remove(j)
            taken.append((i, j))
    return [(true[i], read[j]) for i, j in taken]


def score(page: SyntheticPage, reader: Callable[[Any], Any]) -> PageScore:
    """Read a page and count."""
    numbers = reader(page.pixels).numbers
    written = [digit for number in page.numbers for digit in number.digits]
    seen = [digit for number in numbers for digit in number.digits]
    digits = matches(written, seen)
    pairs = matches(page.numbers, numbers)
    accepted = [number for number in numbers if number.decision == "digit"]
    return PageScore(
        digits=len(written),
        found=len(digits),
        right=sum(str(true.label) == read.text for true, read in digits),
        numbers=len(page.numbers),
        wholes=sum(len(number.text) == WHOLE for number in page.numbers),
        wholes_right=sum(len(true.text) == WHOLE and true.text == read.text for true, read in pairs),
        invented=len(seen) - len(digits),
        accepted=len(accepted),
        accepted_right=sum(read.decision == "digit" and true.text == read.text for true, read in pairs),
    )
