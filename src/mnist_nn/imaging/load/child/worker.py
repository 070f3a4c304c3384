"""The program of a decoding process: it receives open files one by one, and answers with pixels.

It ends if a file exceeds its budget, and if the process that started it is gone.
"""

import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import closing
from typing import IO

from PIL import Image

from mnist_nn.errors import ImageError, MnistNNError
from mnist_nn.imaging.load.child.budget import Budget, forbid_core_dumps, hold_to
from mnist_nn.imaging.load.child.messages import Message, receive, receive_file, send, send_pixels
from mnist_nn.imaging.load.decode import decode_pages, decode_square
from mnist_nn.imaging.load.grey import Grey

TASKS: dict[str, Callable[..., Generator[Grey | ImageError]]] = {"pages": decode_pages, "square": decode_square}


def serve(channel: socket.socket) -> None:
    """Decode the files that arrive over a socket, until the other end is closed."""
    while True:
        try:
            with open(receive_file(channel), "rb") as file:  # noqa: PTH123 - a descriptor
                _answer(channel, file, receive(channel))
        except (EOFError, ConnectionError):
            return


def _answer(channel: socket.socket, file: IO[bytes], task: Message) -> None:
    """Send the pages of a file as they are requested, and then the end or the error of the whole file."""
    budget = Budget(*task["budget"])
    hold_to(budget)
    name: str = task["arguments"]["name"]
    try:
        with closing(TASKS[task["task"]](file, **task["arguments"])) as pages:
            for found in pages:
                _send_page(channel, found, budget, name)
                del found  # before the next page takes its memory
                if not receive(channel)["more"]:
                    return
    except MnistNNError as error:
        send(channel, {"error": _text(error, budget, name), "kind": type(error).__name__})
    else:
        send(channel, {"end": True})


def _send_page(channel: socket.socket, found: Grey | ImageError, budget: Budget, name: str) -> None:
    if isinstance(found, ImageError):
        send(channel, {"fault": _text(found, budget, name)})
    else:
        send_pixels(channel, found)


def _text(error: MnistNNError, budget: Budget, name: str) -> str:
    return budget.describe_memory(name) if isinstance(error.__cause__, MemoryError) else str(error)


def _end_with(channel: socket.socket) -> None:
    """Wait until the other end of a socket is closed, then end this process, whatever it is doing."""
    waiting = select.poll()
    waiting.register(channel, 0)  # for nothing but the end
    waiting.poll()
    os._exit(0)


def main() -> None:
    """Serve the process that started this one, whose socket is standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the other process, which ends this one
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    forbid_core_dumps()
    Image.MAX_IMAGE_PIXELS = None  # `check_pixels` knows the limit that is set here, and names it
    channel = socket.socket(fileno=sys.stdin.fileno())
    threading.Thread(target=_end_with, args=(channel,), daemon=True).start()
    serve(channel)
    os._exit(0)


if __name__ == "__main__":
    main()
