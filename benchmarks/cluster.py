"""What a cluster brings on one machine: pages read by workers, and networks trained, against one process on one core.

python -m benchmarks.cluster [--pictures 200] [--networks 100] [--workers 1 2]

Every time is that of a whole command, start included, and the results must have the same bytes. Nothing is stored.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from mnist_nn import load_data

PAGES_EACH = 100  # different pages; the others are links to them
NUMBERS, DIGITS = 12, 5  # on a page
LINE_PX, DIGIT_PX = 60, 28


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=200)
    parser.add_argument("--networks", type=int, default=100)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        draw_pages(place / "pages", options.pictures)
        rates = f"log:0.01:0.1:{options.networks}"
        sweep = ["sweep", "--rate", rates, "--seeds", "1", "--epochs", "1", "--quiet"]
        print("| command | one process, one core, s | " + " | ".join(f"local:{n}, s" for n in options.workers) + " |")
        print("|---|---|" + "---|" * len(options.workers))
        for name, command, alone in (
            (f"read, {options.pictures:,} pictures", ["read", "pages", "--quiet"], []),
            (f"sweep, {options.networks:,} networks 784-20-10, one epoch", sweep, ["--jobs", "1"]),
        ):
            print(compare(name, command, alone, options.workers, place), flush=True)


def compare(name: str, command: list[str], alone: list[str], workers: Sequence[int], folder: Path) -> str:
    """Time a command in one process on one core and on clusters; return a row of the table."""
    first = time_command([*command, *alone, "--csv", "alone.csv"], folder, cores=1)
    cells = [f"{first:.1f}"]
    for count in workers:
        table = f"cluster-{count}.csv"
        seconds = time_command([*command, "--csv", table, "--cluster", f"local:{count}"], folder)
        if (folder / table).read_bytes() != (folder / "alone.csv").read_bytes():
            raise SystemExit(f"{name}: the table of local:{count} has other bytes")
        cells.append(f"{seconds:.1f} ({first / seconds:.2f}×)")
        for left in folder.glob(f"cluster-{count}*"):
            left.unlink()
    for left in folder.glob("alone*"):
        left.unlink()
    return f"| {name} | {' | '.join(cells)} |"


def time_command(command: list[str], folder: Path, cores: int | None = None) -> float:
    """Return the seconds that a command takes, on so many cores."""
    pinned = sorted(os.sched_getaffinity(0))[:cores]
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "mnist_nn", *command],
        cwd=folder,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, pinned),
    )
    return time.perf_counter() - begin


def draw_pages(folder: Path, count: int) -> None:
    """Draw pages with numbers on them."""
    folder.mkdir()
    images, generator = load_data("mnist").test.images, np.random.default_rng(0)
    for page in range(count):
        path = folder / f"{page}.png"
        if page >= PAGES_EACH:
            os.link(folder / f"{page % PAGES_EACH}.png", path)
            continue
        paper = np.full((LINE_PX * NUMBERS + 40, DIGIT_PX * DIGITS + 80), 235, np.uint8)
        for line in range(NUMBERS):
            for place in range(DIGITS):
                top, left = 20 + LINE_PX * line, 40 + DIGIT_PX * place
                paper[top : top + 28, left : left + 28] -= images[generator.integers(len(images))] // 5 * 4
        Image.fromarray(paper).save(path)


if __name__ == "__main__":
    main()
