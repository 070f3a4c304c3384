"""Files read, and files written so that nothing is ever lost.

A file that takes the place of another is safely on disk before the old one goes. What the files hold is not known here.
"""

import errno
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import IO

from mnist_nn.errors import DataError, DataNotFoundError
from mnist_nn.util.io_errors import describe_io_error, remedy_for_reading


def expand_path(path: str | os.PathLike[str]) -> Path:
    """Turn what callers pass into a path, ``~`` expanded.

    Examples
    --------
    >>> expand_path("~") == Path(os.path.expanduser("~"))
    True
    """
    text = os.fsdecode(path)
    return Path(os.path.expanduser(text))  # noqa: PTH111 Path.expanduser raises where there is no home


@contextmanager
def open_source(source: Traversable) -> Iterator[IO[bytes]]:
    """Open a file of a folder, or of this package, to read its bytes.

    Raises
    ------
    DataNotFoundError
        If there is no such file.
    DataError
        If it cannot be read.

    Examples
    --------
    >>> with open_source(Path("no/such")) as file:
    ...     pass
    Traceback (most recent call last):
    mnist_nn.errors.DataNotFoundError: cannot read 'no/such': No such file or directory; check the name
    """
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
    message = describe_io_error("read", str(source), error, remedy_for_reading(error))
    missing = isinstance(error, FileNotFoundError | NotADirectoryError)
    return (DataNotFoundError if missing else DataError)(message)


@contextmanager
def replace_file(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Open a new file that takes the place of ``path`` when the block ends without an error.

    It is written under a temporary name in the same folder, synced and renamed; a link stays a link. If anything
    goes wrong, the temporary file is removed and ``path`` is as it was. Raises the OSError of whatever failed.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with replace_file(folder / "note") as file:
    ...     _ = file.write(b"safe")
    >>> (folder / "note").read_bytes()
    b'safe'
    """
    target = Path(os.path.realpath(path))
    check_target(target)
    temporary = target.parent / f".{secrets.token_hex(8)}.tmp"
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            temporary.chmod(target.stat().st_mode & 0o7777)
        temporary.replace(target)
        _sync_folder(target.parent)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def check_target(target: Path) -> None:
    """Refuse what a rename would silently destroy: devices, folders, files that are write-protected.

    ``target`` is a real path; one that is a link all the same is part of a loop.
    """
    if target.is_symlink():
        raise OSError(errno.ELOOP, "it is a link that leads back to itself", str(target))
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, "it is not a regular file", str(target))
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "it is write-protected", str(target))


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise now the OSError that `replace_file` would raise later; the file itself is not touched."""
    target = Path(os.path.realpath(path))
    check_target(target)
    with tempfile.TemporaryFile(dir=target.parent):
        pass


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, where the system can."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
