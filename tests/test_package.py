"""The package as a whole: its public names, what importing it costs, and the measures of its style."""

import ast
import importlib
import importlib.metadata
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest
from patience import PATIENCE

import mnist_nn
from mnist_nn.cli.program import run

ROOT = Path(__file__).parents[1]
SOURCE = Path(mnist_nn.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef


@pytest.mark.parametrize("name", mnist_nn.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(mnist_nn, name).__doc__


def test_public_names_are_sorted_listed_and_documented_for_type_checkers() -> None:
    tree = ast.parse((SOURCE / "__init__.py").read_text(encoding="utf-8"))
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imported - {"import_module", "TYPE_CHECKING", "Any"} == set(mnist_nn.__all__) == set(dir(mnist_nn))
    assert list(mnist_nn.__all__) == sorted(set(mnist_nn.__all__))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'trian'"):
        mnist_nn.trian  # noqa: B018


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert mnist_nn.__version__ == importlib.metadata.version("mnist-nn")
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"mnist-nn {mnist_nn.__version__}\n"


# What a type checker sees


def type_errors(folder: Path, **programs: str) -> list[str]:
    """Check programs as their author would, without looking for errors in the package itself."""
    pytest.importorskip("mypy", reason="mypy is not installed, which checks the types of user programs")
    for name, code in programs.items():
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--cache-dir", ".cache"]
    environment = {**os.environ, "MYPYPATH": str(SOURCE.parent)}
    done = subprocess.run(
        [*command, *(f"{name}.py" for name in programs)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    return done.stdout.splitlines()


@pytest.mark.slow
def test_a_users_program_passes_a_strict_type_checker(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```python\n(.*?)```", readme, re.DOTALL))
    assert "from mnist_nn import" in code
    version = "\nimport mnist_nn\n\nprint(mnist_nn.__version__)\n"
    *errors, count = type_errors(tmp_path, right=code + version, wrong=code.replace("epochs=3", "epochs='three'"))
    assert count.endswith("(checked 2 source files)")
    assert [error for error in errors if not error.startswith("wrong.py:")] == []
    assert any('Argument "epochs" to "TrainingConfig" has incompatible type "str"' in error for error in errors)


HEAVY = ("numpy", "safetensors", "PIL", "numba", "scipy", "jinja2")


def loaded_by(statement: str) -> set[str]:
    program = f"{statement}\nimport sys\nprint(*sys.modules)"
    return set(
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=PATIENCE
        ).stdout.split()
    )


@pytest.mark.parametrize("module", ["mnist_nn", "mnist_nn.cli.program", "mnist_nn.nn.config", "mnist_nn.errors"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    loaded = loaded_by(f"import {module}")
    assert module in loaded
    assert not loaded & set(HEAVY)


def test_the_check_for_heavy_modules_can_fail() -> None:
    assert "numpy" in loaded_by("from mnist_nn import Network")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_module_imports_and_says_what_it_is(path: Path) -> None:
    name = ".".join(("mnist_nn", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")
    assert importlib.import_module(name).__doc__


# Style: short functions


def functions(path: Path) -> list[Function]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def body_lines(function: Function) -> int:
    """Lines from the first statement after the docstring to the last."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_function_is_over_50_lines(path: Path) -> None:
    assert {f.name: body_lines(f) for f in functions(path) if body_lines(f) > 50} == {}


def test_half_of_all_functions_have_at_most_eight_lines() -> None:
    lengths = [body_lines(function) for path in FILES for function in functions(path)]
    assert len(lengths) > 200
    assert statistics.median(lengths) <= 8
    assert statistics.quantiles(lengths, n=10)[-1] <= 25


def test_lines_of_a_body_are_counted_without_its_docstring() -> None:
    (function,) = ast.parse(
        'def f():\n    """One.\n\n    Two.\n    """\n    a = (\n        1\n    )\n    return a\n'
    ).body
    assert isinstance(function, Function)
    assert body_lines(function) == 4
