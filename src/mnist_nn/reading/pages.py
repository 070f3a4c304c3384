"""The pages of one file, read one after another: the one loop that the command line and the server share.

A page that cannot be read becomes a `PageResult` too, so that those after it are not lost. Nothing is kept, so that a
file of any length streams. Which files are read, and what is done with the results, is for the callers.
"""

from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

from mnist_nn.errors import MnistNNError
from mnist_nn.imaging import PAGE_LIMIT, PIXEL_LIMIT, Fault, Page, each_page
from mnist_nn.imaging.load.sources import Source
from mnist_nn.reading.reader import Reader
from mnist_nn.reading.results import Reading


class PageResult(NamedTuple):
    """What was read on a page, or the error in its place."""

    file: str
    """The file as the user named it; ``-`` for standard input."""
    page: int
    """Which page of the file, from 1."""
    reading: Reading | None
    """None where the page cannot be read."""
    error: str = ""
    """Why not, in one line; empty where it was read."""
    cause: Exception | None = None
    """The exception that this line tells."""

    @classmethod
    def of_error(cls, file: str, page: int, error: Exception) -> "PageResult":
        """Put an error in the place of a page, in one line that names the file.

        Examples
        --------
        >>> PageResult.of_error("a.png", 2, MemoryError()).error
        "'a.png' needs more memory than there is; make it smaller"
        """
        return cls(file, page, None, _describe(file, error), error)


def read_each_page(
    reader: Reader, source: Source, *, pixel_limit: int = PIXEL_LIMIT, page_limit: int = PAGE_LIMIT
) -> Iterator[PageResult]:
    """Read the pages of one file, each when it is asked for.

    Parameters
    ----------
    reader
        Reads each page.
    source
        A path, ``-`` for standard input, or a binary file.
    pixel_limit, page_limit
        Most pixels of one page, and most pages of the file.

    Yields
    ------
    A result for each page; a page that cannot be read, or on which the reader fails, is an error in its place.

    Raises
    ------
    ImageError, MissingExtraError
        If something is wrong with the file as a whole; the pages before have been yielded.

    Examples
    --------
    >>> import io
    >>> reader = Reader()
    >>> for result in read_each_page(reader, io.BytesIO(b"P2 3 1 255  255 255 255")):
    ...     print(result.page, result.reading.decision)
    1 nothing there
    """
    with closing(each_page(source, pixel_limit=pixel_limit, page_limit=page_limit)) as pages:
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
        return f"{file!r} needs more memory than there is; make it smaller"
    return f"{file!r} could not be read: {type(error).__name__}, {line or 'no more is known'}"
