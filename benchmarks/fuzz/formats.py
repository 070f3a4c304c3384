"""Changes that know a file format: what they change arrives where it is read, because lengths and check sums are right.

Each returns bytes of the format again. Where the bytes at hand are no sound file any more, they are changed as bytes.
"""

import gzip
import io
import json
import re
import struct
import zlib
from collections.abc import Callable, Sequence
from random import Random
from typing import Any
from zipfile import ZipFile

import numpy as np
from tests.shared.changed_files import sealed, with_document

from benchmarks.fuzz.mutate import LARGEST, NUMBERS, change_bytes, change_json, change_text

Mutation = Callable[[Random, bytes, Sequence[bytes]], bytes]
AS_BYTES = 0.3  # share of the inputs that are changed without a look at their format
TIFF_TAGS = (256, 257, 258, 259, 262, 273, 277, 278, 317, 322, 323)  # of sizes, places, kinds and compressions
FLOATS = (float("nan"), float("inf"), -float("inf"), 3e38, -3e38, 1e-45, 0.0, 1.0)


def either(change: Mutation, share: float = AS_BYTES) -> Mutation:
    """Change some inputs as bytes, and the others, if they are sound enough for it, by their format."""

    def mixed(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
        if rng.random() < share:
            return change_bytes(rng, data, others)
        return change(rng, data, others)[:LARGEST]

    return mixed


def change_model(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Change a model file: its JSON document, its table of tensors, or numbers; its checksum is right again."""
    what = rng.random()
    if what < 0.1:
        return sealed(change_bytes(rng, data, others))
    if what < 0.6:
        return with_document(data, lambda document: change_json(rng, document))
    (length,) = struct.unpack("<Q", data[:8])
    table, numbers = json.loads(data[8 : 8 + length]), bytearray(data[8 + length :])
    if what < 0.8:
        metadata = table.pop("__metadata__")
        table = change_json(rng, table)
        if isinstance(table, dict):
            table["__metadata__"] = metadata
    else:
        for _ in range(rng.randint(1, 20)):
            struct.pack_into("<f", numbers, 4 * rng.randrange(len(numbers) // 4), rng.choice(FLOATS))
    text = json.dumps(table).encode("utf-8", "surrogatepass")
    text += b" " * (-len(text) % 8)
    return sealed(struct.pack("<Q", len(text)) + text + bytes(numbers))


def change_gzip(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Change what is compressed, or the bytes of a file that is not."""
    if data[:2] != b"\x1f\x8b":
        return change_bytes(rng, data, others)
    return gzip.compress(change_bytes(rng, gzip.decompress(data), others), 1, mtime=0)


def change_zip(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Change one member of an archive: its JSON if it is text, else its bytes; or take it out."""
    with ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name, what = rng.choice(list(members)), rng.random()
    if what < 0.1:
        del members[name]
    elif what < 0.4 and "json.npy" in members:
        members["json.npy"] = _change_npy_text(rng, members["json.npy"])
    else:
        members[name] = change_bytes(rng, members[name], others)
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return out.getvalue()


def _change_npy_text(rng: Random, data: bytes) -> bytes:
    document = change_json(rng, json.loads(str(np.load(io.BytesIO(data)))))
    out = io.BytesIO()
    np.save(out, np.array(json.dumps(document)))
    return out.getvalue()


def change_png(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Change one chunk, or what its pixels are before they are compressed; or its place among the others."""
    chunks, at = [], 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    place, what = rng.randrange(len(chunks)), rng.random()
    name, content = chunks[place]
    if what < 0.15:
        chunks.insert(rng.randint(0, len(chunks)), chunks.pop(place))
    elif what < 0.3:
        chunks[place:place] = [(name, content)] * rng.choice((1, 200))
    elif name == b"IDAT":
        chunks[place] = (name, zlib.compress(change_bytes(rng, zlib.decompress(content), others), 1))
    else:
        chunks[place] = (name, change_bytes(rng, content, others))
    return data[:8] + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )


def change_jpeg(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Change one segment of the head, whose length is right again."""
    segments, at = [], 2
    while data[at + 1] != 0xDA:  # the scan follows
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        segments.append((data[at : at + 2], data[at + 4 : at + 2 + length]))
        at += 2 + length
    place = rng.randrange(len(segments))
    mark, content = segments[place]
    segments[place] = (mark, change_bytes(rng, content, others)[:60000])
    if rng.random() < 0.2:
        segments.insert(rng.randrange(len(segments)), segments[place])
    head = b"".join(mark + struct.pack(">H", len(content) + 2) + content for mark, content in segments)
    return data[:2] + head + data[at:]


def change_tiff(rng: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Change entries of the directories: tag, type, count and value, each to what may stand in another."""
    order = "<" if data[:2] == b"II" else ">"
    out, entries = bytearray(data), []
    (at,) = struct.unpack(f"{order}I", data[4:8])
    while 0 < at < len(data) - 2 and len(entries) < 200:
        (count,) = struct.unpack(f"{order}H", data[at : at + 2])
        entries += [at + 2 + 12 * n for n in range(count)]
        (at,) = struct.unpack(f"{order}I", data[at + 2 + 12 * count : at + 6 + 12 * count])
    for _ in range(rng.randint(1, 3)):
        entry, what = rng.choice(entries), rng.randrange(4)
        if what == 0:
            struct.pack_into(f"{order}H", out, entry, rng.choice(TIFF_TAGS))
        elif what == 1:
            struct.pack_into(f"{order}H", out, entry + 2, rng.randint(0, 14))
        else:
            struct.pack_into(f"{order}I", out, entry + (4 if what == 2 else 8), rng.choice(NUMBERS))
    return bytes(out)


def change_riff(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Change what is in a WebP file, whose lengths are right again."""
    name, content = data[12:16], change_bytes(rng, data[20:], others)
    body = b"WEBP" + name + struct.pack("<I", len(content)) + content
    return b"RIFF" + struct.pack("<I", len(body)) + body


def change_pdf(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Change words and numbers of a PDF, or what is compressed in it; its reader finds moved objects by itself."""
    found = list(re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL))
    if found and rng.random() < 0.5:
        start, end = rng.choice(found).span(1)
        content = data[start:end]
        if content[:1] == b"x":
            content = zlib.compress(change_text(rng, zlib.decompress(content), others), 1)
        else:
            content = change_text(rng, content, others)
        return data[:start] + content + data[end:]
    return change_text(rng, data, others)


def change_request(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Change the JSON of a request, the bytes behind it, or the header that says where they begin."""
    header, _, body = data.partition(b"\n")
    length = int(header or len(body))
    text, tail = body[:length], body[length:]
    what = rng.random()
    if what < 0.7:
        text = json.dumps(change_json(rng, json.loads(text))).encode("utf-8", "surrogatepass")
    elif what < 0.85:
        text = change_text(rng, text, [text])
    else:
        tail = change_bytes(rng, tail, others)
    said: Any = len(text) if header else ""
    if rng.random() < 0.2:
        said = rng.choice(("", 0, 1, -1, len(text) + 1, len(text + tail), 10**30, "x", "1_0", " 1", "٣"))
    return str(said).encode() + b"\n" + text + tail


def change_settings(rng: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Change a JSON document."""
    return json.dumps(change_json(rng, json.loads(data))).encode("utf-8", "surrogatepass")
