"""Lowers the kernels to LLVM's intermediate code, behind one plain C entry each: ``int64_t run(const void *record)``.

The code names no processor and no system, nothing of Python is left in it, and it is the same to the byte every time.
Vectors have the width `options.LANES`, so every width is lowered in a process of its own (see ``__main__``).
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import llvmlite.binding as llvm
import numba
import numpy as np

from mnist_nn.engines.compiled.kernels import distortion, passes
from mnist_nn.engines.compiled.kernels.options import OPTIONS, WITHOUT_WRAPPERS
from mnist_nn.engines.compiled.kernels.reading import WORDS, make_reader
from mnist_nn.engines.compiled.records import FORMS, Copies, Form, Images, Inference, Learning, Single

EXTERNAL = {"log", "pow", "memset", "memcpy", "sched_yield"}
"""The only names that a kernel may ask the system for."""

_ENTRY = """
define i64 @run(ptr %record) {
  %result = alloca i64
  %exception = alloca ptr
  %status = call i32 @kernel(ptr %result, ptr %exception, ptr %record)
  %value = load i64, ptr %result
  ret i64 %value
}
"""


_SCOPE_NAMES = re.compile(r', !"_ZN[^"]*"}')
"""Names of alias scopes, which are Numba's: they number functions in the order in which these were compiled."""


class Kernel(NamedTuple):
    """A kernel for samples of one form and blocks of so many vectors, 0 where it knows nothing of blocks."""

    function: Callable[..., Any]
    record: type
    form: Form
    vectors: int

    @property
    def name(self) -> str:
        """Name it as the engine asks for it."""
        return "-".join([self.function.__name__, self.form.name, *([str(self.vectors)] if self.vectors else [])])


def kernels(widths: tuple[int, ...]) -> Iterator[Kernel]:
    """Name all kernels for blocks of these numbers of vectors."""
    for vectors in widths:
        for form in FORMS.values():
            yield Kernel(passes.learn.py_func, Learning, form, vectors)
            yield Kernel(passes.infer.py_func, Inference, form, vectors)
        for name in ("bytes", "floats"):
            yield Kernel(passes.classify.py_func, Single, FORMS[name], vectors)
    for form in (FORMS["bytes"], FORMS["floats"]):
        yield Kernel(passes.fill_pairs.py_func, Images, form, 0)
    yield Kernel(distortion.distort.py_func, Copies, FORMS["bytes"], 0)


def lower(kernel: Kernel) -> str:
    """Return a kernel's intermediate code."""
    paired = ("as_pairs", "by_sample", "is_scaled", "is_lazy")
    known = {} if kernel.form.is_sparse else dict.fromkeys(paired, False)
    if kernel.record is not Images:
        known["is_sparse"] = kernel.form.is_sparse
    if kernel.record in (Inference, Single):
        known["is_scaled"] = known["is_lazy"] = False
    if kernel.record is Single:
        known["as_pairs"] = kernel.form.is_sparse
    room = distortion if kernel.record is Copies else passes
    read, body = make_reader(kernel.record, kernel.form, known), getattr(room, kernel.function.__name__)
    wide, start = (0,) * max(kernel.vectors, 1), np.int64(0)

    @numba.njit(**OPTIONS, **WITHOUT_WRAPPERS)
    def entry(words):
        return np.int64(body(read(words, start), wide))

    entry.compile((WORDS,))
    (code,) = entry.inspect_llvm().values()
    (mangled,) = entry.overloads.values()
    return _strip(code, mangled.fndesc.llvm_func_name)


def _strip(code: str, mangled: str) -> str:
    """Keep the kernel and what it calls, behind a plain entry."""
    code = code.replace(f'"{mangled}"', "kernel").replace(f"@{mangled}(", "@kernel(")
    code = re.sub(r"^(target |source_filename|; ).*\n", "", code, flags=re.MULTILINE)
    module = llvm.parse_assembly(code + _ENTRY)
    for value in (*module.functions, *module.global_variables):
        if not value.is_declaration and value.name != "run":
            value.linkage = "internal"
    module.get_function("kernel").add_function_attribute("alwaysinline")
    machine = llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine()
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=1))
    passes_ = llvm.create_new_module_pass_manager()
    passes_.add_always_inliner_pass()
    passes_.add_sroa_pass()
    passes_.add_simplify_cfg_pass()
    passes_.add_global_dead_code_eliminate_pass()
    passes_.add_strip_symbols_pass()
    passes_.add_strip_dead_prototype_pass()
    passes_.run(module, builder)
    return _SCOPE_NAMES.sub("}", str(module))
