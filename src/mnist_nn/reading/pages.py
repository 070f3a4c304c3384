"""Reads the pages of a file one by one; the command line and the server share this loop.

A page that cannot be read becomes a `PageResult` too, so that the pages after it are still read. Nothing is stored, so
a file of any length can be streamed. The callers choose the files and use the results.
"""

from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

from mnist_nn.errors import MnistNNError
from mnist_nn.imaging import DECODE_SECONDS, PAGE_LIMIT, PIXEL_LIMIT, Fault, Page, each_page
from mnist_nn.imaging.load.child.pool import POOL, Pool
from mnist_nn.imaging.load.sources import Source
from mnist_nn.reading.reader import Reader
from mnist_nn.reading.results import Reading


class PageResult(NamedTuple):
    """The reading of a page, or the error in its place."""

    file: str
    """The file as the user named it; ``-`` for standard input."""
    page: int
    """The number of the page in the file, from 1."""
    reading: Reading | None
    """The reading; None if the page cannot be read."""
    error: str = ""
    """Why the page could not be read, in one line; empty if it was read."""
    cause: Exception | None = None
    """The exception behind this line."""

    @classmethod
    def of_error(cls, file: str, page: int, error: Exception) -> "PageResult":
        """Make the result for an error, with one line that names the file.

        Examples
        --------
        >>> PageResult.of_error("a.png", 2, MemoryError()).error
        "'a.png' needs more memory than is available; make it smaller"
        """
        return cls(file, page, None, _describe(file, error), error)


def read_each_page(
    reader: Reader,
    source: Source,
    *,
    pixel_limit: int = PIXEL_LIMIT,
    page_limit: int = PAGE_LIMIT,
    decode_seconds: float = DECODE_SECONDS,
    decoders: Pool = POOL,
) -> Iterator[PageResult]:
    """Read the pages of one file, each when it is requested.

    Parameters
    ----------
    reader
        The reader for each page.
    source
        A path, ``-`` for standard input, or a binary file.
    pixel_limit, page_limit
        Largest number of pixels in a page, and of pages in the file.
    decode_seconds
        Most seconds of processor time for decoding the file.
    decoders
        The processes that decode it.

    Yields
    ------
    A result for each page; a page that cannot be read, or on which the reader fails, gives an error in its place.

    Raises
    ------
    ImageError, MissingExtraError
        If something is wrong with the whole file; earlier pages have already been yielded.

    Examples
    --------
    >>> import io
    >>> reader = Reader()
    >>> for result in read_each_page(reader, io.BytesIO(b"P2 3 1 255  255 255 255")):
    ...     print(result.page, result.reading.decision)
    1 nothing there
    """
    limits = {"pixel_limit": pixel_limit, "page_limit": page_limit}
    with closing(each_page(source, **limits, decode_seconds=decode_seconds, decoders=decoders)) as pages:
        for page in pages:
            yield _read(reader, page)


def _read(reader: Reader, page: Page | Fault) -> PageResult:
    if isinstance(page, Fault):
        return PageResult.of_error(page.file, page.number, page.error)
    try:
        return PageResult(page.file, page.number, reader(page))
    except Exception as error:  # noqa: BLE001 - a fault of ours in one picture must not cost the other thousands
        return PageResult.of_error(page.file, page.number, error)


def _describe(file: str, error: Exception) -> str:
    line = " ".join(str(error).split())
    if isinstance(error, MnistNNError):
        return line
    if isinstance(error, MemoryError):
        return f"{file!r} needs more memory than is available; make it smaller"
    return f"{file!r} could not be read: {type(error).__name__}, {line or 'no details are known'}"
