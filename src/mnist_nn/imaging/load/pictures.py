"""Picture files as grey pixels: every page of every format read here, the size checked before anything is decoded.

`each_page` goes on after a page that cannot be read; `read_pages` raises at the first. A file is known by its first
bytes, never by its name. Nothing here starts another program.
"""

import math
import os
import warnings
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import IO

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from mnist_nn.errors import ImageError
from mnist_nn.imaging.load.grey import Grey, read_orientation, to_grey, turn_upright
from mnist_nn.imaging.load.pdf import SIGNATURE, read_pdf
from mnist_nn.imaging.load.sources import (
    PAGE_LIMIT,
    PIXEL_LIMIT,
    Source,
    check_bytes,
    check_pixels,
    explain_faults,
    name_of,
    open_regular_file,
    open_stream,
    quote_name,
    too_many_pages,
)

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")  # no other, as EPS would start a program

# Files that people take for pictures and that are not read: from where, which bytes, what they are.
FOREIGN = (
    (0, b"%!PS", "PostScript (EPS)"),
    (4, b"ftyphei", "HEIC"),
    (4, b"ftypmif1", "HEIC"),
    (4, b"ftypavi", "AVIF"),
    (4, b"jP  ", "JPEG 2000"),
)
HEAD_BYTES = 512  # bytes that tell what a file is
TILE_WIDTH, TILE_LENGTH = 322, 323  # the tags of a TIFF


@dataclass(frozen=True, eq=False)
class Page:
    """One page of a picture file."""

    file: str
    """The file as the user named it, line breaks and all; ``-`` for standard input."""
    number: int
    """Which page of the file, from 1."""
    pixels: npt.NDArray[np.uint8]
    """Shape (height, width), the grey a person sees: 0 black to 255 white, upright, flattened."""


@dataclass(frozen=True, eq=False)
class Fault:
    """What stands in the place of a page that cannot be read."""

    file: str
    """The file as the user named it."""
    number: int
    """Which page of the file, from 1."""
    error: ImageError
    """Why not; its text names file and page."""


def read_pages(source: Source, *, pixel_limit: int = PIXEL_LIMIT, page_limit: int = PAGE_LIMIT) -> Iterator[Page]:
    """Read the pages of a picture file, each when it is asked for.

    Parameters
    ----------
    source
        A path, ``-`` for standard input, or a binary file.
    pixel_limit
        Most pixels of one page.
    page_limit
        Most pages of the file.

    Yields
    ------
    Every page of a TIFF or a PDF; the one picture of any other file, of an animation the first.

    Raises
    ------
    ImageError
        If there is no such file, it is no picture, it is damaged, or it goes beyond a limit. Pages before the
        damaged one have been yielded.
    MissingExtraError
        If it is a PDF, and what reads those is not installed.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO(b"P2 3 1 255  0 128 255")
    >>> [(page.number, page.pixels.tolist()) for page in read_pages(file)]
    [(1, [[0, 128, 255]])]
    """
    with closing(each_page(source, pixel_limit=pixel_limit, page_limit=page_limit)) as pages:
        for page in pages:
            if isinstance(page, Fault):
                raise page.error
            yield page


def each_page(
    source: Source, *, pixel_limit: int = PIXEL_LIMIT, page_limit: int = PAGE_LIMIT
) -> Generator[Page | Fault]:
    """Read the pages of a picture file as `read_pages` does, with a `Fault` in the place of each that cannot be read.

    Where one page is damaged or too large, those after it may be sound. Where a file breaks off, nothing leads to the
    rest, and the last thing that comes of it is a `Fault`. What is wrong with a file as a whole is raised.

    Examples
    --------
    >>> import io
    >>> [page.error for page in each_page(io.BytesIO(b"P2 9 1 255  0 128 255"), pixel_limit=8)]
    [ImageError('standard input is 9×1, 0.0 million pixels; ...')]
    """
    file_name = name_of(source)
    name = quote_name(file_name)
    with open_stream(source) as file:
        head = _read_head(file, name)
        read = read_pdf if head.startswith(SIGNATURE) else _read_picture
        for number, found in enumerate(read(file, name, pixel_limit, page_limit), 1):
            yield (Fault(file_name, number, found) if isinstance(found, ImageError) else Page(file_name, number, found))


def read_square(path: str | os.PathLike[str], pixels: int) -> npt.NDArray[np.uint8]:
    """Read a square picture of exactly so many pixels, uint8 of shape (side, side), 0 for background.

    Raises
    ------
    ImageError
        If there is no such file, it is no picture, it is damaged, or it has another size.
    """
    side = math.isqrt(pixels)
    name = repr(os.fspath(path))
    with open_regular_file(path) as file, explain_faults(name):
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with _open_picture(file, name, FORMATS) as image:
            if image.size != (side, side):
                raise ImageError(
                    f"{name} is {image.width}×{image.height}; predict takes {side}×{side} pictures, "
                    "light ink on a dark ground, as in MNIST"
                )
            return to_grey(image, ground=0)


def _read_picture(file: IO[bytes], name: str, pixel_limit: int, page_limit: int) -> Iterator[Grey | ImageError]:
    with explain_faults(name):
        image = _open_picture(file, name, (*FORMATS, "PDF"))
    with image:
        if image.format != "TIFF":
            yield _decode(image, name, pixel_limit)
        elif _has_page(image, page_limit, if_damaged=False):
            raise too_many_pages(name, page_limit)
        else:
            yield from _read_tiff(image, name, pixel_limit, page_limit)


def _read_tiff(image: Image.Image, name: str, pixel_limit: int, page_limit: int) -> Iterator[Grey | ImageError]:
    """Turn the pages of a TIFF, each of which says where the next one is; two that say nothing are the end."""
    lost = False
    for number in range(page_limit):
        page = f"{name}, page {number + 1}"
        try:
            if not _turn_to(image, number, page):
                return
            lost = False
        except ImageError as error:
            if lost:
                return
            lost = True
            yield error
        else:
            yield _decode(image, page, pixel_limit)
    if _has_page(image, page_limit, if_damaged=not lost):
        raise too_many_pages(name, page_limit)


def _open_picture(file: IO[bytes], name: str, formats: tuple[str, ...]) -> Image.Image:
    """Open a picture, its head read and its pixels not yet."""
    try:
        return Image.open(file, formats=FORMATS)
    except UnidentifiedImageError as error:
        head = _read_head(file, name)
        for kind in FORMATS:
            accepts = Image.OPEN[kind][1]
            if accepts is not None and accepts(head[:16]):
                raise ImageError(
                    f"{name} begins as a {kind}, but its header is damaged or gives it no pixels; get a fresh copy"
                ) from error
        raise ImageError(
            f"{name} is {_name_foreign(head)}, not a picture that can be read; give one of: {', '.join(formats)}"
        ) from error


def _read_head(file: IO[bytes], name: str) -> bytes:
    """Read the first bytes, and refuse a file that has none, or too many to be held in memory whole."""
    with explain_faults(name):
        file.seek(0)
        head = file.read(HEAD_BYTES)
        if not head:
            raise ImageError(f"{name} is empty; get a fresh copy")
        if head[8:12] == b"WEBP":
            check_bytes(name, file.seek(0, os.SEEK_END))
        return head


def _name_foreign(head: bytes) -> str:
    """Name what a file is that is read by nothing here."""
    for start, signature, kind in FOREIGN:
        if head.startswith(signature, start):
            return kind
    if b"<svg" in head:
        return "SVG"
    text = head.decode("utf-8", errors="replace").replace("\n", " ").replace("\r", " ").replace("\t", " ")
    return "text" if text[:-1].isprintable() and "\ufffd" not in text[:-3] else "something else"


def _has_page(image: Image.Image, number: int, *, if_damaged: bool) -> bool:
    """Tell whether a page is there; ``if_damaged`` is the answer where it, or one on the way to it, is damaged."""
    try:
        return _turn_to(image, number, "")
    except ImageError:
        return if_damaged


def _turn_to(image: Image.Image, number: int, name: str) -> bool:
    """Turn to a page of a TIFF, counted from 0; False if it has fewer."""
    with explain_faults(name):
        try:
            image.seek(number)
        except EOFError:
            return False
        return True


def _decode(image: Image.Image, name: str, pixel_limit: int) -> Grey | ImageError:
    """Decode the page that is turned to, once its size and that of its tiles are known to be within the limit."""
    try:
        with explain_faults(name):
            check_pixels(name, *image.size, pixel_limit)
            tags = getattr(image, "tag_v2", {})
            check_pixels(f"a tile of {name}", tags.get(TILE_WIDTH, 0), tags.get(TILE_LENGTH, 0), pixel_limit)
            pixels = to_grey(image)
            return turn_upright(pixels, read_orientation(image))  # read last: decoding a TIFF turns it upright already
    except ImageError as error:
        return error
