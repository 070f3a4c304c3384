"""All exceptions that this package raises on purpose.

The code that finds an error raises one of these, with a one-line message. The message names the wrong value, says what
is wrong with it and how to fix it, and lists the valid choices if there is a list.

::

    MnistNNError
    ├── ConfigError (ValueError) a setting that is invalid, or contradicts another
    │   └── NotFiniteError weights or biases with NaN or infinity in them
    ├── DataError (ValueError) images or labels that cannot be used
    │   ├── IdxError bytes that are not a sound IDX file
    │   └── DataNotFoundError a data set that is not on this machine
    ├── ImageError (ValueError) a picture that cannot be read
    ├── ModelFileError (OSError) a model file that cannot be read or written
    ├── FileInUseError (OSError) a file that another process is writing
    ├── ClusterError (OSError) a cluster that cannot be reached, or cannot do the work
    ├── DivergedError (ArithmeticError) training, or a network's answers, ran into infinities
    └── MissingExtraError (ImportError) an optional dependency that is not installed
"""

from collections.abc import Iterable
from difflib import get_close_matches


class MnistNNError(Exception):
    """The base class: ``except MnistNNError`` catches everything that this package raises on purpose."""


class ConfigError(MnistNNError, ValueError):
    """A setting that is invalid, or that contradicts another."""


class NotFiniteError(ConfigError):
    """Weights or biases that contain NaN or infinity."""


class DataError(MnistNNError, ValueError):
    """Images or labels that cannot be used."""


class IdxError(DataError):
    """Bytes that are not a valid IDX file."""


class DataNotFoundError(DataError):
    """A data set that is not on this machine; the message says how to get it."""


class ImageError(MnistNNError, ValueError):
    """A picture that cannot be read."""


class ModelFileError(MnistNNError, OSError):
    """A model file that cannot be read or written."""


class FileInUseError(MnistNNError, OSError):
    """A file that another process is writing; the message names the process if possible."""


class ClusterError(MnistNNError, OSError):
    """A cluster that cannot be reached, or cannot do the work; the message names the machine if possible."""


class DivergedError(MnistNNError, ArithmeticError):
    """Training, or a network's answers, produced infinities or NaN."""


class MissingExtraError(MnistNNError, ImportError):
    """An optional dependency that is not installed; the message says what to install."""


LONGEST_QUOTE = 40  # characters of a value that a message quotes
LONGEST_REASON = 300  # characters of what another library says, which may quote a file at any length


def quote(value: object) -> str:
    """Format a wrong value for a message, and shorten it: it may come from a file and be of any length.

    Examples
    --------
    >>> print(quote("relu"), quote([1, 2]), quote("x" * 1000))
    'relu' [1, 2] 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
    """
    return shorten(repr(value), LONGEST_QUOTE)


def shorten(text: object, longest: int = LONGEST_REASON) -> str:
    r"""Shorten a text for a message, and put it on one line.

    Examples
    --------
    >>> shorten("truncated", 5)
    'trunc…'
    >>> print(shorten("two\nlines"))
    two\nlines
    """
    whole = str(text)
    short = whole if len(whole) <= longest else f"{whole[:longest]}…"
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in short)


def unknown(kind: str, name: object, valid: Iterable[str]) -> ConfigError:
    """Build the error for an unknown name; it lists the valid names and suggests the most similar one.

    Examples
    --------
    >>> unknown("activation", "sigmod", ["sigmoid", "tanh"])
    ConfigError("unknown activation 'sigmod'; choose one of: sigmoid, tanh. Did you mean sigmoid?")
    """
    names = list(valid)
    nearest = get_close_matches(str(name)[:LONGEST_QUOTE].lower(), names, n=2, cutoff=0.7)
    suggestion = f". Did you mean {' or '.join(nearest)}?" if nearest else ""
    return ConfigError(f"unknown {kind} {quote(name)}; choose one of: {', '.join(names)}{suggestion}")
