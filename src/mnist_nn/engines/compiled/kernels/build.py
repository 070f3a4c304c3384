"""Makes the intermediate code of all kernels anew, which takes minutes: every width in a process of its own."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

from mnist_nn.engines.compiled.kernels import stamp

WIDTHS = {16: (2, 4), 8: (2, 3), 4: (2, 4)}
"""Numbers in a vector, and for how many vectors in a wide block; a kernel for two serves blocks of one as well."""

PROCESSORS = {16: "x86-64-v4", 8: "x86-64-v3", 4: "x86-64"}
"""What decides which loops LLVM unrolls; the code itself is for every processor."""


def main(arguments: list[str]) -> int:
    """Lower all widths, each in a process of its own, into the package or into another folder."""
    if arguments[:1] == ["--lanes"]:
        return _lower(int(arguments[1]), Path(arguments[2]))
    folder = Path(arguments[0]) if arguments else stamp.CODE
    running = [_start(lanes, folder) for lanes in WIDTHS]
    if any(process.wait() for process in running):
        return 1
    (folder / stamp.NAME).write_text(json.dumps(stamp.make(folder), indent=1) + "\n", "utf-8")
    return 0


def settings(lanes: int) -> dict[str, str]:
    """Return the environment in which a width is lowered: what this machine can do must not matter."""
    return {
        "MNIST_NN_LANES": str(lanes),
        "NUMBA_OPT": "1",  # kernels say themselves what goes into registers
        "NUMBA_CPU_NAME": PROCESSORS[lanes],
        "NUMBA_CPU_FEATURES": "",
        "PYTHONHASHSEED": "0",
    }


def _start(lanes: int, folder: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", str(__package__), "--lanes", str(lanes), str(folder)]
    return subprocess.Popen(command, env={**os.environ, **settings(lanes)})  # noqa: S603 this very program


def _lower(lanes: int, folder: Path) -> int:
    from mnist_nn.engines.compiled.kernels import lowering  # noqa: PLC0415 its width is that of this process

    target = folder / str(lanes)
    target.mkdir(parents=True, exist_ok=True)
    for path in target.glob("*.ll.gz"):
        path.unlink()
    for kernel in lowering.kernels(WIDTHS[lanes]):
        code = gzip.compress(lowering.lower(kernel).encode(), 9, mtime=0)
        (target / f"{kernel.name}.ll.gz").write_bytes(code)
        print(f"{lanes} {kernel.name}: {len(code):,} bytes", flush=True)  # noqa: T201 it takes minutes
    return 0
