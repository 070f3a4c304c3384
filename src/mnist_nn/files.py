"""Writing a file so that nothing is ever lost: the old one stays whole until the new one is safely on disk."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Open a new file that takes the place of ``path`` when the block ends without an error.

    It is written under a temporary name in the same folder, synced and renamed. If anything goes wrong, the
    temporary file is removed and ``path`` is as it was. Raises the OSError of whatever failed.

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
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode(target))
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def check_target(target: Path) -> None:
    """Refuse what a rename would silently destroy: devices, folders, files that are write-protected."""
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, "not a regular file", str(target))
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "write-protected", str(target))


def _mode(target: Path) -> int:
    """Permissions of the file that is replaced, or those that a plain open() would give a new one."""
    with suppress(OSError):
        return target.stat().st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
