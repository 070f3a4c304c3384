"""Reads and writes IDX, the file format of MNIST: a short header, then the numbers, big-endian.

It does not trust its input: any bytes give an array or an ``IdxError``, and the memory used depends on the data, never
on the sizes that the header claims. Other modules handle images and labels.
"""

import gzip
import math
import os
import sys
from importlib.resources.abc import Traversable
from io import BytesIO
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.data.stream import Hash, Stream
from mnist_nn.errors import DataError, IdxError
from mnist_nn.util.files import expand_path, open_source, replace_file
from mnist_nn.util.io_errors import explain_io_errors

LIMIT = 2**31
"""Largest number of bytes that an IDX file may decode to, unless the caller allows more: 2 GiB."""

DTYPES: dict[int, np.dtype[Any]] = {
    0x08: np.dtype(">u1"),
    0x09: np.dtype(">i1"),
    0x0B: np.dtype(">i2"),
    0x0C: np.dtype(">i4"),
    0x0D: np.dtype(">f4"),
    0x0E: np.dtype(">f8"),
}
"""The number types of the format by their code, which is the third byte of a file."""

_CODES = {dtype.newbyteorder("="): code for code, dtype in DTYPES.items()}
_MAX_NDIM = 64  # NumPy's own bound
_GZIP_LEVEL = 6  # level 9 takes four times as long and saves 1 %


class Header(NamedTuple):
    """The header of an IDX file: its big-endian number type and its shape."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        """Number of bytes that the numbers take."""
        return self.dtype.itemsize * math.prod(self.shape)


def _read_header(stream: Stream) -> Header:
    magic = stream.take(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in DTYPES:  # noqa: PLR2004 the magic is four bytes
        raise IdxError(
            f"{stream.name} is not an IDX file: it starts with {magic.hex(' ') or 'nothing'}, not with 00 "
            f"00, a type code ({', '.join(f'{code:02x}' for code in DTYPES)}) and the number of dimensions"
        )
    ndim = magic[3]
    sizes = stream.take(4 * ndim)
    if len(sizes) < 4 * ndim:
        raise IdxError(f"{stream.name} ends inside its header of {ndim} dimensions; get a fresh copy")
    if ndim > _MAX_NDIM:
        raise IdxError(f"{stream.name} claims {ndim} dimensions, but an array can have at most {_MAX_NDIM}")
    shape = tuple(int.from_bytes(sizes[i : i + 4], "big") for i in range(0, 4 * ndim, 4))
    return Header(DTYPES[magic[2]], shape)


def _check_claim(header: Header, stream: Stream, limit: int) -> None:
    """Reject a claim that is too large for memory, or for the length of the file, before reading on."""
    # An empty dimension must not hide the others from the limit: NumPy refuses their product too.
    volume = header.dtype.itemsize * math.prod(max(side, 1) for side in header.shape)
    if volume > min(limit, sys.maxsize):
        raise IdxError(
            f"{stream.name} claims shape {_times(header.shape)}, {volume:,} bytes, which exceeds the limit "
            f"of {limit:,}; pass a higher limit if you trust the file"
        )
    if stream.most is not None and header.nbytes > stream.most:
        raise IdxError(
            f"{stream.name} is truncated: it claims {header.nbytes:,} bytes of numbers but can contain at "
            f"most {stream.most:,}; get a fresh copy"
        )


def _times(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "()"


def scan_idx(file: IO[bytes], name: str, *, seen: Hash | None = None, limit: int = LIMIT) -> npt.NDArray[Any]:
    """Decode an open file, gzipped or not, and hash its decoded bytes.

    Parameters
    ----------
    file
        The file, opened for reading bytes, at its start.
    name
        The name for error messages.
    seen
        The hash, which is updated with every decoded byte, including the header.
    limit
        Largest number of bytes that the numbers may take.

    Returns
    -------
    Writable array in the machine's byte order, of any of ``DTYPES`` and any shape.

    Raises
    ------
    IdxError
        If the bytes are not exactly one valid IDX file.

    Examples
    --------
    >>> scan_idx(BytesIO(bytes([0, 0, 8, 1, 0, 0, 0, 2, 5, 7])), "two bytes")
    array([5, 7], dtype=uint8)
    """
    stream = Stream(file, name, seen)
    header = _read_header(stream)
    _check_claim(header, stream, limit)
    body = stream.take(header.nbytes)
    if len(body) < header.nbytes:
        raise IdxError(f"{name} is truncated: it has only {len(body):,} of {header.nbytes:,} bytes; get a fresh copy")
    if stream.take(1):
        raise IdxError(f"{name} continues after its {header.nbytes:,} bytes of numbers; get a fresh copy")
    return _native(np.ndarray(header.shape, header.dtype, buffer=body))


def _native(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Swap the bytes in place, without a second copy of the data."""
    if array.dtype.isnative:
        return array
    return array.byteswap(inplace=True).view(array.dtype.newbyteorder("="))


def decode_idx(data: bytes, *, limit: int = LIMIT) -> npt.NDArray[Any]:
    """Decode the bytes of an IDX file, gzipped or not; ``IdxError`` is the only error that this raises.

    Examples
    --------
    >>> decode_idx(encode_idx(np.eye(2, dtype=np.int16)))
    array([[1, 0],
           [0, 1]], dtype=int16)
    """
    return scan_idx(BytesIO(data), "the IDX data", limit=limit)


def encode_idx(array: npt.NDArray[Any]) -> bytes:
    """Encode an array of one of the format's six number types as an IDX file, not gzipped.

    Raises
    ------
    IdxError
        If the format has no such number type, or a side is 2**32 or longer.

    Examples
    --------
    >>> encode_idx(np.array([5, 7], dtype=np.uint8)).hex(" ")
    '00 00 08 01 00 00 00 02 05 07'
    """
    array = np.asarray(array)
    code = _CODES.get(array.dtype.newbyteorder("="))
    if code is None:
        valid = ", ".join(map(str, _CODES))
        raise IdxError(f"IDX cannot store numbers of type {array.dtype}; convert them with astype to one of: {valid}")
    if max(array.shape, default=0) >= 2**32:
        raise IdxError(
            f"IDX cannot store shape {_times(array.shape)}; split the array so that every side is below 2**32"
        )
    sides = b"".join(side.to_bytes(4, "big") for side in array.shape)
    numbers: bytes = array.astype(DTYPES[code], copy=False).tobytes()
    return bytes((0, 0, code, array.ndim)) + sides + numbers


def encoded_size(array: npt.NDArray[Any]) -> int:
    """Return the size of an array as an IDX file, in bytes: header and numbers."""
    return 4 + 4 * array.ndim + array.nbytes


def read_idx(path: str | os.PathLike[str], *, limit: int = LIMIT) -> npt.NDArray[Any]:
    """Read an IDX file, gzipped or not.

    Parameters
    ----------
    path
        The file, which may be a pipe.
    limit
        Largest number of decoded bytes that the numbers may take.

    Returns
    -------
    Writable array in the machine's byte order: uint8, int8, int16, int32, float32 or float64, any shape.

    Raises
    ------
    IdxError
        If the bytes are not exactly one valid IDX file, or decode to more than ``limit``.
    DataNotFoundError
        If the file does not exist.
    DataError
        If it is a folder, or the system cannot read it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_idx(f"{folder}/labels.gz", np.array([3, 1], dtype=np.uint8))
    ...     read_idx(f"{folder}/labels.gz")
    array([3, 1], dtype=uint8)
    """
    source = expand_path(path)
    with open_source(source) as file:
        return scan_idx(file, repr(str(source)), limit=limit)


def read_header(source: Traversable) -> Header:
    """Read only the number type and the shape that a file claims; this raises the same errors as ``read_idx``."""
    with open_source(source) as file:
        return _read_header(Stream(file, repr(str(source))))


def write_idx(path: str | os.PathLike[str], array: npt.NDArray[Any]) -> None:
    """Write an array as an IDX file, completely or not at all.

    Parameters
    ----------
    path
        Where to write; if the name ends in ``.gz``, the file is gzipped. The same array always gives the same bytes.
    array
        uint8, int8, int16, int32, float32 or float64, any shape.

    Raises
    ------
    IdxError
        If the format cannot store this array.
    DataError
        If the file cannot be written; an existing file stays unchanged.

    Examples
    --------
    See ``read_idx``.
    """
    target = expand_path(path)
    data = encode_idx(array)
    with (
        explain_io_errors(DataError, "write", target, "choose another place, or make room on the disk"),
        replace_file(target) as file,
    ):
        file.write(gzip.compress(data, _GZIP_LEVEL, mtime=0) if target.name.endswith(".gz") else data)
