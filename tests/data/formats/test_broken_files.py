"""Twenty kinds of broken file for each format, each of which is one line of text in the end."""

import gzip
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mnist_nn.data import load
from mnist_nn.data.idx import encode_idx
from mnist_nn.data.sources import FILES
from mnist_nn.errors import DataError

IMAGES = np.arange(8 * 4, dtype=np.uint8).reshape(8, 2, 2)
LABELS = np.array([0, 1] * 4, np.uint8)
PAGE = b"<!DOCTYPE html><html><body>404 Not Found</body></html>"
Made = Callable[[], bytes]


def cut(data: bytes, end: int = -3) -> bytes:
    return data[:end]


def turn(data: bytes, at: int) -> bytes:
    """Turn all bits of one byte."""
    return data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :]


# IDX: one of the four files is replaced, by default the training images

GOOD = encode_idx(IMAGES)
HEAD = GOOD[:16]
IDX: dict[str, tuple[str, bytes] | bytes] = {
    "empty": b"",
    "one byte": b"\0",
    "a cut header": GOOD[:10],
    "cut numbers": cut(GOOD),
    "bytes too many": GOOD + b"\0",
    "another magic number": turn(GOOD, 0),
    "an unknown type": turn(GOOD, 2),
    "no dimensions": b"\0\0\x08\0" + bytes(32),
    "255 dimensions": b"\0\0\x08\xff" + GOOD[4:],
    "more images than bytes": GOOD[:4] + struct.pack(">i", 2**30) + GOOD[8:],
    "a negative size": GOOD[:4] + struct.pack(">i", -8) + GOOD[8:],
    "sizes whose product overflows": GOOD[:4] + struct.pack(">iii", *[2**31 - 1] * 3) + GOOD[16:],
    "no images": encode_idx(IMAGES[:0]),
    "images without rows": encode_idx(np.zeros(8, np.uint8)),
    "floats that are none": encode_idx(np.full((8, 4), np.nan, np.float32)),
    "a web page": PAGE,
    "a cut gzip": cut(gzip.compress(GOOD, mtime=0), -9),
    "a damaged gzip": turn(gzip.compress(GOOD, mtime=0), -6),
    "a gzip with more behind it": gzip.compress(GOOD, mtime=0) + b"more",
    "fewer labels than images": (FILES[1], encode_idx(LABELS[:5])),
    "labels in rows": (FILES[1], encode_idx(LABELS.reshape(4, 2))),
    "labels that are no whole numbers": (FILES[1], encode_idx(LABELS / 2)),
    "negative labels": (FILES[1], encode_idx(LABELS.astype(np.int8) - 1)),
    "test images of another size": (FILES[2], encode_idx(np.zeros((8, 3, 3), np.uint8))),
    "a test label that is never learned": (FILES[3], encode_idx(LABELS + 5)),
}  # fmt: skip


@pytest.mark.parametrize("kind", IDX)
def test_idx(kind: str, tmp_path: Path) -> None:
    for name, array in zip(FILES, (IMAGES, LABELS, IMAGES, LABELS), strict=True):
        (tmp_path / name).write_bytes(encode_idx(array))
    given = IDX[kind]
    name, data = given if isinstance(given, tuple) else (FILES[0], given)
    (tmp_path / name).write_bytes(data)
    assert_one_line(tmp_path)


ROWS = "".join(f"{n % 2},{n},255\n" for n in range(8))
TABLE = f"label,p0,p1\n{ROWS}"
CSV = {
    "empty": "",
    "only spaces": "  \n \n",
    "only a header": "label,p0,p1\n",
    "a cell too many": f"{TABLE}1,2,3,4\n",
    "a cell too few": f"{TABLE}1,2\n",
    "a word for a pixel": f"{TABLE}1,2,black\n",
    "an empty pixel": f"{TABLE}1,2,\n",
    "not a number": f"{TABLE}1,2,nan\n",
    "infinity": f"{TABLE}1,2,inf\n",
    "beyond float32": f"{TABLE}1,2,1e300\n",
    "no label": f"{TABLE},2,3\n",
    "a negative label": f"{TABLE}-1,2,3\n",
    "a fractional label": f"{TABLE}0.5,2,3\n",
    "no pixels": "label\n1\n0\n",
    "an open quotation mark": f'{TABLE}"1,2,3\n',
    "fractional labels": "label,p0,p1\n" + "0.5,2,255\n1,3,4\n" * 4,
    "no labels at all": "p0,p1,p2\n" + "1,2,3\n" * 8,
    "too few rows": "label,p0,p1\n0,1,255\n1,2,255\n",
    "a web page": PAGE,
    "Latin-1": TABLE.encode() + b"1,\xe9,3\n",
    "UTF-16": TABLE.encode("utf-16"),
    "zeros": bytes(200),
    "a cut gzip": cut(gzip.compress(TABLE.encode(), mtime=0), -9),
    "a damaged gzip": turn(gzip.compress(TABLE.encode(), mtime=0), -6),
    "a cell of a million digits": f"{TABLE}1,2,{'9' * 200_000}\n",
}  # fmt: skip


@pytest.mark.parametrize("kind", CSV)
def test_csv(kind: str, tmp_path: Path) -> None:
    text = CSV[kind]
    (tmp_path / "a.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    assert_one_line(tmp_path / "a.csv")


def npz(**arrays: Any) -> bytes:
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def npz_with(header: str, data: bytes = bytes(32), version: bytes = b"\x01\x00") -> bytes:
    """Write an archive whose images have a header of our own."""
    content, head = io.BytesIO(npz(y=LABELS)), header.encode("latin-1")
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("x.npy", b"\x93NUMPY" + version + struct.pack("<H", len(head)) + head + data)
    return content.getvalue()


def described(descr: str = "|u1", shape: str = "(8, 2, 2)", order: str = "False") -> str:
    return f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}"


NPZ = {
    "empty": b"",
    "cut": cut(npz(x=IMAGES, y=LABELS), -60),
    "a damaged array": turn(npz(x=IMAGES, y=LABELS), 190),
    "a web page": b"PK\3\4" + PAGE,
    "no arrays": npz(),
    "no images": npz(y=LABELS),
    "no labels": npz(x=IMAGES),
    "fewer labels": npz(x=IMAGES, y=LABELS[:5]),
    "a single number": npz(x=np.float64(3), y=LABELS),
    "Python objects": npz(x=np.array([{}, 1], object), y=LABELS[:2]),
    "labels that are objects": npz(x=IMAGES[:2], y=np.array([{}, 1], object)),
    "floats that are none": npz(x=np.full((8, 4), np.nan), y=LABELS),
    "complex numbers": npz(x=IMAGES.astype(complex), y=LABELS),
    "dates": npz(x=np.zeros((8, 4), "datetime64[s]"), y=LABELS),
    "records": npz(x=np.zeros(8, "u1,f4"), y=LABELS),
    "negative labels": npz(x=IMAGES, y=LABELS.astype(int) - 1),
    "fractional labels": npz(x=IMAGES, y=LABELS / 2),
    "labels in rows": npz(x=IMAGES, y=np.zeros((8, 3), int)),
    "images in four dimensions": npz(x=np.zeros((8, 2, 2, 3), np.uint8), y=LABELS),
    "no header": npz_with("{"),
    "a header that is a program": npz_with("__import__('os')"),
    "an unknown version": npz_with(described(), version=b"\x09\x00"),
    "a negative shape": npz_with(described(shape="(-8, 4)")),
    "a shape beyond its bytes": npz_with(described(shape="(8, 2000, 2000)")),
    "a shape that is none": npz_with(described(shape="'many'")),
    "an unknown type": npz_with(described(descr="?x9")),
}


@pytest.mark.parametrize("kind", NPZ)
def test_npz(kind: str, tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(NPZ[kind])
    assert_one_line(tmp_path / "a.npz")


def png(picture: Any = np.zeros((2, 2), np.uint8)) -> bytes:  # noqa: B008
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "PNG")
    return content.getvalue()


def parquet(**columns: Any) -> bytes:
    pyarrow = pytest.importorskip("pyarrow")
    tables = pytest.importorskip("pyarrow.parquet")
    content = io.BytesIO()
    tables.write_table(pyarrow.table(columns), content)
    return content.getvalue()


def good_parquet(**others: Any) -> bytes:
    return parquet(**{"label": LABELS, "p0": LABELS, "p1": LABELS, "p2": LABELS, "p3": LABELS, **others})


PARQUET: dict[str, Made] = {
    "empty": lambda: b"",
    "only the magic number": lambda: b"PAR1",
    "cut": lambda: cut(good_parquet(), -9),
    "a damaged footer": lambda: cut(good_parquet(), -200) + bytes(192) + good_parquet()[-8:],
    "a footer of two gigabytes": lambda: cut(good_parquet(), -8) + struct.pack("<i", 2**31 - 1) + b"PAR1",
    "damaged pages": lambda: good_parquet()[:4] + bytes(40) + good_parquet()[44:],
    "a web page": lambda: b"PAR1" + PAGE + b"PAR1",
    "no rows": lambda: good_parquet(**dict.fromkeys(("label", "p0", "p1", "p2", "p3"), LABELS[:0])),
    "no columns": parquet,
    "no pixels": lambda: parquet(label=LABELS),
    "no label": lambda: parquet(p0=LABELS, p1=LABELS, p2=LABELS, p3=LABELS),
    "labels missing": lambda: good_parquet(label=[None, *LABELS[1:].tolist()]),
    "negative labels": lambda: good_parquet(label=LABELS.astype(int) - 1),
    "fractional labels": lambda: good_parquet(label=LABELS / 2),
    "pixels missing": lambda: good_parquet(p1=[None, *LABELS[1:].tolist()]),
    "words for pixels": lambda: good_parquet(p1=["black"] * 8),
    "pixels above 255": lambda: good_parquet(p1=[0] * 7 + [1e300]),
    "floats that are none": lambda: good_parquet(p1=[0.5] * 7 + [float("nan")]),
    "lists of different lengths": lambda: parquet(label=[0, 1], pixels=[[1, 2], [1, 2, 3]]),
    "empty lists": lambda: parquet(label=[0, 1], pixels=[[], []]),
    "a picture that is text": lambda: parquet(label=[0, 1], image=[png(), b"none"]),
    "a picture that is missing": lambda: parquet(label=[0, 1], image=[png(), None]),
    "a cut picture": lambda: parquet(label=[0, 1], image=[png(), cut(png(), -20)]),
    "only three rows": lambda: parquet(label=[0, 1, 0], pixels=[[1, 2], [1, 2], [2, 255]]),
}


@pytest.mark.parametrize("kind", PARQUET)
def test_parquet(kind: str, tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(PARQUET[kind]())
    assert_one_line(tmp_path / "a.parquet")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int, data: bytes = b"", depth: int = 8) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def encoded(kind: str, side: int = 30) -> bytes:
    content = io.BytesIO()
    Image.effect_noise((side, side), 50).save(content, kind)
    return content.getvalue()


PICTURES: dict[str, tuple[str, Made]] = {
    "empty": ("png", lambda: b""),
    "text": ("png", lambda: b"no picture"),
    "a web page": ("jpg", lambda: PAGE),
    "zeros": ("png", lambda: bytes(500)),
    "only a signature": ("png", lambda: b"\x89PNG\r\n\x1a\n"),
    "a cut header": ("png", lambda: encoded("PNG")[:20]),
    "cut pixels": ("png", lambda: cut(encoded("PNG"), -200)),
    "a damaged header": ("png", lambda: turn(encoded("PNG"), 18)),
    "damaged pixels": ("png", lambda: turn(encoded("PNG"), 60)),
    "no pixels": ("png", lambda: png_of(30, 30)),
    "no width": ("png", lambda: png_of(0, 30)),
    "an unknown depth": ("png", lambda: png_of(30, 30, bytes(31 * 30), depth=5)),
    "more pixels than allowed": ("png", lambda: png_of(100_000, 100_000)),
    "a cut JPEG": ("jpg", lambda: encoded("JPEG")[:150]),
    "a JPEG without pixels": ("jpg", lambda: b"\xff\xd8\xff\xd9"),
    "a cut GIF": ("gif", lambda: encoded("GIF")[:40]),
    "a cut BMP": ("bmp", lambda: encoded("BMP")[:300]),
    "a BMP of a wrong size": ("bmp", lambda: encoded("BMP")[:18] + struct.pack("<i", 2**30) + encoded("BMP")[22:]),
    "a cut TIFF": ("tiff", lambda: encoded("TIFF")[:100]),
    "a cut WebP": ("webp", lambda: encoded("WEBP")[:60]),
    "a JPEG called PNG and cut": ("png", lambda: encoded("JPEG")[:150]),
    "a program": ("png", lambda: b"\x7fELF" + bytes(100)),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", PICTURES)
def test_pictures(kind: str, tmp_path: Path) -> None:
    suffix, make = PICTURES[kind]
    for name in "ab":
        (tmp_path / name).mkdir()
        for number in range(4):
            Image.fromarray(np.full((28, 28), 9 * number, np.uint8)).save(tmp_path / name / f"{number}.png")
    (tmp_path / "b" / f"bad.{suffix}").write_bytes(make())
    assert f"bad.{suffix}" in assert_one_line(tmp_path)


FOLDERS: dict[str, Callable[[Path], Any]] = {
    "nothing in it": lambda _: None,
    "empty classes": lambda folder: [(folder / name).mkdir() for name in "ab"],
    "pictures without classes": lambda folder: Image.new("L", (28, 28)).save(folder / "a.png"),
    "only hidden files": lambda folder: (folder / ".DS_Store").write_bytes(b"x"),
    "a picture that leads nowhere": lambda folder: ((folder / "a").mkdir(), (folder / "a/x.png").symlink_to("gone")),
    "a folder called as a picture": lambda folder: (folder / "a" / "x.png").mkdir(parents=True),
}


@pytest.mark.parametrize("kind", FOLDERS)
def test_folders(kind: str, tmp_path: Path) -> None:
    FOLDERS[kind](tmp_path)
    assert_one_line(tmp_path)


def assert_one_line(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        _ = load(path).train, load(path).test
    (line,) = str(caught.value).splitlines()
    assert re.search(r"[;:(]", line), f"says what is wrong, but not what to do: {line}"
    assert len(line) < 900
    return line


def test_there_are_twenty_of_each() -> None:
    assert min(map(len, (IDX, CSV, NPZ, PARQUET, PICTURES))) >= 20
