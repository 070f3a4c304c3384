"""Where the bytes of a picture come from, how much of them is too much, and what is said when they are no good.

Every fault becomes an `ImageError` of one line, so that in a table each file stays a row.
"""

import io
import os
import stat
import sys
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
    (stat.S_ISDIR, "a folder; name the pictures in it"),
    (stat.S_ISFIFO, "a pipe; send what comes out of it to standard input and give -"),
    (lambda mode: not stat.S_ISREG(mode), "a device or a socket; give a picture file"),
)
_LONGEST_REASON = 200  # characters of what a decoder says


def name_of(source: Source) -> str:
    """Tell what a user calls this source.

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
    r"""Write a name so that it stays on its line, whatever is in it.

    Examples
    --------
    >>> print(quote_name("two\nlines.png"), quote_name("-"))
    'two\nlines.png' standard input
    """
    return "standard input" if name == STANDARD_INPUT else repr(name)


@contextmanager
def open_stream(source: Source) -> Iterator[IO[bytes]]:
    """Open a file, or standard input for ``-``, so that it can be read from anywhere in it."""
    if isinstance(source, str | os.PathLike) and os.fspath(source) != STANDARD_INPUT:
        with open_regular_file(source) as file:
            yield file
    else:
        yield _hold(_find_stream(source), quote_name(name_of(source)))


@contextmanager
def open_regular_file(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Open a file on disk. What is none, such as a pipe that would block for ever, is refused unopened."""
    name = repr(os.fspath(path))
    with explain_faults(name):
        mode = os.stat(path).st_mode  # noqa: PTH116 - a null byte in a name is told apart here
        for is_kind, what in _NOT_FILES:
            if is_kind(mode):
                raise ImageError(f"{name} is {what}")
        file = open(path, "rb")  # noqa: PTH123, SIM115 - closed below
    with file:
        yield file


def _find_stream(source: Source) -> IO[bytes]:
    if not isinstance(source, str | os.PathLike):
        return source
    if sys.stdin is None:  # whoever started us closed it
        raise ImageError("there is no standard input; name a file, or send one: mnist-nn read - < FILE")
    return sys.stdin.buffer


def _hold(stream: IO[bytes], name: str) -> IO[bytes]:
    """Hold a stream in memory that cannot be wound back."""
    with explain_faults(name):
        if stream.seekable():
            return stream
        data = stream.read(BYTE_LIMIT + 1)
        check_bytes(name, len(data))
        return io.BytesIO(data)


@contextmanager
def explain_faults(name: str) -> Iterator[None]:
    """Turn whatever a decoder raises into an `ImageError` on one line; what it merely warns of is no damage."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except MnistNNError:
        raise
    except Image.DecompressionBombError as error:
        raise ImageError(f"{name} is damaged or too large: {_one_line(error)}; make it smaller") from error
    except MemoryError as error:
        raise ImageError(f"{name} needs more memory than there is; make it smaller") from error
    except OSError as error:
        if error.errno is None:
            raise ImageError(f"{name} is damaged: {_one_line(error)}; get a fresh copy") from error
        raise ImageError(f"cannot read {name}: {reason_of(error)}; {remedy_for_reading(error)}") from error
    except Exception as error:
        raise ImageError(f"{name} is damaged: {_one_line(error)}; get a fresh copy") from error


def check_pixels(name: str, width: int, height: int, limit: int) -> None:
    """Refuse a page of too many pixels, before one of them is decoded."""
    if width * height > limit:
        raise ImageError(
            f"{name} is {width}×{height}, {width * height / 1e6:,.1f} million pixels; at most {limit / 1e6:,g} million "
            "are read: make it smaller, or raise the limit (--pixel-limit)"
        )


def too_many_pages(name: str, limit: int) -> ImageError:
    """Build the error for a file of too many pages."""
    return ImageError(f"{name} has more than {limit} pages; split it, or raise the limit (--page-limit)")


def check_bytes(name: str, size: int) -> None:
    """Refuse what would fill the memory."""
    if size > BYTE_LIMIT:
        raise ImageError(f"{name} has more than {BYTE_LIMIT / 2**20:,g} MiB; make it smaller")


def _one_line(error: BaseException) -> str:
    words = "".join(c if c.isprintable() else " " for c in str(error)).split()
    return (" ".join(words).rstrip(".") or type(error).__name__)[:_LONGEST_REASON]
