"""Pairs and entries as the innermost loops read them: their values are bytes for pixels, float32 for other data.

A pair is (pixel number, value); an entry is a pair of a batch that is regrouped by pixel: (place in the batch, value)
packed into one integer. The type of the array decides what its values are, so a kernel is compiled anew for the other
type, from the same lines. These are intrinsics of a few LLVM instructions, because they stand in the innermost loops
and Numba compiles them in no time.
"""

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from mnist_nn.engines.compiled.kernels.simd.vector import pointer_to

_I32, _I64, _F32 = ir.IntType(32), ir.IntType(64), ir.FloatType()


@intrinsic
def input_at(typingctx, values, index, table):
    """x of the pair at ``index``: a byte through its table, a float as it is."""

    def codegen(context, builder, sig, args):
        value = builder.load(pointer_to(context, builder, values, args[0], index, args[1]))
        if values.dtype == types.float32:
            return value
        return builder.load(pointer_to(context, builder, table, args[2], types.uint8, value))

    return types.float32(values, index, table), codegen


@intrinsic
def value_of(typingctx, values, x, table):
    """A number of an image as a value of pairs: as it is, or from the table, for bytes where ``values`` are floats."""

    def codegen(context, builder, sig, args):
        if values.dtype == x:
            return args[1]
        return builder.load(pointer_to(context, builder, table, args[2], x, args[1]))

    return values.dtype(values, x, table), codegen


@intrinsic
def mark_ink(typingctx, image, index):
    """Of the 64 numbers of an image from ``index`` on, bytes or floats, those that are not zero, as the bits of a word.

    NaN is not zero.
    """

    def codegen(context, builder, sig, args):
        numbers = _load_64(context, builder, image, index, args)
        zero = ir.Constant(numbers.type, None)
        if image.dtype == types.float32:
            return builder.bitcast(builder.fcmp_unordered("!=", numbers, zero), _I64)
        return builder.bitcast(builder.icmp_unsigned("!=", numbers, zero), _I64)

    return types.uint64(image, index), codegen


@intrinsic
def mark_special(typingctx, image, index):
    """The same of those that are NaN or infinite, as no byte is: 0 times them is not 0."""

    def codegen(context, builder, sig, args):
        if image.dtype != types.float32:
            return _I64(0)
        numbers = _load_64(context, builder, image, index, args)
        zero = ir.Constant(numbers.type, None)
        return builder.bitcast(builder.fcmp_unordered("!=", builder.fmul(numbers, zero), zero), _I64)

    return types.uint64(image, index), codegen


def _load_64(context, builder, image, index, args):
    lane = context.get_value_type(image.dtype)
    pointer = pointer_to(context, builder, image, args[0], index, args[1])
    return builder.load(builder.bitcast(pointer, ir.VectorType(lane, 64).as_pointer()), align=1)


@intrinsic
def pack_entry(typingctx, place, value):
    """A place in the batch and a value in one integer: 24 bits and a byte, or 32 bits and those of a float."""
    is_float = value == types.float32

    def codegen(context, builder, sig, args):
        whole, shift = (_I64, 32) if is_float else (_I32, 8)
        place = args[0] if is_float else builder.trunc(args[0], _I32)
        low = builder.bitcast(args[1], _I32) if is_float else args[1]
        return builder.or_(builder.shl(place, whole(shift)), builder.zext(low, whole))

    return (types.uint64 if is_float else types.uint32)(types.int64, value), codegen


@intrinsic
def entry_place(typingctx, entry):
    """The place in the batch that an entry holds."""
    is_float = entry == types.uint64

    def codegen(context, builder, sig, args):
        if is_float:
            return builder.lshr(args[0], _I64(32))
        return builder.zext(builder.lshr(args[0], _I32(8)), _I64)

    return types.int64(entry), codegen


@intrinsic
def entry_input(typingctx, entry, table):
    """x of an entry."""

    def codegen(context, builder, sig, args):
        if entry == types.uint64:
            return builder.bitcast(builder.trunc(args[0], _I32), _F32)
        byte = builder.trunc(args[0], ir.IntType(8))
        return builder.load(pointer_to(context, builder, table, args[1], types.uint8, byte))

    return types.float32(entry, table), codegen
