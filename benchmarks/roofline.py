"""What this machine could do at most: its rate of multiply-adds, and the bandwidth of each level of its memory.

Two small kernels are written in LLVM's own language and compiled here, so that nothing but the processor stands
between them and the peak: one keeps twelve vectors busy with multiply-adds, the other only reads.
"""

import ctypes
from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
import numpy as np

from benchmarks import clock

CHAINS = 12  # multiply-adds under way at once; two units of four or five cycles each need ten
LEVELS = {"L1": 16 * 2**10, "L2": 512 * 2**10, "L3": 8 * 2**20, "memory": 256 * 2**20}
"""Bytes read over and over, small enough for the level on any machine of today."""


def measure(rounds: int = 5) -> dict[str, float]:
    """Return GFLOP/s of one core in float32, and GB/s read from each level.

    One multiply-add counts as two operations. The best of the rounds counts: a peak has no median.
    """
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    lanes = _lanes()
    engine = _compile(_multiply_adds(lanes) + _reads(lanes))
    found = {"gflops": _best(_spin(engine, lanes), rounds)}
    return found | {level: _best(_read(engine, size, lanes), rounds) for level, size in LEVELS.items()}


def _lanes() -> int:
    features = llvm.get_host_cpu_features()
    return 16 if features.get("avx512f") else 8 if features.get("avx2") else 4


def _best(run: Callable[[], float], rounds: int) -> float:
    """Highest rate, in units of 10⁹ a second."""
    rates = []
    for _ in range(rounds):
        begin = clock.now()
        amount = run()
        rates.append(amount / (clock.now() - begin) / 1e9)
    return max(rates[1:])


def _spin(engine: Any, lanes: int) -> Callable[[], float]:
    function = ctypes.CFUNCTYPE(ctypes.c_float, ctypes.c_int64)(engine.get_function_address("spin"))
    times = 10_000_000

    def run() -> float:
        function(times)
        return 2.0 * lanes * CHAINS * times

    return run


def _read(engine: Any, size: int, lanes: int) -> Callable[[], float]:
    data = np.ones(size // 4, np.float32)
    function = ctypes.CFUNCTYPE(ctypes.c_float, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)(
        engine.get_function_address("read")
    )
    vectors = size // 4 // lanes // 8 * 8
    times = max(1, 2**30 // size)

    def run() -> float:
        function(data.ctypes.data, vectors, times)
        return float(vectors * lanes * 4 * times)

    return run


def _compile(text: str) -> Any:
    module = llvm.parse_assembly(text)
    module.verify()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=2
    )
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    return engine


def _sum(vector: str, names: list[str]) -> str:
    """Add up vectors, and take the first lane, so that no result is thrown away."""
    lines = [f"%s0 = fadd {vector} {names[0]}, {names[1]}"]
    lines += [f"%s{i - 1} = fadd {vector} %s{i - 2}, {names[i]}" for i in range(2, len(names))]
    return "\n".join([*lines, f"%r = extractelement {vector} %s{len(names) - 2}, i32 0", "ret float %r"])


def _multiply_adds(lanes: int) -> str:
    vector = f"<{lanes} x float>"
    fma = f"@llvm.fma.v{lanes}f32"
    values = ", ".join(["float 0.5"] * lanes)
    chains = range(CHAINS)
    phis = "\n".join(f"%a{i} = phi {vector} [<{values}>, %entry], [%b{i}, %loop]" for i in chains)
    steps = "\n".join(
        f"%b{i} = call {vector} {fma}({vector} %a{i}, {vector} <{values}>, {vector} <{values}>)" for i in chains
    )
    return f"""
declare {vector} {fma}({vector}, {vector}, {vector})
define float @spin(i64 %n) {{
entry:
  br label %loop
loop:
  %i = phi i64 [0, %entry], [%next, %loop]
  {phis}
  {steps}
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %n
  br i1 %more, label %loop, label %end
end:
  {_sum(vector, [f"%b{i}" for i in chains])}
}}
"""


def _reads(lanes: int) -> str:
    vector = f"<{lanes} x float>"
    units = range(8)
    phis = "\n".join(f"%a{i} = phi {vector} [%o{i}, %again], [%b{i}, %loop]" for i in units)
    outer = "\n".join(f"%o{i} = phi {vector} [zeroinitializer, %entry], [%b{i}, %done]" for i in units)
    steps = "\n".join(
        f"%i{i} = add i64 %i, {i}\n%p{i} = getelementptr {vector}, ptr %data, i64 %i{i}\n"
        f"%l{i} = load {vector}, ptr %p{i}, align 4\n%b{i} = fadd {vector} %a{i}, %l{i}"
        for i in units
    )
    return f"""
define float @read(ptr %data, i64 %vectors, i64 %times) {{
entry:
  br label %again
again:
  %t = phi i64 [0, %entry], [%t1, %done]
  {outer}
  br label %loop
loop:
  %i = phi i64 [0, %again], [%next, %loop]
  {phis}
  {steps}
  %next = add i64 %i, 8
  %more = icmp slt i64 %next, %vectors
  br i1 %more, label %loop, label %done
done:
  %t1 = add i64 %t, 1
  %once = icmp slt i64 %t1, %times
  br i1 %once, label %again, label %end
end:
  {_sum(vector, [f"%b{i}" for i in units])}
}}
"""
