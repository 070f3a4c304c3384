"""Reads files, and writes them in such a way that nothing is ever lost.

A file that replaces another is safely on the disk before the old one is removed. Temporary files of a killed process
are removed by the next one. This module does not know what the files contain.
"""

import errno
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import IO

from mnist_nn.errors import DataError, DataNotFoundError
from mnist_nn.util.io_errors import describe_io_error, remedy_for_reading
from mnist_nn.util.locks import FLAGS, HIDDEN, try_lock

Identity = tuple[int, int, int, int]
TEMPORARY = ".tmp"  # how the names of files end that are being written


def expand_path(path: str | os.PathLike[str]) -> Path:
    """Convert what callers pass to a path, and expand ``~``.

    Examples
    --------
    >>> expand_path("~") == Path(os.path.expanduser("~"))
    True
    """
    text = os.fsdecode(path)
    return Path(os.path.expanduser(text))  # noqa: PTH111 Path.expanduser raises where there is no home


def is_there(path: str | os.PathLike[str]) -> bool:
    """Return whether a path exists; False where `pathlib` would raise, for example because a name is too long.

    Examples
    --------
    >>> is_there("."), is_there("a" * 5000)
    (True, False)
    """
    return os.path.exists(path)  # noqa: PTH110


@contextmanager
def open_source(source: Traversable) -> Iterator[IO[bytes]]:
    """Open a file in a folder or in this package to read its bytes.

    Raises
    ------
    DataNotFoundError
        If the file does not exist.
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
    """Open a new file that replaces ``path`` when the block ends without an error.

    The file is written under a temporary name in the same folder, synced and renamed; a link stays a link. If anything
    goes wrong, the temporary file is removed, ``path`` stays unchanged, and the OSError is raised.

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
    clear_strays(target.parent)
    temporary, file = _open_temporary(target.parent)
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if os.name == "posix":  # while it is held, so that nobody takes it for a stray
                put_in_place(temporary, target)
        if os.name != "posix":  # no open file can be renamed there
            put_in_place(temporary, target)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def put_in_place(written: Path, target: Path) -> None:
    """Move a file that is safely on the disk to another path; if it replaces a file, it takes its permissions.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = write_whole(folder / "new", b"safe")
    >>> put_in_place(folder / "new", folder / "note")
    >>> [path.name for path in folder.iterdir()]
    ['note']
    """
    if target.exists():
        written.chmod(target.stat().st_mode & 0o7777)
    written.replace(target)
    _sync_folder(target.parent)


def write_whole(path: str | os.PathLike[str], data: bytes) -> Identity:
    """Write a whole file as `replace_file` does, and return its identity (see `identify`).

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "note"
    >>> write_whole(path, b"safe") == identify(path)
    True
    """
    with replace_file(path) as file:
        file.write(data)
        file.flush()
        return _identity(os.fstat(file.fileno()))


def _open_temporary(folder: Path) -> tuple[Path, IO[bytes]]:
    """Open a new hidden file in a folder, and lock it if possible, to show that it is in use."""
    while True:
        path = folder / f"{HIDDEN}-{secrets.token_hex(8)}{TEMPORARY}"
        file = path.open("xb")
        free = True
        with suppress(OSError):  # a file system without locks
            free = try_lock(file.fileno())
        if free and path.exists():  # else it was taken for a stray before it was locked
            return path, file
        file.close()


def is_empty(folder: Path) -> bool:
    """Say whether a folder is empty, except for locks and temporary files of this program.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / ".mnist-nn.lock").touch()
    >>> is_empty(folder)
    True
    """
    return all(entry.name.startswith(HIDDEN) for entry in folder.iterdir())


def clear_strays(folder: Path) -> None:
    """Remove temporary files of this program that killed processes left behind.

    Windows cannot rename an open file, so a file there is not locked at the very end; on Windows nothing is removed.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / ".mnist-nn-0123456789abcdef.tmp").touch()
    >>> clear_strays(folder)
    >>> list(folder.iterdir())
    []
    """
    if os.name != "posix":
        return
    for path in folder.glob(f"{HIDDEN}-*{TEMPORARY}"):
        with suppress(OSError):  # another user's, or one that has just gone
            descriptor = os.open(path, FLAGS)
            try:
                if try_lock(descriptor):
                    path.unlink()
            finally:
                os.close(descriptor)


def check_target(target: Path) -> None:
    """Raise an error if a rename would silently destroy the target: a device, a folder or a write-protected file.

    ``target`` is a resolved path; if it is still a link, it is part of a loop.
    """
    if target.is_symlink():
        raise OSError(errno.ELOOP, "it is a link that points to itself", str(target))
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, "it is not a regular file", str(target))
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "it is write-protected", str(target))


def part_path(path: Path) -> Path:
    """Return where a file is written that takes some time and will replace an older one once it is complete.

    Examples
    --------
    >>> print(part_path(Path("numbers.csv")))
    numbers.csv.part
    """
    return Path(f"{path}.part")


def append_whole(file: IO[bytes], data: bytes) -> None:
    """Append bytes to an unbuffered file, all or none of them, and wait until they are on the disk.

    If it is not a regular file, such as a pipe, the bytes are only written. Raises an OSError if that fails.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "note"
    >>> with path.open("ab", buffering=0) as file:
    ...     append_whole(file, b"safe")
    >>> path.read_bytes()
    b'safe'
    """
    about = os.fstat(file.fileno())
    regular = stat.S_ISREG(about.st_mode)
    try:
        while data:  # the system may take a part
            data = data[file.write(data) :]
    except BaseException:
        if regular:
            with suppress(OSError):
                file.truncate(about.st_size)
        raise
    if regular:
        os.fsync(file.fileno())


def identify(path: str | os.PathLike[str]) -> Identity | None:
    """Return a value that changes whenever a file is replaced or written; None if there is no file.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "note"
    >>> write_whole(path, b"one") == write_whole(path, b"two"), identify("no/such")
    (False, None)
    """
    try:
        return _identity(Path(path).stat())
    except (OSError, ValueError):
        return None


def _identity(about: os.stat_result) -> Identity:
    return about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise the OSError that `replace_file` would raise later; the file itself is not changed."""
    target = Path(os.path.realpath(path))
    check_target(target)
    clear_strays(target.parent)
    with tempfile.TemporaryFile(dir=target.parent):
        pass


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power failure, if the system supports that."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
