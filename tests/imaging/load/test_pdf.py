"""The pages of a PDF: how large they are drawn, and what is refused."""

import io
import sys
import zlib
from pathlib import Path
from typing import Any

import hostile_files
import numpy as np
import pytest
from hostile_files import MEDIA, stream
from PIL import Image

from mnist_nn.errors import ImageError, MissingExtraError
from mnist_nn.imaging import Fault, each_page, read_pages
from mnist_nn.imaging.load.decode import decode_pages
from mnist_nn.imaging.load.pdf import DPI


def pdf(*objects: bytes) -> io.BytesIO:
    return io.BytesIO(hostile_files.pdf(*objects))


def one_page(drawing: bytes, *more: bytes, trailer: bytes = b"") -> io.BytesIO:
    return io.BytesIO(hostile_files.one_page(drawing, *more, trailer=trailer))


def refusal(file: Any, **limits: int) -> str:
    with pytest.raises(ImageError) as caught:
        list(read_pages(file, **limits))
    assert str(caught.value).isprintable()
    return str(caught.value)


def test_a_drawing_is_where_it_should_be() -> None:
    (page,) = read_pages(one_page(b"0 g 18 36 36 72 re f"))  # the middle quarter, black
    assert (page.file, page.number) == ("-", 1)
    assert page.pixels.shape == (2 * DPI, DPI)
    assert page.pixels.dtype == np.uint8
    assert page.pixels[DPI, DPI // 2] == 0
    assert page.pixels[3, 3] == 255
    assert abs((page.pixels < 128).mean() - 0.25) < 0.01


def test_a_page_is_turned_as_a_person_sees_it() -> None:
    (page,) = read_pages(one_page(b"0 g 0 72 72 72 re f", MEDIA + b"/Rotate 90"))  # the upper half, now the right one
    assert page.pixels.shape == (DPI, 2 * DPI)
    assert page.pixels[DPI // 2, [3, -3]].tolist() == [255, 0]


def test_colours_become_grey() -> None:
    (page,) = read_pages(one_page(b"1 0 0 rg 0 0 72 144 re f"))
    assert 70 <= page.pixels[9, 9] <= 82


def test_scans_come_page_by_page(tmp_path: Path) -> None:
    first, *others = [Image.new("L", (50, 50 + 25 * i), 60 * i) for i in range(3)]
    first.save(tmp_path / "scan.png", "PDF", save_all=True, append_images=others, resolution=DPI)
    pages = list(read_pages(tmp_path / "scan.png"))  # a PDF whatever it is called
    assert [(page.number, page.pixels.shape, round(page.pixels.mean() / 60)) for page in pages] == [
        (1, (50, 50), 0),
        (2, (75, 50), 1),
        (3, (100, 50), 2),
    ]
    assert pages[0].file == str(tmp_path / "scan.png")


def test_pages_outlive_their_file(tmp_path: Path) -> None:
    Image.new("L", (50, 40), 100).save(tmp_path / "scan.pdf")
    pages = read_pages(tmp_path / "scan.pdf")
    pixels = next(pages).pixels
    pages.close()
    (tmp_path / "scan.pdf").unlink()
    assert 98 <= pixels.min() <= pixels.max() <= 102


def test_limits() -> None:
    scan = io.BytesIO()
    Image.new("L", (50, 40)).save(scan, "PDF", save_all=True, append_images=[Image.new("L", (50, 40))] * 2)
    assert len(list(read_pages(scan, page_limit=3))) == 3
    assert "standard input has more than 2 pages; split it" in refusal(scan, page_limit=2)
    assert "page 1 is 200×400, 0.1 million pixels, but at most 0.079999" in refusal(one_page(b""), pixel_limit=79_999)
    assert "at most 64 million" in refusal(one_page(b"", b"/MediaBox[0 0 90000 90000]"))


def test_a_small_page_with_a_huge_picture_in_it() -> None:
    kind = b"/Type/XObject/Subtype/Image/Width 9000/Height 9000/BitsPerComponent 1/ColorSpace/DeviceGray"
    bomb = stream(zlib.compress(bytes(9000 * 1125)), kind + b"/Filter/FlateDecode")
    file = one_page(b"q 72 0 0 144 0 0 cm /I Do Q", MEDIA + b"/Resources<</XObject<</I 5 0 R>>>>", bomb)
    assert "a picture in standard input, page 1 is 9000×9000" in refusal(file)
    (page,) = read_pages(file, pixel_limit=81_000_000)
    assert page.pixels.max() == 0


def test_a_jpeg_that_is_larger_than_its_page_says() -> None:
    claims = io.BytesIO(hostile_files.jpeg_in_pdf(9000, 9000))
    assert "a picture in standard input, page 1 is 9000×9000" in refusal(claims)
    assert "--pixel-limit" in refusal(io.BytesIO(hostile_files.jpeg_in_pdf(20_000, 20_000)))
    (page,) = read_pages(io.BytesIO(hostile_files.jpeg_in_pdf(16, 16)))
    assert page.pixels.shape == (2 * DPI, DPI)


def test_a_password() -> None:
    lock = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>/ID[<%s><%s>]"
    trailer = lock % (b"ab" * 32, b"cd" * 32, b"01" * 16, b"01" * 16)
    assert "standard input needs a password; save a copy of it without one" in refusal(one_page(b"", trailer=trailer))


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"%PDF-1.7\ntrailer<</Root 1 0 R>>\n%%EOF", b"%PDF-" + bytes(99)])
def test_damage(content: bytes) -> None:
    assert "standard input is damaged: Failed to load document" in refusal(io.BytesIO(content))


def test_half_a_file(tmp_path: Path) -> None:
    whole = one_page(b"0 g 18 36 36 72 re f").getvalue()
    (tmp_path / "a.pdf").write_bytes(whole[: len(whole) // 3])
    assert f"{str(tmp_path / 'a.pdf')!r} is damaged" in refusal(tmp_path / "a.pdf")


def test_no_pages_are_not_taken_for_an_earlier_file() -> None:
    test_a_password()
    empty = pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>")
    assert "standard input is damaged: Failed to load document" in refusal(empty)


def test_a_page_that_is_none() -> None:
    broken = pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[9 0 R]/Count 1>>")
    assert "standard input, page 1 is damaged" in refusal(broken)


def test_pages_after_a_bad_one_are_read() -> None:
    kinds = MEDIA, b"/MediaBox[0 0 90000 90000]", MEDIA
    pages = (b"<</Type/Page/Parent 2 0 R/Contents 4 0 R" + media + b">>" for media in kinds)
    kids = b"<</Type/Pages/Kids[5 0 R 6 0 R 9 0 R 7 0 R]/Count 4>>"  # the third is none
    file = pdf(b"<</Type/Catalog/Pages 2 0 R>>", kids, b"null", stream(b"0 g 18 36 36 72 re f"), *pages)
    first, large, none, last = each_page(file)
    assert isinstance(large, Fault)
    assert "page 2 is 250000×250000" in str(large.error)
    assert isinstance(none, Fault)
    assert "page 3 is damaged" in str(none.error)
    np.testing.assert_array_equal(first.pixels, last.pixels)


def test_without_pdfium(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(MissingExtraError, match=r"install it with: pip install 'mnist-nn\[pdf\]'"):
        list(decode_pages(one_page(b""), "a.pdf", 9, 9))
