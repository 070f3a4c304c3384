"""The checksum of a model file. It finds every flipped bit, and all but one in 2³² of other changes.

It is the CRC-32 of the whole file, with its own eight digits as zeros (docs/reference/model-file.md). It finds damage
that happens when files are copied and stored. It is not a signature, and does not say who wrote a file.
"""

import re
import zlib

from mnist_nn.errors import ModelFileError

NAME = "checksum"  # of the field in the JSON document
PLACE = "crc32:00000000"  # what stands there until it is known
ANOTHER = "get a fresh copy, or train one with: mnist-nn train"
_WRITTEN = re.compile(rb"crc32:([0-9a-f]{8})")


def seal(data: bytes) -> bytes:
    """Write the checksum into bytes that contain `PLACE`.

    Examples
    --------
    >>> seal(b'{"checksum": "crc32:00000000"}')
    b'{"checksum": "crc32:fb437106"}'
    """
    return data.replace(PLACE.encode(), b"crc32:%08x" % zlib.crc32(data), 1)


def is_sealed(data: bytes) -> bool:
    """Say whether a model file has a checksum, by searching its JSON, whose length is in the first 8 bytes.

    Examples
    --------
    >>> is_sealed(bytes([2, 0, 0, 0, 0, 0, 0, 0]) + b"{}")
    False
    """
    return _find(data) is not None


def check_seal(data: bytes, *, named: bool) -> None:
    """Raise ModelFileError if a model file has changed since it was written.

    Parameters
    ----------
    data
        The file. A file without a checksum, as older versions wrote it, passes.
    named
        Whether its JSON has a field called `NAME`. The damage may be in the name or in the value.
    """
    found = _find(data)
    if found is None and named:
        raise ModelFileError(f"this model file is damaged, because its checksum cannot be read; {ANOTHER}")
    if found is None:
        return
    view = memoryview(data)
    before = zlib.crc32(b"00000000", zlib.crc32(view[: found.start(1)]))
    if zlib.crc32(view[found.end(1) :], before) != int(found[1], 16):
        raise ModelFileError(f"this model file is damaged, because its bytes do not match its checksum; {ANOTHER}")


def _find(data: bytes) -> re.Match[bytes] | None:
    return _WRITTEN.search(data, 8, 8 + int.from_bytes(data[:8], "little"))
