"""Decodes picture files to grey pixels: all pages of all formats, with a check of the size before decoding.

The first bytes of a file tell its format, never its name. This module does not limit time and memory, which depend on
the file. That is why it runs in a separate process with limits (`mnist_nn.imaging.load.child`).
"""

import math
import os
import warnings
from collections.abc import Generator, Iterator
from typing import IO

from PIL import Image, UnidentifiedImageError

from mnist_nn.errors import ImageError
from mnist_nn.imaging.load.grey import Grey, read_orientation, to_grey, turn_upright
from mnist_nn.imaging.load.pdf import SIGNATURE, read_pdf
from mnist_nn.imaging.load.sources import check_bytes, check_pixels, explain_faults, too_many_pages

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")  # no other, as EPS would start a program

# Files that people take for pictures and that are not read: from where, which bytes, what they are.
FOREIGN = (
    (0, b"%!PS", "PostScript (EPS)"),
    (0, b"%PDF-", "PDF"),
    (4, b"ftyphei", "HEIC"),
    (4, b"ftypmif1", "HEIC"),
    (4, b"ftypavi", "AVIF"),
    (4, b"jP  ", "JPEG 2000"),
)
HEAD_BYTES = 512  # bytes that tell what a file is
TILE_WIDTH, TILE_LENGTH = 322, 323  # the tags of a TIFF


def decode_pages(file: IO[bytes], name: str, pixel_limit: int, page_limit: int) -> Generator[Grey | ImageError]:
    """Decode the pages one by one, each when it is requested.

    Yields
    ------
    The page, or the error in its place; the pages after it may be fine.

    Raises
    ------
    ImageError
        If something is wrong with the file as a whole.
    MissingExtraError
        If it is a PDF, and PDFium is not installed.

    Examples
    --------
    >>> import io
    >>> [page.tolist() for page in decode_pages(io.BytesIO(b"P2 3 1 255  0 128 255"), "a.pgm", 9, 1)]
    [[[0, 128, 255]]]
    """
    head = _read_head(file, name)
    read = read_pdf if head.startswith(SIGNATURE) else _read_picture
    yield from read(file, name, pixel_limit, page_limit)


def decode_square(file: IO[bytes], name: str, pixels: int) -> Generator[Grey | ImageError]:
    """Decode a square picture with exactly this many pixels; transparent pixels become 0.

    Raises
    ------
    ImageError
        If it is not a picture, is damaged, or has another size.

    Examples
    --------
    >>> import io
    >>> [page.tolist() for page in decode_square(io.BytesIO(b"P2 1 1 255  7"), "a.pgm", 1)]
    [[[7]]]
    """
    side = math.isqrt(pixels)
    with explain_faults(name):
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with _open_picture(file, name, FORMATS) as image:
            if image.size != (side, side):
                raise ImageError(
                    f"{name} is {image.width}×{image.height}, but predict takes {side}×{side} pictures with light "
                    "ink on dark, as in MNIST; to read pictures of any size, use mnist-nn read"
                )
            square = to_grey(image, ground=0)
    yield square


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
    """Go through the pages of a TIFF, each of which points to the next; two damaged pages in a row are the end."""
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
    """Open a picture: read its header, but not yet its pixels."""
    try:
        return Image.open(file, formats=FORMATS)
    except UnidentifiedImageError as error:
        head = _read_head(file, name)
        for kind in FORMATS:
            accepts = Image.OPEN[kind][1]
            if accepts is not None and accepts(head[:16]):
                raise ImageError(
                    f"{name} starts like a {kind} file, but its header is damaged or gives it no pixels; get a "
                    "fresh copy"
                ) from error
        raise ImageError(
            f"{name} is {_name_foreign(head)}, not a picture that can be read; give one of these formats: "
            f"{', '.join(formats)}"
        ) from error


def _read_head(file: IO[bytes], name: str) -> bytes:
    """Read the first bytes, and reject an empty file or one that is too large for memory."""
    with explain_faults(name):
        file.seek(0)
        head = file.read(HEAD_BYTES)
        if not head:
            raise ImageError(f"{name} is empty; get a fresh copy")
        if head[8:12] == b"WEBP":
            check_bytes(name, file.seek(0, os.SEEK_END))
        return head


def _name_foreign(head: bytes) -> str:
    """Name the kind of a file that cannot be read here."""
    for start, signature, kind in FOREIGN:
        if head.startswith(signature, start):
            return kind
    if b"<svg" in head:
        return "SVG"
    text = head.decode("utf-8", errors="replace").replace("\n", " ").replace("\r", " ").replace("\t", " ")
    return "text" if text[:-1].isprintable() and "\ufffd" not in text[:-3] else "something else"


def _has_page(image: Image.Image, number: int, *, if_damaged: bool) -> bool:
    """Say whether a page exists; ``if_damaged`` is the answer if it, or a page before it, is damaged."""
    try:
        return _turn_to(image, number, "")
    except ImageError:
        return if_damaged


def _turn_to(image: Image.Image, number: int, name: str) -> bool:
    """Go to a page of a TIFF, counted from 0; return False if it has fewer."""
    with explain_faults(name):
        try:
            image.seek(number)
        except EOFError:
            return False
        return True


def _decode(image: Image.Image, name: str, pixel_limit: int) -> Grey | ImageError:
    """Decode the current page, after checking that its size and that of its tiles are within the limit."""
    try:
        with explain_faults(name):
            check_pixels(name, *image.size, pixel_limit)
            tags = getattr(image, "tag_v2", {})
            check_pixels(f"a tile of {name}", tags.get(TILE_WIDTH, 0), tags.get(TILE_LENGTH, 0), pixel_limit)
            pixels = to_grey(image)
            return turn_upright(pixels, read_orientation(image))  # read last: decoding a TIFF turns it upright already
    except ImageError as error:
        return error
