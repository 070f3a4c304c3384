"""``python -m benchmarks.fuzz``: change files at random and have them read, for so many minutes; keep what is found."""

import argparse
import itertools
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import machine, report
from benchmarks.fuzz import worker
from benchmarks.fuzz.targets import TARGETS
from mnist_nn.errors import shorten
from mnist_nn.imaging.load.child.budget import DECODE_BYTES, DECODE_SECONDS

RESULTS = Path(__file__).parents[1] / "results" / "fuzz"
FINDINGS = Path("build") / "fuzz"
PACKAGES = ("numpy", "pillow", "pypdfium2", "safetensors", "orjson")
LONGEST_FINDING = 3000  # characters of a traceback that are printed
HEAD = ["kind", "inputs", "read", "refused", "decoder ended", "found", "ms, slowest"]


@dataclass
class Tried:
    """What became of the inputs of one kind."""

    target: str
    counts: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    findings: list[str] = field(default_factory=list)

    @property
    def inputs(self) -> int:
        """How many inputs there were."""
        return self.counts.total() + len(self.findings)

    @property
    def row(self) -> list[str]:
        """A row of the table."""
        counts = (self.inputs, *(self.counts[kind] for kind in (worker.READ, worker.REFUSED, worker.ENDED)))
        return [self.target, *(f"{n:,}" for n in (*counts, len(self.findings))), f"{1000 * self.slowest:.0f}"]


def main() -> int:
    """Run what the command line asks for; 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="of all kinds together")
    parser.add_argument("--inputs", type=int, help="of each kind, in place of minutes")
    parser.add_argument("--target", action="append", choices=TARGETS, help="a kind of input; all if not given")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file", type=Path, help="read this file as an input of the one target, and nothing else")
    parser.add_argument("--output", type=Path, help="the folder of the table; none is kept if it is not given")
    options = parser.parse_args()
    names = options.target or list(TARGETS)
    if options.file:
        if len(names) != 1:
            parser.error("--file needs the one --target that reads it")
        return _read_again(names[0], options.file.read_bytes())
    about = machine.describe(PACKAGES) | {"busy": machine.busy()}
    begin, tried = time.perf_counter(), []
    for name in names:
        seconds = float("inf") if options.inputs else 60 * options.minutes / len(names)
        tried.append(fuzz(name, options.seed, seconds=seconds, inputs=options.inputs))
        print("  ".join(f"{cell:>12}" for cell in tried[-1].row), flush=True)
    found = sum(len(each.findings) for each in tried)
    print(f"{sum(each.inputs for each in tried):,} inputs, {found} findings")
    if options.output:
        about |= {"quick": False, "clock": "one round"}
        section = make_section(tried, options.seed, time.perf_counter() - begin, about)
        print(f"table: {report.save(section, options.output)}")
    return 1 if found else 0


def fuzz(name: str, seed: int, *, seconds: float = float("inf"), inputs: int | None = None) -> Tried:
    """Try inputs of a kind, for so long or so many; findings are kept as files, and printed."""
    tried = Tried(name)
    for number, (data, outcome) in enumerate(worker.try_inputs(name, _make_inputs(name, seed, seconds, inputs))):
        tried.slowest = max(tried.slowest, outcome.seconds)
        if outcome.is_finding:
            tried.findings.append(_keep(name, f"{name}-{seed}-{number}", data, outcome.kind))
        else:
            tried.counts[outcome.kind] += 1
    return tried


def _make_inputs(name: str, seed: int, seconds: float, count: int | None) -> Iterator[bytes]:
    """Make inputs, for so long from the first one on, or so many."""
    begin = time.perf_counter()
    for number in itertools.count():
        if number == count or time.perf_counter() - begin > seconds:
            return
        yield TARGETS[name].make_input(name, seed, number)


def _keep(name: str, finding: str, data: bytes, said: str) -> str:
    FINDINGS.mkdir(parents=True, exist_ok=True)
    path, said = FINDINGS / finding, shorten(said, LONGEST_FINDING)
    path.write_bytes(data)
    print(f"{path}: {said}\nagain: python -m benchmarks.fuzz --target {name} --file {path}\n", flush=True)
    return f"{finding}: {said}"


def _read_again(name: str, data: bytes) -> int:
    [(_, outcome)] = worker.try_inputs(name, iter([data]))
    print(outcome.kind, f"({outcome.seconds:.2f} s of processor time)")
    return int(outcome.is_finding)


def make_section(tried: list[Tried], seed: int, seconds: float, about: dict[str, object]) -> report.Section:
    """Make the section of the table, and what is kept beside it."""
    inputs = sum(each.inputs for each in tried)
    own = f"{worker.SECONDS:g} s of processor time and {worker.BYTES / 1e6:g} MB"
    theirs = f"{DECODE_SECONDS:g} s and {DECODE_BYTES / 1e6:g} MB"
    lines = [
        f"`python -m benchmarks.fuzz --seed {seed}`: {inputs:,} inputs in {seconds:,.0f} s.",
        f"An input may take {own}, and the process that decodes a picture {theirs}, at which the program ends it.",
        "Found is whatever else than being read, or refused in one line, came of an input.",
    ]
    measured = [vars(each) | {"counts": dict(each.counts)} for each in tried]
    table = [HEAD, *(each.row for each in tried)]
    return report.Section("fuzz-1", "Fuzzers", lines, table, measured, about)


if __name__ == "__main__":
    raise SystemExit(main())
