"""``python -m benchmarks.serving``: race the servers, or keep ours under load; print and save the table."""

import argparse
import asyncio
import os
import shlex
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import machine, report
from benchmarks.serving import load, race, tables
from benchmarks.serving.contestants import CONTESTANTS, OURS, PAIR, model_files, running
from benchmarks.serving.mixture import hostile
from benchmarks.serving.soak import capacity, soak

RESULTS = Path(__file__).parents[1] / "results" / "serving"
PACKAGES = ("numpy", "numba", "onnxruntime", "fastapi", "uvicorn", "uvloop", "httptools", "orjson")
LEAST_ROUNDS, LEAST_MINUTES, LEAST_HOSTILE_MINUTES = 3, 30.0, 10.0  # below them figures are not to be quoted


def main() -> None:
    """Run what the command line asks for."""
    options = _options()
    about, begin = _about(options), time.perf_counter()
    section = _soaked(options) if options.what == "soak" else _raced(options)
    section.about = about | {"seconds": round(time.perf_counter() - begin, 1)}
    print(f"{section.about['seconds']:.0f} s in all; table: {report.save(section, options.output)}")


def _raced(options: argparse.Namespace) -> report.Section:
    names = CONTESTANTS if options.all else PAIR
    settings = race.Settings(
        options.model, names, options.connections, options.rounds, options.seconds, options.server_cores,
        options.load_cores,
    )  # fmt: skip
    found = race.race(settings)
    lines = [
        f"`{_command()}`: load by {load.tool()}, medians of {options.rounds} in turns, {options.seconds:g} s each.",
        _places(options),
        "Each cell shows requests per second · median / 99th percentile of the latency in milliseconds · microseconds",
        "of processor time per request in the server. What each server does is described at the top of",
        "benchmarks/serving/peer.py and race.py.",
    ]
    table = race.table(found, names)
    return report.Section("load-2", "Comparison with ONNX Runtime on FastAPI and uvicorn", lines, table, _plain(found))


def _plain(lines: list[race.Line]) -> list[dict[str, Any]]:
    return [line.to_dict() for line in lines]


def _soaked(options: argparse.Namespace) -> report.Section:
    seconds = 60 * options.minutes
    with model_files(options.model) as files, running(OURS, files, options.server_cores) as server:
        _stay_on(options.load_cores)
        trial = max(2.0, min(30.0, seconds / 10))
        kinds = hostile() if options.hostile else []
        most = [asyncio.run(capacity(server, trial, kinds)) for _ in range(2)][-1]  # the first warms it up
        print(f"{most:,.0f} requests per second at most; now {options.share:.0%} of that", flush=True)
        seen = asyncio.run(soak(server, options.share * most, seconds, options.every, hostile=kinds))
    told = (
        f"`{_command()}`: the mixture of benchmarks/serving/mixture.py, at random times, {options.share:.0%} of the "
        f"{most:,.0f} requests per second that the server can answer. Files, threads and memory are its process's."
    )
    rows = [tables.HEAD, *(tables.row(name, seen) for name in seen.tallies)]
    measured = {"capacity": most, **seen.to_dict()}
    if options.hostile:
        told += " Hostile pictures came beside it, one after the other, then and while that was measured."
        title, key = f"{options.minutes:g} minutes of load beside hostile pictures", "soak-hostile-1"
    else:
        title, key = f"{options.minutes:g} minutes of load", "soak-2"
    lines = [told, _places(options), *tables.findings(seen)]
    return report.Section(key, title, lines, rows, measured)


def _stay_on(cores: str) -> None:
    """Keep this process, which makes the load, on some processors."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, _numbers(cores))


def _places(options: argparse.Namespace) -> str:
    if shutil.which("taskset") is None:
        return "No process is bound to a processor, because taskset is not installed."
    return f"Servers run on processors {options.server_cores}, the load on {options.load_cores}."


def _command() -> str:
    return shlex.join(["python", "-m", "benchmarks.serving", *sys.argv[1:]])


def _about(options: argparse.Namespace) -> dict[str, Any]:
    return machine.describe(PACKAGES) | {
        "busy": machine.busy(),
        "quick": _is_quick(options),
        "clock": "wall time",
        "model": os.fspath(options.model) if options.model else "the packaged reader model",
    }


def _is_quick(options: argparse.Namespace) -> bool:
    if options.what == "load":
        return bool(options.rounds < LEAST_ROUNDS)
    return bool(options.minutes < (LEAST_HOSTILE_MINUTES if options.hostile else LEAST_MINUTES))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__)
    add = parser.add_argument
    add("what", nargs="?", choices=("load", "soak"), default="load")
    add("--model", type=Path, help="model file; by default the reader model of the package")
    add("--all", action="store_true", help="load: also ours with its log, and the peer in two processes")
    add("--connections", type=_numbers, default=(1, 8, 32), help="load: how many at once, with commas")
    add("--rounds", type=int, default=5, help="load: rounds of each server in each case")
    add("--seconds", type=float, default=5, help="load: of a round, whole seconds")
    add("--minutes", type=float, default=30, help="soak: how long")
    add("--hostile", action="store_true", help="soak: hostile pictures beside it; 10 minutes are enough")
    add("--share", type=float, default=0.8, help="soak: share of the most that the server answers")
    add("--every", type=float, default=5, help="soak: seconds between looks at the server")
    add("--server-cores", default="0,1", help="processors of the servers, as taskset takes them")
    add("--load-cores", default="0,1", help="load: processors of wrk")
    add("--output", type=Path, help="folder of table.md and the JSON files")
    options = parser.parse_args()
    options.output = options.output or (Path("build/benchmarks/serving") if _is_quick(options) else RESULTS)
    return options


if __name__ == "__main__":
    main()
