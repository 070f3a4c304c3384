"""The reference of the Python interface leaves out no public name."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

import mnist_nn

PAGES = Path(__file__).parents[2] / "docs" / "reference" / "api"
DIRECTIVE = re.compile(r"^\.\. auto(\w+):: ([\w.]+)\n((?:   :.*\n)*)", re.MULTILINE)
PACKAGES = [
    name
    for name in ("mnist_nn", *(f"mnist_nn.{module.name}" for module in iter_modules(mnist_nn.__path__)))
    if not name.endswith("__main__") and hasattr(import_module(name), "__all__")
]


def find(name: str) -> Any:
    """Import what a dotted name stands for."""
    module, _, attribute = name.rpartition(".")
    return getattr(import_module(module), attribute)


def documented() -> dict[str, Any]:
    """What the pages document, by the name under which they do."""
    found: dict[str, Any] = {}
    for page in PAGES.glob("*.md"):
        for kind, name, options in DIRECTIVE.findall(page.read_text("utf-8")):
            if kind == "module":
                module = import_module(name)
                own = [one for one in vars(module) if not one.startswith("_") and vars(module)[one] is not None]
                chosen = re.search(r":members: (\S.*)", options)
                members = chosen[1].split(", ") if chosen else getattr(module, "__all__", own)
                left_out = re.search(r":exclude-members: (.*)", options)
                names = set(members) - set(left_out[1].split(", ") if left_out else ())
                found |= {f"{name}.{member}": getattr(module, member) for member in names}
            else:
                found[name] = find(name)
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_is_documented(package: str) -> None:
    there = documented()
    missing = [
        name
        for name in import_module(package).__all__
        if f"{package}.{name}" not in there
        and not any(getattr(import_module(package), name) is value for value in there.values())
    ]
    assert not missing


def test_pages_name_all_their_files() -> None:
    index = (PAGES / "index.md").read_text("utf-8")
    assert {path.stem for path in PAGES.glob("*.md")} - {"index"} == set(
        re.findall(r"^([a-z-]+)$", index, re.MULTILINE)
    )
