"""Reads the decoded bytes of a file, gzipped or not, chunk by chunk.

No header and no gzip bomb can make it fill the memory. Gzip is recognized by content, not by name. ``idx`` interprets
the bytes.
"""

import itertools
import os
import stat
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Protocol

from mnist_nn.errors import IdxError

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WBITS = 31  # tells zlib to expect gzip's header and to check its CRC and length
_DEFLATE_RATIO = 1032  # deflate cannot expand data further than this
_STORED_CHUNK = 2**16
_DECODED_CHUNK = 2**20


class Hash(Protocol):
    """A hash of the decoded bytes, such as an object of ``hashlib``."""

    def update(self, data: bytes, /) -> object:
        """Add the next bytes."""

    def hexdigest(self) -> str:
        """Return the digest of all bytes so far."""


class Stream:
    """The decoded bytes of a file in order; each is added to the hash once.

    Attributes
    ----------
    name
        The file's name in error messages.
    most
        How many bytes it can decode to at most, judging by its size on the disk; None if unknown.
    """

    def __init__(self, file: IO[bytes], name: str, seen: Hash | None = None) -> None:
        size = _file_size(file)
        first = file.read(_STORED_CHUNK)
        stored = itertools.chain((first,), iter(lambda: file.read(_STORED_CHUNK), b""))
        packed = first.startswith(_GZIP_MAGIC)
        self.name = name
        self.most = None if size is None else size * (_DEFLATE_RATIO if packed else 1)
        self._chunks = _gunzip(stored, name) if packed else stored
        self._seen = seen
        self._left = b""

    def take(self, count: int) -> bytearray:
        """Return the next ``count`` bytes, or fewer at the end of the data."""
        taken = bytearray(self._left[:count])
        self._left = self._left[count:]
        while len(taken) < count and (chunk := next(self._chunks, b"")):
            if self._seen is not None:
                self._seen.update(chunk)
            room = count - len(taken)
            taken += chunk[:room]
            self._left = chunk[room:]
        return taken


def _file_size(file: IO[bytes]) -> int | None:
    """Return the size of a file on the disk; None for a pipe or a member of a zip archive."""
    if isinstance(file, BytesIO):
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        return size
    try:
        status = os.fstat(file.fileno())
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _gunzip(stored: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Decompress chunk by chunk, so that a gzip bomb cannot fill the memory."""
    member = zlib.decompressobj(_GZIP_WBITS)
    for chunk in stored:
        rest = chunk
        while rest:
            if member.eof:  # a gzip file may hold several members, one after the other
                member = zlib.decompressobj(_GZIP_WBITS)
            try:
                decoded = member.decompress(rest, _DECODED_CHUNK)
            except zlib.error as error:
                raise IdxError(f"{name} has a damaged gzip stream ({error}); get a fresh copy") from error
            if decoded:
                yield decoded
            rest = member.unconsumed_tail or member.unused_data
    if not member.eof:
        raise IdxError(f"{name} ends in the middle of its gzip stream; get a fresh copy")
