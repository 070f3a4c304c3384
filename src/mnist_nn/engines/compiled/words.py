"""Values of pairs, which are bytes for pixels and float32 for other data: the type of the array decides.

A kernel is compiled anew for the other type, from the same lines. These are intrinsics of a few LLVM instructions,
because they stand in the innermost loops and Numba compiles them in no time.
"""

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from mnist_nn.engines.compiled.simd import _pointer

BYTE = (np.arange(256) / 255).astype(np.float32)  # pixel byte -> x
WORDS = {"uint8": np.uint32, "float32": np.uint64}  # type of the values -> type of a batch's words
_I32, _I64, _F32 = ir.IntType(32), ir.IntType(64), ir.FloatType()


@intrinsic
def ink(typingctx, values, index, table):
    """x of the pair at ``index``: a byte through its table, a float as it is."""

    def codegen(context, builder, sig, args):
        value = builder.load(_pointer(context, builder, values, args[0], index, args[1]))
        if values.dtype == types.float32:
            return value
        return builder.load(_pointer(context, builder, table, args[2], types.uint8, value))

    return types.float32(values, index, table), codegen


@intrinsic
def word_of(typingctx, place, value):
    """A place in the batch and a value in one word: 24 bits and a byte, or 32 bits and those of a float."""
    is_float = value == types.float32

    def codegen(context, builder, sig, args):
        whole, shift = (_I64, 32) if is_float else (_I32, 8)
        place = args[0] if is_float else builder.trunc(args[0], _I32)
        low = builder.bitcast(args[1], _I32) if is_float else args[1]
        return builder.or_(builder.shl(place, whole(shift)), builder.zext(low, whole))

    return (types.uint64 if is_float else types.uint32)(types.int64, value), codegen


@intrinsic
def place_of(typingctx, word):
    """The place in the batch."""
    is_float = word == types.uint64

    def codegen(context, builder, sig, args):
        if is_float:
            return builder.lshr(args[0], _I64(32))
        return builder.zext(builder.lshr(args[0], _I32(8)), _I64)

    return types.int64(word), codegen


@intrinsic
def ink_of(typingctx, word, table):
    """The x."""

    def codegen(context, builder, sig, args):
        if word == types.uint64:
            return builder.bitcast(builder.trunc(args[0], _I32), _F32)
        byte = builder.trunc(args[0], ir.IntType(8))
        return builder.load(_pointer(context, builder, table, args[1], types.uint8, byte))

    return types.float32(word, table), codegen
