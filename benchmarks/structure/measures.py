"""The measures of one source tree, each a plain function of its parsed modules.

They count what a reader meets: names in a folder, layers in a contract, constants, functions named by participles,
hand-made messages. A number is a place to look, never a target.
"""

import ast
import re
import statistics
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef
IRREGULAR = {"begun", "built", "drawn", "found", "given", "kept", "known", "laid"}
IRREGULAR |= {"made", "said", "sent", "shown", "taken", "told", "written"}
NOUNS_IN_ED = {"seed", "need", "speed", "shed", "feed", "embed"}


@dataclass(frozen=True)
class Tree:
    """A checkout: its root, with the package in ``src/mnist_nn`` and the tests in ``tests``."""

    root: Path

    @cached_property
    def package(self) -> Path:
        """The folder of the package."""
        return self.root / "src" / "mnist_nn"

    @cached_property
    def modules(self) -> dict[Path, ast.Module]:
        """Every module of the package, parsed."""
        return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(self.package.rglob("*.py"))}

    @cached_property
    def lines(self) -> int:
        """Lines of Python in the package."""
        return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in self.modules)

    @cached_property
    def functions(self) -> list[Function]:
        """Every function and method."""
        return [node for tree in self.modules.values() for node in ast.walk(tree) if isinstance(node, Function)]

    @cached_property
    def bodies(self) -> list[int]:
        """Lines of each function's body, without its docstring."""
        return [body_lines(function) for function in self.functions]

    def text(self, pattern: str) -> int:
        """Places in the package's Python where a pattern is found."""
        return sum(len(re.findall(pattern, path.read_text(encoding="utf-8"))) for path in self.modules)


def body_lines(function: Function) -> int:
    """Lines from the first statement after the docstring to the last."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def mirror(root: Path, module: Path) -> Path:
    """Where the tests of a module belong, whose path is given below the package."""
    name = module.parent.name if module.stem == "__init__" else module.stem
    return root / "tests" / module.parent / f"test_{name}.py"


def top_names(tree: Tree) -> int:
    """Names in ``src/mnist_nn``: modules, folders and data files."""
    return sum(not path.name.startswith("__pycache__") for path in tree.package.iterdir())


def layers(tree: Tree) -> int:
    """Layers of the import contract."""
    return len(_contract(tree)["layers"])


def exhaustive(tree: Tree) -> bool:
    """Whether the contract must name every room."""
    return bool(_contract(tree).get("exhaustive", False))


def constants(tree: Tree) -> int:
    """Module-level constants: assignments in capitals, private ones too."""
    return sum(
        isinstance(target, ast.Name) and re.fullmatch(r"_?[A-Z][A-Z0-9_]+", target.id) is not None
        for module in tree.modules.values()
        for target in _targets(module)
    )


def constants_per_1000_lines(tree: Tree) -> float:
    """Module-level constants per 1,000 lines of Python."""
    return round(1000 * constants(tree) / tree.lines, 1)


def participles(tree: Tree) -> int:
    """Functions and methods named by a participle, such as ``resumed`` or ``drawn``, which should be verbs."""
    return sum(_is_participle(f.name) for f in tree.functions if not _is_property(f))


def without_tests(tree: Tree) -> int:
    """Modules with functions or classes but without the test file that mirrors them."""
    return sum(
        any(isinstance(node, Function | ast.ClassDef) for node in module.body)
        and not mirror(tree.root, path.relative_to(tree.package)).is_file()
        for path, module in tree.modules.items()
    )


def private_imports(tree: Tree) -> int:
    """Private names that one module imports from another."""
    return sum(
        alias.name.startswith("_") and not alias.name.startswith("__")
        for module in tree.modules.values()
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("mnist_nn")
        for alias in node.names
    )


def os_messages(tree: Tree) -> int:
    """Places that turn an OSError into a message by themselves."""
    return tree.text(r"\.strerror|\"strerror\"")


def auto_places(tree: Tree) -> int:
    """Comparisons with the engine's name ``auto``."""
    return tree.text(r"(?:==|!=) \"auto\"")


def schema_lines(tree: Tree) -> int:
    """Lines of JSON schema written by hand."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in tree.package.rglob("schemas/*.json"))


def seed_words(tree: Tree) -> int:
    """Places where ``seed`` means the original network."""
    return tree.text(r"[Tt]he seed's|seed_mse|seed_model|as the seed does|\"seed\" if preset")


def cross_room_imports(tree: Tree) -> int:
    """Imports between rooms of the playground's page."""
    return sum(len(list(_foreign_rooms(path))) for path in tree.package.rglob("rooms/**/*.js"))


def body_measure(quantile: Callable[[list[int]], float]) -> Callable[[Tree], float]:
    """A measure of the lengths of all function bodies."""
    return lambda tree: round(quantile(tree.bodies), 1)


def documented(tree: Tree) -> str:
    """Functions with a docstring."""
    return f"{sum(ast.get_docstring(f) is not None for f in tree.functions) / len(tree.functions):.0%}"


def largest_file(tree: Tree) -> int:
    """Lines of the longest module."""
    return max(len(path.read_text(encoding="utf-8").splitlines()) for path in tree.modules)


MEASURES: dict[str, Callable[[Tree], object]] = {
    "names in src/mnist_nn": top_names,
    "modules": lambda tree: len(tree.modules),
    "lines of Python": lambda tree: tree.lines,
    "layers of the import contract": layers,
    "the contract is exhaustive": exhaustive,
    "modules without a test file of their name": without_tests,
    "module-level constants": constants,
    "constants per 1,000 lines": constants_per_1000_lines,
    "functions named by a participle": participles,
    "private names imported across modules": private_imports,
    "hand-made messages for OSError": os_messages,
    "comparisons with the engine name auto": auto_places,
    "lines of JSON schema written by hand": schema_lines,
    "places where seed means the original network": seed_words,
    "imports between rooms of the page": cross_room_imports,
    "function body, median lines": body_measure(statistics.median),
    "function body, ninetieth percentile": body_measure(lambda n: statistics.quantiles(n, n=10)[-1]),
    "function body, longest": body_measure(max),
    "functions with a docstring": documented,
    "longest module, lines": largest_file,
}


def _contract(tree: Tree) -> dict[str, list[str]]:
    settings = tomllib.loads((tree.root / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = settings["tool"]["importlinter"]["contracts"]
    return dict(contract)


def _targets(module: ast.Module) -> Iterator[ast.expr]:
    for node in module.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from target.elts if isinstance(target, ast.Tuple) else [target]
        elif isinstance(node, ast.AnnAssign):
            yield node.target


def _is_participle(name: str) -> bool:
    first = name.strip("_").split("_")[0]
    return first in IRREGULAR or (first.endswith("ed") and first not in NOUNS_IN_ED)


def _is_property(function: Function) -> bool:
    return any("property" in ast.unparse(decorator) or "fixture" in ast.unparse(decorator)
               for decorator in function.decorator_list)  # fmt: skip


def _foreign_rooms(path: Path) -> Iterator[str]:
    parts = path.parts[path.parts.index("rooms") + 1 :]
    own = parts[0].removesuffix(".js")
    for target in re.findall(r'from "([^"]+)"', path.read_text(encoding="utf-8")):
        resolved = (path.parent / target).resolve().parts
        if "rooms" in resolved and resolved[resolved.index("rooms") + 1].removesuffix(".js") != own:
            yield target
