"""Keeps machine code in the user's cache directory between processes, as plain object files with a digest.

Only a folder that nobody else can write to is trusted, because its files are executed. A problem with the folder or
with a file never costs more than a second of compiling and one line of output.
"""

import hashlib
import logging
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import platformdirs

from mnist_nn.util.files import replace_file

MAGIC = b"mnist-nn machine code 1\n"
DIGEST = hashlib.sha256
WAIT = 120.0  # seconds that another process, which makes the same code, is waited for

_logger = logging.getLogger("mnist_nn")


def fetch(name: str, key: bytes, make: Callable[[], bytes]) -> bytes:
    """Return the machine code that is stored under a name and a key, or make and store it.

    If several processes ask at once, one of them makes it and the others wait.

    Parameters
    ----------
    name
        A readable name, for people who look into the folder.
    key
        Everything that the machine code depends on.
    make
        The function that makes it.
    """
    folder = directory()
    if folder is None:
        return make()
    path = folder / f"{name}-{DIGEST(key).hexdigest()[:32]}.o"
    kept = _read(path)
    if kept is not None:
        return kept
    with _alone(path):
        kept = _read(path)
        if kept is None:
            kept = make()
            _write(path, kept)
        return kept


@cache
def directory() -> Path | None:
    """Return the folder of machine code, or None if no folder can be trusted, with one line that says why."""
    root = platformdirs.user_cache_path()
    folder = root / "mnist-nn" / "machine-code"
    try:
        folder.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.parent.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        wrong = _find_fault(root, folder.parent, folder)
    except OSError as error:
        wrong = f"{error.filename or folder}: {error.strerror or error}"
    if wrong:
        _logger.warning("machine code cannot be stored, so every process makes it again: %s", wrong)
        return None
    return folder


def _find_fault(*folders: Path) -> str:
    """Say what is wrong with folders that somebody else could write to, or nothing."""
    if os.name != "posix":  # a user's own folders are private by their access lists
        return ""
    for folder in folders:
        about = folder.stat()
        if about.st_uid != os.geteuid():
            return f"{folder} belongs to another user; set XDG_CACHE_HOME to a folder of your own"
        if about.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            return f"others may write to {folder}; run: chmod go-w {folder}"
    return "" if os.access(folders[-1], os.W_OK) else f"{folders[-1]} is not writable"


def _read(path: Path) -> bytes | None:
    """Return what a file holds, or None where there is none or it is damaged."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    size = len(MAGIC) + DIGEST().digest_size
    head, code = content[:size], content[size:]
    if head == MAGIC + DIGEST(code).digest():
        return code
    _logger.warning("the machine code in %s is damaged and will be made again", path)
    return None


def _write(path: Path, code: bytes) -> None:
    try:
        with replace_file(path) as file:
            file.write(MAGIC + DIGEST(code).digest() + code)
    except OSError as error:
        _logger.warning("machine code cannot be stored in %s: %s", path.parent, error.strerror or error)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other processes from making the same code at the same time, where the file system has locks."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 only what compiles needs it

    lock = FileLock(path.with_suffix(".lock"), timeout=WAIT, mode=0o600)
    with suppress(OSError, NotImplementedError, Timeout):
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
