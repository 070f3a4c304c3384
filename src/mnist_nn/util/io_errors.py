"""What the system refuses, as our one line: what was tried, with which file, why not, and how to mend it.

It decides neither which exception that becomes nor how to mend it; whoever tries says both.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from mnist_nn.errors import MnistNNError

NULL_BYTE = "embedded null"  # how Python refuses a path with one
READ_REMEDIES: dict[type[BaseException], str] = {
    FileNotFoundError: "check the name",
    NotADirectoryError: "check the name",
    IsADirectoryError: "name a file inside it",
    PermissionError: "change its permissions",
}


@contextmanager
def explain_io_errors(
    kind: type[MnistNNError], attempt: str, path: str | bytes | os.PathLike[str], remedy: str
) -> Iterator[None]:
    """Turn what the system refuses inside the block into one of our errors; ours pass as they are.

    Parameters
    ----------
    kind
        The error that it becomes.
    attempt
        What was tried, as in "write" or "keep the older model as"; the path follows it.
    path
        The file, folder or program.
    remedy
        How to mend it.

    Raises
    ------
    MnistNNError
        Of this kind, for an OSError and for the ValueError that a path raises which cannot be one.

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
    """Tell what the system refuses, impossible names included, from other ValueErrors, which are faults of ours."""
    return isinstance(error, OSError | UnicodeEncodeError) or NULL_BYTE in str(error)


def describe_io_error(attempt: str, path: str | bytes | os.PathLike[str], error: BaseException, remedy: str) -> str:
    """Write that line for an error that is already caught.

    Examples
    --------
    >>> describe_io_error("run", "a.out", PermissionError(13, "Permission denied"), "let programs run there")
    "cannot run 'a.out': Permission denied; let programs run there"
    """
    return f"cannot {attempt} {os.fspath(path)!r}: {reason_of(error)}; {remedy}"


def reason_of(error: BaseException) -> str:
    """Say in the system's words why something was refused, without numbers and paths.

    Examples
    --------
    >>> reason_of(FileNotFoundError(2, "No such file or directory", "a.txt"))
    'No such file or directory'
    """
    return getattr(error, "strerror", None) or str(error)


def remedy_for_reading(error: BaseException) -> str:
    """Say what helps where a file cannot be read.

    Examples
    --------
    >>> remedy_for_reading(PermissionError(13, "Permission denied"))
    'change its permissions'
    """
    return READ_REMEDIES.get(type(error), "check the name and the disk")
