"""Open files to read, and put files in place whole or not at all.

What the system refuses comes out as a ``DataError`` that names the file.
It knows nothing of what the files hold.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import IO

from mnist_nn.errors import DataError, DataNotFoundError
from mnist_nn.util import files


def as_path(path: str | os.PathLike[str]) -> Path:
    """Turn what callers pass into a path, ``~`` expanded."""
    text = os.fsdecode(path)
    return Path(os.path.expanduser(text))  # noqa: PTH111 Path.expanduser raises where there is no home


@contextmanager
def opened(source: Traversable) -> Iterator[IO[bytes]]:
    """Open a file for reading; what the system refuses comes out as a ``DataError`` that names it."""
    try:
        file = source.open("rb")
    except (OSError, ValueError) as error:
        raise _unreadable(source, error) from error
    with file:
        try:
            yield file
        except OSError as error:
            raise _unreadable(source, error) from error


def _unreadable(source: Traversable, error: Exception) -> DataError:
    name = repr(str(source))
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return DataNotFoundError(f"there is no file {name}; check the name")
        case IsADirectoryError():
            return DataError(f"{name} is a folder, not an IDX file; name a file inside it")
        case PermissionError():
            return DataError(f"{name} may not be read by this user; change its permissions")
    return DataError(f"{name} cannot be read ({error}); check the name and the disk")


@contextmanager
def replacing(target: Path) -> Iterator[IO[bytes]]:
    """Replace a file whole or not at all; what the system refuses comes out as a ``DataError`` that names it."""
    try:
        with files.replacing(target) as file:
            yield file
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise DataError(f"{str(target)!r} cannot be written: {why}; choose another place or make room") from error
