"""Finds the picture files in the files and folders that a user names, one by one.

Only the names in open folders are stored, so a folder of any size can be streamed.
"""

import os
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mnist_nn.errors import ImageError
from mnist_nn.imaging.load.sources import STANDARD_INPUT, explain_faults

# What is taken for a picture inside a folder; HEIC and AVIF are not read, but no photo is passed over in silence.
SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".ppm", ".pgm", ".pbm"),
    *(".pnm", ".pdf", ".heic", ".heif", ".avif"),
)

Identity = tuple[int, int]  # of a folder, whatever links lead to it


class Found(NamedTuple):
    """A file to read, or the error in its place."""

    file: str
    """The path of the file or folder, starting with what the user named."""
    error: ImageError | None = None
    """Why there is nothing to read here; None for a file."""


class _Folder(NamedTuple):
    """A folder that is being searched."""

    path: str
    identity: Identity
    names: Iterator[tuple[str, bool]]  # what is left of it, each with whether it is a folder


def find_pictures(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Found]:
    """Find the picture files that a user means.

    Parameters
    ----------
    paths
        Files, folders and ``-`` for standard input. A named file is always returned, whatever its suffix, even if it
        does not exist. In folders and their subfolders, all files with one of `SUFFIXES` are returned, except hidden
        ones, sorted by name with numbers in numerical order. A named file that is also in a named folder is returned
        only once, in its own place.

    Yields
    ------
    A `Found` for each file, with an error for a folder that cannot be listed, links back to itself, or contains no
    pictures.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> for name in ("10.png", "9.png", "notes.txt"):
    ...     _ = open(os.path.join(folder, name), "w").close()
    >>> [os.path.basename(found.file) for found in find_pictures([folder])]
    ['9.png', '10.png']
    """
    named = [os.fspath(path) for path in paths]
    for path in named:
        if path == STANDARD_INPUT or not os.path.isdir(path):  # noqa: PTH112 - a Path would lose ./ in front
            yield Found(path)
        else:
            yield from _walk(path, frozenset(named))


def _walk(top: str, named: frozenset[str]) -> Iterator[Found]:
    """Search a folder and its subfolders, without recursion, because they may be nested deeper than Python's calls."""
    open_folders: list[_Folder] = []
    empty = True
    for found in _enter(top, open_folders):
        empty = False
        yield found
    while open_folders:
        name, is_folder = next(open_folders[-1].names, (None, False))
        if name is None:
            open_folders.pop()
            continue
        path = os.path.join(open_folders[-1].path, name)  # noqa: PTH118 - see above
        empty = empty and is_folder and path not in named
        if path in named:
            continue
        for found in _enter(path, open_folders) if is_folder else [Found(path)]:
            empty = False
            yield found
    if empty:
        yield Found(top, ImageError(f"{top!r} contains no pictures; give another folder, or the name of a picture"))


def _enter(path: str, open_folders: list[_Folder]) -> Iterator[Found]:
    """Enter a folder, or yield the reason why that is not possible."""
    try:
        with explain_faults(repr(path)):
            status = os.stat(path)  # noqa: PTH116 - see above
            identity = (status.st_dev, status.st_ino)
            for above in open_folders:
                if above.identity == identity:
                    raise ImageError(  # noqa: TRY301
                        f"{path!r} is a link to {above.path!r}, the folder that contains it; remove the link"
                    )
            open_folders.append(_Folder(path, identity, iter(_list(path))))
    except ImageError as error:
        yield Found(path, error)


def _list(path: str) -> list[tuple[str, bool]]:
    """List what to read in a folder, in the order in which a person would list it."""
    with os.scandir(path) as entries:
        listed = [(entry.name, _is_folder(entry)) for entry in entries if not entry.name.startswith(".")]
    return sorted(
        (entry for entry in listed if entry[1] or entry[0].lower().endswith(SUFFIXES)),
        key=lambda entry: natural_key(entry[0]),
    )


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads nowhere; if it has the name of a picture, reading it says so
        return False


def natural_key(name: str) -> tuple[list[str | int], str]:
    """Return the key that sorts names as people do: 9 before 10, capital and small letters together.

    Examples
    --------
    >>> sorted(["b1", "a10", "a9", "A1"], key=natural_key)
    ['A1', 'a9', 'a10', 'b1']
    """
    parts = re.split(r"([0-9]+)", name.casefold())
    return [int(part) if i % 2 else part for i, part in enumerate(parts)], name
