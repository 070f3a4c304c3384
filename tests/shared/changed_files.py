"""Model files with another JSON document or other numbers, sealed anew: written without any of our code."""

import json
import re
import struct
import zlib
from collections.abc import Callable
from typing import Any


def with_document(data: bytes, change: Callable[[dict[str, Any]], Any]) -> bytes:
    """The file with what the change makes of its JSON document; a checksum that stays in it is right."""
    (length,) = struct.unpack("<Q", data[:8])
    table = json.loads(data[8 : 8 + length])
    table["__metadata__"]["mnist_nn"] = json.dumps(change(json.loads(table["__metadata__"]["mnist_nn"])))
    text = json.dumps(table).encode()
    text += b" " * (-len(text) % 8)
    return sealed(struct.pack("<Q", len(text)) + text + data[8 + length :])


def sealed(data: bytes) -> bytes:
    """The file with the checksum that its bytes have; one without a checksum as it is."""
    plain = re.sub(rb"crc32:[0-9a-f]{8}", b"crc32:" + b"0" * 8, data, count=1)
    return plain.replace(b"crc32:" + b"0" * 8, b"crc32:%08x" % zlib.crc32(plain), 1)


def without_checksum(data: bytes) -> bytes:
    """The file as it was written before there was a checksum."""
    return with_document(data, lambda document: {k: v for k, v in document.items() if k != "checksum"})
