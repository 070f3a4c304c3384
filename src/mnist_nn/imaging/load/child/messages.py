"""Messages between a process and its decoder over a pair of sockets: JSON, followed by pixels or a file.

`worker` answers the messages, and `pool` sends them.
"""

import json
import socket
import struct
from typing import Any

import numpy as np

from mnist_nn.imaging.load.grey import Grey

Message = dict[str, Any]

_LENGTH = struct.Struct("!I")
_FILE = b"f"  # a descriptor travels beside a byte at least


def send(channel: socket.socket, message: Message) -> None:
    """Send a message.

    Examples
    --------
    >>> one, other = socket.socketpair()
    >>> send(one, {"more": True})
    >>> receive(other)
    {'more': True}
    >>> one.close(); other.close()
    """
    text = json.dumps(message).encode()
    channel.sendall(_LENGTH.pack(len(text)) + text)


def receive(channel: socket.socket) -> Message:
    """Receive a message.

    Raises
    ------
    EOFError
        If the other process has ended.
    """
    (length,) = _LENGTH.unpack(_receive_bytes(channel, _LENGTH.size))
    message: Message = json.loads(_receive_bytes(channel, length))
    return message


def send_pixels(channel: socket.socket, pixels: Grey) -> None:
    """Send a page: its shape as a message, then its pixels."""
    send(channel, {"shape": pixels.shape})
    channel.sendall(np.ascontiguousarray(pixels).data.cast("B"))


def receive_pixels(channel: socket.socket, shape: tuple[int, int]) -> Grey:
    """Receive the pixels of a page after its shape.

    Raises
    ------
    EOFError
        If the other process has ended.
    """
    pixels = np.empty(shape, np.uint8)
    _fill(channel, pixels.data.cast("B"))
    return pixels


def send_file(channel: socket.socket, descriptor: int) -> None:
    """Send an open file, so that it is open in the other process too."""
    socket.send_fds(channel, [_FILE], [descriptor])


def receive_file(channel: socket.socket) -> int:
    """Receive an open file.

    Raises
    ------
    EOFError
        If the other process has ended.
    """
    _, descriptors, _, _ = socket.recv_fds(channel, len(_FILE), 1)
    if not descriptors:
        raise EOFError
    return descriptors[0]


def _receive_bytes(channel: socket.socket, count: int) -> bytes:
    data = bytearray(count)
    _fill(channel, memoryview(data))
    return bytes(data)


def _fill(channel: socket.socket, space: memoryview) -> None:
    while space:
        count = channel.recv_into(space)
        if not count:
            raise EOFError
        space = space[count:]
