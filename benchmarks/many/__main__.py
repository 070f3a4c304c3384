"""Many networks and many images at once: ``python -m benchmarks.many [CASE]… [--full]``.

Without ``--full``, sizes are small enough for a minute's look. Each case prints a JSON line with its figures, the sizes
among them. Ratios compare measurements of the same run.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.many import images, networks

CASES = {
    "networks": networks.stack,
    "growth": networks.grow,
    "seeds": networks.repeat,
    "kills": networks.kill,
    "predict": images.predict,
}


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"{', '.join(CASES)}; all if none")
    parser.add_argument("--full", action="store_true", help="the sizes of the published figures")
    parser.add_argument("--jobs", type=int, default=2, help="threads (2)")
    parser.add_argument("--folder", type=Path, help="where to put data; by default a temporary folder")
    options = parser.parse_args()
    for name in set(options.cases) - set(CASES):
        parser.error(f"there is no case {name}; the cases are: {', '.join(CASES)}")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for name in options.cases or CASES:
            found = CASES[name](Path(folder), options.jobs, full=options.full)
            print(json.dumps({"case": name, "jobs": options.jobs, **found}))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
