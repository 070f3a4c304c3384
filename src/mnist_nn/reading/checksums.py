"""What the writer of a number knows about it, its length and its check digit, as a small machine that reads digits.

A `Rule` is a finite automaton over digits, read from the last digit to the first, because check digits count their
places from the right. `decoder` walks it beside the ink, so that a constraint costs one more index and no
guesswork: the best reading that obeys the rule is found exactly.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import product

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError, unknown
from mnist_nn.util.checks import integer

LONGEST = 100  # digits that a number may be said to have


@dataclass(frozen=True, eq=False)
class Rule:
    """Numbers that obey a constraint, as an automaton that reads them from the last digit to the first.

    Parameters
    ----------
    moves
        Shape (states, 10): the state after a digit. The last state is dead: nothing leads out of it.
    starts
        Shape (states,): 1.0 where a number may begin to be read, else 0.0.
    ends
        Shape (states,): 1.0 where a whole number may have been read, else 0.0.
    """

    moves: npt.NDArray[np.intp]
    starts: npt.NDArray[np.float64]
    ends: npt.NDArray[np.float64]

    @cached_property
    def free(self) -> bool:
        """Whether every number obeys."""
        return bool(self.ends[:-1].all() and (self.moves[:-1] < len(self.moves) - 1).all())

    def accepts(self, digits: str) -> bool:
        """Say whether a number obeys.

        Examples
        --------
        >>> rule("luhn").accepts("79927398713"), rule("luhn").accepts("79927398710")
        (True, False)
        >>> rule("isbn").accepts("9780306406157"), rule("isbn").accepts("0306406152")
        (True, True)
        >>> rule(length=3).accepts("12")
        False
        """
        states = np.flatnonzero(self.starts)
        for digit in reversed(digits):
            states = self.moves[states, int(digit)]
        return bool(self.ends[states].any())


@dataclass(frozen=True)
class _Scheme:
    """One way to check a number: the terms of its digits must add up to a multiple of ``modulus``.

    ``term(place, digit)`` has the same value every ``period`` places; ``only`` lists the digits that a place may hold,
    where not all may.
    """

    modulus: int
    period: int
    term: Callable[[int, int], int]
    length: int | None = None
    only: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


def _luhn(place: int, digit: int) -> int:
    """Every second digit from the right is doubled, and the digits of the double are added."""
    return sum(divmod(2 * digit, 10)) if place % 2 else digit


def _isbn10(place: int, digit: int) -> int:
    return (place + 1) * digit


def _isbn13(place: int, digit: int) -> int:
    return 3 * digit if place % 2 else digit


# The check digit X of some ISBN-10 is no digit, so no network of ten classes reads it; ISBN-13 begin with 978 or 979.
CHECKSUMS: dict[str, tuple[_Scheme, ...]] = {
    "none": (_Scheme(1, 1, lambda _place, _digit: 0),),
    "luhn": (_Scheme(10, 2, _luhn),),
    "isbn": (_Scheme(11, 10, _isbn10, 10), _Scheme(10, 2, _isbn13, 13, {12: (9,), 11: (7,), 10: (8, 9)})),
}


@cache
def rule(checksum: str = "none", length: int | None = None) -> Rule:
    """Build the rule for numbers with a checksum, a length, both or neither.

    Parameters
    ----------
    checksum
        ``luhn`` (bank cards, IMEI), ``isbn`` (ISBN-10 that do not end in X, and ISBN-13), or ``none``.
    length
        How many digits a number has, if that is known.

    Raises
    ------
    ConfigError
        If there is no such checksum, or no number of that length has it.
    """
    if checksum not in CHECKSUMS:
        raise unknown("checksum", checksum, CHECKSUMS)
    if length is not None:
        length = integer("length", length, 1, LONGEST)
    fitting = [scheme for scheme in CHECKSUMS[checksum] if length in (None, scheme.length) or scheme.length is None]
    if not fitting:
        lengths = " or ".join(str(scheme.length) for scheme in CHECKSUMS[checksum])
        raise ConfigError(f"no number of {length} digits has the checksum {checksum}; give a length of {lengths}")
    return _union([_automaton(scheme, scheme.length or length) for scheme in fitting])


def _automaton(scheme: _Scheme, length: int | None) -> Rule:
    """Make the automaton of one scheme: a state is how many digits were read, and the remainder of their terms.

    Where the length is open, digits are counted only as far as their place matters.
    """
    counts, modulus = (scheme.period if length is None else length + 1), scheme.modulus
    dead = counts * modulus
    moves = np.full((dead + 1, 10), dead, np.intp)
    for count, remainder, digit in product(range(counts), range(modulus), range(10)):
        after = (count + 1) % counts if length is None else count + 1
        if after < counts and digit in scheme.only.get(count, range(10)):
            moves[count * modulus + remainder, digit] = (
                after * modulus + (remainder + scheme.term(count, digit)) % modulus
            )
    starts, ends = np.zeros(dead + 1), np.zeros(dead + 1)
    starts[0] = 1.0
    ends[[count * modulus for count in (range(counts) if length is None else [length])]] = 1.0
    return Rule(moves, starts, ends)


def _union(rules: list[Rule]) -> Rule:
    """Let a number obey any of several rules: their automata beside each other, with one dead state for all."""
    sizes = [len(one.moves) - 1 for one in rules]
    dead, before = sum(sizes), np.cumsum([0, *sizes[:-1]])
    moves = [
        np.where(one.moves[:-1] == n, dead, one.moves[:-1] + b) for one, n, b in zip(rules, sizes, before, strict=True)
    ]
    return Rule(
        np.concatenate([*moves, np.full((1, 10), dead, np.intp)]),
        np.concatenate([*(one.starts[:-1] for one in rules), [0.0]]),
        np.concatenate([*(one.ends[:-1] for one in rules), [0.0]]),
    )
