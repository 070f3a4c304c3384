"""What the numbers in a file mean: kinds of pixels, transparency, and how the camera was held."""

import io
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mnist_nn.imaging import read_pages

SLOPE = np.linspace(0, 255, 48 * 32).reshape(32, 48).astype(np.uint8)  # smooth, so that JPEG keeps it


def saved(image: Image.Image, kind: str, **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file


def levels(source: Any, **limits: int) -> np.ndarray:
    """Read the one page of a file."""
    (page,) = read_pages(source, **limits)
    assert page.pixels.dtype == np.uint8
    assert page.number == 1
    return page.pixels


# What the numbers in a file mean


def test_the_colours_of_a_photo_become_the_grey_of_a_television() -> None:
    colours = Image.new("RGB", (3, 1))
    for x, colour in enumerate([(255, 0, 0), (0, 255, 0), (0, 0, 255)]):
        colours.putpixel((x, 0), colour)
    for image in (colours, colours.quantize(3)):  # in full, and as a palette
        assert levels(saved(image, "PNG")).tolist() == [[76, 150, 29]]


@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"keep_rgb": True}, {"subsampling": 0}], ids=lambda o: "".join(o) or "plain"
)
def test_a_jpeg_is_the_same_grey_however_it_is_coded(options: dict[str, Any]) -> None:
    red = np.stack([SLOPE, SLOPE // 2, SLOPE // 4], axis=-1)
    expected = np.asarray(Image.fromarray(red).convert("L")).astype(int)
    got = levels(saved(Image.fromarray(red), "JPEG", quality=100, **options))
    np.testing.assert_allclose(got, expected, atol=4)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_inks_of_a_printer(kind: str) -> None:
    paper = Image.merge("CMYK", [Image.new("L", (48, 32))] * 3 + [Image.fromarray(255 - SLOPE)])
    np.testing.assert_allclose(
        levels(saved(paper, kind, **({"quality": 100} if kind == "JPEG" else {}))), SLOPE, atol=3
    )


def test_inks_of_a_printer_kept_as_brightness_and_colour() -> None:
    bands = [Image.fromarray(SLOPE), *[Image.new("L", (48, 32), 127)] * 2, Image.new("L", (48, 32))]
    data = saved(Image.merge("CMYK", bands), "JPEG", quality=100).getvalue()
    marker = data.index(b"Adobe") + 11
    ycck = data[:marker] + b"\2" + data[marker + 1 :]  # Adobe's note that C, M and Y are Y, Cb and Cr
    np.testing.assert_allclose(levels(io.BytesIO(ycck)), SLOPE, atol=3)


def test_lightness_with_two_colours_is_its_lightness() -> None:
    image = Image.merge("LAB", [Image.fromarray(SLOPE), Image.new("L", (48, 32), 200), Image.new("L", (48, 32), 9)])
    np.testing.assert_array_equal(levels(saved(image, "TIFF")), SLOPE)


def test_one_bit_a_pixel() -> None:
    bits = Image.fromarray(SLOPE > 100)
    expected = np.where(SLOPE > 100, 255, 0)
    for file in (saved(bits, "PNG"), saved(bits, "TIFF", compression="group4"), saved(bits, "PPM"), saved(bits, "GIF")):
        np.testing.assert_array_equal(levels(file), expected)


def test_sixteen_bits_a_pixel() -> None:
    deep = Image.fromarray(SLOPE.astype(np.uint16) * 257)
    for kind in ("PNG", "TIFF", "PPM"):
        np.testing.assert_array_equal(levels(saved(deep, kind)), SLOPE)


def tiff(tags: dict[int, int], data: bytes) -> bytes:
    """The smallest TIFF there can be: its data, then one directory of numbers."""
    tags = {256: 4, 257: 1, 258: 8, 259: 1, 262: 1, 277: 1, 279: len(data), 273: 8} | tags
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(tags.items()))
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + struct.pack("<H", len(tags)) + directory + bytes(4)


def test_twelve_bits_a_pixel() -> None:
    data = bytes([0x00, 0x07, 0xFF, 0x80, 0x0F, 0xFF])  # 000 7ff 800 fff
    assert levels(io.BytesIO(tiff({258: 12}, data))).tolist() == [[0, 127, 128, 255]]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([0, 0.5, 1], [0, 128, 255]),
        ([0, 100, 255], [0, 100, 255]),
        ([0, 257, 65_535], [0, 1, 255]),
        ([0, 1e5, 2e5], [0, 128, 255]),
        ([-1, 0, 1], [0, 128, 255]),
        ([-5, -5, -5], [0, 0, 0]),
        ([float("nan"), float("inf"), 1], [0, 0, 255]),
        ([0, 0, 0], [0, 0, 0]),
        ([-3e38, 0, 3e38], [0, 128, 255]),
        ([0, 1e-45, 0], [0, 0, 0]),
    ],
    ids=str,
)
def test_floats_are_scaled_by_what_they_hold(numbers: list[float], expected: list[int]) -> None:
    image = Image.fromarray(np.array([numbers], np.float32))
    assert levels(saved(image, "TIFF")).tolist() == [expected]
    assert levels(saved(image, "PPM")).tolist() == [expected]  # which is then a PFM


# Transparency


def drawn(ink: int, *, coverage: float = 0.2, mode: str = "RGBA") -> Image.Image:
    """A stroke across the middle of nothing."""
    alpha = np.zeros((20, 20), np.uint8)
    alpha[:, 8 : 8 + int(20 * coverage)] = 255
    image = Image.merge("LA", [Image.new("L", (20, 20), ink), Image.fromarray(alpha)])
    return image.convert(mode)


@pytest.mark.parametrize(("ink", "ground"), [(0, 255), (60, 255), (200, 0), (255, 0)])
@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_ink_on_nothing_stays_visible(ink: int, ground: int, mode: str) -> None:
    for kind in ("PNG", "TIFF", "WEBP"):
        got = levels(saved(drawn(ink, mode=mode), kind, **({"lossless": True} if kind == "WEBP" else {})))
        assert got[3, 3] == ground
        assert got[3, 9] == ink
        assert set(np.unique(got)) == {ground, ink}


def test_bold_ink_on_nothing_is_no_paper() -> None:
    assert levels(saved(drawn(0, coverage=0.6), "PNG"))[3, 3] == 255
    assert levels(saved(drawn(255, coverage=0.6), "PNG"))[3, 3] == 0


@pytest.mark.parametrize(("paper", "ink"), [(255, 0), (20, 250)])
def test_a_page_with_transparent_corners_goes_on_in_them(paper: int, ink: int) -> None:
    page = Image.new("LA", (40, 40), (paper, 255))
    page.paste((ink, 255), (10, 10, 14, 30))
    page.paste((0, 0), (0, 0, 8, 8))
    assert abs(int(levels(saved(page, "PNG"))[2, 2]) - paper) <= 20


def test_half_transparent_ink_is_half_as_dark() -> None:
    assert levels(saved(Image.new("RGBA", (2, 2), (0, 0, 0, 128)), "PNG")).tolist() == [[127, 127]] * 2


def test_one_transparent_colour() -> None:
    palette = Image.new("P", (4, 4), 0)
    palette.putpalette([255, 255, 0, 0, 0, 0])
    palette.putpixel((1, 1), 1)
    full = palette.convert("RGB")
    for file in (saved(palette, "PNG", transparency=0), saved(palette, "GIF", transparency=0)):
        assert levels(file)[:2, :2].tolist() == [[255, 255], [255, 0]]
    assert levels(saved(full, "PNG", transparency=(255, 255, 0)))[:2, :2].tolist() == [[255, 255], [255, 0]]


def test_colours_that_are_multiplied_by_their_transparency() -> None:
    data = saved(drawn(200), "TIFF").getvalue()
    extra = struct.pack("<HHI", 338, 3, 1)  # the tag that says what the fourth number of a pixel is
    assert data.count(extra + b"\2") == 1
    assert set(np.unique(levels(io.BytesIO(data.replace(extra + b"\2", extra + b"\1"))))) == {0, 200}


# How the camera was held: what NumPy makes of each note

TURNED: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: lambda a: a.T,
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.rot90(a, 2).T,
    8: np.rot90,
}


@pytest.mark.parametrize("held", TURNED)
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "JPEG"])
def test_photos_are_turned_upright(held: int, kind: str) -> None:
    notes = Image.Exif()
    notes[0x0112] = held
    options = {"WEBP": {"lossless": True}, "JPEG": {"quality": 100}}.get(kind, {})
    got = levels(saved(Image.fromarray(SLOPE), kind, exif=notes, **options))
    np.testing.assert_allclose(got, TURNED[held](SLOPE), atol=4 if kind == "JPEG" else 0)


@pytest.mark.parametrize(
    "notes", [b"Exif\0\0nonsense", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\0\x01"]
)
def test_damaged_notes_leave_the_photo_as_it_is(notes: bytes) -> None:
    np.testing.assert_array_equal(levels(saved(Image.fromarray(SLOPE), "PNG", exif=notes)), SLOPE)
