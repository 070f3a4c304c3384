"""Which rows the test set was opened for, and what came out: benchmarks/results/records.json, and a table of it.

A row is opened once for the same settings. Older openings of a row, with other settings, are kept and counted.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.records.protocol import Result, summarize
from benchmarks.records.rows import Row

RESULTS = Path(__file__).parents[1] / "results"


@dataclass(frozen=True)
class Ledger:
    """The file with all openings."""

    path: Path = RESULTS / "records.json"

    def read(self) -> dict[str, list[dict[str, Any]]]:
        """Return the openings of every row, in their order."""
        return json.loads(self.path.read_text("utf-8")) if self.path.exists() else {}

    def find(self, row: Row) -> dict[str, Any] | None:
        """Return the opening of a row with these settings, if there was one."""
        return next((one for one in self.read().get(row.name, []) if one["digest"] == row.digest), None)

    def add(self, row: Row, result: Result, date: str, machine: str) -> None:
        """Record an opening."""
        opened = self.read()
        about = {"digest": row.digest, "date": date, "machine": machine, "command": row.command}
        opened.setdefault(row.name, []).append({**about, **result.to_dict()})
        self.path.write_text(json.dumps(opened, indent=1) + "\n", "utf-8")


def tabulate(rows: dict[str, Row], opened: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    """Write the table of all rows: error in percent on the test images, as mean ± standard deviation."""
    yield "# Records of plain networks"
    yield ""
    yield "`python -m benchmarks.records --help` explains how they are measured. Errors are in percent of MNIST's test"
    yield "images: the mean over the seeds ± their standard deviation, and the 95 % interval of the mean. The networks"
    yield "learned from 54,000 images, those of the column *all* from 60,000 with the same settings. Seconds are of a"
    yield "training on 54,000 images, on a machine that others used too."
    yield ""
    yield "| row | network | published | error | 95 % interval | all | seeds | seconds | opened |"
    yield "|---|---|---:|---:|---|---:|---:|---:|---|"
    for name, row in rows.items():
        head = f"| `{name}` | {row.network} | {row.published:g}"
        openings = opened.get(name, [])
        now = [one for one in openings if one["digest"] == row.digest]
        if not now:
            yield f"{head} | not measured | | | | | |"
            continue
        (one,) = now
        (test, sd, (low, high)), (refit, refit_sd, _) = summarize(one["test"]), summarize(one["refit"])
        seconds, times = sum(one["seconds"]) / len(one["seconds"]), len(openings)
        yield (
            f"{head} | {100 - test:.2f} ± {sd:.2f} | {100 - high:.2f} to {100 - low:.2f} | {100 - refit:.2f} ± "
            f"{refit_sd:.2f} | {len(one['test'])} | {seconds:.0f} | {one['date']}{f', {times} times' * (times > 1)} |"
        )
