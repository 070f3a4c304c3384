"""Picture files as pages: every format, pages that are damaged or too large, and what it costs."""

import io
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hostile_files import HOSTILE, MEDIA, jpeg_of_scans, pdf, stream
from picture_files import SLOPE, levels, refusal, saved
from PIL import Image

from mnist_nn.errors import ImageError
from mnist_nn.imaging import Fault, each_page, read_pages, read_square
from mnist_nn.imaging.load import pictures

PIXELS = (np.arange(784).reshape(28, 28) % 256).astype(np.uint8)


# Square pictures


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.gif", "a.tif", "a.webp", "a.ppm"])
def test_lossless_pictures_come_back_as_they_were(tmp_path: Path, name: str) -> None:
    Image.fromarray(PIXELS).save(tmp_path / name, **({"lossless": True} if name.endswith("webp") else {}))
    np.testing.assert_array_equal(read_square(tmp_path / name, 784), PIXELS)
    np.testing.assert_array_equal(levels(tmp_path / name), PIXELS)


def test_numbers_of_32_bits_are_held_to_16(tmp_path: Path) -> None:
    numbers = np.zeros((28, 28), np.int32)
    numbers[0, :4] = (-1, 65_535, 65_536, 2**31 - 1)
    Image.fromarray(numbers).save(tmp_path / "a.tif")
    assert read_square(tmp_path / "a.tif", 784)[0, :4].tolist() == [0, 255, 255, 255]


def test_a_square_of_light_ink_on_nothing_lies_on_black(tmp_path: Path) -> None:
    Image.merge("LA", [Image.new("L", (28, 28), 90), Image.fromarray(PIXELS)]).save(tmp_path / "a.png")
    assert read_square(tmp_path / "a.png", 784)[0, :2].tolist() == [0, 0]
    assert read_square(tmp_path / "a.png", 784).max() == 90


# Pages


def tiff(tags: dict[int, int], data: bytes) -> bytes:
    """The smallest TIFF there can be: its data, then one directory of numbers."""
    tags = {256: 4, 257: 1, 258: 8, 259: 1, 262: 1, 277: 1, 279: len(data), 273: 8} | tags
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(tags.items()))
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + struct.pack("<H", len(tags)) + directory + bytes(4)


def pages_of(*sizes: tuple[int, int]) -> bytes:
    first, *others = [Image.new("L", size, 10 * i) for i, size in enumerate(sizes, 1)]
    return saved(first, "TIFF", save_all=True, append_images=others).getvalue()


def test_every_page_of_a_tiff_in_its_own_size(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(pages_of((5, 4), (3, 2), (1, 1)))
    pages = list(read_pages(str(tmp_path / "a.tif")))
    assert [(p.file, p.number, p.pixels.shape, p.pixels[0, 0]) for p in pages] == [
        (str(tmp_path / "a.tif"), 1, (4, 5), 10),
        (str(tmp_path / "a.tif"), 2, (2, 3), 20),
        (str(tmp_path / "a.tif"), 3, (1, 1), 30),
    ]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "MPO"])
def test_the_first_picture_of_an_animation(kind: str) -> None:
    frames = [Image.new("L", (8, 8), 0), Image.new("L", (8, 8), 255)]
    file = saved(frames[0], kind, save_all=True, append_images=frames[1:])
    with Image.open(file) as image:
        assert image.n_frames == 2
    assert levels(file).max() <= 2


def test_pages_before_the_damaged_one_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    whole = pages_of((50, 40), (50, 40), (50, 40))
    path.write_bytes(whole[: len(whole) - 500])
    pages = read_pages(path)
    assert [next(pages).number, next(pages).number] == [1, 2]
    with pytest.raises(ImageError, match=re.escape(f"{str(path)!r}, page 3 is damaged")):
        next(pages)


def directories(data: bytes) -> list[int]:
    """Where the directories of a TIFF are, one a page, each behind the pointer of the one before."""
    found, at = [], 4
    while first := struct.unpack_from("<I", data, at)[0]:
        found.append(first)
        at = first + 2 + 12 * struct.unpack_from("<H", data, first)[0]
    return found


def outcomes(source: Any, **limits: float) -> list[str]:
    """What comes of each page: ``read``, or what is wrong with it."""
    pages = list(each_page(source, **limits))
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    return [str(page.error) if isinstance(page, Fault) else "read" for page in pages]


def without_entries(data: bytes, page: int, *, pointer: bool) -> bytes:
    """Blot out what a page of a TIFF says of itself, and where the next is too, unless ``pointer`` stays."""
    first = directories(data)[page]
    end = first + 2 + 12 * struct.unpack_from("<H", data, first)[0] + 4 * (not pointer)
    return data[: first + 2] + bytes(end - first - 2) + data[end:]


def test_pages_before_the_one_that_says_nothing_of_itself_are_read() -> None:
    data = without_entries(pages_of((50, 40), (50, 40), (50, 40)), 2, pointer=True)
    pages = read_pages(io.BytesIO(data))
    assert [next(pages).number, next(pages).number] == [1, 2]
    with pytest.raises(ImageError, match="standard input, page 3 is damaged"):
        next(pages)


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_deflate", "jpeg", "packbits"])
def test_pages_after_a_damaged_one_are_read(compression: str | None) -> None:
    first, *others = [Image.fromarray(np.roll(SLOPE, 9 * n)) for n in range(4)]
    data = bytearray(
        saved(first, "TIFF", save_all=True, append_images=others, compression=compression or "raw").getvalue()
    )
    start = directories(data)[1]
    for entry in range(start + 2, start + 2 + 12 * struct.unpack_from("<H", data, start)[0], 12):
        if struct.unpack_from("<H", data, entry)[0] == 273:  # where the pixels of the second page are: nowhere
            struct.pack_into("<I", data, entry + 8, 0x7FFFFFFF)
    first_page, second, *rest = outcomes(io.BytesIO(data))
    assert [first_page, *rest] == ["read"] * 3
    assert second.startswith("standard input, page 2 is damaged: ")
    fourth = list(each_page(io.BytesIO(data)))[3]
    sound = next(iter(each_page(saved(others[2], "TIFF", compression=compression or "raw"))))
    np.testing.assert_array_equal(fourth.pixels, sound.pixels)


def test_pages_after_one_that_is_too_large_are_read() -> None:
    data = pages_of((5, 4), (50, 40), (5, 4))
    before, large, after = outcomes(io.BytesIO(data), pixel_limit=100)
    assert (before, after) == ("read", "read")
    assert large.startswith("standard input, page 2 is 50×40")


def test_pages_after_one_that_says_nothing_of_itself_are_read_if_it_leads_to_them() -> None:
    data = pages_of((50, 40), (50, 40), (50, 40))
    first, second, *rest = outcomes(io.BytesIO(without_entries(data, 1, pointer=True)))
    assert (first, rest) == ("read", ["read"])
    assert "page 2 is damaged" in second
    first, second, *rest = outcomes(io.BytesIO(without_entries(data, 1, pointer=False)))
    assert (first, rest) == ("read", [])
    assert "page 2 is damaged" in second


@pytest.mark.parametrize("damaged", range(1, 9))
def test_no_damage_leads_past_the_limit_of_pages(damaged: int) -> None:
    data = without_entries(pages_of(*[(50, 40)] * 9), damaged, pointer=True)
    with pytest.raises(ImageError, match="has more than 4 pages"):
        list(each_page(io.BytesIO(data), page_limit=4))
    assert len(outcomes(io.BytesIO(data), page_limit=9)) == 9


def test_where_a_file_breaks_off_its_rest_is_one_fault() -> None:
    whole = pages_of(*[(50, 40)] * 5)
    for size in range(directories(whole)[1] + 20, len(whole) - 50, 97):
        found = outcomes(io.BytesIO(whole[:size]))
        sound = found.count("read")
        assert found[:sound] == ["read"] * sound, "nothing is lost before the break"
        faults = found[sound:]  # of the page that is there in part, and of the rest that nothing leads to
        assert 1 <= len(faults) <= 2
        assert all(f"page {sound + n} is damaged" in fault for n, fault in enumerate(faults, 1))


def test_a_damaged_frame_after_the_first_is_not_looked_at() -> None:
    frames = [Image.fromarray(np.roll(SLOPE, n)) for n in range(3)]
    whole = saved(frames[0], "GIF", save_all=True, append_images=frames[1:]).getvalue()
    assert outcomes(io.BytesIO(whole[: len(whole) // 2])) == ["read"]


def test_pages_that_lead_back_to_the_first_end_there() -> None:
    ring = bytearray(tiff({}, bytes(4)))
    ring[-4:] = struct.pack("<I", 12)  # where its only directory is
    assert levels(io.BytesIO(ring)).shape == (1, 4)


def test_too_many_pages() -> None:
    file = io.BytesIO(pages_of((2, 2), (2, 2), (2, 2)))
    assert len(list(read_pages(file, page_limit=3))) == 3
    assert "has more than 2 pages; split it" in refusal(file, page_limit=2)


# Too large


def png(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM"])
def test_one_pixel_too_many(kind: str) -> None:
    file = saved(Image.fromarray(SLOPE), kind)
    assert levels(file, pixel_limit=SLOPE.size).shape == SLOPE.shape
    said = refusal(file, pixel_limit=SLOPE.size - 1)
    assert "is 48×32, 0.0 million pixels, but at most 0.001535 million are accepted; make it smaller" in said


@pytest.mark.parametrize("side", [8001, 100_000])  # beyond our limit, and beyond Pillow's as well
def test_a_bomb_is_refused_by_its_header(side: int) -> None:
    said = refusal(io.BytesIO(png(side, side, b"")))  # decoded, it would be truncated
    assert "at most 64 million are accepted" in said


def test_a_limit_that_is_raised_holds() -> None:
    assert "truncated" in refusal(io.BytesIO(png(10_000, 10_000, b"")), pixel_limit=100_000_000)


def test_bombs_on_later_pages() -> None:
    pages = read_pages(io.BytesIO(pages_of((5, 4), (50, 40))), pixel_limit=100)
    assert next(pages).number == 1
    with pytest.raises(ImageError, match="page 2 is 50×40"):
        next(pages)


def test_a_small_picture_in_a_huge_tile() -> None:
    packed = zlib.compress(bytes(256))
    tile = {322: 40_000, 323: 40_000, 324: 8, 325: len(packed), 259: 8}
    assert "a tile of standard input, page 1 is 40000×40000" in refusal(io.BytesIO(tiff(tile, packed)))


# Too much to decode


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_file_of_kilobytes_that_takes_very_long_or_fills_the_memory_is_refused(tmp_path: Path, kind: str) -> None:
    (tmp_path / "hostile").write_bytes(HOSTILE[kind]())
    said = refusal(tmp_path / "hostile", decode_seconds=1)
    assert re.search(r"more than 1 seconds of processor time to decode|more than 600 million bytes of memory", said)
    Image.fromarray(SLOPE).save(tmp_path / "good.png")
    np.testing.assert_array_equal(levels(tmp_path / "good.png"), SLOPE)


def test_pages_before_the_one_that_takes_too_long_are_read() -> None:
    drawings = stream(b"0 g 18 36 36 72 re f"), stream(b"/F Do " * 10)
    kind, named = b"/Type/XObject/Subtype/Form/BBox[0 0 72 144]", b"/Resources<</XObject<</F %d 0 R>>>>"
    page = b"<</Type/Page/Parent 2 0 R/Contents %d 0 R" + MEDIA + named % 9 + b">>"
    kids = b"<</Type/Pages/Kids[5 0 R 6 0 R 7 0 R]/Count 3>>"
    forms = [stream(b"/F Do " * 10, kind + named % (10 + i)) for i in range(7)]
    file = pdf(
        *(b"<</Type/Catalog/Pages 2 0 R>>", kids, *drawings, page % 3, page % 4, page % 3, b"null", *forms),
        stream(b"0 0 1 1 re f", kind),
    )
    before, last = outcomes(io.BytesIO(file), decode_seconds=1)
    assert before == "read"
    assert last.startswith("standard input")
    assert re.search(r"--decode-seconds|million bytes", last)


def test_a_square_that_takes_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "DECODE_SECONDS", 0.01)
    (tmp_path / "a.jpg").write_bytes(jpeg_of_scans(400_000, 28))
    with pytest.raises(ImageError, match=r"takes more than 0.01 seconds .* with --decode-seconds"):
        read_square(tmp_path / "a.jpg", 784)


# No good


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty"),
        (b"I am a text.\nReally.\n", "is text, not a picture that can be read; give one of these formats: PNG, JPEG"),
        ("Grüße, and so on".encode() * 50, "is text, not a picture"),
        (b"\0\1\2\3" * 9, "is something else, not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "is PostScript (EPS), not a picture"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "is SVG, not a picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "is HEIC, not a picture"),
        (b"\0\0\0\x1cftypavif\0\0\0\0mif1avif", "is AVIF, not a picture"),
        (png(0, 5, b""), "starts like a PNG file, but its header is damaged or gives it no pixels"),
        (b"\x89PNG\r\n\x1a\n", "starts like a PNG"),
        (b"\xff\xd8\xff\xe0", "starts like a JPEG"),
        (b"GIF89a", "starts like a GIF"),
        (b"P5 0 0 255 ", "starts like a PPM"),
        (b"P5 30 30 255 abc", "is damaged: "),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_png_that_is_none(tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "a.png").write_bytes(content)
    assert what in refusal(tmp_path / "a.png")
    assert what in refusal(io.BytesIO(content))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM"])
def test_half_a_file(tmp_path: Path, kind: str) -> None:
    rough = Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 64), np.uint8))
    whole = saved(rough, kind).getvalue()
    (tmp_path / "half").write_bytes(whole[: len(whole) // 2])
    assert re.search("damaged|not a picture", refusal(tmp_path / "half"))
