"""The pages on mathematics and on the engine quote code as it stands in the sources, line by line."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = {
    line.strip() for path in (ROOT / "src/mnist_nn").rglob("*.py") for line in path.read_text("utf-8").splitlines()
}
OTHER_CODE = {"for i in range(start, end):            # the pixels of one image"}  # blocks that begin so quote nothing


def quoted(page: str) -> list[list[str]]:
    """The lines of each block of Python on a page that quotes the sources."""
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs" / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    lines = [[line.strip() for line in block.splitlines() if line.strip()] for block in blocks]
    return [block for block in lines if block[0] not in OTHER_CODE]


@pytest.mark.parametrize("page", ["mathematics.md", "engine.md"])
def test_code_is_quoted_as_it_stands(page: str) -> None:
    blocks = quoted(page)
    assert len(blocks) > 5
    assert [line for block in blocks for line in block if line not in SOURCES] == []


def test_lines_in_tables_are_quoted_as_they_stand() -> None:
    page = (ROOT / "docs/mathematics.md").read_text("utf-8")
    code = re.findall(r"\| `([^`]+)` \| (?:\[\w+\.py\]|\w+\.py)", page)
    assert len(code) == 9
    assert [line for line in code if not any(line in source for source in SOURCES)] == []
