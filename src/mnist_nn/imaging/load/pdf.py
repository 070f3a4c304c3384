"""The pages of a PDF as grey pictures, drawn by PDFium, which is an extra: ``pip install 'mnist-nn[pdf]'``.

PDFium is not made for threads: draw the pages of one process in one thread.
"""

import importlib
import math
from collections.abc import Iterator
from typing import IO, Any

import numpy as np

from mnist_nn.errors import ImageError, MissingExtraError
from mnist_nn.imaging.load.grey import Grey
from mnist_nn.imaging.load.sources import check_pixels, explain_faults, too_many_pages

SIGNATURE = b"%PDF-"
DPI = 200  # pixels per inch of paper: a digit 5 mm high becomes 40 pixels
POINTS = 72  # a PDF's own units, to the inch


def read_pdf(file: IO[bytes], name: str, pixel_limit: int, page_limit: int) -> Iterator[Grey | ImageError]:
    """Draw one page after another at `DPI`, as it would be printed on white paper.

    Yields
    ------
    The page, or what is wrong with it: it is damaged, or larger than the limit.

    Raises
    ------
    MissingExtraError
        If PDFium is not installed.
    ImageError
        If the file as a whole is damaged, needs a password, or has too many pages.
    """
    pdfium = _import_pdfium()
    with explain_faults(name):
        document = _open_document(pdfium, file, name)
    try:
        for number in range(_count_pages(document, name, page_limit)):
            yield _read_page(pdfium, document, number, f"{name}, page {number + 1}", pixel_limit)
    finally:
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
        raise MissingExtraError("reading a PDF needs pypdfium2; install it: pip install 'mnist-nn[pdf]'") from error


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
    """Draw a page, once its own size and that of every picture in it is known to be within the limit."""
    width, height = (math.ceil(points * DPI / POINTS) for points in page.get_size())
    check_pixels(name, width, height, pixel_limit)
    for picture in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE]):
        wide, high = picture.get_px_size()
        check_pixels(f"a picture in {name}", wide, high, pixel_limit)
    bitmap = page.render(scale=DPI / POINTS, grayscale=True)
    try:
        return np.array(bitmap.to_numpy(), dtype=np.uint8).reshape(bitmap.height, bitmap.width)
    finally:
        bitmap.close()
