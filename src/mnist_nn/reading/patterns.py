"""Parses patterns: a pattern is a short text that says which digits each place of a number may have.

A pattern is parsed here into sets of digits, and `constraints` turns them into an automaton. No number is matched here.
"""

import re

from mnist_nn.errors import ConfigError, quote

MAX_LENGTH = 100  # digits that a number may be said to have
ANY_DIGIT = "?"
_DIGITS = tuple(range(10))
_PLACE = re.compile(r"[0-9?]|\[[^\[\]]*\]")
_SOME = re.compile(r"([0-9])(?:-([0-9]))?")
_GRAMMAR = "a place is a digit, ? for any digit, or a set of digits in brackets, such as [0-5] or [0357]"

Places = tuple[tuple[int, ...], ...]


def parse_pattern(pattern: str) -> Places:
    """Parse a pattern: a digit stands for itself, ``?`` for any digit, and brackets for one of the digits in them.

    Parameters
    ----------
    pattern
        The places of the number, from the left: ``0``, ``?``, ``[0-5]``, ``[0357]`` or ``[1-39]``.

    Returns
    -------
    The digits that each place may have, in ascending order.

    Raises
    ------
    ConfigError
        If it is not a pattern; the message names the column, from 1.

    Examples
    --------
    >>> parse_pattern("1[0-2]")
    ((1,), (0, 1, 2))
    """
    if not isinstance(pattern, str) or not pattern:  # type: ignore[redundant-expr]  # callers may give anything
        raise ConfigError(f"the pattern is {quote(pattern)}; give one character for each place: {_GRAMMAR}")
    places = []
    column = 0
    while column < len(pattern):
        found = _PLACE.match(pattern, column)
        if found is None:
            raise _fault(pattern, column, "an unclosed bracket" if pattern[column] == "[" else repr(pattern[column]))
        places.append(_read_place(pattern, column, found.group()))
        column = found.end()
    if len(places) > MAX_LENGTH:
        raise ConfigError(f"the pattern has {len(places)} places; give at most {MAX_LENGTH}")
    return tuple(places)


def _read_place(pattern: str, column: int, place: str) -> tuple[int, ...]:
    if place == ANY_DIGIT:
        return _DIGITS
    if not place.startswith("["):
        return (int(place),)
    digits: set[int] = set()
    start, stop = column + 1, column + len(place) - 1
    if start == stop:
        raise _fault(pattern, column, "empty brackets")
    while start < stop:
        found = _SOME.match(pattern, start, stop)
        if found is None:
            raise _fault(pattern, start, repr(pattern[start]))
        low, high = int(found[1]), int(found[2] or found[1])
        if low > high:
            raise _fault(pattern, start, f"'{found.group()}', which runs backwards,")
        digits.update(range(low, high + 1))
        start = found.end()
    return tuple(sorted(digits))


def _fault(pattern: str, column: int, what: str) -> ConfigError:
    return ConfigError(f"the pattern {quote(pattern)} has {what} in column {column + 1}; {_GRAMMAR}")
