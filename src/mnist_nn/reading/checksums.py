"""What the writer of a number knows about it, its length and its check digit, as a constraint on its digits.

A `DigitConstraint` is a finite automaton that reads a number from the last digit to the first, because check digits
count positions from the right. `decoder` follows it beside the ink, so the best reading that satisfies the constraint
is found exactly.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import product

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError, unknown
from mnist_nn.util.checks import integer

MAX_LENGTH = 100  # digits that a number may be said to have


@dataclass(frozen=True, eq=False)
class DigitConstraint:
    """The numbers that satisfy a constraint, as an automaton that reads them from the last digit to the first.

    Parameters
    ----------
    transitions
        Shape (states, 10): the state after a digit. The last state is dead: nothing leads out of it.
    initial
        Shape (states,): 1.0 for initial states, else 0.0.
    accepting
        Shape (states,): 1.0 for states in which a whole number may have been read, else 0.0.
    """

    transitions: npt.NDArray[np.intp]
    initial: npt.NDArray[np.float64]
    accepting: npt.NDArray[np.float64]

    @cached_property
    def is_trivial(self) -> bool:
        """Whether every number satisfies it."""
        return bool(self.accepting[:-1].all() and (self.transitions[:-1] < len(self.transitions) - 1).all())

    def accepts(self, digits: str) -> bool:
        """Say whether a number satisfies the constraint.

        Examples
        --------
        >>> build_constraint("luhn").accepts("79927398713"), build_constraint("luhn").accepts("79927398710")
        (True, False)
        >>> build_constraint("isbn").accepts("9780306406157"), build_constraint("isbn").accepts("0306406152")
        (True, True)
        >>> build_constraint(length=3).accepts("12")
        False
        """
        states = np.flatnonzero(self.initial)
        for digit in reversed(digits):
            states = self.transitions[states, int(digit)]
        return bool(self.accepting[states].any())


@dataclass(frozen=True)
class CheckDigitScheme:
    """One way to check a number: the terms of its digits must add up to a multiple of ``modulus``.

    Positions are counted from 0 at the last digit. ``term(position, digit)`` has the same value every ``period``
    positions; ``allowed`` lists the digits that a position may hold, where not all may.
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


@cache
def build_constraint(checksum: str = "none", length: int | None = None) -> DigitConstraint:
    """Build the constraint on numbers with a checksum, a length, both or neither.

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
        length = integer("length", length, 1, MAX_LENGTH)
    fitting = [scheme for scheme in CHECKSUMS[checksum] if length in (None, scheme.length) or scheme.length is None]
    if not fitting:
        lengths = " or ".join(str(scheme.length) for scheme in CHECKSUMS[checksum])
        raise ConfigError(f"no number of {length} digits has the checksum {checksum}; give a length of {lengths}")
    return _unite([_build_automaton(scheme, scheme.length or length) for scheme in fitting])


def _build_automaton(scheme: CheckDigitScheme, length: int | None) -> DigitConstraint:
    """Build the automaton of one scheme: a state is how many digits were read, and the remainder of their terms.

    Where the length is open, digits are counted only as far as their position matters.
    """
    counts, modulus = (scheme.period if length is None else length + 1), scheme.modulus
    dead = counts * modulus
    transitions = np.full((dead + 1, 10), dead, np.intp)
    for count, remainder, digit in product(range(counts), range(modulus), range(10)):
        after = (count + 1) % counts if length is None else count + 1
        if after < counts and digit in scheme.allowed.get(count, range(10)):
            transitions[count * modulus + remainder, digit] = (
                after * modulus + (remainder + scheme.term(count, digit)) % modulus
            )
    initial, accepting = np.zeros(dead + 1), np.zeros(dead + 1)
    initial[0] = 1.0
    accepting[[count * modulus for count in (range(counts) if length is None else [length])]] = 1.0
    return DigitConstraint(transitions, initial, accepting)


def _unite(constraints: list[DigitConstraint]) -> DigitConstraint:
    """Accept what any of several constraints accepts: their automata beside each other, with one dead state for all."""
    sizes = [len(one.transitions) - 1 for one in constraints]
    dead, before = sum(sizes), np.cumsum([0, *sizes[:-1]])
    transitions = [
        np.where(one.transitions[:-1] == n, dead, one.transitions[:-1] + b)
        for one, n, b in zip(constraints, sizes, before, strict=True)
    ]
    return DigitConstraint(
        np.concatenate([*transitions, np.full((1, 10), dead, np.intp)]),
        np.concatenate([*(one.initial[:-1] for one in constraints), [0.0]]),
        np.concatenate([*(one.accepting[:-1] for one in constraints), [0.0]]),
    )
