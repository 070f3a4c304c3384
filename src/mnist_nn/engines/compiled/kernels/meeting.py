"""Where the threads of a kernel meet, so that cores can share one batch.

Every thread runs the same kernel on its own columns and waits here after each step. The wait spins, because a step
takes microseconds and the operating system would take longer to wake a thread.
"""

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from mnist_nn.engines.compiled.codes import FAR
from mnist_nn.engines.compiled.kernels.options import inline
from mnist_nn.engines.compiled.kernels.simd.vector import pointer_to

SPINS = 2_000  # some tens of microseconds: then the other thread is likely waiting for this very processor

_give_way = types.ExternalFunction("sched_yield", types.intc())  # to another thread, for a moment


@intrinsic
def add_atomic(typingctx, array, amount):
    """Add to element 0 of an int64 array and return what it was; all threads see one order of additions."""

    def codegen(context, builder, sig, args):
        pointer = pointer_to(context, builder, array, args[0], types.intp, ir.IntType(64)(0))
        return builder.atomic_rmw("add", pointer, args[1], "seq_cst")

    return types.int64(array, types.int64), codegen


@inline
def meet(work):
    """Wait until all threads have come here; ``work.arrived`` counts arrivals and only ever grows."""
    if work.threads == 1:
        return
    ticket = add_atomic(work.arrived, 1)
    if ticket >= FAR:  # released: one of the others will never come
        return
    everyone = (ticket // work.threads + 1) * work.threads
    spins = 0
    while add_atomic(work.arrived, 0) < everyone:
        spins += 1
        if spins % SPINS == 0:
            _give_way()
