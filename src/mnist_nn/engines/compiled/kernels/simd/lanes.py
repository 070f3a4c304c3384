"""Functions of vectors (see vector.py): each is one LLVM instruction per block, or a few.

Lane by lane: fma, minimum, maximum, sqrt, rint, floor, absolute, rotate_left, select.
Between kinds:  to_float, to_int, as_bits, from_bits, join.
Across lanes:   total, largest, any_lane, sums_of_rows.
"""

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from mnist_nn.engines.compiled.kernels.options import LANES
from mnist_nn.engines.compiled.kernels.simd.vector import (
    Vec,
    block_type,
    build,
    call,
    map_blocks,
    pointer_to,
    reduce_blocks,
)

_SUFFIX = {"f32": f"v{LANES}f32", "i32": f"v{LANES}i32", "mask": f"v{LANES}i1"}
_DISTANCES = [1 << bit for bit in reversed(range(LANES.bit_length() - 1))]  # half the lanes, a quarter, …, 1


def _elementwise(name, arity, doc):
    """A Numba function that applies the LLVM intrinsic `name` to each block; scalars beside a vector are spread."""

    def typed(*given):
        vec = next((g for g in given if isinstance(g, Vec) and g.kind == "f32"), None)
        if vec is None:
            return None

        def codegen(context, builder, sig, args):
            block = block_type("f32")
            return map_blocks(
                builder, vec, lambda *parts: call(builder, f"llvm.{name}.{_SUFFIX['f32']}", block, *parts), args
            )

        return vec(*[vec] * arity), codegen

    arities = {
        1: lambda typingctx, a: typed(a),
        2: lambda typingctx, a, b: typed(a, b),
        3: lambda typingctx, a, b, c: typed(a, b, c),
    }
    function = arities[arity]
    function.__name__, function.__doc__ = name.replace(".", "_"), doc
    return intrinsic(function)


fma = _elementwise("fmuladd", 3, doc="a * b + c, rounded once where the machine can.")
minimum = _elementwise("minnum", 2, doc="The lesser of two lanes.")
maximum = _elementwise("maxnum", 2, doc="The greater of two lanes.")
sqrt = _elementwise("sqrt", 1, doc="Square root, correctly rounded.")
rint = _elementwise("nearbyint", 1, doc="The nearest whole number, halves to even.")
floor = _elementwise("floor", 1, doc="The greatest whole number not above.")
absolute = _elementwise("fabs", 1, doc="Without the sign.")


def _conversion(kind, result, emit, doc):
    """A Numba function from vectors of one kind to another of the same width."""

    def function(typingctx, vec):
        if not (isinstance(vec, Vec) and vec.kind == kind):
            return None

        def codegen(context, builder, sig, args):
            change = lambda block: getattr(builder, emit)(block, block_type(result))  # noqa: E731
            return map_blocks(builder, vec.like(result), change, args)

        return vec.like(result)(vec), codegen

    function.__doc__ = doc
    return intrinsic(function)


to_float = _conversion("i32", "f32", "sitofp", "Signed integers as floats, rounded to nearest.")
to_int = _conversion("f32", "i32", "fptosi", "Floats as signed integers, rounded towards zero.")
as_bits = _conversion("f32", "i32", "bitcast", "The bits of each float, as an integer.")
from_bits = _conversion("i32", "f32", "bitcast", "The float that has these bits.")


@intrinsic
def rotate_left(typingctx, vec, count):
    """Rotate the bits of each int32 lane."""

    def codegen(context, builder, sig, args):
        name, block = f"llvm.fshl.v{LANES}i32", block_type("i32")
        return map_blocks(builder, vec, lambda a, n: call(builder, name, block, a, a, n), args)

    return vec(vec, vec), codegen


@intrinsic
def select(typingctx, mask, a, b):
    """`a` where the mask is true, else `b`; either may be a scalar, not both."""
    vec = a if isinstance(a, Vec) else b

    def codegen(context, builder, sig, args):
        return map_blocks(builder, vec, builder.select, args)

    return vec(mask, vec, vec), codegen


@intrinsic
def join(typingctx, vectors):
    """A tuple of vectors as one wide vector."""
    vec = Vec(vectors[0].kind, sum(v.blocks for v in vectors))

    def codegen(context, builder, sig, args):
        parts = [builder.extract_value(args[0], i) for i in range(len(vectors))]
        blocks = [builder.extract_value(p, b) for p, v in zip(parts, vectors, strict=True) for b in range(v.blocks)]
        return build(builder, vec, blocks.__getitem__)

    return vec(vectors), codegen


@intrinsic
def block(typingctx, vec, blocks):
    """The last of the vector's blocks that `blocks` counts: block(v, ONE) is the first."""
    index = len(blocks) - 1

    def codegen(context, builder, sig, args):
        return build(builder, Vec(vec.kind, 1), lambda b: builder.extract_value(args[0], index))

    return Vec(vec.kind, 1)(vec, blocks), codegen


def _fold(name, scalar, kind, start, doc):
    """A Numba function from a vector to one scalar: join the blocks lane by lane, then the lanes as a tree."""

    def function(typingctx, vec):
        if not (isinstance(vec, Vec) and vec.kind == kind):
            return None

        def codegen(context, builder, sig, args):
            lane = block_type(kind).element
            join_blocks = {"fadd": builder.fadd, "or": builder.or_}.get(
                name, lambda a, b: call(builder, f"llvm.maxnum.v{LANES}f32", block_type(kind), a, b)
            )
            folded = reduce_blocks(builder, args[0], join_blocks)
            first = [] if start is None else [lane(start)]
            free_order = ("reassoc",) if kind == "f32" else ()  # else LLVM would add the lanes one after the other
            return call(
                builder, f"llvm.vector.reduce.{name}.{_SUFFIX[kind]}", lane, *first, folded, fastmath=free_order
            )

        return scalar(vec), codegen

    function.__doc__ = doc
    return intrinsic(function)


total = _fold("fadd", types.float32, "f32", -0.0, "The sum of all lanes.")
largest = _fold("fmax", types.float32, "f32", None, "The greatest lane.")
any_lane = _fold("or", types.boolean, "mask", None, "Whether any lane is true.")


@intrinsic
def sums_of_rows(typingctx, vectors):
    """Lane i of the result is the sum of the lanes of vector i, of as many vectors as there are lanes.

    Two vectors at a time are interleaved and added, until one is left; `swap` is the distance of the lanes that meet.
    """
    vec = Vec("f32", 1)

    def codegen(context, builder, sig, args):
        level = [reduce_blocks(builder, builder.extract_value(args[0], i), builder.fadd) for i in range(LANES)]
        for distance in _DISTANCES:
            half = len(level) // 2
            level = [_add_halves(builder, level[i], level[i + half], distance) for i in range(half)]
        return build(builder, vec, lambda b: level[0])

    return vec(vectors), codegen


def _add_halves(builder, a, b, distance):
    """Where bit `distance` of a lane's number is 0, that lane of `a` plus its partner; where 1, the same of `b`."""
    low = [lane & ~distance for lane in range(LANES)]
    from_b = [LANES if lane & distance else 0 for lane in range(LANES)]
    mask = ir.VectorType(ir.IntType(32), LANES)
    first = builder.shuffle_vector(a, b, ir.Constant(mask, [i + j for i, j in zip(low, from_b, strict=True)]))
    second = builder.shuffle_vector(
        a, b, ir.Constant(mask, [i + j + distance for i, j in zip(low, from_b, strict=True)])
    )
    return builder.fadd(first, second)


@intrinsic
def zero_rows(typingctx, blocks):
    """As many single vectors of zeros as there are lanes, as a tuple."""
    vec = Vec("f32", 1)
    result = types.UniTuple(vec, LANES)

    def codegen(context, builder, sig, args):
        zero = build(builder, vec, lambda b: ir.Constant(block_type("f32"), [0.0] * LANES))
        return context.make_tuple(builder, result, [zero] * LANES)

    return result(blocks), codegen


@intrinsic
def add_rows(typingctx, sums, array, index, step, factor):
    """sums[r] + (elements of `array` from `index` + r * step on) * factor, for as many rows r as there are lanes."""

    def codegen(context, builder, sig, args):
        by = builder.extract_value(args[4], 0)
        rows = []
        for r in range(LANES):
            line = _load_vector(context, builder, sig.args, args, r)
            old = builder.extract_value(builder.extract_value(args[0], r), 0)
            new = call(builder, f"llvm.fmuladd.v{LANES}f32", block_type("f32"), line, by, old)
            rows.append(build(builder, factor, lambda b, new=new: new))
        return context.make_tuple(builder, sums, rows)

    return sums(sums, array, index, step, factor), codegen


@intrinsic
def transpose_block(typingctx, target, at, target_step, array, index, step):
    """Write rows of `array` into `target` as columns, a square as large as a vector; shuffles, no scalar moves."""

    def codegen(context, builder, sig, args):
        rows = [_load_vector(context, builder, (None, array, index, step), (None, *args[3:]), r) for r in range(LANES)]
        for distance in _DISTANCES:
            rows = _exchange(builder, rows, distance)
        base = pointer_to(context, builder, target, args[0], at, args[1])
        for r in range(LANES):
            offset = builder.mul(context.cast(builder, args[2], target_step, types.intp), ir.IntType(64)(r))
            pointer = builder.bitcast(builder.gep(base, [offset]), block_type("f32").as_pointer())
            builder.store(rows[r], pointer, align=4)
        return context.get_dummy_value()

    return types.void(target, at, target_step, array, index, step), codegen


def _load_vector(context, builder, kinds, values, r):
    """A vector of an array from index + r * step on; kinds and values hold (…, array, index, step)."""
    base = pointer_to(context, builder, kinds[1], values[1], kinds[2], values[2])
    offset = builder.mul(context.cast(builder, values[3], kinds[3], types.intp), ir.IntType(64)(r))
    pointer = builder.bitcast(builder.gep(base, [offset]), block_type("f32").as_pointer())
    return builder.load(pointer, align=4)


def _exchange(builder, rows, distance):
    """One stage of a transposition: rows that differ in bit `distance` exchange the lanes that differ in it."""
    keep = [lane if not lane & distance else LANES + (lane ^ distance) for lane in range(LANES)]
    take = [(lane | distance) if not lane & distance else LANES + lane for lane in range(LANES)]
    mask = ir.VectorType(ir.IntType(32), LANES)
    result = list(rows)
    for r in range(LANES):
        if not r & distance:
            a, b = rows[r], rows[r | distance]
            result[r] = builder.shuffle_vector(a, b, ir.Constant(mask, keep))
            result[r | distance] = builder.shuffle_vector(a, b, ir.Constant(mask, take))
    return result


@intrinsic
def trailing_zeros(typingctx, word):
    """How many low bits of a uint64 are zero before the first that is one; 64 for zero itself."""

    def codegen(context, builder, sig, args):
        return call(builder, "llvm.cttz.i64", ir.IntType(64), args[0], ir.IntType(1)(0))

    return types.uint64(types.uint64), codegen


@intrinsic
def count_ones(typingctx, word):
    """How many bits of a uint64 are one."""

    def codegen(context, builder, sig, args):
        return call(builder, "llvm.ctpop.i64", ir.IntType(64), args[0])

    return types.int64(types.uint64), codegen
