"""Draws the pages of a PDF as grey pictures with PDFium, which is an extra: ``pip install 'mnist-nn[pdf]'``.

PDFium does not support threads, so the threads of a process draw one page at a time.
"""

import importlib
import io
import math
from collections.abc import Iterator
from threading import Lock
from typing import IO, Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from mnist_nn.errors import ImageError, MissingExtraError
from mnist_nn.imaging.load.grey import Grey
from mnist_nn.imaging.load.sources import check_pixels, explain_faults, too_many_pages

SIGNATURE = b"%PDF-"
DPI = 200  # pixels per inch of paper: a digit 5 mm high becomes 40 pixels
POINTS = 72  # a PDF's own units, to the inch
OWN_SIZES = {"DCTDecode", "JPXDecode"}  # kinds of pictures that say themselves how large they are: JPEG, JPEG 2000

_one_at_a_time = Lock()


def read_pdf(file: IO[bytes], name: str, pixel_limit: int, page_limit: int) -> Iterator[Grey | ImageError]:
    """Draw the pages one by one at `DPI`, as they would be printed on white paper.

    Yields
    ------
    The page, or the error in its place if it is damaged or too large.

    Raises
    ------
    MissingExtraError
        If PDFium is not installed.
    ImageError
        If the whole file is damaged, needs a password, or has too many pages.
    """
    pdfium = _import_pdfium()
    with _one_at_a_time, explain_faults(name):
        document = _open_document(pdfium, file, name)
    try:
        for number in range(_count_pages(document, name, page_limit)):
            with _one_at_a_time:
                found = _read_page(pdfium, document, number, f"{name}, page {number + 1}", pixel_limit)
            yield found
    finally:
        with _one_at_a_time:
            document.close()


def _read_page(pdfium: Any, document: Any, number: int, name: str, pixel_limit: int) -> Grey | ImageError:
    try:
        with explain_faults(name):
            page = document[number]
            try:
                return _draw(pdfium, page, name, pixel_limit)
            finally:
                page.close()
    except ImageError as error:
        return error


def _import_pdfium() -> Any:
    try:
        return importlib.import_module("pypdfium2")
    except ImportError as error:
        raise MissingExtraError(
            "reading a PDF needs pypdfium2; install it with: pip install 'mnist-nn[pdf]'"
        ) from error


def _open_document(pdfium: Any, file: IO[bytes], name: str) -> Any:
    pdfium.raw.FPDF_LoadMemDocument64(b"", 0, None)  # fails, so that no older file's error is taken for this one's
    try:
        return pdfium.PdfDocument(file)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise ImageError(f"{name} needs a password; save a copy of it without one") from error
        raise


def _count_pages(document: Any, name: str, page_limit: int) -> int:
    pages = len(document)
    if pages > page_limit:
        raise too_many_pages(name, page_limit)
    return pages


def _draw(pdfium: Any, page: Any, name: str, pixel_limit: int) -> Grey:
    """Draw a page, after checking that its size and that of every picture in it are within the limit."""
    width, height = (math.ceil(points * DPI / POINTS) for points in page.get_size())
    check_pixels(name, width, height, pixel_limit)
    for picture in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE]):
        for wide, high in (picture.get_px_size(), _own_size(picture)):
            check_pixels(f"a picture in {name}", wide, high, pixel_limit)
    bitmap = page.render(scale=DPI / POINTS, grayscale=True)
    try:
        return np.array(bitmap.to_numpy(), dtype=np.uint8).reshape(bitmap.height, bitmap.width)
    finally:
        bitmap.close()


def _own_size(picture: Any) -> tuple[int, int]:
    """Return the size that a picture in a page states, which decides how much decoding it costs."""
    if not OWN_SIZES.intersection(picture.get_filters()[-1:]):
        return 0, 0
    try:
        with Image.open(io.BytesIO(picture.get_data(decode_simple=True)), formats=("JPEG", "JPEG2000")) as image:
            return image.size
    except UnidentifiedImageError:  # it is damaged, and PDFium will leave it out
        return 0, 0
