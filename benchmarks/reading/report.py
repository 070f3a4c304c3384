"""The table as Markdown and as JSON: what was measured, on what machine, by which command."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.reading.row import Row
from mnist_nn.util.files import write_whole

HEAD = ("row", "target", "measured", "reached", "details")
MARKS = {True: "yes", False: "**no**", None: "–"}


def line(row: Row) -> str:
    """Return a row of the table.

    Examples
    --------
    >>> line(Row("pages", "≥ 95.00%", "94.20%", reached=False))
    '| pages | ≥ 95.00% | 94.20% | **no** |  |'
    """
    return f"| {row.name} | {row.target} | {row.measured} | {MARKS[row.reached]} | {row.notes} |"


def markdown(rows: Sequence[Row], about: dict[str, Any]) -> str:
    """Return the whole page."""
    aimed = [row for row in rows if row.reached is not None]
    parts = [
        "# Reading pictures whose contents are known",
        _circumstances(about),
        f"Made by `{about['command']}`. Model: {about['model']}.",
        f"{sum(row.reached is True for row in aimed)} of {len(aimed)} targets reached. Rows with – have no target.",
        "\n".join([f"| {' | '.join(HEAD)} |", "| --- | ---: | ---: | --- | --- |", *map(line, rows)]),
    ]
    return "\n\n".join(parts) + "\n"


def _circumstances(about: dict[str, Any]) -> str:
    packages = ", ".join(f"{name} {number}" for name, number in about["packages"].items())
    return (
        f"{about['date']}, commit {about['commit']}. {about['processor']}, {about['cores']} cores, "
        f"{about['memory_gib']} GiB; Python {about['python']}; {packages}. Load average before "
        f"{about['load_before'][0]}; {about['seconds']:.0f} s in all. Letter fonts: {', '.join(about['fonts'])}."
    )


def save(rows: Sequence[Row], about: dict[str, Any], folder: Path) -> Path:
    """Write table.md and results.json; return the table's path."""
    folder.mkdir(parents=True, exist_ok=True)
    results = {"about": about, "rows": [asdict(row) for row in rows]}
    write_whole(folder / "results.json", json.dumps(results, indent=1, ensure_ascii=False).encode() + b"\n")
    table = folder / "table.md"
    write_whole(table, markdown(rows, about).encode())
    return table
