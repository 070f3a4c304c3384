"""What ``mnist-nn read`` does with its files: read them one after another, and pass on what came of each page.

Whatever is wrong with a file becomes an `Outcome` too, so that the others are not lost. Nothing is kept, so that a
folder of any size streams.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mnist_nn.imaging.folders import Found
    from mnist_nn.reading import Reader
    from mnist_nn.verdicts import Reading


class Outcome(NamedTuple):
    """What came of a page: a reading, or an error in its place."""

    file: str
    page: int
    reading: "Reading | None"
    error: str = ""


Sink = Callable[[Outcome], None]


def outcomes(reader: "Reader", found: "Found", *, pixel_limit: int, page_limit: int) -> Iterator[Outcome]:
    """Read the pages of one file; an error is the last that comes of it."""
    from mnist_nn.errors import ImageError, MissingExtraError
    from mnist_nn.imaging.files import read_pages

    if found.error:
        yield Outcome(found.file, 1, None, _line(found.error))
        return
    done = 0
    try:
        for page in read_pages(found.file, pixel_limit=pixel_limit, page_limit=page_limit):
            yield Outcome(found.file, page.number, reader(page))
            done = page.number
    except (ImageError, MissingExtraError) as error:
        yield Outcome(found.file, done + 1, None, _line(error))
    except MemoryError:
        yield Outcome(found.file, done + 1, None, f"{found.file!r} needs more memory than there is; make it smaller")
    except Exception as error:  # noqa: BLE001 - a fault of ours in one picture must not cost the other thousands
        what = _line(error) or "no more is known"
        yield Outcome(found.file, done + 1, None, f"{found.file!r} could not be read: {type(error).__name__}, {what}")


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
