"""``python -m benchmarks.decoders``: read hostile pictures, or ordinary ones in two checkouts; keep the table."""

import argparse
import shlex
import sys
import time
from pathlib import Path

from benchmarks import machine, report
from benchmarks.decoders import hostile, ordinary

RESULTS = Path(__file__).parents[1] / "results" / "decoders"
PACKAGES = ("numpy", "pillow", "pypdfium2")
LEAST_ROUNDS = 3


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decoders", description=__doc__)
    parser.add_argument("--before", type=Path, help="the folder src of another checkout: race ordinary pictures")
    parser.add_argument("--only", default="", help="a word of the names of those cases")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    about = machine.describe(PACKAGES) | {
        "busy": machine.busy(),
        "quick": options.before is not None and options.rounds < LEAST_ROUNDS,
        "clock": "the quantity in each column",
    }
    begin = time.perf_counter()
    section = _ordinary(options.before, options.rounds, options.only) if options.before else _hostile()
    section.about = about | {"seconds": round(time.perf_counter() - begin, 1)}
    print(f"table: {report.save(section, options.output)}")


def _hostile() -> report.Section:
    found = hostile.measure()
    lines = [
        f"`{_command()}`: each file of tests/shared/hostile_files.py, once, with the limits of `read` and `serve`.",
        "The cost is that of the process that decodes: at most 10 s of processor time and 600 MB of address space.",
    ]
    return report.Section("hostile-1", "Hostile pictures", lines, [hostile.HEAD, *map(hostile.row, found)], found)


def _ordinary(before: Path, rounds: int, only: str) -> report.Section:
    found = ordinary.race(before, rounds, only)
    lines = [
        f"`{_command()}`: medians of {rounds} rounds in turns, each in a new process that has read the pictures once.",
        "Before, pictures were decoded in the main process. Now a separate one decodes them; its time is included.",
        "On a shared machine, only processor time is meaningful, because wall time includes other work.",
    ]
    table = [ordinary.HEAD, *map(ordinary.row, found)]
    return report.Section("ordinary-1", "Ordinary pictures", lines, table, found)


def _command() -> str:
    return f"python -m benchmarks.decoders {shlex.join(sys.argv[1:])}".strip()


if __name__ == "__main__":
    main()
