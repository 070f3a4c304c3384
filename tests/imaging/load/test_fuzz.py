"""Damaged picture files of every format: whatever is done to them, they are read or refused in one line.

It is of no one module: damage shows wherever in this room the bytes are first believed.

`python tests/imaging/load/test_fuzz.py EXAMPLES` looks for longer than a test can; what it finds goes to ``seeds/``.
"""

import io
import re
import resource
import struct
import sys
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mnist_nn.errors import ImageError
from mnist_nn.imaging.load.decode import decode_pages

SEEDS = sorted((Path(__file__).parent / "seeds").iterdir())
LIMITS = {"pixel_limit": 1_000_000, "page_limit": 20}
MEMORY = 128 * 1024  # KiB that a whole run may add to the largest use of memory before it
MAGIC = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF)


@cache
def whole_files() -> list[bytes]:
    """Small sound files of every format, kind of pixel and compression."""
    grey = Image.fromarray((np.arange(13 * 11).reshape(11, 13) * 7 % 256).astype(np.uint8))
    colour = Image.merge("RGB", [grey, grey.rotate(180), Image.new("L", grey.size, 90)])
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    clear = colour.convert("RGBA")
    clear.putalpha(grey)
    notes = Image.Exif()
    notes[0x0112] = 6
    packings: list[dict[str, Any]] = [
        {"compression": name} for name in ("tiff_lzw", "tiff_deflate", "packbits", "jpeg", "raw")
    ]
    pages: dict[str, Any] = {"save_all": True, "append_images": [grey.rotate(180), grey]}
    options: list[tuple[str, Image.Image, dict[str, Any]]] = [
        *[(kind, grey, {}) for kind in ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM", "PDF")],
        *[(kind, colour, {}) for kind in ("PNG", "JPEG", "BMP", "TIFF", "PPM", "PDF")],
        *[(kind, clear, {}) for kind in ("PNG", "TIFF", "WEBP", "BMP")],
        *[(kind, colour.quantize(9), {"transparency": 2}) for kind in ("PNG", "GIF")],
        *[(kind, grey.convert("1"), {}) for kind in ("PNG", "TIFF", "PPM", "BMP", "PDF")],
        *[(kind, deep, {}) for kind in ("PNG", "TIFF", "PPM")],
        *[(kind, grey.convert("F"), {}) for kind in ("TIFF", "PPM")],
        *[("TIFF", colour, packing) for packing in packings],
        *[(kind, colour, {"exif": notes}) for kind in ("PNG", "JPEG", "TIFF", "WEBP")],
        *[(kind, grey, pages) for kind in ("TIFF", "GIF", "WEBP", "PNG", "MPO", "PDF")],
        *[(kind, colour.convert("CMYK"), {}) for kind in ("JPEG", "TIFF")],
        ("JPEG", colour, {"progressive": True, "quality": 30}),
        ("WEBP", colour, {"lossless": True}),
        ("TIFF", grey.convert("1"), {"compression": "group4"}),
        ("TIFF", Image.merge("LAB", [grey] * 3), {}),
    ]
    files = [io.BytesIO() for _ in options]
    for (kind, image, more), file in zip(options, files, strict=True):
        image.save(file, kind, **more)
    return [file.getvalue() for file in files]


@st.composite
def damaged_files(draw: st.DrawFn) -> bytes:
    """A sound file, cut, spliced and overwritten in a few places."""
    files = st.sampled_from(whole_files())
    data = bytearray(draw(files))
    places = st.one_of(st.integers(0, 80), st.integers(0, len(data)))  # heads break the most
    for _ in range(draw(st.integers(1, 6))):
        start, how = draw(places), draw(st.sampled_from(["byte", "number", "cut", "drop", "splice", "repeat"]))
        if how == "byte":
            data[start : start + 1] = draw(st.binary(min_size=1, max_size=1))
        elif how == "number":
            width, order = draw(st.sampled_from([2, 4])), draw(st.sampled_from(["big", "little"]))
            data[start : start + width] = (draw(st.sampled_from(MAGIC)) % 256**width).to_bytes(width, order)
        elif how == "cut":
            del data[start:]
        elif how == "drop":
            del data[start : start + draw(st.integers(1, 40))]
        elif how == "splice":
            other = draw(files)
            data[start:] = other[draw(st.integers(0, len(other))) :]
        else:
            data[start:start] = data[start : start + draw(st.integers(1, 200))]
    return with_sound_sums(data) if draw(st.booleans()) else bytes(data)


def with_sound_sums(data: bytearray) -> bytes:
    """Make the check sums of a PNG right again, so that the damage gets past them."""
    start = 8
    while data.startswith(b"\x89PNG") and start + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, start)
        end = start + 8 + length
        data[end : end + 4] = struct.pack(">I", zlib.crc32(data[start + 4 : end]))
        start = end + 4
    return bytes(data)


def read_or_refuse(data: bytes) -> None:
    """Decode what can be read, in this process: what is raised but an `ImageError` of one line comes out."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        for page in decode_pages(io.BytesIO(data), "standard input", **LIMITS):
            if isinstance(page, ImageError):
                raise page
            assert page.dtype == np.uint8
            assert page.ndim == 2
            assert 0 < page.size <= LIMITS["pixel_limit"]
    except ImageError as error:
        said = str(error)
        assert said.isprintable()
        assert len(said) < 400
        assert re.search(r"standard input", said)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY


@pytest.mark.parametrize("data", whole_files(), ids=range(len(whole_files())))
def test_what_the_damage_is_done_to_is_sound(data: bytes) -> None:
    pages = list(decode_pages(io.BytesIO(data), "standard input", **LIMITS))
    assert all(not isinstance(page, ImageError) and page.size >= 20 for page in pages)


def fuzz(examples: int) -> Callable[[], None]:
    """Damage so many files."""
    limits = settings(max_examples=examples, deadline=None, database=None)
    return limits(given(damaged_files())(read_or_refuse))


test_damaged_files_are_read_or_refused = fuzz(400)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
def test_what_once_broke_the_readers(path: Path) -> None:
    read_or_refuse(path.read_bytes())


if __name__ == "__main__":
    fuzz(int(sys.argv[1]))()
