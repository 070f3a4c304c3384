"""Pages quote code from the sources, by name and marker, and do not copy it."""

import ast
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
SOURCES = {
    line.strip()
    for path in (DOCS.parent / "src" / "mnist_nn").rglob("*.py")
    for line in path.read_text("utf-8").splitlines()
}
QUOTE = re.compile(r"^```\{literalinclude\} (\S+)\n((?::.*\n)*)```", re.MULTILINE)
QUOTES = [(page, *found) for page in sorted(DOCS.rglob("*.md")) for found in QUOTE.findall(page.read_text("utf-8"))]


def definition(name: str, source: str) -> str:
    """The lines of a class or a function."""
    tree = ast.parse(source)
    (node,) = [one for one in ast.walk(tree) if getattr(one, "name", None) == name]
    return ast.get_source_segment(source, node) or ""


@pytest.mark.parametrize(("page", "path", "options"), QUOTES)
def test_what_is_quoted_is_there(page: Path, path: str, options: str) -> None:
    text = (page.parent / path).read_text("utf-8")
    given = {key: value.strip("'") for key, value in re.findall(r"^:([a-z-]+): *(.*)$", options, re.MULTILINE)}
    if "pyobject" in given:
        text = definition(given["pyobject"], text)
    start = text.find(given.get("start-at", ""))
    assert start >= 0
    assert given.get("end-at", "") in text[start:]


def test_both_pages_quote() -> None:
    assert {page.stem for page, *_ in QUOTES} >= {"mathematics", "engine"}


def test_lines_in_tables_are_quoted_as_they_stand() -> None:
    page = (DOCS / "explanation/mathematics.md").read_text("utf-8")
    code = re.findall(r"\| `([^`]+)` \| (?:\[\w+\.py\]|\w+\.py)", page)
    assert len(code) == 9
    assert [line for line in code if not any(line in source for source in SOURCES)] == []
