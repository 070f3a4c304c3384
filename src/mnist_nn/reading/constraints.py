"""Turns what is known about a number (its length, pattern, allowed values or check digit) into one automaton.

A `DigitConstraint` is a finite automaton that reads a number from the last digit to the first, because check digits
count positions from the right. The decoders follow it together with the ink, so they find exactly the best reading that
satisfies the constraint. Several constraints are combined as the product of their automata.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, reduce
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError, quote, unknown
from mnist_nn.reading.allowed_values import check_allowed_values
from mnist_nn.reading.checksums import CHECKSUMS, CheckDigitScheme
from mnist_nn.reading.patterns import MAX_LENGTH, Places, parse_pattern
from mnist_nn.util.checks import integer

Ints = npt.NDArray[np.intp]


class Steps(NamedTuple):
    """Transitions of an automaton between states that are not dead, as arrays of equal length."""

    sources: Ints
    digits: Ints
    targets: Ints


_NO_STEPS = Steps(*(np.zeros(0, np.intp) for _ in Steps._fields))


@dataclass(frozen=True, eq=False)
class DigitConstraint:
    """The numbers that satisfy a constraint, as an automaton that reads them from the last digit to the first.

    Parameters
    ----------
    transitions
        Shape (states, 10): the state after each digit. The last state is dead: no transition leaves it.
    initial
        Shape (states,): 1.0 for initial states, else 0.0.
    accepting
        Shape (states,): 1.0 for states in which a whole number may end, else 0.0.
    """

    transitions: Ints
    initial: npt.NDArray[np.float64]
    accepting: npt.NDArray[np.float64]

    @cached_property
    def is_trivial(self) -> bool:
        """Whether every number satisfies the constraint."""
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

    def steps_into(self, states: Ints) -> tuple[Steps, Ints]:
        """List the transitions that lead into some states, with the index of each target among these states.

        A number is decoded from its first digit, against the direction of the automaton. In a large automaton the ink
        reaches only a few states, and only their transitions are examined.

        Examples
        --------
        >>> steps, index = build_constraint(pattern="4[27]").steps_into(np.array([2]))
        >>> steps.sources.tolist(), steps.digits.tolist(), index.tolist()
        ([1], [4], [0])
        """
        first, steps = self._incoming
        if len(states) == len(first) - 1:  # all of them
            return steps, steps.targets
        if not len(states):
            return _NO_STEPS, states
        counts = first[states + 1] - first[states]
        index = np.repeat(np.arange(len(states)), counts)
        chosen = np.arange(len(index)) + (first[states] - (np.cumsum(counts) - counts))[index]
        return Steps(*(column[chosen] for column in steps)), index

    @cached_property
    def _incoming(self) -> tuple[Ints, Steps]:
        """All transitions, sorted by target, and where those of each target begin."""
        dead = len(self.transitions) - 1
        sources, digits = np.nonzero(self.transitions[:-1] != dead)
        targets = self.transitions[sources, digits]
        order = np.argsort(targets, kind="stable")
        first = np.searchsorted(targets[order], np.arange(dead + 1))
        return first, Steps(sources[order], digits[order], targets[order])


def build_constraint(
    checksum: str = "none",
    length: int | None = None,
    pattern: str | None = None,
    one_of: Iterable[str] | None = None,
) -> DigitConstraint:
    """Build the constraint for numbers from any of the four things that may be known about them.

    Parameters
    ----------
    checksum
        ``luhn`` (bank cards, IMEI), ``isbn`` (ISBN-10 that do not end in X, and ISBN-13), or ``none``.
    length
        Number of digits of every number.
    pattern
        The digits that each place of a number may have; see `mnist_nn.reading.patterns.parse_pattern`.
    one_of
        The values that a number may have, as strings of digits.

    Raises
    ------
    ConfigError
        If one of them is invalid, or no number satisfies all of them.

    Examples
    --------
    >>> known = build_constraint("luhn", pattern="4?", one_of=["18", "42", "43"])
    >>> [text for text in ("18", "42", "43") if known.accepts(text)]
    ['42']
    """
    if checksum not in CHECKSUMS:
        raise unknown("checksum", checksum, CHECKSUMS)
    length = None if length is None else integer("length", length, 1, MAX_LENGTH)
    places = None if pattern is None else parse_pattern(pattern)
    values = None if one_of is None else check_allowed_values(one_of)
    parts = [_build_checked(checksum, length)] if checksum != "none" or length is not None else []
    parts += [] if places is None else [_build_pattern(places)]
    parts += [] if values is None else [_build_values(values)]
    found = reduce(intersect, parts) if parts else _build_checked("none", None)
    if not found.accepting.any():
        raise ConfigError(
            f"no number can be read {describe(checksum, length, pattern, values)}; change one of these conditions"
        )
    return found


def find_common_length(pattern: str | None, one_of: Iterable[str] | None) -> int | None:
    """Return the number of digits that a pattern or allowed values imply; None if it is not fixed.

    Examples
    --------
    >>> find_common_length("20[0-3]?", None), find_common_length(None, ["7", "12"])
    (4, None)
    """
    lengths = {len(value) for value in one_of or ()}
    if pattern is not None:
        return len(parse_pattern(pattern))
    return lengths.pop() if len(lengths) == 1 else None


def describe(
    checksum: str = "none",
    length: int | None = None,
    pattern: str | None = None,
    one_of: Sequence[str] | None = None,
) -> str:
    """Describe what is known about numbers, as the end of a sentence; empty if nothing is known.

    Examples
    --------
    >>> describe("luhn", 16)
    'with 16 digits and a valid luhn check digit'
    >>> describe(pattern="19??", one_of=["1901", "1950"])
    "as one of the 2 allowed values with the pattern '19??'"
    """
    known = [] if length is None else [f"{length} digit{'s' * (length > 1)}"]
    known += [] if pattern is None else [f"the pattern {quote(pattern)}"]
    known += [] if checksum == "none" else [f"a valid {checksum} check digit"]
    allowed = [] if one_of is None else [f"as {_describe_values(one_of)}"]
    return " ".join(allowed + ([f"with {' and '.join(known)}"] if known else []))


def _describe_values(one_of: Sequence[str]) -> str:
    count = len(set(one_of))
    return f"one of the {count:,} allowed values" if count > 1 else "the one allowed value"


@cache
def _build_checked(checksum: str, length: int | None) -> DigitConstraint:
    fitting = [scheme for scheme in CHECKSUMS[checksum] if length in (None, scheme.length) or scheme.length is None]
    if not fitting:
        lengths = " or ".join(str(scheme.length) for scheme in CHECKSUMS[checksum])
        raise ConfigError(f"no number of {length} digits has the checksum {checksum}; give a length of {lengths}")
    return _unite([_build_scheme(scheme, scheme.length or length) for scheme in fitting])


def _build_scheme(scheme: CheckDigitScheme, length: int | None) -> DigitConstraint:
    """Build the automaton of a scheme: a state is the number of digits read and the remainder of their terms.

    If the length is not fixed, digits are only counted as far as their position matters.
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


def _build_pattern(places: Places) -> DigitConstraint:
    """Build the automaton of a pattern: a state is the number of places read, starting with the last."""
    dead = len(places) + 1
    transitions = np.full((dead + 1, 10), dead, np.intp)
    for state, allowed in enumerate(reversed(places)):
        transitions[state, list(allowed)] = state + 1
    return DigitConstraint(transitions, np.eye(1, dead + 1)[0], np.eye(1, dead + 1, dead - 1)[0])


def _build_values(values: Sequence[str]) -> DigitConstraint:
    """Build the automaton of a list: the tree of its values from their last digits, with equal branches merged."""
    width = max(map(len, values))
    reversed_text = "".join(value[::-1].ljust(width) for value in values)
    digits = np.frombuffer(reversed_text.encode(), np.uint8).reshape(len(values), width).astype(np.intp) - ord("0")
    node, count = np.zeros(len(values), np.intp), 1
    levels: list[tuple[Ints, Ints]] = []  # of each level: its (node, digit) as one number, and where each leads
    for column in digits.T:
        going_on = column >= 0
        steps, index = np.unique(node[going_on] * 10 + column[going_on], return_inverse=True)
        node[going_on] = count + index
        levels.append((steps, count + np.arange(len(steps))))
        count += len(steps)
    transitions = np.full((count + 1, 10), count, np.intp)
    for steps, targets in levels:
        transitions.reshape(-1)[steps] = targets
    accepting = np.zeros(count + 1)
    accepting[node] = 1.0
    transitions, kept = _merge_branches(transitions, accepting, [np.zeros(1, np.intp), *(nodes for _, nodes in levels)])
    return DigitConstraint(transitions, np.eye(1, len(kept))[0], accepting[kept])


def _merge_branches(transitions: Ints, accepting: npt.NDArray[np.float64], levels: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Merge all states of a level from which the same digits may follow; also return which states are kept."""
    merged = np.arange(len(transitions))
    for nodes in reversed(levels):
        transitions[nodes] = merged[transitions[nodes]]
        signatures = np.column_stack([transitions[nodes], accepting[nodes].astype(np.intp)])
        _, first, index = np.unique(_as_bytes(signatures), return_index=True, return_inverse=True)
        if len(first) == len(nodes):  # then those before differ too, but for values that end there
            break
        merged[nodes] = nodes[first[index]]
    kept = np.flatnonzero(merged == np.arange(len(merged)))
    place = np.cumsum(merged == np.arange(len(merged))) - 1
    return place[transitions[kept]], kept


def _as_bytes(rows: Ints) -> npt.NDArray[np.void]:
    """View each row as one value, which sorts much faster."""
    return np.ascontiguousarray(rows).view(np.dtype((np.void, rows.itemsize * rows.shape[1]))).ravel()


def intersect(one: DigitConstraint, other: DigitConstraint) -> DigitConstraint:
    """Accept what both constraints accept: a state is a pair of their states, if the pair can be reached.

    Examples
    --------
    >>> both = intersect(build_constraint("luhn"), build_constraint(pattern="1?"))
    >>> [text for text in map(str, range(10, 20)) if both.accepts(text)]
    ['18']
    """
    width = len(other.transitions)
    fresh = np.add.outer(np.flatnonzero(one.initial) * width, np.flatnonzero(other.initial)).ravel()
    initial, known = len(fresh), np.sort(fresh)
    pairs, after = [fresh], []  # of each round: the pairs that it reached as one number each, and where they lead
    while len(fresh):
        first, second = one.transitions[fresh // width], other.transitions[fresh % width]
        alive = (first < len(one.transitions) - 1) & (second < width - 1)
        after.append(np.where(alive, first * width + second, -1))
        reached = np.unique(after[-1][alive])
        fresh = reached[known[np.searchsorted(known, reached).clip(max=len(known) - 1)] != reached]
        known = np.sort(np.concatenate([known, fresh]), kind="stable")  # which merges what is sorted already
        pairs.append(fresh)
    state = np.concatenate(pairs)
    dead, order = len(state), np.argsort(state)
    targets = np.concatenate([*after, np.full((1, 10), -1)])
    place = np.searchsorted(state, targets, sorter=order).clip(max=dead - 1)
    accepting = one.accepting[state // width] * other.accepting[state % width]
    return DigitConstraint(
        np.where(targets < 0, dead, order[place]),
        (np.arange(dead + 1) < initial).astype(np.float64),
        np.append(accepting, 0.0),
    )


def _unite(constraints: list[DigitConstraint]) -> DigitConstraint:
    """Accept what any of several constraints accepts: their automata side by side, with one common dead state."""
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


ANY_NUMBER = build_constraint()
