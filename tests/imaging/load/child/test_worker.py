"""The program of a process that decodes: what it answers, and that its limits and its parent end it."""

import io
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from hostile_files import nested_flate, tiling_pattern
from patience import PATIENCE, wait_for
from picture_files import SLOPE, saved
from PIL import Image

from mnist_nn.imaging.load.child import messages
from mnist_nn.imaging.load.sources import open_stream

WORKER = [sys.executable, "-m", "mnist_nn.imaging.load.child.worker"]
ENOUGH = (10.0, 600_000_000)
Worker = tuple["subprocess.Popen[bytes]", socket.socket]


@pytest.fixture
def worker() -> Iterator[Worker]:
    ours, theirs = socket.socketpair()
    with ours, subprocess.Popen(WORKER, stdin=theirs, stderr=subprocess.DEVNULL) as process:
        theirs.close()
        ours.settimeout(PATIENCE)
        yield process, ours
        process.kill()


def ask(channel: socket.socket, file: Any, budget: tuple[float, int] = ENOUGH, **limits: int) -> None:
    arguments = {"name": "a", "pixel_limit": 64_000_000, "page_limit": 9} | limits
    with open_stream(file) as opened:
        messages.send_file(channel, opened.fileno())
    messages.send(channel, {"task": "pages", "budget": budget, "arguments": arguments})


def answers(channel: socket.socket) -> list[messages.Message]:
    """Take all that comes of a file."""
    found = [messages.receive(channel)]
    while not {"end", "error"} & found[-1].keys():
        if "shape" in found[-1]:
            found[-1]["pixels"] = messages.receive_pixels(channel, found[-1]["shape"])
        messages.send(channel, {"more": True})
        found.append(messages.receive(channel))
    return found


def test_a_page_and_an_end(worker: Worker) -> None:
    for _ in range(2):
        ask(worker[1], saved(Image.fromarray(SLOPE), "PNG"))
        page, end = answers(worker[1])
        assert (page["pixels"] == SLOPE).all()
        assert end == {"end": True}


def test_a_fault_in_the_place_of_a_page_and_an_error_of_the_whole(worker: Worker) -> None:
    ask(worker[1], saved(Image.fromarray(SLOPE), "PNG"), pixel_limit=9)
    fault, end = answers(worker[1])
    assert "a is 48×32" in fault["fault"]
    assert end == {"end": True}
    ask(worker[1], saved(Image.fromarray(SLOPE), "TIFF", save_all=True, append_images=[Image.new("L", (1, 1))] * 9))
    (error,) = answers(worker[1])
    assert error["kind"] == "ImageError"
    assert "a has more than 9 pages" in error["error"]


def test_pages_nobody_wants_are_not_decoded(worker: Worker) -> None:
    for _ in range(2):
        ask(worker[1], saved(Image.fromarray(SLOPE), "TIFF", save_all=True, append_images=[Image.new("L", (1, 1))] * 8))
        first = messages.receive(worker[1])
        assert (messages.receive_pixels(worker[1], first["shape"]) == SLOPE).all()
        messages.send(worker[1], {"more": False})


def test_memory_beyond_the_budget_is_told_where_the_decoder_tells(worker: Worker) -> None:
    ask(worker[1], saved(Image.new("RGB", (9000, 7000)), "PNG"), (10.0, 200_000_000))
    fault, _ = answers(worker[1])
    assert fault["fault"].startswith("a needs more than 200 million bytes of memory to decode; make it smaller")
    ask(worker[1], saved(Image.fromarray(SLOPE), "PNG"))
    assert len(answers(worker[1])) == 2


@pytest.mark.parametrize(
    ("hostile", "budget", "end"),
    [
        (tiling_pattern(), (0.3, 600_000_000), signal.SIGPROF),
        (nested_flate(10**9), (60.0, 300_000_000), signal.SIGABRT),
    ],
    ids=["seconds", "bytes"],
)
def test_its_own_limits_end_it(worker: Worker, hostile: bytes, budget: tuple[float, int], end: signal.Signals) -> None:
    process, channel = worker
    ask(channel, io.BytesIO(hostile), budget)
    with pytest.raises(EOFError):
        messages.receive(channel)
    assert process.wait(PATIENCE) == -end


def test_seconds_are_counted_for_each_file_anew(worker: Worker) -> None:
    process, channel = worker
    large = saved(Image.new("L", (5000, 4000), 255), "PNG").getvalue()
    used = psutil.Process(process.pid)
    while sum(used.cpu_times()[:2]) < 1.5:
        ask(channel, io.BytesIO(large), (1.0, 600_000_000))
        assert len(answers(channel)) == 2


def test_it_ends_with_the_process_that_started_it_in_the_middle_of_a_file(worker: Worker) -> None:
    process, channel = worker
    ask(channel, io.BytesIO(tiling_pattern()), (10_000.0, 600_000_000))
    used = psutil.Process(process.pid)
    wait_for(lambda: used.cpu_times().user > 0.3, "it does not decode")
    channel.close()
    assert process.wait(PATIENCE) == 0


def test_it_does_not_hear_ctrl_c_and_leaves_no_core(worker: Worker) -> None:
    process, channel = worker
    ask(channel, saved(Image.fromarray(SLOPE), "PNG"))
    assert len(answers(channel)) == 2
    process.send_signal(signal.SIGINT)
    ask(channel, saved(Image.fromarray(SLOPE), "PNG"))
    assert len(answers(channel)) == 2
    limits = psutil.Process(process.pid)
    assert limits.rlimit(psutil.RLIMIT_CORE) == (0, 0)
    assert limits.rlimit(psutil.RLIMIT_AS)[0] == ENOUGH[1]
