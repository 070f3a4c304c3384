"""Reads the files of ``mnist-nn read`` one by one and passes on the result of every page.

An error in a file becomes a `PageResult` too, so that the other files are still read.
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

from mnist_nn.imaging import Found
from mnist_nn.imaging.load.sources import open_regular_file
from mnist_nn.reading.pages import PageResult, read_each_page
from mnist_nn.reading.reader import Reader

Sink = Callable[[PageResult], None]


def read_file(
    reader: Reader, found: Found, *, pixel_limit: int, page_limit: int, decode_seconds: float, folder: str | None = None
) -> Iterator[PageResult]:
    """Read the pages of one file; an error that concerns the whole file comes after its pages.

    Its name is relative to ``folder``; by default, to the folder of this process.
    """
    if found.error:
        yield PageResult.of_error(found.file, 1, found.error)
        return
    number = 0
    try:
        limits: dict[str, Any] = {
            "pixel_limit": pixel_limit,
            "page_limit": page_limit,
            "decode_seconds": decode_seconds,
        }
        with nullcontext(found.file) if folder is None else open_regular_file(found.file, folder) as source:
            for result in read_each_page(reader, source, **limits):
                number = result.page
                yield result
    except Exception as error:  # noqa: BLE001 - a fault of ours in one file must not cost the other thousands
        yield PageResult.of_error(found.file, number + 1, error)
