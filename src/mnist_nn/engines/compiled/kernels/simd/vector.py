"""Vector values for Numba: sixteen numbers that stay in a CPU register.

Plain Numba loops cannot promise LLVM that an accumulator array and a weight array do not overlap, so the accumulator
travels to memory and back at every step. A *value* has no address and cannot overlap anything: it stays in a register.
This module gives Numba such a value, ``Vec``: ``blocks`` x 16 lanes of float32, of int32, or of truth values.
LLVM lowers sixteen lanes to whatever the host has: one AVX-512 register, two AVX2 registers, four NEON registers.

How many blocks a vector has is part of its *type*, so Numba compiles one kernel per width and every loop over
blocks is gone from it. A width known only at run time becomes a type through a tuple: its length is the block count.

    blocks = blocks_for(20)              # (0, 0): two blocks, 32 lanes

    @njit
    def scale(a, x, blocks):
        for i in range(0, a.size, 16 * len(blocks)):
            store(a, i, fma(load(a, i, blocks), x, 1.0))

``+ - * /``, comparisons, ``& | ^ << >>`` work between vectors, and between a vector and a scalar (spread to all lanes).
Arrays are C-contiguous, indexed flat, whatever their dimension, and *nothing checks the index*.
Vectors live only inside compiled code: to look at one, store it to an array.
"""

import operator

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import lower_builtin, lower_cast
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, models, register_model

from mnist_nn.engines.compiled.kernels.options import LANES

ONE = (0,)  # the block count of a single vector, where a function asks for `blocks`

_LANE_TYPE = {"f32": ir.FloatType(), "i32": ir.IntType(32), "mask": ir.IntType(1)}
_SCALAR = {"f32": types.float32, "i32": types.int32, "mask": types.boolean}


def blocks_for(width):
    """The tuple that stands for the number of 16-lane blocks needed for `width` lanes."""
    return (0,) * -(-width // LANES)


class Vec(types.Type):
    """`blocks` x 16 lanes of one kind: "f32", "i32" or "mask"."""

    def __init__(self, kind, blocks):
        self.kind, self.blocks = kind, blocks
        super().__init__(name=f"Vec({kind}, {blocks})")

    def like(self, kind):
        """The vector type of the same width but another kind of lane."""
        return Vec(kind, self.blocks)


@register_model(Vec)
class _VecModel(models.PrimitiveModel):
    """In LLVM: an array of <16 x lane>. Its optimiser takes the array apart, so each block is one register value."""

    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, ir.ArrayType(block_type(fe_type.kind), fe_type.blocks))


def block_type(kind):
    """LLVM's type of one block."""
    return ir.VectorType(_LANE_TYPE[kind], LANES)


def build(builder, vec, make_block):
    """A value of type `vec` whose block number b is `make_block(b)`."""
    value = ir.Constant(ir.ArrayType(block_type(vec.kind), vec.blocks), ir.Undefined)
    for b in range(vec.blocks):
        value = builder.insert_value(value, make_block(b), b)
    return value


def map_blocks(builder, vec, function, values):
    """Apply `function` to the blocks of `values`, side by side."""
    return build(builder, vec, lambda b: function(*[builder.extract_value(v, b) for v in values]))


def reduce_blocks(builder, value, function):
    """Fold the blocks of one vector into a single block."""
    result = builder.extract_value(value, 0)
    for b in range(1, value.type.count):
        result = function(result, builder.extract_value(value, b))
    return result


def call(builder, name, restype, *args, fastmath=()):
    """Call an LLVM intrinsic such as llvm.fma."""
    function_type = ir.FunctionType(restype, [a.type for a in args])
    return builder.call(cgutils.get_or_insert_function(builder.module, function_type, name), args, fastmath=fastmath)


def _splat_block(builder, scalar):
    """One scalar in every lane of a block."""
    one = builder.insert_element(
        ir.Constant(ir.VectorType(scalar.type, LANES), ir.Undefined), scalar, ir.IntType(32)(0)
    )
    return builder.shuffle_vector(one, one, ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES))


@lower_cast(types.Number, Vec)
def _scalar_to_vec(context, builder, fromty, toty, value):
    """A scalar beside a vector is spread to all its lanes."""
    block = _splat_block(builder, context.cast(builder, value, fromty, _SCALAR[toty.kind]))
    return build(builder, toty, lambda b: block)


# ---- operators ------------------------------------------------------------------------------------------------------


def _operator(python_ops, emit, kinds, result=None):
    """Teach Numba `a op b` for vectors of the given kinds; `emit(builder, kind)` returns what joins two blocks."""

    class Template(AbstractTemplate):
        def generic(self, args, kws):
            vec = next((a for a in args if isinstance(a, Vec)), None)
            if vec is not None and len(args) == 2 and vec.kind in kinds:
                return signature(vec.like(result or vec.kind), vec, vec)
            return None

    def lower(context, builder, sig, args):
        return map_blocks(builder, sig.return_type, emit(builder, sig.args[0].kind), args)

    for op in python_ops:
        infer_global(op)(type(f"Vec_{op.__name__}", (Template,), {"key": op}))
        lower_builtin(op, Vec, Vec)(lower)


def _arithmetic(name):
    return lambda builder, kind: getattr(builder, ("f" if kind == "f32" else "") + name)


def _bits(name):
    return lambda builder, kind: getattr(builder, name)


def _comparison(sign):
    """Ordered comparison of floats; integers compare as unsigned."""

    def emit(builder, kind):
        compare = builder.fcmp_ordered if kind == "f32" else builder.icmp_unsigned
        return lambda a, b: compare(sign, a, b)

    return emit


for _name in ("add", "sub", "mul"):
    _operator((getattr(operator, _name), getattr(operator, "i" + _name)), _arithmetic(_name), ("f32", "i32"))
_operator((operator.truediv, operator.itruediv), _arithmetic("div"), ("f32",))
_operator((operator.and_,), _bits("and_"), ("i32", "mask"))
_operator((operator.or_,), _bits("or_"), ("i32", "mask"))
_operator((operator.xor, operator.ixor), _bits("xor"), ("i32", "mask"))
_operator((operator.lshift,), _bits("shl"), ("i32",))
_operator((operator.rshift,), _bits("lshr"), ("i32",))
for _name, _sign in {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}.items():
    _operator((getattr(operator, _name),), _comparison(_sign), ("f32", "i32"), result="mask")


# ---- memory ---------------------------------------------------------------------------------------------------------


def pointer_to(context, builder, array_type, array, index_type, index):
    """The address of element `index`, counted flat from the first."""
    is_address = isinstance(array_type, types.CPointer)
    data = array if is_address else context.make_array(array_type)(context, builder, array).data
    return builder.gep(data, [context.cast(builder, index, index_type, types.intp)])


def _block_pointer(builder, pointer, vec, b):
    return builder.bitcast(builder.gep(pointer, [ir.IntType(64)(b * LANES)]), block_type(vec.kind).as_pointer())


def _vec_for(dtype, blocks):
    kind = {types.float32: "f32", types.int32: "i32", types.uint32: "i32"}[dtype]
    return Vec(kind, len(blocks))


@intrinsic
def load(typingctx, array, index, blocks):
    """The 16 * len(blocks) elements of `array` from flat `index` on."""
    vec = _vec_for(array.dtype, blocks)

    def codegen(context, builder, sig, args):
        pointer = pointer_to(context, builder, array, args[0], index, args[1])
        return build(builder, vec, lambda b: builder.load(_block_pointer(builder, pointer, vec, b), align=4))

    return vec(array, index, blocks), codegen


@intrinsic
def store(typingctx, array, index, vec):
    """Write a vector to `array` from flat `index` on."""

    def codegen(context, builder, sig, args):
        pointer = pointer_to(context, builder, array, args[0], index, args[1])
        for b in range(vec.blocks):
            builder.store(builder.extract_value(args[2], b), _block_pointer(builder, pointer, vec, b), align=4)
        return context.get_dummy_value()

    return types.void(array, index, vec), codegen


@intrinsic
def load_bytes(typingctx, array, index, blocks):
    """The bytes of a uint8 array from flat `index` on, as int32 lanes."""
    vec = Vec("i32", len(blocks))
    narrow = ir.VectorType(ir.IntType(8), LANES)

    def codegen(context, builder, sig, args):
        pointer = pointer_to(context, builder, array, args[0], index, args[1])

        def block(b):
            at = builder.bitcast(builder.gep(pointer, [ir.IntType(64)(b * LANES)]), narrow.as_pointer())
            return builder.zext(builder.load(at, align=1), block_type("i32"))

        return build(builder, vec, block)

    return vec(array, index, blocks), codegen


@intrinsic
def store_bytes(typingctx, array, index, vec):
    """Write int32 lanes from 0 to 255 to a uint8 array, from flat `index` on."""
    narrow = ir.VectorType(ir.IntType(8), LANES)

    def codegen(context, builder, sig, args):
        pointer = pointer_to(context, builder, array, args[0], index, args[1])
        for b in range(vec.blocks):
            at = builder.bitcast(builder.gep(pointer, [ir.IntType(64)(b * LANES)]), narrow.as_pointer())
            builder.store(builder.trunc(builder.extract_value(args[2], b), narrow), at, align=1)
        return context.get_dummy_value()

    return types.void(array, index, vec), codegen


@intrinsic
def take(typingctx, array, indices):
    """The element of `array` at each of the int32 lanes of `indices`."""
    vec = _vec_for(array.dtype, (0,) * indices.blocks)

    def codegen(context, builder, sig, args):
        def gather(block):
            found = ir.Constant(block_type(vec.kind), ir.Undefined)
            for lane in range(LANES):
                at = ir.IntType(32)(lane)
                index = builder.extract_element(block, at)
                pointer = pointer_to(context, builder, array, args[0], types.int32, index)
                found = builder.insert_element(found, builder.load(pointer), at)
            return found

        return map_blocks(builder, vec, gather, args[1:])

    return vec(array, indices), codegen


@intrinsic
def prefetch(typingctx, array, index):
    """Ask for the cache line that holds element `index`, soon to be read."""

    def codegen(context, builder, sig, args):
        pointer = builder.bitcast(pointer_to(context, builder, array, args[0], index, args[1]), cgutils.voidptr_t)
        read, keep, data = (ir.IntType(32)(n) for n in (0, 3, 1))
        call(builder, "llvm.prefetch.p0", ir.VoidType(), pointer, read, keep, data)
        return context.get_dummy_value()

    return types.void(array, index), codegen


# ---- vectors made from scalars --------------------------------------------------------------------------------------


@intrinsic
def splat(typingctx, scalar, blocks):
    """`scalar` in every lane: float32 lanes for a float, int32 lanes for an integer."""
    vec = Vec("f32" if isinstance(scalar, types.Float) else "i32", len(blocks))
    return vec(scalar, blocks), lambda context, builder, sig, args: context.cast(builder, args[0], scalar, vec)


@intrinsic
def lane_numbers(typingctx, blocks):
    """0, 1, 2, ... as int32 lanes."""
    vec = Vec("i32", len(blocks))

    def codegen(context, builder, sig, args):
        return build(builder, vec, lambda b: ir.Constant(block_type("i32"), list(range(b * LANES, (b + 1) * LANES))))

    return vec(blocks), codegen
