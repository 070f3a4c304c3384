"""Reading and writing IDX: what is written comes back, and nothing that can be read does harm."""

import gzip
import io
import os
import resource
import struct
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mnist_nn.data import decode_idx, encode_idx, read_idx, write_idx
from mnist_nn.data.idx import DTYPES, read_header, scan_idx
from mnist_nn.errors import DataError, DataNotFoundError, IdxError

MEBIBYTE = 2**20

ARRAYS = st.sampled_from([dtype.newbyteorder("=") for dtype in DTYPES.values()]).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=4))
)


def header(code: int, *sides: int) -> bytes:
    return bytes((0, 0, code, len(sides))) + b"".join(struct.pack(">I", side) for side in sides)


@contextmanager
def at_most(peak: int) -> Iterator[None]:
    """Fail if the block allocates more than ``peak`` bytes at any one time."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < peak
    finally:
        tracemalloc.stop()


def assert_same(read: np.ndarray, written: np.ndarray) -> None:
    assert (read.dtype, read.shape) == (written.dtype.newbyteorder("="), written.shape)
    # Bytes, not numbers: NaN and its payload must come back too.
    assert read.tobytes() == written.astype(read.dtype).tobytes()


# What is written comes back


@given(ARRAYS)
def test_bytes_round_trip_for_every_type_and_shape(array: np.ndarray) -> None:
    assert_same(decode_idx(encode_idx(array)), array)


@given(ARRAYS)
def test_gzipped_bytes_are_known_by_their_content(array: np.ndarray) -> None:
    assert_same(decode_idx(gzip.compress(encode_idx(array))), array)


@given(ARRAYS)
def test_byte_order_and_memory_layout_of_the_source_do_not_matter(array: np.ndarray) -> None:
    swapped = array.astype(array.dtype.newbyteorder("S"))
    assert encode_idx(swapped) == encode_idx(np.asfortranarray(array).reshape(array.shape)) == encode_idx(array)


@pytest.mark.parametrize("name", ["a.idx", "a.gz", "no-suffix"])
@pytest.mark.parametrize("dtype", DTYPES.values(), ids=str)
def test_files_round_trip(tmp_path: Path, name: str, dtype: np.dtype) -> None:
    array = np.arange(24).reshape(2, 3, 4).astype(dtype)
    write_idx(tmp_path / name, array)
    read = read_idx(str(tmp_path / name))
    assert_same(read, array)
    assert read.flags.writeable
    assert read.dtype.isnative
    assert ((tmp_path / name).read_bytes()[:2] == b"\x1f\x8b") == name.endswith(".gz")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_bytes_are_those_of_the_format() -> None:
    assert encode_idx(np.array([[1, -2]], dtype="<i2")) == bytes.fromhex("00000b02 00000001 00000002 0001fffe")
    assert encode_idx(np.array([1.5], dtype=np.float32)) == bytes.fromhex("00000d01 00000001 3fc00000")


def test_gzip_bytes_do_not_depend_on_name_or_time(tmp_path: Path) -> None:
    array = np.arange(1000, dtype=np.int32)
    write_idx(tmp_path / "one.gz", array)
    packed = (tmp_path / "one.gz").read_bytes()
    assert packed[4:8] == bytes(4)  # the time stamp
    write_idx(tmp_path / "two.gz", array)
    assert (tmp_path / "two.gz").read_bytes() == packed


def test_a_gzip_file_of_several_members_is_one_stream() -> None:
    data = encode_idx(np.arange(100, dtype=np.uint8))
    packed = b"".join(gzip.compress(data[i : i + 30]) for i in range(0, len(data), 30))
    assert decode_idx(packed).tolist() == list(range(100))


def test_a_pipe_can_be_read() -> None:
    source, sink = os.pipe()
    os.write(sink, gzip.compress(encode_idx(np.arange(9, dtype=np.uint8))))
    os.close(sink)
    assert read_idx(f"/dev/fd/{source}").tolist() == list(range(9))
    os.close(source)


def test_the_hash_sees_all_bytes_after_gunzip() -> None:
    data = encode_idx(np.zeros(3 * MEBIBYTE, dtype=np.uint8))

    class Seen:
        def __init__(self) -> None:
            self.data = b""

        def update(self, data: bytes) -> None:
            self.data += data

        def hexdigest(self) -> str:
            return self.data.hex()

    seen = Seen()
    scan_idx(io.BytesIO(gzip.compress(data, 1)), "zeros", seen=seen)
    assert seen.data == data


def test_a_header_is_read_without_the_numbers(tmp_path: Path) -> None:
    (tmp_path / "huge").write_bytes(header(0x0E, 70_000, 512, 512))
    assert read_header(tmp_path / "huge").shape == (70_000, 512, 512)


# Nothing that can be read does harm


def decodes_or_says_why(data: bytes) -> None:
    message = ""
    try:
        assert decode_idx(data, limit=MEBIBYTE).nbytes <= MEBIBYTE
    except IdxError as error:
        message = str(error)
    assert "\n" not in message


@given(st.binary(max_size=200))
@example(b"")
@example(b"\x1f\x8b")
@example(b"\0\0\x08\xff" + bytes(4 * 255))
@example(header(0x08, 0, 2**32 - 1, 2**32 - 1, 2**32 - 1))
@example(header(0x0E, *[2**32 - 1] * 64))
def test_arbitrary_bytes_decode_or_raise_idx_error(data: bytes) -> None:
    decodes_or_says_why(data)
    decodes_or_says_why(gzip.compress(data))


@given(
    st.sampled_from(sorted(DTYPES)),
    st.lists(st.integers(0, 2**32 - 1) | st.integers(0, 3), max_size=70),
    st.binary(max_size=64),
)
def test_arbitrary_claims_decode_or_raise_idx_error(code: int, sides: list[int], body: bytes) -> None:
    decodes_or_says_why(header(code, *sides) + body)


@given(ARRAYS, st.booleans(), st.data())
def test_mutated_files_decode_or_raise_idx_error(array: np.ndarray, packed: bool, draw: st.DataObject) -> None:
    data = bytearray(gzip.compress(encode_idx(array)) if packed else encode_idx(array))
    for _ in range(draw.draw(st.integers(1, 4))):
        at = draw.draw(st.integers(0, len(data) - 1))
        data[at] = draw.draw(st.integers(0, 255))
    decodes_or_says_why(bytes(data))


@given(ARRAYS, st.booleans(), st.data())
def test_every_truncation_and_every_extension_is_refused(array: np.ndarray, packed: bool, draw: st.DataObject) -> None:
    data = gzip.compress(encode_idx(array)) if packed else encode_idx(array)
    with pytest.raises(IdxError):
        decode_idx(data[: draw.draw(st.integers(0, len(data) - 1))])
    with pytest.raises(IdxError):
        decode_idx(data + draw.draw(st.binary(min_size=1, max_size=20)))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "starts with nothing"),
        (b"\x89PNG\r\n\x1a\n", "starts with 89 50 4e 47"),
        (b"\0\0\x0a\x01", "starts with 00 00 0a 01"),
        (header(0x08, 3)[:6], "ends inside its header of 1 dimensions"),
        (header(0x08, *[1] * 65) + b"x", "claims 65 dimensions"),
        (header(0x08, 3) + b"ab", "truncated: it has only 2 of 3 bytes"),
        (header(0x08, 10) + b"abc", "truncated: it has only 3 of 10 bytes"),
        (header(0x08, 3) + b"abcd", "continues after its 3 bytes"),
        (header(0x0E, 2**31), "exceeds the limit of 2,147,483,648"),
        (header(0x08, 2**31), "claims 2,147,483,648 bytes of numbers but can contain"),
        (
            gzip.compress(header(0x08, 3) + b"abc", mtime=0) + b"\0",
            "a damaged gzip stream|middle of its gzip",
        ),
        (gzip.compress(header(0x08, 3) + b"abc", mtime=0) + b"garbage", "a damaged gzip stream"),
        (gzip.compress(header(0x08, 3) + b"abc", mtime=0)[:-1], "middle of its gzip stream"),
    ],
)
def test_the_message_says_what_is_wrong(data: bytes, why: str) -> None:
    with pytest.raises(IdxError, match=why) as caught:
        decode_idx(data)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("at", [-8, -1], ids=["CRC", "length"])
def test_a_wrong_gzip_trailer_is_refused(at: int) -> None:
    data = bytearray(gzip.compress(encode_idx(np.arange(50, dtype=np.uint8))))
    data[at] ^= 1
    with pytest.raises(IdxError, match="a damaged gzip stream"):
        decode_idx(bytes(data))


def test_the_limit_can_be_set(tmp_path: Path) -> None:
    write_idx(tmp_path / "ten", np.zeros(10, np.uint8))
    assert len(read_idx(tmp_path / "ten", limit=10)) == 10
    with pytest.raises(IdxError, match="limit of 9; pass a higher limit"):
        read_idx(tmp_path / "ten", limit=9)
    with pytest.raises(IdxError, match="exceeds the limit"):
        decode_idx(header(0x08, *[2**32 - 1] * 40), limit=2**4000)


# Memory


def bomb(size: int, start: bytes) -> bytes:
    """Gzip ``start`` and ``size`` zero bytes without ever holding them."""
    packer = zlib.compressobj(9, wbits=31)
    zeros = bytes(MEBIBYTE)
    parts = [
        packer.compress(start),
        *(packer.compress(zeros) for _ in range(size // MEBIBYTE)),
        packer.flush(),
    ]
    return b"".join(parts)


def test_a_claim_costs_no_memory_when_the_file_is_short(tmp_path: Path) -> None:
    path = tmp_path / "liar"
    path.write_bytes(header(0x08, 2**31) + b"few")
    with at_most(MEBIBYTE), pytest.raises(IdxError, match="truncated"):
        read_idx(path)


def test_a_gzipped_claim_costs_what_the_file_holds() -> None:
    noise = np.random.default_rng(0).bytes(3 * MEBIBYTE)  # so that 2 GiB is within what deflate could do
    data = gzip.compress(header(0x08, 2**31) + noise, 1)
    with at_most(8 * MEBIBYTE), pytest.raises(IdxError, match="truncated"):
        decode_idx(data)


def test_a_claim_through_a_pipe_costs_what_comes() -> None:
    source, sink = os.pipe()
    os.write(sink, header(0x08, 2**31) + b"few")
    os.close(sink)
    with at_most(MEBIBYTE), pytest.raises(IdxError, match="truncated: it has only 3 of 2,147,483,648"):
        read_idx(f"/dev/fd/{source}")
    os.close(source)


def test_a_bomb_behind_the_numbers_goes_off_a_chunk_at_a_time() -> None:
    data = bomb(256 * MEBIBYTE, header(0x08, 1))
    with at_most(8 * MEBIBYTE), pytest.raises(IdxError, match="continues after"):
        decode_idx(data)


def test_a_bomb_in_the_numbers_stops_at_the_limit() -> None:
    data = bomb(64 * MEBIBYTE, header(0x08, 64 * MEBIBYTE))
    with at_most(4 * MEBIBYTE), pytest.raises(IdxError, match="limit"):
        decode_idx(data, limit=MEBIBYTE)
    with at_most(76 * MEBIBYTE):  # within the limit it is read, and no copy is made
        assert decode_idx(data).nbytes == 64 * MEBIBYTE


def test_numbers_are_turned_round_without_a_copy() -> None:
    data = encode_idx(np.zeros(2 * MEBIBYTE, np.float64))
    with at_most(20 * MEBIBYTE):
        assert decode_idx(data).nbytes == 16 * MEBIBYTE


def test_many_empty_gzip_members_take_no_long_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each member is handed the rest of a piece of the file, and never all that is left of the file."""
    member, handed = zlib.decompressobj, []

    class Counting:
        def __init__(self, wbits: int) -> None:
            self.member = member(wbits)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.member, name)

        def decompress(self, data: bytes, most: int) -> bytes:
            handed.append(len(data))
            return self.member.decompress(data, most)

    monkeypatch.setattr(zlib, "decompressobj", Counting)
    with pytest.raises(IdxError, match="starts with nothing"):
        decode_idx(gzip.compress(b"") * 50_000)
    assert len(handed) >= 50_000
    assert max(handed) <= 2**16


# What the system refuses


@contextmanager
def as_nobody() -> Iterator[None]:
    """Drop root's right to read everything, if the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """Make the system refuse to let any file grow beyond this size."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path / "none" / "either"):
        with pytest.raises(DataNotFoundError, match=r"cannot read '.*none.*': .*; check the name"):
            read_idx(path)
    (tmp_path / "file").touch()
    with pytest.raises(DataNotFoundError):
        read_idx(tmp_path / "file" / "inside")


@pytest.mark.parametrize("path", ["", ".", "/"])
def test_a_folder_is_no_file(path: str) -> None:
    with pytest.raises(DataError, match="Is a directory; give a file inside it"):
        read_idx(path)
    with pytest.raises(DataError, match="cannot write"):
        write_idx(path, np.zeros(1, np.uint8))


@pytest.mark.parametrize("path", ["a\0b", "\ud800", "x" * 5000])
def test_an_impossible_name_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(DataError, match="cannot read"):
        read_idx(tmp_path / path)
    with pytest.raises(DataError, match="cannot write"):
        write_idx(tmp_path / path, np.zeros(1, np.uint8))
    assert not list(tmp_path.iterdir())


def test_permission_denied_is_said(tmp_path: Path) -> None:
    write_idx(tmp_path / "mine", np.zeros(1, np.uint8))
    (tmp_path / "mine").chmod(0)
    tmp_path.chmod(0o500)
    with as_nobody():
        with pytest.raises(DataError, match="Permission denied; change its permissions"):
            read_idx(tmp_path / "mine")
        with pytest.raises(DataError, match="cannot write"):
            write_idx(tmp_path / "other", np.zeros(1, np.uint8))
    tmp_path.chmod(0o700)


@pytest.mark.parametrize("name", ["labels", "labels.gz"])
def test_a_full_disk_leaves_the_old_file_whole(tmp_path: Path, name: str) -> None:
    write_idx(tmp_path / name, np.arange(10, dtype=np.uint8))
    noise = np.frombuffer(np.random.default_rng(0).bytes(MEBIBYTE), np.uint8)
    with disk_of(1000), pytest.raises(DataError, match=f"cannot write .*{name}': File too large"):
        write_idx(tmp_path / name, noise)
    assert read_idx(tmp_path / name).tolist() == list(range(10))
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_device_is_not_replaced() -> None:
    with pytest.raises(DataError, match="not a regular file"):
        write_idx("/dev/null", np.zeros(1, np.uint8))
    assert Path("/dev/null").is_char_device()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_idx(tmp_path / "link", np.arange(3, dtype=np.uint8))
    assert (tmp_path / "link").is_symlink()
    assert read_idx(tmp_path / "real").tolist() == [0, 1, 2]


def test_what_idx_cannot_hold_is_refused_before_a_file_is_made(tmp_path: Path) -> None:
    for array in (np.zeros(1, np.int64), np.zeros(1, bool), np.array(["a"]), np.zeros(1, object)):
        with pytest.raises(IdxError, match=r"astype to one of: uint8, int8, int16, int32, float32, float64"):
            write_idx(tmp_path / "x", array)
    with pytest.raises(IdxError, match="every side is below"):
        encode_idx(np.broadcast_to(np.uint8(0), (2**32,)))
    assert not list(tmp_path.iterdir())
