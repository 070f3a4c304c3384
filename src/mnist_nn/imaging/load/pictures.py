"""Reads picture files as grey pixels, page by page, in a separate process with limits on time and memory.

`each_page` continues after a page that cannot be read; `read_pages` raises at the first one; `as_page` takes one page
from a file or from memory. `mnist_nn.imaging.load.decode` knows the formats, and `mnist_nn.imaging.load.child` the
limits.
"""

import io
import os
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ImageError
from mnist_nn.imaging.load.child.budget import DECODE_SECONDS, Budget
from mnist_nn.imaging.load.child.pool import POOL, Pool
from mnist_nn.imaging.load.grey import as_grey
from mnist_nn.imaging.load.sources import (
    PAGE_LIMIT,
    PIXEL_LIMIT,
    Source,
    name_of,
    open_regular_file,
    open_stream,
    quote_name,
)


@dataclass(frozen=True, eq=False)
class Page:
    """One page of a picture file."""

    file: str
    """The file as the user named it, including line breaks; ``-`` for standard input."""
    number: int
    """The number of the page in the file, from 1."""
    pixels: npt.NDArray[np.uint8]
    """Shape (height, width): the grey levels that a person sees, from 0 (black) to 255 (white), upright and opaque."""


@dataclass(frozen=True, eq=False)
class Fault:
    """The error in the place of a page that cannot be read."""

    file: str
    """The file as the user named it."""
    number: int
    """The number of the page in the file, from 1."""
    error: ImageError
    """The error; its text names file and page."""


def read_pages(
    source: Source,
    *,
    pixel_limit: int = PIXEL_LIMIT,
    page_limit: int = PAGE_LIMIT,
    decode_seconds: float = DECODE_SECONDS,
) -> Iterator[Page]:
    """Read the pages of a picture file, each when it is requested.

    Parameters
    ----------
    source
        A path, ``-`` for standard input, or a binary file.
    pixel_limit
        Largest number of pixels in a page. Above the default, the memory that a decoder may use grows with it.
    page_limit
        Largest number of pages in the file.
    decode_seconds
        Longest processor time, in seconds, for decoding a file of up to 16 MB; larger files get more, in proportion.

    Yields
    ------
    Every page of a TIFF or a PDF; for any other file its only picture, or the first one of an animation.

    Raises
    ------
    ImageError
        If the file does not exist, is not a picture, is damaged, or exceeds a limit. Pages before a damaged one have
        been yielded.
    MissingExtraError
        If it is a PDF, and PDFium is not installed.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO(b"P2 3 1 255  0 128 255")
    >>> [(page.number, page.pixels.tolist()) for page in read_pages(file)]
    [(1, [[0, 128, 255]])]
    """
    found = each_page(source, pixel_limit=pixel_limit, page_limit=page_limit, decode_seconds=decode_seconds)
    with closing(found) as pages:
        for page in pages:
            if isinstance(page, Fault):
                raise page.error
            yield page


def as_page(value: Any) -> Page:
    """Convert what can only be one page to a `Page`: a file with one page, its bytes, a Pillow image, or an array.

    Raises
    ------
    ImageError
        If it is not a picture, cannot be read, or is a file with several pages.

    Examples
    --------
    >>> as_page([[0, 255]]).pixels
    array([[  0, 255]], dtype=uint8)
    >>> as_page("no-such.jpg")
    Traceback (most recent call last):
    mnist_nn.errors.ImageError: cannot read 'no-such.jpg': No such file or directory; check the name
    """
    if isinstance(value, Page):
        return value
    if isinstance(value, bytes | bytearray):
        value = io.BytesIO(value)
    if not (isinstance(value, str | os.PathLike) or hasattr(value, "read")):
        return Page("", 1, as_grey(value))
    with closing(each_page(value)) as pages:
        first, second = next(pages, None), next(pages, None)
    if isinstance(first, Fault):
        raise first.error
    if first is None or second is not None:
        name = quote_name(name_of(value))
        raise ImageError(f"{name} has several pages; read them one by one: for page in read_pages({name}): read(page)")
    return first


def each_page(
    source: Source,
    *,
    pixel_limit: int = PIXEL_LIMIT,
    page_limit: int = PAGE_LIMIT,
    decode_seconds: float = DECODE_SECONDS,
    decoders: Pool = POOL,
) -> Generator[Page | Fault]:
    """Read the pages of a picture file as `read_pages` does, with a `Fault` in the place of pages that cannot be read.

    If one page is damaged or too large, the pages after it may be fine. If a file breaks off, or its decoder is ended,
    the rest cannot be reached, and the last result is a `Fault`. Errors that concern the whole file are raised.
    ``decoders`` are the processes that decode.

    Examples
    --------
    >>> import io
    >>> [page.error for page in each_page(io.BytesIO(b"P2 9 1 255  0 128 255"), pixel_limit=8)]
    [ImageError('standard input is 9×1, 0.0 million pixels, but ...')]
    """
    file_name = name_of(source)
    with open_stream(source) as file:
        budget = Budget.of_file(file, pixel_limit, decode_seconds)
        arguments = {"name": quote_name(file_name), "pixel_limit": pixel_limit, "page_limit": page_limit}
        for number, found in enumerate(decoders.decode("pages", file, budget, arguments), 1):
            yield (Fault(file_name, number, found) if isinstance(found, ImageError) else Page(file_name, number, found))


def read_square(path: str | os.PathLike[str], pixels: int) -> npt.NDArray[np.uint8]:
    """Read a square picture with exactly this many pixels, as uint8 of shape (side, side), 0 for background.

    Raises
    ------
    ImageError
        If the file does not exist, is not a picture, is damaged, has another size, or takes too long to decode.
    """
    with open_regular_file(path) as file:
        budget = Budget.of_file(file, PIXEL_LIMIT, DECODE_SECONDS)
        (found,) = POOL.decode("square", file, budget, {"name": repr(os.fspath(path)), "pixels": pixels})
    if isinstance(found, ImageError):
        raise found
    return found
