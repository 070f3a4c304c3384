"""The values that a number may have, from a list or a file, with checks.

`constraints` turns them into an automaton. A file contains one value per line and nothing else; tables are not read.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from mnist_nn.errors import ConfigError, quote
from mnist_nn.reading.patterns import MAX_LENGTH
from mnist_nn.util.io_errors import explain_io_errors

MAX_VALUES = 100_000
MAX_DIGITS = 2_000_000  # of all values together: about as many states of an automaton, at 80 bytes each
_MAX_FILE_BYTES = 16 * 2**20
_BOUND = f"at most {MAX_LENGTH} of them"
_ONE_A_LINE = "give one allowed number per line, with digits only"


def read_allowed_values(path: str | Path) -> tuple[str, ...]:
    """Read a file with one allowed value per line; blank lines and spaces around a value are ignored.

    Returns
    -------
    The values in the order of the file, without duplicates. Leading zeros count: 007 is not 7.

    Raises
    ------
    ConfigError
        If the file cannot be read, is not text, is empty, or a line is not a value; the message names the line.
    """
    remedy = "give a file with one allowed number per line"
    with explain_io_errors(ConfigError, "read", path, remedy), Path(path).open("rb") as file:
        content = file.read(_MAX_FILE_BYTES + 1)
    if len(content) > _MAX_FILE_BYTES:
        raise ConfigError(f"{str(path)!r} has more than {_MAX_FILE_BYTES >> 20} MiB; {_ONE_A_LINE}")
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ConfigError(f"{str(path)!r} is not text in UTF-8; {_ONE_A_LINE}") from error
    stripped = [line.strip() for line in lines]
    for number, value in enumerate(stripped, start=1):
        if value and not _is_value(value):
            raise ConfigError(f"line {number} of {str(path)!r} is {quote(value)}; {_ONE_A_LINE}, {_BOUND}")
    if not any(stripped):
        raise ConfigError(f"{str(path)!r} is empty; {_ONE_A_LINE}")
    return _check_count(filter(None, stripped), repr(str(path)))


def check_allowed_values(values: Iterable[str]) -> tuple[str, ...]:
    """Check allowed values that a program gives.

    Returns
    -------
    The values in the order given, without duplicates.

    Raises
    ------
    ConfigError
        If there are none or too many, or one is not a string of digits.

    Examples
    --------
    >>> check_allowed_values(["07", "12", "07"])
    ('07', '12')
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ConfigError(f"one_of is {quote(values)}; give a sequence of strings of digits, such as ['07', '12']")
    values = tuple(values)
    for value in values:
        if not _is_value(value):
            raise ConfigError(f"one_of contains {quote(value)}; give strings of digits, such as '07', {_BOUND}")
    if not values:
        raise ConfigError("one_of is empty; give at least one value, or leave it out")
    return _check_count(values, "one_of")


def fingerprint(values: Iterable[str]) -> str:
    """Return a short text that identifies a set of values, regardless of their order.

    Examples
    --------
    >>> fingerprint(["12", "07"]) == fingerprint(["07", "12"])
    True
    >>> fingerprint(["12"])
    '1 value with SHA-256 6b51d431df5d'
    """
    different = sorted(set(values))
    digest = hashlib.sha256("\n".join(different).encode()).hexdigest()
    return f"{len(different):,} value{'s' * (len(different) > 1)} with SHA-256 {digest[:12]}"


def _is_value(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= MAX_LENGTH


def _check_count(values: Iterable[str], name: str) -> tuple[str, ...]:
    different = tuple(dict.fromkeys(values))
    if len(different) > MAX_VALUES:
        raise ConfigError(f"{name} has {len(different):,} values; give at most {MAX_VALUES:,}")
    total = sum(map(len, different))
    if total > MAX_DIGITS:
        raise ConfigError(f"the values of {name} have {total:,} digits in total; give at most {MAX_DIGITS:,}")
    return different
