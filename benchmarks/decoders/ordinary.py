"""What ordinary pictures cost, decoded in a process of their own and not: two checkouts in turns, in new processes."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from mnist_nn import load_data

SMALL = 200  # pictures of 28×28
HEAD = ["ms per picture", "before: processor", "now: processor", "before: wall", "now: wall"]

# Each prints two lists: milliseconds of processor time, and by the clock, a picture. What others start counts too.
CLOCK = r"""
import json, os, resource, sys, time
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import psutil
def used():
    me = psutil.Process()
    return sum(sum(process.cpu_times()[:2]) for process in (me, *me.children()))
def timed(work, times):
    work()
    processor, wall = used(), time.perf_counter()
    for _ in range(times):
        work()
    print(json.dumps([1e3 * (used() - processor) / times, 1e3 * (time.perf_counter() - wall) / times]))
"""
READ = (
    CLOCK
    + r"""
from pathlib import Path
from mnist_nn import Reader
from mnist_nn.reading.pages import read_each_page
reader, paths = Reader(), sorted(Path(sys.argv[1]).iterdir())
def work():
    for path in paths:
        for result in read_each_page(reader, path):
            assert not result.error, result.error
timed(work, int(sys.argv[2]))
"""
)
DECODE = (
    CLOCK
    + r"""
from pathlib import Path
from mnist_nn.imaging import read_pages
paths = sorted(Path(sys.argv[1]).iterdir())
def work():
    for path in paths:
        list(read_pages(path))
timed(work, int(sys.argv[2]))
"""
)
SERVE = (
    CLOCK
    + r"""
import http.client, threading
from pathlib import Path
from mnist_nn.reading.reader_model import load_reader_model
from mnist_nn.server import create_app
from mnist_nn.server.http.lifecycle import Server
paths, listens = sorted(Path(sys.argv[1]).iterdir()), threading.Event()
server = Server(create_app(load_reader_model()), port=0, listening=lambda _: listens.set())
address = server.url.removeprefix("http://").rstrip("/")
thread = threading.Thread(target=server.serve_until_stopped)
thread.start()
listens.wait()
connection = http.client.HTTPConnection(address)
def work():
    for path in paths:
        connection.request("POST", "/read", path.read_bytes())
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()
timed(work, int(sys.argv[2]))
server.stop()
thread.join()
"""
)
CASES = (
    ("decode 200 PNGs of 28×28", DECODE, "small", 2, SMALL),
    ("`read` 200 PNGs of 28×28", READ, "small", 1, SMALL),
    ("`serve`, POST /read, 200 PNGs of 28×28", SERVE, "small", 1, SMALL),
    ("decode a JPEG of 12 megapixels", DECODE, "photo", 5, 1),
    ("`read` a JPEG of 12 megapixels", READ, "photo", 1, 1),
)


def make_pictures(folder: Path) -> None:
    """Write the pictures: test digits as they are, and a page of them as a phone would send it."""
    (folder / "small").mkdir()
    (folder / "photo").mkdir()
    digits = load_data("mnist").test.images[:SMALL]
    for number, digit in enumerate(digits):
        Image.fromarray(255 - digit).save(folder / "small" / f"{number:03}.png")
    photo = Image.radial_gradient("L").resize((4000, 3000)).point(lambda level: 255 - level // 8).convert("RGB")
    for number, digit in enumerate(digits[:12]):
        large = Image.fromarray(255 - digit).resize((280, 280), Image.Resampling.BICUBIC)
        photo.paste(large, (300 + 850 * (number % 4), 300 + 850 * (number // 4)))
    photo.save(folder / "photo" / "page.jpg", quality=90)


def race(before: Path, rounds: int, only: str) -> list[dict[str, Any]]:
    """Measure cases in both checkouts, in turns; ``before`` is the source folder of the other one."""
    here, cases = Path(__file__).parents[2] / "src", [case for case in CASES if only in case[0]]
    found: list[dict[str, Any]] = [{"case": case[0], "before": [], "now": []} for case in cases]
    with tempfile.TemporaryDirectory() as name:
        make_pictures(Path(name))
        for _ in range(rounds):
            for line, (_, program, folder, times, pictures) in zip(found, cases, strict=True):
                for side, source in (("before", before), ("now", here)):
                    costs = _run(program, source, Path(name) / folder, times)
                    line[side].append([cost / pictures for cost in costs])
                print(row(line), flush=True)
    return found


def _run(program: str, source: Path, folder: Path, times: int) -> list[float]:
    command = [sys.executable, "-c", program, os.fspath(folder), str(times)]
    environment = {**os.environ, "PYTHONPATH": os.fspath(source)}
    costs: list[float] = json.loads(subprocess.run(command, capture_output=True, check=True, env=environment).stdout)
    return costs


def row(found: dict[str, Any]) -> list[str]:
    """Write one line of the table: the medians of all rounds."""
    medians = [
        statistics.median(costs[clock] for costs in found[side]) for clock in (0, 1) for side in ("before", "now")
    ]
    return [found["case"], *(f"{value:.3g}" for value in medians)]
