"""Messages, pixels and open files from one end of a pair of sockets to the other."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_nn.imaging.load.child.messages import (
    receive,
    receive_file,
    receive_pixels,
    send,
    send_file,
    send_pixels,
)

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    one, other = socket.socketpair()
    with one, other:
        yield one, other


@pytest.mark.parametrize("message", [{}, {"name": "Grüße\n\udcff"}, {"long": "x" * 10**6}, {"budget": [1.5, 2**62]}])
def test_a_message_comes_as_it_was_sent(pair: Pair, message: dict[str, Any]) -> None:
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send, pair[0], message)
        assert receive(pair[1]) == message
        sending.result()


@pytest.mark.parametrize("shape", [(1, 1), (3, 2), (1000, 999)])
def test_pixels_come_in_their_shape_however_they_lie(pair: Pair, shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, shape[::-1], np.uint8).T
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send_pixels, pair[0], pixels)
        np.testing.assert_array_equal(receive_pixels(pair[1], receive(pair[1])["shape"]), pixels)
        sending.result()


def test_a_file_comes_open(pair: Pair, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")
    with (tmp_path / "a").open("rb") as file:
        send_file(pair[0], file.fileno())
    (tmp_path / "a").unlink()
    with open(receive_file(pair[1]), "rb") as file:  # noqa: PTH123 - a descriptor
        assert file.read() == b"content"


@pytest.mark.parametrize("sent", [b"", b"\0\0", b"\0\0\0\5{"])
def test_an_end_in_the_middle_is_told(pair: Pair, sent: bytes) -> None:
    pair[0].sendall(sent)
    pair[0].close()
    with pytest.raises(EOFError):
        receive(pair[1])


def test_the_end_in_place_of_a_file_or_pixels_is_told(pair: Pair) -> None:
    pair[0].close()
    with pytest.raises(EOFError):
        receive_file(pair[1])
    with pytest.raises(EOFError):
        receive_pixels(pair[1], (2, 2))
