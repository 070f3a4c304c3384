"""``python -m benchmarks.structure.break_modules``: break each module in turn, and see that its own tests notice.

Every function of the module raises, or its records lose their fields where it has no functions; the test file that
mirrors it must then fail. What passes all the same is printed, and the exit code is 1. It takes a quarter of an hour.
"""

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.structure.measures import mirror

ROOT = Path(__file__).parents[2]
PACKAGE = Path("src", "mnist_nn")
CEILING_SECONDS = 600


class _Breaker(ast.NodeTransformer):
    """Puts an exception in the place of every function's body."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """Break one function; those inside it go with it."""
        node.body = ast.parse("raise RuntimeError('broken on purpose')").body
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AsyncFunctionDef:
        """Break one coroutine."""
        node.body = ast.parse("raise RuntimeError('broken on purpose')").body
        return node


class _Emptier(ast.NodeTransformer):
    """Takes the fields out of every class."""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        """Empty one class."""
        node.body = [ast.Pass()]
        return node


def main() -> None:
    """Break what the command line names, or every module that has a mirrored test file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="paths below src/mnist_nn, as nn/losses.py; all if none is named")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    package = ROOT / PACKAGE
    modules = [Path(name) for name in options.modules] or [
        p.relative_to(package) for p in sorted(package.rglob("*.py"))
    ]
    mirrored = [module for module in modules if mirror(ROOT, module).is_file()]
    with ThreadPoolExecutor(options.jobs) as pool:
        unnoticed = [m for m, noticed in zip(mirrored, pool.map(is_noticed, mirrored), strict=True) if not noticed]
    print(f"{len(mirrored) - len(unnoticed)} of {len(mirrored)} test files fail where their module is broken")
    for module in unnoticed:
        print(f"passes all the same: {mirror(ROOT, module).relative_to(ROOT)}")
    sys.exit(bool(unnoticed))


def is_noticed(module: Path) -> bool:
    """Whether the tests of a module fail in a copy of the package in which it is broken."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, PACKAGE)
        shutil.copytree(ROOT / PACKAGE, source, ignore=shutil.ignore_patterns("__pycache__"))
        broken = source / module
        broken.write_text(break_module(broken.read_text(encoding="utf-8")), encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "-q",
            "-n",
            "0",
            "-p",
            "no:cacheprovider",
            str(mirror(ROOT, module)),
        ]
        environment = {**os.environ, "PYTHONPATH": str(source.parent), "XDG_CACHE_HOME": folder}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, check=False, timeout=CEILING_SECONDS
        )
    return done.returncode not in {0, 5}


def break_module(text: str) -> str:
    r"""Return a module whose functions all raise, or whose classes are empty if it has no functions.

    Examples
    --------
    >>> print(break_module("def double(x):\n    return 2 * x"))
    def double(x):
        raise RuntimeError('broken on purpose')
    >>> print(break_module("class Point(NamedTuple):\n    x: float"))
    class Point(NamedTuple):
        pass
    """
    tree = ast.parse(text)
    has_functions = any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(tree))
    return ast.unparse((_Breaker() if has_functions else _Emptier()).visit(tree))


if __name__ == "__main__":
    main()
