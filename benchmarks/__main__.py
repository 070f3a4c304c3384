"""``python -m benchmarks``: run the cases, print each table, and write them all to benchmarks/results."""

import argparse
import itertools
import os
import time
from pathlib import Path

from benchmarks import clock, machine, report
from benchmarks.cases import CASES
from benchmarks.worker import Field


def main() -> None:
    """Run what the command line asks for."""
    options = _options()
    begin = time.perf_counter()
    if options.cpu_time:
        os.environ[clock.CHOICE] = "1"
    counts = [options.threads] if options.threads else [1] if options.quick else [1, 2]
    with Field() as field:
        for threads, name in itertools.product(counts, options.cases or CASES):
            if name == "grid" or threads == counts[0]:
                print(f"\n{name}, threads {threads} …", flush=True)
                _run(field, name, threads, options.output, quick=options.quick)
    print(f"\n{time.perf_counter() - begin:.0f} s in all; table: {options.output / 'table.md'}")


def _run(field: Field, name: str, threads: int, folder: Path, *, quick: bool) -> None:
    about = machine.describe() | {"busy": machine.busy(), "quick": quick}
    about["clock"] = "processor time" if clock.is_cpu() else "wall time"
    begin = time.perf_counter()
    section = CASES[name](field, threads, quick=quick)
    section.about = about | {"seconds": round(time.perf_counter() - begin, 1)}
    print(section.markdown(), flush=True)
    report.save(section, folder)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"{', '.join(CASES)}; all if none")
    parser.add_argument("--threads", type=int, choices=(1, 2), help="by default 1, and the grid also with 2")
    parser.add_argument("--quick", action="store_true", help="a minute's look: few cells, few rounds, no torch.compile")
    parser.add_argument("--cpu-time", action="store_true", help="processor time, not wall time: for a busy machine")
    parser.add_argument("--output", type=Path, help="folder of the results")
    options = parser.parse_args()
    for name in set(options.cases) - set(CASES):
        parser.error(f"there is no case {name}; the cases are: {', '.join(CASES)}")
    if options.cpu_time and options.threads != 1:
        parser.error("processor time adds up that of all threads; --cpu-time goes with --threads 1")
    options.output = options.output or (Path("build/benchmarks") if options.quick else report.RESULTS)
    return options


if __name__ == "__main__":
    main()
