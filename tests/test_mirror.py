"""Tests mirror the package: a module's tests are in the file of its name, or the list below says why not.

That each file fails where its module is broken is shown by ``python -m benchmarks.structure.break_modules``.
"""

import ast
import re
from pathlib import Path

import pytest

import mnist_nn

SOURCE = Path(mnist_nn.__file__).parent
TESTS = Path(__file__).parent

ELSEWHERE = {
    "__init__.py": "the public names: test_package.py",
    "__main__.py": "two lines: test_package.py runs them",
    "errors.py": "exceptions without code of their own; every test of a message raises them",
}
"""Modules without a test file of their name, each with the reason and where it is tested."""


def has_code(path: Path) -> bool:
    """Whether a module is more than a docstring, imports and ``__all__``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for node in tree.body)


MODULES = [path.relative_to(SOURCE) for path in sorted(SOURCE.rglob("*.py")) if has_code(path)]


def mirror(module: Path) -> Path:
    """Where the tests of a module belong: those of a package's own code lie in the file of the package's name."""
    name = module.parent.name if module.stem == "__init__" else module.stem
    return TESTS / module.parent / f"test_{name}.py"


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_has_the_test_file_of_its_name_or_a_reason(module: Path) -> None:
    assert mirror(module).is_file() != (str(module) in ELSEWHERE), mirror(module)


@pytest.mark.parametrize("module", [m for m in MODULES if str(m) not in ELSEWHERE], ids=str)
def test_a_mirrored_file_is_no_empty_shell(module: Path) -> None:
    text = mirror(module).read_text(encoding="utf-8")
    assert re.search(r"^ *(?:async )?def test_", text, re.MULTILINE)


def test_the_list_names_modules_that_are_there() -> None:
    assert set(ELSEWHERE) <= {str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py")}
