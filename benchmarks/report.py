"""Sections of the report: each is kept as JSON and shown as Markdown, and one table file holds them all.

A section measured anew replaces its older self; the others stay, each with the date and the load of its own run.
"""

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.contest import Case
from benchmarks.peers import MODULES, OURS
from benchmarks.startup import Arrival, Command
from mnist_nn.util.files import write_whole

RESULTS = Path(__file__).parent / "results"
ORDER = ("online", "grid", "inference", "one", "commands", "accuracy", "growth")


@dataclass
class Section:
    """A table with a few lines about it, and everything that was measured."""

    key: str
    title: str
    lines: list[str]
    table: list[list[str]]
    measured: Any
    about: dict[str, Any] = field(default_factory=dict)

    def markdown(self) -> str:
        """Return the section as it stands in the table file."""
        head, *rows = self.table
        marks = ["---", *["---:"] * (len(head) - 1)]
        table = "\n".join(f"| {' | '.join(row)} |" for row in (head, marks, *rows))
        return "\n\n".join(
            part for part in (f"## {self.title}", _about(self.about), "\n".join(self.lines), table) if part
        )


def _about(about: dict[str, Any]) -> str:
    if not about:
        return ""
    packages = ", ".join(f"{name} {number}" for name, number in about["packages"].items())
    quick = " Quick run: few rounds, not to be quoted." if about["quick"] else ""
    return (
        f"{about['date']}, commit {about['commit']}. {about['processor']}, {about['cores']} cores, "
        f"{about['memory_gib']} GiB; Python {about['python']}; {packages}. "
        f"Medians of {about['clock']}. Load average before {about['load_before'][0]}; "
        f"other processes used {about['busy']:.0%} of the processors.{quick}"
    )


def contest_section(key: str, title: str, cases: list[Case], lines: list[str]) -> Section:
    """Make a section of raced cases."""
    threads = cases[0].threads
    names = [name for name in MODULES if any(entry.name == name for entry in cases[0].entries)]
    table = [["µs per sample", *names, "best other", "speedup", cases[0].details]]
    table += [
        [case.name, *(_cell(case, name) for name in names), case.best.name, f"{case.ratio:.2f}", _checks(case)]
        for case in cases
    ]
    notes = sorted({f"{entry.name}: {entry.note}." for case in cases for entry in case.entries if entry.note})
    measured = [asdict(case) | {"medians": {e.name: e.median for e in case.entries if e.rounds}} for case in cases]
    return Section(key, f"{title}, {_threads(threads)}", [*lines, *notes], table, measured)


def _cell(case: Case, name: str) -> str:
    entry = next((entry for entry in case.entries if entry.name == name), None)
    if entry is None or math.isinf(entry.median):
        return "–"
    return f"**{number(entry.median)}**" if name == OURS else number(entry.median)


def _checks(case: Case) -> str:
    """Least and most of what shows that all did the same."""
    found = [entry.check for entry in case.entries if entry.rounds]
    return f"{min(found):.4f}–{max(found):.4f}"


def number(value: float) -> str:
    """Three digits that count."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004


def _threads(threads: int) -> str:
    return "one thread" if threads == 1 else f"{threads} threads"


def commands_section(key: str, found: list[Command], threads: int) -> Section:
    """Make the section about the command line."""
    table = [["command", "seconds", "to stay under"]]
    table += [[command.name, f"{command.seconds:.2f}", f"{command.limit}"] for command in found]
    return Section(key, f"The command line, {_threads(threads)}", [], table, [asdict(command) for command in found])


def accuracy_section(key: str, found: list[Arrival], threads: int) -> Section:
    """Make the section about scripts that run to an accuracy."""
    targets = sorted({arrival.target for arrival in found})
    names = list(dict.fromkeys(arrival.name for arrival in found))
    by = {(arrival.name, arrival.target): arrival for arrival in found}
    table = [["seconds from start to test accuracy", *(f"{target:.0%}" for target in targets), "recipe of the last"]]
    table += [[n, *(_seconds(by[n, t].seconds) for t in targets), by[n, targets[-1]].recipe] for n in names]
    lines = ["Interpreter, imports, reading the data, loading or compiling kernels: all of it counts. One run each."]
    measured = [asdict(arrival) for arrival in found]
    return Section(key, f"From start to accuracy, {_threads(threads)}", lines, table, measured)


def _seconds(value: float) -> str:
    return "not reached" if math.isinf(value) else f"{value:.2f}"


def save(section: Section, folder: Path = RESULTS) -> Path:
    """Keep a section, and write the table file anew from all that are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{section.key}.json"
    write_whole(path, json.dumps(asdict(section), indent=1, default=str).encode() + b"\n")
    kept = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.glob("*.json"), key=_place)]
    parts = ["# Results", *(Section(**each).markdown() for each in kept)]
    table = folder / "table.md"
    write_whole(table, ("\n\n".join(parts) + "\n").encode())
    return table


def _place(path: Path) -> tuple[int, str]:
    group = path.stem.rpartition("-")[0]
    return (ORDER.index(group) if group in ORDER else len(ORDER), path.stem)
