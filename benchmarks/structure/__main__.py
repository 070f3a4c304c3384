"""``python -m benchmarks.structure [BEFORE] AFTER``: the measures of one checkout, or of two side by side."""

import argparse
from pathlib import Path

from benchmarks.structure.measures import MEASURES, Tree


def main() -> None:
    """Print a table in Markdown, a measure a row and a checkout a column."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path, nargs="+", help="roots of checkouts, the older first")
    trees = [Tree(root.resolve()) for root in parser.parse_args().checkout]
    names = ["measure", *(["before", "after"] if len(trees) > 1 else ["now"])]
    rows = [[name, *(str(measure(tree)) for tree in trees)] for name, measure in MEASURES.items()]
    for row in [names, ["---", *["---:"] * len(trees)], *rows]:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
