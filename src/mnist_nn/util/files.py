"""Writing a file so that nothing is ever lost: the old one stays whole until the new one is safely on disk."""

import errno
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Open a new file that takes the place of ``path`` when the block ends without an error.

    It is written under a temporary name in the same folder, synced and renamed; a link stays a link. If anything
    goes wrong, the temporary file is removed and ``path`` is as it was. Raises the OSError of whatever failed.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with replacing(folder / "note") as file:
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
    """Raise now the OSError that `replacing` would raise later; the file itself is not touched."""
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
