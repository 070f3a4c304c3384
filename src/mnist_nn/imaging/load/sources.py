"""Opens the bytes of a picture, limits their number, and turns errors into one line.

Every error becomes an `ImageError` with one line, so that each file stays one row in a table.
"""

import io
import os
import stat
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from PIL import Image

from mnist_nn.errors import ImageError, MnistNNError
from mnist_nn.util.io_errors import reason_of, remedy_for_reading

PIXEL_LIMIT = 64_000_000  # of one page: the largest telephones take 50 million; more is a bomb or a map
PAGE_LIMIT = 200  # of one file
BYTE_LIMIT = 2**29  # of standard input, and of a WebP file: what is held in memory whole

STANDARD_INPUT = "-"
Source = str | os.PathLike[str] | IO[bytes]

_NOT_FILES = (
    (stat.S_ISDIR, "a folder; give the pictures in it"),
    (stat.S_ISFIFO, "a pipe; send its output to standard input and give -"),
    (lambda mode: not stat.S_ISREG(mode), "a device or a socket; give a picture file"),
)
_PIECE_BYTES = 2**20  # of a stream that are copied at a time
_LONGEST_REASON = 200  # characters of what a decoder says


def name_of(source: Source) -> str:
    """Return the user's name for this source.

    Examples
    --------
    >>> name_of("scan.png"), name_of(io.BytesIO())
    ('scan.png', '-')
    """
    if isinstance(source, str | os.PathLike):
        return os.fspath(source)
    name = getattr(source, "name", STANDARD_INPUT)
    return name if isinstance(name, str) else STANDARD_INPUT


def quote_name(name: str) -> str:
    r"""Quote a name so that it stays on one line, whatever it contains.

    Examples
    --------
    >>> print(quote_name("two\nlines.png"), quote_name("-"))
    'two\nlines.png' standard input
    """
    return "standard input" if name == STANDARD_INPUT else repr(name)


@contextmanager
def open_stream(source: Source) -> Iterator[IO[bytes]]:
    """Open a file, or standard input for ``-``, so that it has a descriptor and can be read from any position."""
    if isinstance(source, str | os.PathLike) and os.fspath(source) != STANDARD_INPUT:
        with open_regular_file(source) as file:
            yield file
        return
    stream = _find_stream(source)
    if _is_file(stream):
        yield stream
        return
    with _open_memory() as file:
        _hold(stream, file, quote_name(name_of(source)))
        yield file


@contextmanager
def open_regular_file(path: str | os.PathLike[str], folder: str = "") -> Iterator[IO[bytes]]:
    """Open a file on the disk; anything else, such as a pipe that would block for ever, is rejected unopened.

    The path is relative to the folder, by default to that of this process, and stays the name of the file.
    """
    name = repr(os.fspath(path))
    where = os.path.join(folder, path)  # noqa: PTH118 - a Path would lose ./ in front
    with explain_faults(name):
        mode = os.stat(where).st_mode  # noqa: PTH116 - a null byte in a name is told apart here
        for is_kind, what in _NOT_FILES:
            if is_kind(mode):
                raise ImageError(f"{name} is {what}")
        file = open(path, "rb", opener=lambda _, flags: os.open(where, flags))  # noqa: SIM115 - closed below
    with file:
        yield file


def _find_stream(source: Source) -> IO[bytes]:
    if not isinstance(source, str | os.PathLike):
        return source
    if sys.stdin is None:  # whoever started us closed it
        raise ImageError("there is no standard input; give a file name, or send a file: mnist-nn read - < FILE")
    return sys.stdin.buffer


def _is_file(stream: IO[bytes]) -> bool:
    """Say whether a stream's descriptor gives the same bytes; that of a decompressing stream, for example, does not."""
    return isinstance(stream, io.BufferedReader) and isinstance(stream.raw, io.FileIO) and stream.seekable()


def _open_memory() -> IO[bytes]:
    """Open a file that exists only in memory or, if the system does not support that, has no name."""
    if not hasattr(os, "memfd_create"):
        return tempfile.TemporaryFile()
    return open(os.memfd_create("picture"), "w+b")  # noqa: PTH123 - a descriptor


def _hold(stream: IO[bytes], file: IO[bytes], name: str) -> None:
    """Copy a stream to a file; a stream that cannot be rewound, such as a pipe, is copied up to the limit."""
    with explain_faults(name):
        if stream.seekable():
            stream.seek(0)
        size, read = 0, getattr(stream, "read1", stream.read)  # which does not wait for more than there is
        while piece := read(_PIECE_BYTES):
            size += file.write(piece)
            if not stream.seekable():
                check_bytes(name, size)
        file.flush()


@contextmanager
def explain_faults(name: str) -> Iterator[None]:
    """Turn any error of a decoder into an `ImageError` with one line; warnings are ignored."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except MnistNNError:
        raise
    except Image.DecompressionBombError as error:
        raise ImageError(f"{name} is damaged or too large: {_one_line(error)}; make it smaller") from error
    except MemoryError as error:
        raise ImageError(f"{name} needs more memory than is available; make it smaller") from error
    except OSError as error:
        if error.errno is None:
            raise ImageError(f"{name} is damaged: {_one_line(error)}; get a fresh copy") from error
        raise ImageError(f"cannot read {name}: {reason_of(error)}; {remedy_for_reading(error)}") from error
    except Exception as error:
        raise ImageError(f"{name} is damaged: {_one_line(error)}; get a fresh copy") from error


def check_pixels(name: str, width: int, height: int, limit: int) -> None:
    """Raise an error for a page with too many pixels, before decoding it."""
    if width * height > limit:
        raise ImageError(
            f"{name} is {width}×{height}, {width * height / 1e6:,.1f} million pixels, but at most "
            f"{limit / 1e6:,g} million are accepted; make it smaller, or raise the limit with "
            "--pixel-limit"
        )


def too_many_pages(name: str, limit: int) -> ImageError:
    """Build the error for a file with too many pages."""
    return ImageError(f"{name} has more than {limit} pages; split it, or raise the limit with --page-limit")


def check_bytes(name: str, size: int) -> None:
    """Raise an error for a file that would fill the memory."""
    if size > BYTE_LIMIT:
        raise ImageError(f"{name} has more than {BYTE_LIMIT / 2**20:,g} MiB; make it smaller")


def _one_line(error: BaseException) -> str:
    words = "".join(c if c.isprintable() else " " for c in str(error)).split()
    return (" ".join(words).rstrip(".") or type(error).__name__)[:_LONGEST_REASON]
