"""Measure a row: ``python -m benchmarks.records [ROW] [--hold-out]``."""

import argparse
import sys
import time
from collections.abc import Sequence

from benchmarks import machine
from benchmarks.records.ledger import Ledger, tabulate
from benchmarks.records.protocol import Result, measure, summarize
from benchmarks.records.rows import HELD_OUT, TEACHER, Row, read_rows
from mnist_nn import load_data

DESCRIPTION = f"""Train one of the rows with several seeds. {HELD_OUT:,} of the training images are held out, on which
settings are chosen with --hold-out. Without it, the test images are opened, once for the same settings of a row, for
networks that learned without the held-out images and for others that learned from all images. Results are kept in
benchmarks/results."""


def main(arguments: Sequence[str] | None = None, ledger: Ledger | None = None) -> int:
    """List the rows, or measure one and print its result."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.records", description=DESCRIPTION)
    parser.add_argument("row", nargs="?", help="its name; without one, all rows are listed")
    parser.add_argument(
        "--hold-out", action="store_true", help="measure on the held-out images alone, as often as you like"
    )
    given, rows, ledger = parser.parse_args(arguments), read_rows(), ledger or Ledger()
    if given.row is None:
        print("\n".join(f"{row.name:20} {row.network}: published {row.published:g} % error" for row in rows.values()))
        return 0
    if given.row not in rows:
        print(f"there is no row {given.row!r}; choose one of: {', '.join(rows)}", file=sys.stderr)
        return 2
    row = rows[given.row]
    opened = ledger.find(row)
    if opened and not given.hold_out:
        mean, sd, _ = summarize(opened["test"])
        print(
            f"the test images were already opened for these settings of {row.name}, on {opened['date']}: {mean:.2f} ± "
            f"{sd:.2f} % right; change the settings with --hold-out first, or read benchmarks/results/records.md",
            file=sys.stderr,
        )
        return 2
    result = measure(row, load_data("mnist"), lambda line: print(line, file=sys.stderr), opens_test=not given.hold_out)
    if not given.hold_out:
        about = machine.describe(("mnist-nn", "numpy"))
        ledger.add(row, result, time.strftime("%Y-%m-%d"), f"{about['cores']} cores, {about['processor']}")
        ledger.path.with_suffix(".md").write_text("\n".join(tabulate(rows, ledger.read())) + "\n", "utf-8")
    print("\n".join(report(row, result)))
    return 0


def report(row: Row, result: Result) -> list[str]:
    """Describe a result, with how it was measured."""
    lines = [
        f"{row.name}: {row.network}",
        f"published        {row.published:g} % error ({row.source})",
        f"protocol         {row.seeds} seeds, {HELD_OUT:,} training images held out to choose the settings on",
    ]
    kinds = {"hold-out": result.hold_out, "test, opened once": result.test, "test, refit on all": result.refit}
    for kind, values in kinds.items():
        if values:
            mean, sd, (low, high) = summarize(values)
            lines.append(f"{kind:20} {mean:.2f} ± {sd:.2f} % right, 95 % interval of the mean {low:.2f} to {high:.2f}")
    seconds = sum(result.seconds) / len(result.seconds)
    lines.append(f"seconds              {seconds:.1f} a training")
    if row.teacher:
        lines.append(f"command              {row.teacher.command} --model {TEACHER}")
    return [*lines, f"command              {row.command}"]


if __name__ == "__main__":
    sys.exit(main())
