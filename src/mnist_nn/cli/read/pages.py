"""What ``mnist-nn read`` does with its files: read them one after another, and pass on what came of each page.

Whatever is wrong with a file becomes an `Outcome` too, so that the others are not lost. Nothing is kept, so that a
folder of any size streams.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mnist_nn.imaging.load.folders import Found
    from mnist_nn.imaging.load.pictures import Fault, Page
    from mnist_nn.reading.reader import Reader
    from mnist_nn.reading.results import Reading


class Outcome(NamedTuple):
    """What came of a page: a reading, or an error in its place."""

    file: str
    page: int
    reading: "Reading | None"
    error: str = ""


Sink = Callable[[Outcome], None]


def outcomes(reader: "Reader", found: "Found", *, pixel_limit: int, page_limit: int) -> Iterator[Outcome]:
    """Read the pages of one file. A page that cannot be read is an error in its place; the others go on."""
    from mnist_nn.imaging.load.pictures import each_page

    if found.error:
        yield Outcome(found.file, 1, None, _line(found.error))
        return
    number = 0
    try:
        for page in each_page(found.file, pixel_limit=pixel_limit, page_limit=page_limit):
            number = page.number
            yield _outcome(reader, page)
    except Exception as error:  # noqa: BLE001 - a fault of ours in one picture must not cost the other thousands
        yield Outcome(found.file, number + 1, None, _why(found.file, error))


def _outcome(reader: "Reader", page: "Page | Fault") -> Outcome:
    from mnist_nn.imaging.load.pictures import Page

    if not isinstance(page, Page):
        return Outcome(page.file, page.number, None, _line(page.error))
    try:
        return Outcome(page.file, page.number, reader(page))
    except Exception as error:  # noqa: BLE001 - as above
        return Outcome(page.file, page.number, None, _why(page.file, error))


def _why(file: str, error: Exception) -> str:
    from mnist_nn.errors import MnistNNError

    if isinstance(error, MnistNNError):
        return _line(error)
    if isinstance(error, MemoryError):
        return f"{file!r} needs more memory than there is; make it smaller"
    return f"{file!r} could not be read: {type(error).__name__}, {_line(error) or 'no more is known'}"


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
