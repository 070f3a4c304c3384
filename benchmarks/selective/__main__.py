"""``python -m benchmarks.selective``: simulate calibrations whose true error is known; print and save the table."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from benchmarks.selective.populations import LIMIT, POPULATIONS, Population
from benchmarks.selective.rules import RULES, Rule

TABLE = Path(__file__).parents[1] / "results" / "selective" / "table.md"
ROUNDING = 1e-9
HEAD = """\
# A limit of {limit:g} % on errors, simulated

{runs:,} calibrations of each kind. `python -m benchmarks.selective` reproduces this table exactly. A rule may break the
limit in 5 of 100 calibrations. If the confidence is *telling*, more confident answers are wrong less often. If it is
*blind*, all answers are wrong 1.1 times as often as the limit allows, so every promise breaks it. The answers of each
writer depend on each other ([populations.py](../../selective/populations.py)). *Accepted* is the mean share, with 0 if
nothing was promised.

| confidence | rule | limit broken | no promise | accepted |
|---|---|---:|---:|---:|
"""


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.selective", description=__doc__)
    parser.add_argument("--runs", type=int, default=400, help="calibrations of each kind")
    parser.add_argument("--output", type=Path, default=TABLE, help="the table")
    options = parser.parse_args()
    lines = list(tabulate(options.runs))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"table: {options.output}")


def tabulate(runs: int) -> Iterator[str]:
    """Run every simulation, and return the lines of its Markdown page."""
    yield from HEAD.format(limit=100 * LIMIT, runs=runs).splitlines()
    for population in POPULATIONS:
        for name, rule in RULES.items():
            broken, none, accepted = simulate(population, rule, runs)
            row = f"| {population.name} | {name} | {broken:.1%} | {none:.1%} | {accepted:.1%} |".replace("%", " %")
            print(row, flush=True)
            yield row


def simulate(population: Population, rule: Rule, runs: int) -> tuple[float, float, float]:
    """Simulate calibrations: shares of those that break the limit and that give up, and the mean share accepted."""
    found = [rule(population.draw(run), run) for run in range(runs)]
    given = [threshold for threshold in found if threshold is not None]
    broken = sum(population.error_above(threshold) > LIMIT + ROUNDING for threshold in given)
    return broken / runs, 1 - len(given) / runs, sum(1 - threshold for threshold in given) / runs


if __name__ == "__main__":
    main()
