"""``python -m benchmarks.reading``: measure the reader on pictures whose truth is known, and print the table."""

import argparse
import os
import shlex
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.reading import nondigits, report
from benchmarks.reading.answers import Pool
from benchmarks.reading.bench import TEST_DIGITS, Bench
from benchmarks.reading.row import Row
from benchmarks.reading.rows import ROWS, WITH_HANDS

RESULTS = Path(__file__).parents[1] / "results" / "reading"
PACKAGES = ("numpy", "scipy", "pillow")


def main() -> None:
    """Measure what the command line asks for."""
    options = _options()
    about = _about(options)
    begin = time.perf_counter()
    rows: list[Row] = []
    with Pool(options.model, options.seed) as pool:
        bench = Bench(pool, options.model, options.count, options.seed, options.hands)
        for name in options.only or [name for name in ROWS if options.hands or name != WITH_HANDS]:
            print(f"\n{name} …", flush=True)
            found = ROWS[name](bench)
            print("\n".join(map(report.line, found)), flush=True)
            rows += found
    about["seconds"] = round(time.perf_counter() - begin, 1)
    print(f"\n{about['seconds']:.0f} s in all; table: {report.save(rows, about, options.out)}")


def _about(options: argparse.Namespace) -> dict[str, Any]:
    return machine.describe(PACKAGES) | {
        "command": shlex.join(["python", "-m", "benchmarks.reading", *sys.argv[1:]]),
        "model": os.fspath(options.model) if options.model else "the packaged reader model",
        "fonts": nondigits.fonts(),
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    parser.add_argument("--only", type=_names, help=f"some rows, with commas: {', '.join(ROWS)}; all if not given")
    parser.add_argument("--count", type=int, default=TEST_DIGITS, help="test digits; pages and others in proportion")
    parser.add_argument("--seed", type=int, default=0, help="decides the pages, the canvases and the non-digits")
    parser.add_argument("--model", type=Path, help="model file; by default the reader model of the package")
    parser.add_argument(
        "--hands", type=Path, metavar="FOLDER", help="digits and pages of other people, for the row hands"
    )
    parser.add_argument("--out", type=Path, help="folder of table.md and results.json")
    options = parser.parse_args()
    if not 1 < options.count <= TEST_DIGITS:
        parser.error(f"--count {options.count} is not between 2 and {TEST_DIGITS}, the test digits that there are")
    for name in set(options.only or ()) - set(ROWS):
        parser.error(f"there is no row {name!r}; the rows are: {', '.join(ROWS)}")
    if WITH_HANDS in (options.only or ()) and options.hands is None:
        parser.error(f"the row {WITH_HANDS} needs --hands FOLDER, where its digits and pages lie")
    whole = options.count == TEST_DIGITS and not options.only
    options.out = options.out or (RESULTS if whole else Path("build/benchmarks/reading"))
    return options


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


if __name__ == "__main__":
    main()
