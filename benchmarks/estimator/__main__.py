"""``python -m benchmarks.estimator``: race the two classifiers; print and save the table."""

import argparse
import os
import shlex
import sys
import time
from pathlib import Path
from typing import Any

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
PACKAGES = ("numpy", "numba", "scikit-learn")


def main() -> None:
    """Run what the command line asks for."""
    options = _options()
    _limit(options.threads)
    # Only now: libraries count their threads when they are imported.
    from benchmarks import clock, machine, report  # noqa: PLC0415
    from benchmarks.estimator.data import TABLES  # noqa: PLC0415
    from benchmarks.estimator.race import HEAD, SETTINGS, race  # noqa: PLC0415
    from mnist_nn.errors import DataNotFoundError  # noqa: PLC0415

    if options.cpu_time:
        os.environ[clock.CHOICE] = "1"
    about = machine.describe(PACKAGES) | {"busy": machine.busy(), "quick": options.rounds < LEAST}
    about["clock"] = "processor time" if clock.is_cpu() else "wall time"
    begin, found, missing = time.perf_counter(), [], []
    for name in options.data or TABLES:
        try:
            table = TABLES[name]()
        except DataNotFoundError as error:
            missing.append(str(error))
            continue
        for setting in SETTINGS:
            found.append(race(table, setting, options.rounds))
            print(" | ".join(found[-1].row), flush=True)
    about["seconds"] = round(time.perf_counter() - begin, 1)
    lines = _lines(options, missing)
    title = (
        f"Comparison with scikit-learn's MLPClassifier, {options.threads} thread{'s' if options.threads > 1 else ''}"
    )
    measured = [line.to_dict() for line in found]
    rows = [HEAD, *(line.row for line in found)]
    section = report.Section(f"estimator-{options.threads}", title, lines, rows, measured, about)
    print(f"{about['seconds']:.0f} s in all; table: {report.save(section, options.output)}")


LEAST = 3  # rounds below which figures are not to be quoted


def _limit(threads: int) -> None:
    os.environ.update(dict.fromkeys(THREADS, str(threads)))
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def _lines(options: argparse.Namespace, missing: list[str]) -> list[str]:
    command = shlex.join(["python", "-m", "benchmarks.estimator", *sys.argv[1:]])
    return [
        f"`{command}`: {options.rounds} rounds in turns, medians; accuracies are means over the same number of",
        "seeds, ± one standard deviation. The top of benchmarks/estimator/race.py says what is equal and what is not.",
        *missing,
    ]


def _options() -> Any:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.estimator", description=__doc__)
    parser.add_argument("data", nargs="*", help="mnist, mnist-csr, fashion, digits, dense; all if none")
    parser.add_argument("--threads", type=int, choices=(1, 2), default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cpu-time", action="store_true", help="processor time, not wall time: for a busy machine")
    parser.add_argument("--output", type=Path, default=Path(__file__).parents[1] / "results" / "estimator")
    options = parser.parse_args()
    if options.cpu_time and options.threads != 1:
        parser.error("processor time adds up that of all threads; --cpu-time goes with --threads 1")
    return options


if __name__ == "__main__":
    main()
