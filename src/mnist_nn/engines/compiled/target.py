"""The processor that machine code is made for, and the width of vectors that suits it."""

from functools import cache
from typing import NamedTuple

import llvmlite.binding as llvm


class Target(NamedTuple):
    """A processor, as LLVM names it.

    Attributes
    ----------
    triple, cpu, features
        LLVM's names of the system, of the processor and of what the processor can do.
    lanes
        Numbers in a vector: 16, 8 or 4.
    vectors
        Vectors in a block of columns whose tile still fits the registers.
    """

    triple: str
    cpu: str
    features: str
    lanes: int
    vectors: int


@cache
def host() -> Target:
    """Return the processor that this runs on.

    Examples
    --------
    >>> host().lanes in (4, 8, 16)
    True
    """
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
