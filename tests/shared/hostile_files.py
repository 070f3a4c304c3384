"""Files of a few kilobytes that take a decoder very long or fill the memory, each made by code and none kept."""

import io
import struct
import zlib
from collections.abc import Callable

from PIL import Image

MEDIA = b"/MediaBox[0 0 72 144]"  # an inch wide, two high
PIECE = 2**20


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """Write a PDF of these objects, numbered from 1; the first is its catalogue."""
    out, starts = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    end = b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table) + end


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """Write an object of a PDF that has content."""
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


def one_page(drawing: bytes, entries: bytes = MEDIA, *more: bytes, trailer: bytes = b"") -> bytes:
    """Write a PDF of one page, drawn by a `stream` or by the content of one; further objects are numbered from 5."""
    page = b"<</Type/Page/Parent 2 0 R/Contents 4 0 R" + entries + b">>"
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    content = drawing if drawing.startswith(b"<<") else stream(drawing)
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", pages, page, content, *more, trailer=trailer)


def tiling_pattern(step: float = 0.001) -> bytes:
    """Fill a page with tiles of a 72,000th of an inch: ten thousand million of them."""
    kind = b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep %g/YStep %g/Resources<<>>"
    tile = stream(b"0 g 0 0 1 1 re f", kind % (step, step))
    return one_page(b"/Pattern cs /P scn 0 0 72 144 re f", MEDIA + b"/Resources<</Pattern<</P 5 0 R>>>>", tile)


def nested_flate(size: int = 2 * 10**9, times: int = 2) -> bytes:
    """Let a page's drawing be so many spaces, compressed so many times."""
    pack = zlib.compressobj(9)
    head, piece = (pack.compress(b" " * PIECE) + pack.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    data = head + piece * (size // PIECE - 1) + pack.flush()  # its check sum is that of two pieces, which nobody minds
    for _ in range(times - 1):
        data = zlib.compress(data, 9)
    return one_page(stream(data, b"/Filter[%s]" % (b"/FlateDecode" * times)))


def nested_forms(depth: int = 7, width: int = 10) -> bytes:
    """Let a form draw ten others, which draw ten others, and so on: ten million rectangles."""
    kind, named = b"/Type/XObject/Subtype/Form/BBox[0 0 72 144]", b"/Resources<</XObject<</F %d 0 R>>>>"
    forms = [stream(b"/F Do " * width, kind + named % (6 + i)) for i in range(depth - 1)]
    return one_page(b"/F Do " * width, MEDIA + named % 5, *forms, stream(b"0 0 1 1 re f", kind))


def jpeg_in_pdf(width: int, height: int) -> bytes:
    """Put a JPEG on a page that says of itself that it is so large, while the page says 16×16."""
    file = io.BytesIO()
    Image.new("L", (16, 16)).save(file, "JPEG")
    data = bytearray(file.getvalue())
    struct.pack_into(">HH", data, data.index(b"\xff\xc0") + 5, height, width)
    kind = b"/Type/XObject/Subtype/Image/Width 16/Height 16/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/DCTDecode"
    drawing = b"q 72 0 0 144 0 0 cm /I Do Q"
    return one_page(drawing, MEDIA + b"/Resources<</XObject<</I 5 0 R>>>>", stream(bytes(data), kind))


def jpeg_of_scans(scans: int = 20_000, side: int = 7_900) -> bytes:
    """Make a progressive JPEG whose second scan comes again and again, each time for all of its pixels."""
    file = io.BytesIO()
    Image.new("L", (side, side), 128).save(file, "JPEG", progressive=True)
    data, begin = file.getvalue(), b"\xff\xda"
    starts = [at for at in range(len(data)) if data.startswith(begin, at)]
    return data[: starts[1]] + data[starts[1] : starts[2]] * scans + data[starts[1] :]


HOSTILE: dict[str, Callable[[], bytes]] = {
    "tiling pattern": tiling_pattern,
    "nested Flate": nested_flate,
    "nested forms": nested_forms,
    "JPEG of 20,000 scans": jpeg_of_scans,
}
