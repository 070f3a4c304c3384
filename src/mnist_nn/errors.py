"""Every exception this package raises on purpose.

It is not the place that decides what is wrong: whoever finds a fault raises one of these, with one line
that names the wrong value, what is wrong with it, how to mend it and, where there is a list, the valid choices.

::

    MnistNNError
    ├── ConfigError (ValueError)          a setting that cannot be, or contradicts another
    │   └── NotFiniteError                weights or biases with NaN or infinity in them
    ├── DataError (ValueError)            images or labels that cannot be used
    │   ├── IdxError                      bytes that are not a sound IDX file
    │   └── DataNotFoundError             a data set that is not on this machine
    ├── ImageError (ValueError)           a picture that cannot be read
    ├── ModelFileError (OSError)          a model file that cannot be read or written
    ├── DivergedError (ArithmeticError)   training ran into infinities
    └── MissingExtraError (ImportError)   an optional dependency that is not installed
"""

from collections.abc import Iterable
from difflib import get_close_matches


class MnistNNError(Exception):
    """Base of all of them: ``except MnistNNError`` catches what this package raises on purpose."""


class ConfigError(MnistNNError, ValueError):
    """A setting that cannot be, or that contradicts another."""


class NotFiniteError(ConfigError):
    """Weights or biases with NaN or infinity in them."""


class DataError(MnistNNError, ValueError):
    """Images or labels that cannot be used."""


class IdxError(DataError):
    """Bytes that are not a sound IDX file."""


class DataNotFoundError(DataError):
    """A data set that is not on this machine; the message says how to get it."""


class ImageError(MnistNNError, ValueError):
    """A picture that cannot be read."""


class ModelFileError(MnistNNError, OSError):
    """A model file that cannot be read or written."""


class DivergedError(MnistNNError, ArithmeticError):
    """Training ran into infinities or NaN."""


class MissingExtraError(MnistNNError, ImportError):
    """An optional dependency that is not installed; the message says what to install."""


def unknown(kind: str, name: object, valid: Iterable[str]) -> ConfigError:
    """Build the error for a name that is not in a registry; it lists those that are, and suggests the nearest.

    Examples
    --------
    >>> unknown("activation", "sigmod", ["sigmoid", "tanh"])
    ConfigError("unknown activation 'sigmod'; choose one of: sigmoid, tanh. Did you mean sigmoid?")
    """
    names = list(valid)
    nearest = get_close_matches(str(name).lower(), names, n=2, cutoff=0.7)
    suggestion = f". Did you mean {' or '.join(nearest)}?" if nearest else ""
    return ConfigError(f"unknown {kind} {name!r}; choose one of: {', '.join(names)}{suggestion}")
