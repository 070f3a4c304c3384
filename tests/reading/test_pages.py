"""The one loop over the pages of a file: every page has a result, whatever is wrong with another."""

import io

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from mnist_nn.errors import ImageError
from mnist_nn.imaging import Page
from mnist_nn.reading.pages import PageResult, read_each_page
from mnist_nn.reading.reader import Reader
from mnist_nn.reading.results import Reading


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def tiff(*sides: int) -> io.BytesIO:
    first, *others = (Image.new("L", (side, side), 255) for side in sides)
    file = io.BytesIO()
    first.save(file, "TIFF", save_all=True, append_images=others)
    return file


def test_every_page_is_read_in_its_turn(reader: Reader) -> None:
    results = list(read_each_page(reader, tiff(30, 40, 50)))
    assert [(result.file, result.page, result.error, result.cause) for result in results] == [
        ("-", number, "", None) for number in (1, 2, 3)
    ]
    assert [result.reading.ink.page.shape[0] for result in results if result.reading] == [30, 40, 50]


def test_a_page_that_cannot_be_read_is_an_error_in_its_place(reader: Reader) -> None:
    results = list(read_each_page(reader, tiff(30, 80, 50), pixel_limit=50 * 50))
    assert [result.reading is None for result in results] == [False, True, False]
    assert "page 2 is 80×80" in results[1].error
    assert isinstance(results[1].cause, ImageError)


def test_what_is_wrong_with_the_file_is_raised(reader: Reader) -> None:
    with pytest.raises(ImageError, match="has more than 2 pages"):
        list(read_each_page(reader, tiff(30, 30, 30), page_limit=2))
    with pytest.raises(ImageError, match="is empty"):
        list(read_each_page(reader, io.BytesIO()))


class Broken(Reader):
    """A reader that fails on pages of 40 pixels."""

    def __call__(self, page: Page | npt.NDArray[np.uint8]) -> Reading:
        if isinstance(page, Page) and len(page.pixels) == 40:
            raise ZeroDivisionError("two\nlines")
        return super().__call__(page)


def test_a_fault_of_the_reader_costs_one_page() -> None:
    results = list(read_each_page(Broken(), tiff(30, 40, 50)))
    assert [bool(result.reading) for result in results] == [True, False, True]
    assert results[1].error == "'-' could not be read: ZeroDivisionError, two lines"
    assert isinstance(results[1].cause, ZeroDivisionError)


def test_a_page_is_read_when_it_is_asked_for() -> None:
    results = read_each_page(Broken(), tiff(30, 40))
    assert next(results).page == 1
    results.close()


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ImageError("'a' is\n empty"), "'a' is empty"),
        (MemoryError(), "'a' needs more memory than is available; make it smaller"),
        (KeyError(), "'a' could not be read: KeyError, no details are known"),
    ],
)
def test_an_error_is_told_in_one_line(error: Exception, line: str) -> None:
    assert PageResult.of_error("a", 3, error) == ("a", 3, None, line, error)
