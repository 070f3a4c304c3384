"""Checks on single values of a configuration: each raises a ConfigError in one line that says how to mend it.

What the values mean, and which of them fit together, is for the configuration to say.
"""

import math
import numbers
from collections.abc import Iterable
from typing import Any

from mnist_nn.errors import ConfigError, unknown

IGNORED = str.maketrans("", "", "-_ ")
"""What makes no difference between two spellings of a name, as a table for `str.translate`."""


def per_layer(name: str, value: Any, layers: int) -> tuple[Any, ...]:
    """Spread one value over all hidden layers, or check that there is one for each."""
    values = (value,) if isinstance(value, (str, numbers.Real)) else sequence(name, value)
    if len(values) == 1:
        return values * layers
    if len(values) != layers:
        raise ConfigError(
            f"{name} has {len(values)} values for {layers} hidden layers; give one, or one for each layer"
        )
    return values


def sequence(name: str, value: Any) -> tuple[Any, ...]:
    """Turn any sequence but a text into a tuple."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ConfigError(f"{name} is {value!r}; give a sequence of values, one for each hidden layer")
    return tuple(value)


def choice(name: str, value: Any, valid: Iterable[str]) -> str:
    """Find the valid name that is meant, however it is spelled; `find_name` says what is taken for the same.

    Raises
    ------
    ConfigError
        If it is none of them; the message lists them, and suggests the nearest.

    Examples
    --------
    >>> choice("activation", "Leaky ReLU", ("relu", "leaky_relu"))
    'leaky_relu'
    """
    names = tuple(valid)
    found = find_name(value, names)
    if found is None:
        raise unknown(name, value, names)
    return found


def find_name(value: Any, valid: Iterable[str]) -> str | None:
    """Find a name in any case, with dashes, underscores and spaces anywhere; None if it is none of the valid ones.

    Examples
    --------
    >>> valid = ("adamw", "cross_entropy", "fashion-mnist")
    >>> [find_name(value, valid) for value in ("AdamW", "cross-entropy", "CrossEntropy", "Fashion MNIST", "adam")]
    ['adamw', 'cross_entropy', 'cross_entropy', 'fashion-mnist', None]
    """
    spelled = {_simplify(name): name for name in valid}
    return spelled.get(_simplify(value)) if isinstance(value, str) else None


def _simplify(name: str) -> str:
    return name.lower().translate(IGNORED)


def integer(name: str, value: Any, low: int, high: int | None = None) -> int:
    """Check for a whole number within bounds and return it as a plain int."""
    if not isinstance(value, numbers.Integral) or isinstance(value, bool):
        raise ConfigError(f"{name} is {value!r}; give a whole number")
    number = int(value)
    if number < low or (high is not None and number > high):
        bound = f"at least {low}" if high is None else f"from {low} to {high}"
        raise ConfigError(f"{name} is {number}; give a whole number {bound}")
    return number


def non_negative(name: str, value: Any) -> float:
    """Check for a finite number that is not below zero and return it as a plain float."""
    if not is_number(value) or value < 0:
        raise ConfigError(f"{name} is {value!r}; give a number that is not negative")
    return float(value)


def positive(name: str, value: Any) -> float:
    """Check for a finite number above zero and return it as a plain float."""
    if not is_number(value) or value <= 0:
        raise ConfigError(f"{name} is {value!r}; give a number above 0")
    return float(value)


def share(name: str, value: Any) -> float:
    """Check for a number from 0 up to but not including 1 and return it as a plain float."""
    if not is_number(value) or not 0 <= value < 1:
        raise ConfigError(f"{name} is {value!r}; give a number from 0 up to but not including 1")
    return float(value)


def is_number(value: object) -> bool:
    """Say whether a value is a finite number and no truth value."""
    try:
        return isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # a whole number beyond the largest float
        return False
