"""Turns errors of the operating system into one line: what was tried, on which file, why it failed, how to fix it.

The caller chooses the exception and says how to fix the problem.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from mnist_nn.errors import MnistNNError

NULL_BYTE = "embedded null"  # how Python refuses a path with one
READ_REMEDIES: dict[type[BaseException], str] = {
    FileNotFoundError: "check the name",
    NotADirectoryError: "check the name",
    IsADirectoryError: "give a file inside it",
    PermissionError: "change its permissions",
}


@contextmanager
def explain_io_errors(
    kind: type[MnistNNError], attempt: str, path: str | bytes | os.PathLike[str], remedy: str
) -> Iterator[None]:
    """Turn errors of the operating system inside the block into one of our errors; our own errors pass unchanged.

    Parameters
    ----------
    kind
        The error to raise.
    attempt
        What was tried, such as "write" or "copy the older model to"; the path follows it.
    path
        The file, folder or program.
    remedy
        How to fix it.

    Raises
    ------
    MnistNNError
        The given kind, for an OSError and for the ValueError of an impossible path.

    Examples
    --------
    >>> from mnist_nn.errors import DataError
    >>> with explain_io_errors(DataError, "read", "no/such", "check the name"):
    ...     open("no/such")
    Traceback (most recent call last):
    mnist_nn.errors.DataError: cannot read 'no/such': No such file or directory; check the name
    """
    try:
        yield
    except MnistNNError:
        raise
    except (OSError, ValueError) as error:
        if not _is_refusal(error):
            raise
        raise kind(describe_io_error(attempt, path, error, remedy)) from error


def _is_refusal(error: BaseException) -> bool:
    """Tell errors of the operating system, including impossible names, from other ValueErrors, which are bugs."""
    return isinstance(error, OSError | UnicodeEncodeError) or NULL_BYTE in str(error)


def describe_io_error(attempt: str, path: str | bytes | os.PathLike[str], error: BaseException, remedy: str) -> str:
    """Format that line for an error that has been caught.

    Examples
    --------
    >>> describe_io_error("run", "a.out", PermissionError(13, "Permission denied"), "let programs run there")
    "cannot run 'a.out': Permission denied; let programs run there"
    """
    return f"cannot {attempt} {os.fspath(path)!r}: {reason_of(error)}; {remedy}"


def reason_of(error: BaseException) -> str:
    """Return the system's reason for an error in one line, without numbers and paths.

    Examples
    --------
    >>> reason_of(FileNotFoundError(2, "No such file or directory", "a.txt"))
    'No such file or directory'
    """
    return " ".join((getattr(error, "strerror", None) or str(error)).split())


def remedy_for_reading(error: BaseException) -> str:
    """Say what to do if a file cannot be read.

    Examples
    --------
    >>> remedy_for_reading(PermissionError(13, "Permission denied"))
    'change its permissions'
    """
    return READ_REMEDIES.get(type(error), "check the name and the disk")
