"""The decoded bytes of a file: gzipped or not, a chunk at a time, each shown once to the hash."""

import gzip
import hashlib
import os
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.data.stream import Stream
from mnist_nn.errors import IdxError

NOISE = np.random.default_rng(0).bytes(3 * 2**20 + 7)  # several chunks, which no compression makes shorter


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("count", [1000, 2**16, 2**20 + 1])
def test_all_bytes_come_in_order_and_pass_the_hash_once(packed: bool, count: int) -> None:
    seen = hashlib.sha256()
    stream = Stream(BytesIO(gzip.compress(NOISE, 1) if packed else NOISE), "file", seen)
    taken = b"".join(iter(lambda: bytes(stream.take(count)), b""))
    assert taken == NOISE
    assert seen.hexdigest() == hashlib.sha256(NOISE).hexdigest()


@given(
    st.binary(max_size=200).filter(lambda data: not data.startswith(b"\x1f\x8b")),
    st.lists(st.integers(0, 60), max_size=8),
)
def test_what_is_taken_is_never_given_again(data: bytes, counts: list[int]) -> None:
    stream = Stream(BytesIO(data), "file")
    taken = [bytes(stream.take(count)) for count in counts]
    assert b"".join(taken) == data[: sum(counts)]


def test_members_of_a_gzip_file_follow_each_other() -> None:
    stream = Stream(BytesIO(gzip.compress(b"one") + gzip.compress(b"two")), "file")
    assert stream.take(10) == b"onetwo"


def test_the_most_that_can_come_is_judged_by_the_size() -> None:
    assert Stream(BytesIO(bytes(50)), "file").most == 50
    packed = gzip.compress(bytes(10_000))
    assert 10_000 <= (Stream(BytesIO(packed), "file").most or 0) <= 1032 * len(packed)


def test_a_pipe_has_no_size() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as file:
        file.write(b"some")
    with os.fdopen(reading, "rb") as file:
        stream = Stream(file, "pipe")
        assert stream.most is None
        assert stream.take(9) == b"some"


def test_a_file_on_disk_has_the_size_that_it_has(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(70))
    with (tmp_path / "file").open("rb") as file:
        assert Stream(file, "file").most == 70


@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_a_damaged_gzip_stream_is_refused_by_name(damage: str) -> None:
    packed = bytearray(gzip.compress(b"some words that are long enough" * 9))
    if damage == "cut":
        del packed[-12:]
    else:
        packed[20] ^= 0xFF
    stream = Stream(BytesIO(packed), "the file")
    with pytest.raises(IdxError, match=r"^the file (ends in the middle of its|has a damaged) gzip stream"):
        stream.take(2**20)
