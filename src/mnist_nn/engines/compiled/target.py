"""The processor that machine code is made for, and the width of vectors that suits it."""

import json
import platform
from functools import cache
from pathlib import Path
from typing import NamedTuple

import llvmlite

from mnist_nn.engines.compiled import machine_code

DESCRIPTION = Path("/proc/cpuinfo")
KINDS = {"vendor_id", "cpu family", "model", "stepping", "flags"} | {
    "CPU implementer",
    "CPU architecture",
    "CPU variant",
    "CPU part",
    "Features",
}
"""The lines of Linux about the kind of processor, on x86 and on ARM; others are about one core or change."""


class Target(NamedTuple):
    """A processor, as LLVM names it.

    Attributes
    ----------
    triple, cpu, features
        LLVM's names of the system, of the processor and of its features.
    lanes
        Numbers in a vector: 16, 8 or 4.
    vectors
        The largest number of vectors in a block of columns whose tile fits the registers.
    """

    triple: str
    cpu: str
    features: str
    lanes: int
    vectors: int


@cache
def host() -> Target:
    """Return the processor that this program runs on.

    LLVM's description is stored beside the machine code, so that LLVM need not be loaded to find it.

    Examples
    --------
    >>> host().lanes in (4, 8, 16)
    True
    """
    kind = _kind_of_processor()
    if not kind:
        return _ask_llvm()
    key = json.dumps([llvmlite.__version__, platform.machine(), *kind]).encode()
    return Target(*json.loads(machine_code.fetch("processor", key, lambda: json.dumps(_ask_llvm()).encode())))


def _kind_of_processor() -> list[str]:
    """Return what the system says of the kind of processor; nothing where it does not say it in a file."""
    try:
        first, _, _ = DESCRIPTION.read_text("utf-8").partition("\n\n")
    except OSError:
        return []
    return [line for line in first.splitlines() if line.partition(":")[0].strip() in KINDS]


def _ask_llvm() -> Target:
    import llvmlite.binding as llvm  # noqa: PLC0415 only what makes machine code needs it

    features = llvm.get_host_cpu_features()
    triple = llvm.get_process_triple()
    lanes, vectors = _vectors_of(triple, features)
    return Target(triple, llvm.get_host_cpu_name(), features.flatten(), lanes, vectors)


def _vectors_of(triple: str, features: dict[str, bool]) -> tuple[int, int]:
    if features.get("avx512f"):
        return 16, 4  # 32 registers of sixteen floats
    if features.get("avx2") and features.get("fma"):
        return 8, 2  # 16 registers of eight
    return (4, 4) if triple.startswith(("aarch64", "arm64")) else (4, 2)  # 32 registers of four, or 16
