"""Locks, so that two runs never write the same file at once.

A lock is a hidden file beside the file it is for. The operating system holds it as long as the process lives, so a
killed process blocks nobody. This module does not know what is written.
"""

import errno
import hashlib
import logging
import os
import platform
import shlex
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

from mnist_nn.errors import FileInUseError
from mnist_nn.util.io_errors import explain_io_errors, reason_of

HIDDEN = ".mnist-nn"
"""The prefix of our hidden files: locks and temporary files."""
LONGEST_NAME = 200  # bytes; systems take 255, and a lock's name has more in it
LONGEST_OWNER = 300  # bytes
FLAGS = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL)

_logger = logging.getLogger("mnist_nn")
_held: set[Path] = set()  # the locks that this process holds


@contextmanager
def keep_others_off(path: str | os.PathLike[str], remedy: str) -> Iterator[None]:
    """Hold the lock of a file or folder, so that no other process writes to it until the block ends.

    The lock of a file is beside it, and the lock of a folder is inside it. A link shares the lock of its target. If the
    file system does not support locks, like some network drives, a warning is logged and the block runs without a lock.
    A killed process leaves its lock file behind, and so may any process on Windows. Such a file blocks nobody, and the
    next process that writes the same file removes it.

    Parameters
    ----------
    path
        The file or folder to write to. It need not exist yet, but its parent folder must.
    remedy
        What the user can do instead, such as choosing another file; the message ends with it.

    Raises
    ------
    FileInUseError
        If another process holds the lock (the message names it), or the lock cannot be created.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "note"
    >>> with keep_others_off(path, "choose another"), keep_others_off(path, "choose another"):
    ...     pass  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    mnist_nn.errors.FileInUseError: '...note' is being written by process ...; wait until it ends, or choose another
    """
    place = lock_path(path)
    with explain_io_errors(FileInUseError, "lock", path, remedy):
        taken = _take(place)
    if isinstance(taken, str):
        raise FileInUseError(f"{os.fspath(path)!r} is being written by {taken}; wait until it ends, or {remedy}")
    _held.add(place)
    try:
        yield
    finally:
        _held.discard(place)
        _give_up(place, taken)


def keep_others_off_still(path: str | os.PathLike[str], remedy: str) -> AbstractContextManager[None]:
    """Hold a lock as `keep_others_off` does, unless this process already holds it.

    It is for functions that write a file once, and may be called by others that hold its lock for longer.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "note"
    >>> with keep_others_off(path, "choose another"), keep_others_off_still(path, "choose another"):
    ...     path.write_text("ours")
    4
    """
    return nullcontext() if lock_path(path) in _held else keep_others_off(path, remedy)


def lock_path(path: str | os.PathLike[str]) -> Path:
    """Return the path of the lock of a file or folder.

    Examples
    --------
    >>> lock_path("/tmp/no/digits.safetensors").name
    '.mnist-nn-digits.safetensors.lock'
    """
    real = Path(os.path.realpath(path))
    if real.is_dir():
        return real / f"{HIDDEN}.lock"
    name = os.fsencode(real.name)
    short = hashlib.sha256(name).hexdigest() if len(name) > LONGEST_NAME else real.name
    return real.with_name(f"{HIDDEN}-{short}.lock")


def try_lock(descriptor: int) -> bool:
    """Lock an open file until it is closed; return False if another process has locked it.

    Raises an OSError if the file system does not support locks.
    """
    from filelock import lock_descriptor  # noqa: PLC0415 only what writes needs it

    return lock_descriptor(descriptor, blocking=False)


def is_at(path: Path, descriptor: int) -> bool:
    """Say whether a path still leads to this open file, which another process may have removed or replaced."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


def _take(place: Path) -> int | str:
    """Create and lock a lock file and write the owner into it; return its descriptor, or the owner if it is taken."""
    while True:
        descriptor, taken = os.open(place, FLAGS | os.O_CREAT, 0o666), False
        try:
            if not _try_to_lock(place, descriptor):
                return _read_owner(descriptor)
            taken = is_at(place, descriptor)  # else its holder has just ended and removed it
            if taken:
                _write_owner(descriptor)
                return descriptor
        finally:
            if not taken:
                os.close(descriptor)


def _try_to_lock(place: Path, descriptor: int) -> bool:
    try:
        return try_lock(descriptor)
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
        _logger.warning(
            "%r cannot be locked, so nothing prevents two runs from writing to it at once: %s",
            str(place.parent),
            reason_of(error),
        )
        return True


def _give_up(place: Path, descriptor: int) -> None:
    """Remove a lock while it is held, so that nobody can lock a file that is about to disappear."""
    with suppress(OSError):
        if os.name == "posix" and is_at(place, descriptor):
            place.unlink()
    os.close(descriptor)
    if os.name != "posix":  # no open file can be removed there
        with suppress(OSError):
            place.unlink()


def _write_owner(descriptor: int) -> None:
    """Write who holds the lock, from the second byte on, because on Windows nobody can read the locked first byte."""
    program = Path(sys.argv[0])
    name = program.parent.name if program.stem == "__main__" else program.name
    command = shlex.join([name, *sys.argv[1:]])
    text = f"\nprocess {os.getpid()} on {platform.node()} ({command})"
    with suppress(OSError):  # the disk may be full, and the lock holds without
        os.ftruncate(descriptor, 0)
        os.write(descriptor, text.encode("utf-8", "replace")[:LONGEST_OWNER])


def _read_owner(descriptor: int) -> str:
    os.lseek(descriptor, 1, os.SEEK_SET)
    try:
        text = os.read(descriptor, LONGEST_OWNER).decode("utf-8", "replace")
    except OSError:
        text = ""
    return "".join(letter for letter in text if letter.isprintable()) or "another process"
