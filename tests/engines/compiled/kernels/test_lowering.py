"""Kernels as intermediate code: nothing of Python in it, no processor named, and to the byte what the package holds."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mnist_nn.engines.compiled.kernels import build, stamp

pytestmark = pytest.mark.slow


def lower(folder: Path, lanes: int, names: str) -> dict[str, bytes]:
    """Lower a few kernels in a process of their own."""
    program = (
        "import sys; from mnist_nn.engines.compiled.kernels import lowering\n"
        f"for kernel in lowering.kernels({build.WIDTHS[lanes]}):\n"
        f"    if kernel.name in {names.split()}:\n"
        "        open(sys.argv[1] + '/' + kernel.name, 'w').write(lowering.lower(kernel))"
    )
    settings = {**os.environ, **build.settings(lanes)}
    subprocess.run([sys.executable, "-c", program, str(folder)], check=True, env=settings)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("lanes", build.WIDTHS)
def test_the_package_holds_what_comes_out(lanes: int, tmp_path: Path) -> None:
    names = "fill_pairs-bytes infer-rows-2 infer-bytes-2"
    made = lower(tmp_path, lanes, names)
    assert sorted(made) == sorted(names.split())
    for name, code in made.items():
        assert code == gzip.decompress((stamp.CODE / str(lanes) / f"{name}.ll.gz").read_bytes()), name
        assert b"Py" not in code
        assert b"target " not in code
