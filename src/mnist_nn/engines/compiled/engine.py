"""The compiled engine: the three verbs of `mnist_nn.engines.Engine` over the kernels.

It prepares memory, hands it to the kernels and takes the results out; no arithmetic of the network is done here.
"""

import math
from dataclasses import dataclass
from typing import Any

import llvmlite.binding
import numpy as np
import numpy.typing as npt

from mnist_nn.config import NetworkConfig
from mnist_nn.engines import Plan, Tally, check_width
from mnist_nn.engines.compiled import jit, kernels, layout, sparse, units
from mnist_nn.engines.compiled.kernels import Data, Memory, Recipe
from mnist_nn.engines.compiled.rules import KINDS
from mnist_nn.engines.compiled.simd import LANES
from mnist_nn.network import Network
from mnist_nn.optimizers import OptimizerState
from mnist_nn.randomness import keep_threshold

Array = npt.NDArray[Any]
BATCH = 240  # samples of a batch when only the forward pass is run
BY_SAMPLE = 32  # smaller batches of plain SGD go straight into the weights of the first layer


@dataclass(frozen=True, eq=False)
class Placed:
    """Samples as pairs of ink or as rows of floats."""

    data: Data
    inputs: int

    def __len__(self) -> int:
        return len(self.data.offsets) - 1 if self.data.is_sparse else len(self.data.x)


class CompiledEngine:
    """Everything that the reference engine can do in float32, at the speed of the machine."""

    name = "compiled"

    def place(self, x: Array, t: npt.NDArray[np.int64] | None = None) -> Placed:
        """See `mnist_nn.engines.Engine`."""
        rows = x.reshape(len(x), -1)
        labels = np.zeros(0, np.int64) if t is None else np.ascontiguousarray(t, np.int64)
        return Placed(_pairs(rows, labels) if rows.dtype == np.uint8 else _floats(rows, labels), rows.shape[1])

    def forward(self, network: Network, placed: Placed) -> Array:
        """See `mnist_nn.engines.Engine`."""
        config = network.config
        check_width(config, placed.inputs)
        wide = widest(config)
        table = layout.table_of(config, BATCH, wide)
        memory = layout.memory_for(table, config, BATCH, 0, sparse=placed.data.is_sparse, training=False)
        layout.pack(table, network.parameters, memory.p)
        (work,) = layout.works(table, BATCH, 1, wide)
        width = int(table[-1, 1])
        z_o = layout.aligned(len(placed) * width)
        order = np.arange(len(placed))
        jit.run(kernels.infer, table, placed.data, memory, work, _silent(config), order, 0, len(placed), z_o, (0,) * wide)
        return _rows(z_o, len(placed), width, config.outputs)

    def epoch(self, network: Network, state: OptimizerState, placed: Placed, plan: Plan) -> tuple[Network, OptimizerState, Tally]:
        """See `mnist_nn.engines.Engine`."""
        config, data = network.config, placed.data
        check_width(config, placed.inputs)
        batch = min(plan.batch_size, len(plan.order))
        wide = widest(config)
        table = layout.table_of(config, batch, wide)
        memory = layout.memory_for(table, config, batch, len(state.slots), sparse=data.is_sparse, training=True)
        flats = (memory.p, memory.m, memory.v)
        for arrays, flat in zip((network.parameters, *state.slots.values()), flats, strict=False):
            layout.pack(table, arrays, flat)
        recipe = _recipe(config, plan)
        (work,) = layout.works(table, batch, 1, wide)
        z_o = layout.aligned(len(plan.order) * int(table[-1, 1]))
        jit.run(kernels.fold, table, memory, work)
        jit.run(kernels.learn, table, data, memory, work, recipe, plan.order, plan.rates, state.updates, z_o, (0,) * wide)
        jit.run(kernels.fold, table, memory, work)
        fan_ins = layout.fan_ins(network)
        slots = {slot: layout.unpack(table, flat, fan_ins) for slot, flat in zip(state.slots, flats[1:], strict=False)}
        after = OptimizerState(state.updates + len(plan.rates), slots)
        return Network.of(config, layout.unpack(table, memory.p, fan_ins)), after, _tally(config, plan, data, table, memory, z_o)


def _pairs(rows: Array, labels: Array) -> Data:
    offsets = np.zeros(len(rows) + 1, np.int64)
    jit.run(sparse.count_pairs, rows, offsets)
    pixels = np.zeros(offsets[-1] + sparse.SPARE, np.uint32 if rows.shape[1] > 2**16 else np.uint16)
    values = np.zeros(offsets[-1] + sparse.SPARE, np.uint8)
    jit.run(sparse.fill_pairs, rows, offsets, pixels, values)
    return Data(pixels, values, offsets, np.zeros((0, 0), np.float32), labels, is_sparse=True)


def _floats(rows: Array, labels: Array) -> Data:
    none = np.zeros(0, np.uint8)
    x = np.ascontiguousarray(rows, np.float32)
    return Data(none.astype(np.uint16), none, np.zeros(1, np.int64), x, labels, is_sparse=False)


def widest(config: NetworkConfig) -> int:
    """Vectors in a wide column block: as many as the sums of a tile leave registers for, and the layers fill."""
    most = 4 if llvmlite.binding.get_host_cpu_features().get("avx512f") else 1
    return min(most, 1 << int(math.log2(-(-max(config.sizes[1:]) // LANES))))


def _recipe(config: NetworkConfig, plan: Plan) -> Recipe:
    adam = plan.optimizer in ("adam", "adamw")
    constants = plan.constants
    by_sample = plan.optimizer == "sgd" and plan.batch_size < BY_SAMPLE
    rates = (*plan.dropout, 0.0)
    return Recipe(
        loss=units.LOSSES[plan.loss, config.output],
        kind=KINDS[plan.optimizer],
        batch=plan.batch_size,
        by_sample=by_sample,
        momentum=constants.beta1 if adam else constants.momentum,
        beta2=constants.beta2,
        epsilon=constants.epsilon,
        coupled=plan.coupled_decay,
        decoupled=plan.decoupled_decay,
        longest=plan.max_norm or 0.0,
        key0=plan.dropout_key.k0,
        key1=plan.dropout_key.k1,
        thresholds=np.array([keep_threshold(rate) for rate in rates], np.int64),
        factors=np.array([np.float32(1) / np.float32(1 - rate) for rate in rates], np.float32),
    )


def _silent(config: NetworkConfig) -> Recipe:
    """A recipe for the forward pass alone: no dropout, nothing learned."""
    none = np.zeros(len(config.hidden) + 1)
    return Recipe(0, 0, BATCH, False, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0, none.astype(np.int64), none.astype(np.float32))


def _rows(z_o: Array, count: int, width: int, outputs: int) -> Array:
    return z_o[: count * width].reshape(count, width)[:, :outputs]


def _tally(config: NetworkConfig, plan: Plan, data: Data, table: Array, memory: Memory, z_o: Array) -> Tally:
    is_softmax = config.output == "softmax"
    width = int(table[-1, 1])
    squares, entropy, right = jit.run(kernels.tally, z_o, plan.order, data.labels, config.outputs, width, is_softmax, memory.o)
    mse = squares / config.outputs
    reported = entropy if plan.loss == "cross_entropy" else mse
    return Tally(len(plan.order), reported, mse if plan.loss == "mse" else entropy, right)
