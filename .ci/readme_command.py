"""Print a command of the README as it stands there, so that what is tested is what a reader types."""

import re
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
MARK = {"train": "mnist-nn train", "test": "pytest"}


def command(name: str) -> str:
    """Return the one shell line under "Two commands" that ends in the marked program."""
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    (line,) = [block.strip() for block in blocks[:2] if block.strip().endswith(MARK[name])]
    return str(line)


if __name__ == "__main__":
    print(command(sys.argv[1]))
