"""Of which sources the intermediate code was made, and whether these have changed since. It needs no Numba."""

import ast
import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mnist_nn.nn import activations

SOURCES = Path(__file__).parent
CODE = SOURCES.parent / "code"
NAME = "stamp.json"
# What kernels are made of beside the files in this folder and LEAK: the records and the codes.
OTHERS = (SOURCES.parent / "records.py", SOURCES.parent / "codes.py")


def make(folder: Path) -> dict[str, Any]:
    """Describe the code in a folder: digests of its sources and of its files, and who made it."""
    files = {path.relative_to(folder).as_posix(): _digest(path) for path in sorted(folder.rglob("*.ll.gz"))}
    return {"sources": _digest_sources(), "numba": version("numba"), "llvmlite": version("llvmlite"), "files": files}


def is_current(folder: Path = CODE) -> bool:
    """Whether the code in a folder was made of the sources as they are, and is as it was made."""
    stamp = json.loads((folder / NAME).read_text("utf-8"))
    return bool(
        stamp["sources"] == _digest_sources()
        and all(
            (folder / name).is_file() and _digest(folder / name) == digest for name, digest in stamp["files"].items()
        )
    )


def _digest_sources() -> str:
    names = sorted(path for path in SOURCES.rglob("*.py") if path.name not in {"stamp.py", "__main__.py"})
    parts = (*map(_digest_code, (*names, *OTHERS)), repr(activations.LEAK))
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _digest_code(path: Path) -> str:
    """Digest a source without its docstrings, which make no code."""
    text = path.read_text("utf-8")
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines[node.lineno - 1 : node.end_lineno] = [""] * ((node.end_lineno or node.lineno) - node.lineno + 1)
    return hashlib.sha256("\n".join(line for line in lines if line.strip()).encode()).hexdigest()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
