"""How kernels read records: the same descriptions (../records.py) as Numba's types, and words of memory as values.

A record is read whole, into values that have no address, so that storing a weight cannot change where arrays lie.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from mnist_nn.engines.compiled.kernels.options import inline
from mnist_nn.engines.compiled.kernels.simd.vector import pointer_to
from mnist_nn.engines.compiled.records import FORMS, Block, Form, Layer, Target, fields, size_of

SCALARS = {int: types.int64, float: types.float64, bool: types.boolean}
WORD = ir.IntType(64)
WORDS = types.CPointer(types.int64)


def numba_type(record: type, form: Form) -> types.NamedTuple:
    """Return a record's type, for samples of a form."""
    return types.NamedTuple([_type_of(kind, form) for kind in fields(record).values()], record)


def _type_of(kind: Any, form: Form) -> Any:
    if isinstance(kind, str):
        return types.CPointer(getattr(types, form.type_of(kind)))
    return SCALARS[kind] if kind in SCALARS else numba_type(kind, form)


def make_reader(record: type, form: Form, known: dict[str, bool] | None = None) -> Callable[..., Any]:
    """Make a function that reads a record from an address and a number of words after it.

    Fields that are ``known`` are constants to the compiler, which removes the code that they make unnecessary.
    """

    @intrinsic
    def read(typingctx, words, index):
        result = numba_type(record, form)

        def codegen(context, builder, sig, args):
            reader = _Reader(context, builder, form, known or {})
            return reader.read(record, pointer_to(context, builder, words, args[0], index, args[1]))

        return result(words, index), codegen

    return read


class _Reader:
    """Emits the instructions that read a record, word after word."""

    def __init__(self, context: Any, builder: Any, form: Form, known: dict[str, bool]) -> None:
        self.context, self.builder, self.form, self.known = context, builder, form, known

    def read(self, record: type, at: Any) -> Any:
        values = []
        for name, kind in fields(record).items():
            values.append(self._read_field(name, kind, at))
            at = self.builder.gep(at, [WORD(1 if kind in SCALARS or isinstance(kind, str) else size_of(kind))])
        return self.context.make_tuple(self.builder, numba_type(record, self.form), values)

    def _read_field(self, name: str, kind: Any, at: Any) -> Any:
        if name in self.known:
            return ir.IntType(1)(int(self.known[name]))
        if kind is int:
            return self.builder.load(at)
        if kind is bool:
            return self.builder.icmp_unsigned("!=", self.builder.load(at), WORD(0))
        if kind is float or isinstance(kind, str):
            value = self.context.get_value_type(_type_of(kind, self.form))
            return self.builder.load(self.builder.bitcast(at, value.as_pointer()))
        return self.read(kind, at)


_read_layer = make_reader(Layer, FORMS["rows"])
_read_block = make_reader(Block, FORMS["rows"])
_LAYER, _BLOCK = size_of(Layer), size_of(Block)


@inline
def layer_of(net, k):
    """Layer k of a network."""
    return _read_layer(net.layers, k * _LAYER)


@inline
def block_of(work, n):
    """Block n of a thread's part."""
    return _read_block(work.blocks, n * _BLOCK)


@inline
def target_of(data, sample):
    """The target of one of the placed samples."""
    label, targets = data.labels[sample], data.targets
    return Target(label, targets.array, targets.first + targets.per_label * label + targets.per_sample * sample)


@inline
def sample_number(batch, s):
    """The number of the batch's sample s among all placed samples."""
    return batch.order.samples[batch.begin + s]
