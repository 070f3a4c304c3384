"""How ``mnist-nn read`` reads its files: one after another, and the result of every page is passed on.

Whatever is wrong with a file becomes a `PageResult` too, so that the other files are not lost.
"""

from collections.abc import Callable, Iterator

from mnist_nn.imaging import Found
from mnist_nn.reading.pages import PageResult, read_each_page
from mnist_nn.reading.reader import Reader

Sink = Callable[[PageResult], None]


def read_file(reader: Reader, found: Found, *, pixel_limit: int, page_limit: int) -> Iterator[PageResult]:
    """Read the pages of one file; what is wrong with the file as a whole is an error after its pages."""
    if found.error:
        yield PageResult.of_error(found.file, 1, found.error)
        return
    number = 0
    try:
        for result in read_each_page(reader, found.file, pixel_limit=pixel_limit, page_limit=page_limit):
            number = result.page
            yield result
    except Exception as error:  # noqa: BLE001 - a fault of ours in one file must not cost the other thousands
        yield PageResult.of_error(found.file, number + 1, error)
