"""Check digits: the sums that detect a misread digit, as data.

`constraints` turns them into automata. No number is checked here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class CheckDigitScheme:
    """One way to check a number: the terms of its digits must add up to a multiple of ``modulus``.

    Positions are counted from 0 at the last digit. ``term(position, digit)`` repeats every ``period`` positions.
    ``allowed`` lists the digits that a position may have, if not all are allowed.
    """

    modulus: int
    period: int
    term: Callable[[int, int], int]
    length: int | None = None
    allowed: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


def _luhn(position: int, digit: int) -> int:
    """Every second digit from the right is doubled, and the digits of the double are added."""
    return sum(divmod(2 * digit, 10)) if position % 2 else digit


def _isbn10(position: int, digit: int) -> int:
    return (position + 1) * digit


def _isbn13(position: int, digit: int) -> int:
    return 3 * digit if position % 2 else digit


# The check digit X of some ISBN-10 is no digit, so no network of ten classes reads it; ISBN-13 begin with 978 or 979.
CHECKSUMS: dict[str, tuple[CheckDigitScheme, ...]] = {
    "none": (CheckDigitScheme(1, 1, lambda _position, _digit: 0),),
    "luhn": (CheckDigitScheme(10, 2, _luhn),),
    "isbn": (
        CheckDigitScheme(11, 10, _isbn10, 10),
        CheckDigitScheme(10, 2, _isbn13, 13, {12: (9,), 11: (7,), 10: (8, 9)}),
    ),
}
