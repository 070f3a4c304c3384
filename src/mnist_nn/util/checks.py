"""Checks of single values of a configuration: each raises a ConfigError with one line that says how to fix it.

The configuration decides what the values mean and which of them fit together.
"""

import math
import numbers
import os
from collections.abc import Iterable
from typing import Any

from mnist_nn.errors import ConfigError, quote, unknown

IGNORED = str.maketrans("", "", "-_ ")
"""The characters that make no difference in the spelling of a name, as a table for `str.translate`."""


def per_layer(name: str, value: Any, layers: int) -> tuple[Any, ...]:
    """Repeat one value for all hidden layers, or check that there is one for each."""
    values = (value,) if isinstance(value, (str, numbers.Real)) else sequence(name, value)
    if len(values) == 1:
        return values * layers
    if len(values) != layers:
        raise ConfigError(
            f"{name} has {len(values)} values for {layers} hidden layers; give one value, or one for each layer"
        )
    return values


def sequence(name: str, value: Any) -> tuple[Any, ...]:
    """Convert any sequence except a string to a tuple."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ConfigError(f"{name} is {quote(value)}; give a sequence of values, one for each hidden layer")
    return tuple(value)


def choice(name: str, value: Any, valid: Iterable[str]) -> str:
    """Find the valid name that is meant, in any spelling that `find_name` accepts.

    Raises
    ------
    ConfigError
        If there is none; the message lists the valid names and suggests the most similar one.

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
    """Find a name, ignoring case, dashes, underscores and spaces; return None if there is no such name.

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
    """Check that a value is a whole number within bounds, and return it as an int."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise ConfigError(f"{name} is {quote(value)}; give a whole number")
    number = int(value)
    if number < low or (high is not None and number > high):
        bound = f"at least {low}" if high is None else f"from {low} to {high}"
        raise ConfigError(f"{name} is {quote(number)}; give a whole number {bound}")
    return number


def instance(name: str, value: Any, kind: type, call: str) -> None:
    """Check that a value has a type; ``call`` is the right call, with which the message ends.

    Examples
    --------
    >>> instance("config", 5, str, "f(config)")
    Traceback (most recent call last):
    mnist_nn.errors.ConfigError: config is 5, not of type str; call f(config)
    """
    if not isinstance(value, kind):
        raise ConfigError(f"{name} is {describe(value)}, not of type {kind.__name__}; call {call}")


def path(name: str, value: Any, call: str) -> None:
    """Check that a value can be a path, existing or not; ``call`` is the right call, with which the message ends."""
    if not isinstance(value, str | bytes | os.PathLike):
        raise ConfigError(f"{name} is {describe(value)}, not a path; call {call}")


def non_negative(name: str, value: Any) -> float:
    """Check that a value is a finite number that is not negative, and return it as a float."""
    if not is_number(value) or value < 0:
        raise ConfigError(f"{name} is {quote(value)}; give a non-negative number")
    return float(value)


def positive(name: str, value: Any) -> float:
    """Check that a value is a finite number above zero, and return it as a float."""
    if not is_number(value) or value <= 0:
        raise ConfigError(f"{name} is {quote(value)}; give a number above 0")
    return float(value)


def share(name: str, value: Any) -> float:
    """Check that a value is a number from 0 to below 1, and return it as a float."""
    if not is_number(value) or not 0 <= value < 1:
        raise ConfigError(f"{name} is {quote(value)}; give a number from 0 to below 1")
    return float(value)


def is_number(value: object) -> bool:
    """Say whether a value is a finite number and not a boolean."""
    try:
        return not isinstance(value, bool) and isinstance(value, numbers.Real) and math.isfinite(value)
    except OverflowError:  # a whole number beyond the largest float
        return False


def describe(value: object) -> str:
    """Describe a value in a few words for a message: its kind and its shape.

    Examples
    --------
    >>> describe([7]), describe("m.safetensors"), describe(5), describe(None)
    ('a list', "'m.safetensors'", '5', 'None')
    """
    if value is None or isinstance(value, str | int | float):
        return repr(value)
    name, shape = type(value).__name__, getattr(value, "shape", None)
    article = "an" if name[0].lower() in "aeiou" or name == "ndarray" else "a"
    return f"{article} {name}" + (f" of shape {shape}" if isinstance(shape, tuple) else "")
