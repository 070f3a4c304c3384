"""The compiled engine: the three verbs of `mnist_nn.engines.Engine` over the kernels.

It prepares memory, hands it to the kernels and takes the results out; no arithmetic of the network is done here.
"""

import math
import os
import threading
import time
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import llvmlite.binding
import numpy as np
import numpy.typing as npt

from mnist_nn.config import NetworkConfig
from mnist_nn.engines import Plan, Tally, check_width
from mnist_nn.engines.compiled import jit, kernels, layout, units
from mnist_nn.engines.compiled.placing import Placed, pairs_of_bytes, place, plain
from mnist_nn.engines.compiled.records import Memory, Recipe, Work
from mnist_nn.engines.compiled.rules import KINDS
from mnist_nn.engines.compiled.simd import LANES
from mnist_nn.engines.compiled.threads import Pace
from mnist_nn.engines.compiled.words import WORDS
from mnist_nn.network import Network
from mnist_nn.optimizers import OptimizerState
from mnist_nn.randomness import keep_threshold

Array = npt.NDArray[Any]
BATCH = 240  # samples of a batch when only the forward pass is run
FAR = 2**40  # more meetings than any run has
DENSE_BATCH, DENSE_INK = 24, 0.43  # measured: from here on, batches of images are quicker as dense products
PART = 512  # a larger batch is learned in parts, so that memory stays small
WORTH_A_THREAD = 10_000_000  # multiplications a batch below which a second thread costs more than it saves
BY_SAMPLE = 32  # smaller batches of plain SGD go straight into the weights of the first layer


class CompiledEngine:
    """Everything that the reference engine can do in float32, at the speed of the machine.

    ``threads`` is the most it uses, by default the processors this process may run on. Results do not depend on it.
    """

    name = "compiled"

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads or len(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else [0])
        self.pace = Pace()

    def place(self, x: Array, t: npt.NDArray[np.int64] | None = None, weights: Array | None = None) -> Placed:
        """See `mnist_nn.engines.Engine`."""
        return place(x, t, weights)

    def forward(self, network: Network, placed: Placed) -> Array:
        """See `mnist_nn.engines.Engine`."""
        config, count = network.config, len(placed)
        check_width(config, placed.inputs)
        wide = widest(config)
        table = layout.table_of(config, BATCH, wide)
        flat = layout.packed(table, network.parameters)
        z_o, width = layout.aligned(count * int(table[-1, 1])), int(table[-1, 1])
        starts = _divide(count, self.threads if count * network.parameter_count > WORTH_A_THREAD else 1)
        recipe, order, jobs = _silent(config, _as_pairs(placed, BATCH)), np.arange(count), []
        for first, last in pairwise(starts):
            memory = layout.memory_for(table, config, BATCH, flat, (), None, sparse=recipe.as_pairs)
            (work,) = layout.works(table, BATCH, 1, wide)
            jobs.append((table, placed.data, memory, work, recipe, order, first, last, z_o, (0,) * wide))
        _side_by_side(kernels.infer, jobs)
        return z_o[: count * width].reshape(count, width)[:, : config.outputs]

    def epoch(
        self, network: Network, state: OptimizerState, placed: Placed, plan: Plan
    ) -> tuple[Network, OptimizerState, Tally]:
        """See `mnist_nn.engines.Engine`."""
        config, data = network.config, placed.data
        check_width(config, placed.inputs)
        part, wide = min(plan.batch_size, len(plan.order), PART), widest(config)
        table, recipe = layout.table_of(config, part, wide), _recipe(config, plan, _as_pairs(placed, part))
        flats = [layout.packed(table, arrays) for arrays in (network.parameters, *state.slots.values())]
        word = WORDS[data.values.dtype.name]
        memory = layout.memory_for(table, config, part, flats[0], flats[1:], word, sparse=recipe.as_pairs)
        sums = memory._replace(p=layout.aligned(memory.p.size if plan.batch_size > PART else 0))
        order = plain(plan.order)
        threads = self.pace.choose(_most_threads(network, plan, self.threads), (config.sizes, plan.batch_size))
        jobs = [
            (table, data, memory, sums, work, recipe, order, plan.rates, state.updates, (0,) * wide)
            for work in layout.works(table, part, threads, wide)
        ]
        scaled = recipe.by_sample and (recipe.coupled > 0 or recipe.longest > 0)
        if scaled:
            jit.run(kernels.fold, table, memory, (0,) * wide)  # at scale 1 this only adds up the squares
        begin = time.perf_counter()
        _side_by_side(kernels.learn, jobs)
        self.pace.record(threads, (time.perf_counter() - begin) / len(order))
        if scaled:
            jit.run(kernels.fold, table, memory, (0,) * wide)
        parameters, *slots = (layout.unpacked(table, flat, config.sizes) for flat in flats)
        after = OptimizerState(state.updates + len(plan.rates), dict(zip(state.slots, slots, strict=True)))
        return Network.of(config, parameters), after, _tally(config, plan, memory)


def _divide(count: int, parts: int) -> list[int]:
    """Cut 0 .. count at whole batches, so that a sample's batch does not depend on the number of parts."""
    batches = -(-count // BATCH)
    return sorted({min(batches * i // parts * BATCH, count) for i in range(parts + 1)})


def _most_threads(network: Network, plan: Plan, most: int) -> int:
    """Threads meet several times a batch, which can pay only where a batch is long and layers have blocks for all."""
    blocks = max(network.config.sizes[1:]) // (widest(network.config) * LANES)
    work = network.parameter_count * min(plan.batch_size, PART)
    return min(most, max(blocks, 1)) if work > WORTH_A_THREAD else 1


def _side_by_side(compiled: Any, jobs: list[tuple[Any, ...]]) -> None:
    """Run a kernel on every job, each on a thread of its own; the kernels hold no lock."""
    if len(jobs) > 1:
        jit.compile_for(compiled, jobs[0])
    others = [threading.Thread(target=compiled, args=job, daemon=True) for job in jobs[1:]]
    try:
        for thread in others:
            thread.start()
        jit.run(compiled, *jobs[0])
    except BaseException:
        _release(jobs)
        raise
    for thread in others:
        thread.join()


def _release(jobs: list[tuple[Any, ...]]) -> None:
    """Let threads go on that wait for one that will never come; what they compute is thrown away."""
    for job in jobs:
        for work in (argument for argument in job if isinstance(argument, Work)):
            work.arrived[0] += FAR


def _as_pairs(placed: Placed, batch: int) -> bool:
    """Whether visiting only the ink is quicker than dense products, which take a third of the time a pixel."""
    data = placed.data
    return data.is_sparse and (batch < DENSE_BATCH or data.offsets[-1] < DENSE_INK * len(placed) * placed.inputs)


@cache
def _most_vectors() -> int:
    """Vectors in a block whose tile still fits the machine's registers: 32 of sixteen floats, or fewer and smaller."""
    return 4 if llvmlite.binding.get_host_cpu_features().get("avx512f") else 1


def widest(config: NetworkConfig) -> int:
    """Vectors in a wide column block: as many as the machine holds and the layers fill."""
    return min(_most_vectors(), 1 << int(math.log2(-(-max(config.sizes[1:]) // LANES))))


def _recipe(config: NetworkConfig, plan: Plan, as_pairs: bool) -> Recipe:
    adam = plan.optimizer in ("adam", "adamw")
    constants = plan.constants
    by_sample = as_pairs and plan.optimizer == "sgd" and plan.batch_size < BY_SAMPLE
    rates = (*plan.dropout, 0.0)
    return Recipe(
        loss=units.LOSSES[plan.loss, config.output],
        kind=KINDS[plan.optimizer],
        batch=plan.batch_size,
        part=PART,
        as_pairs=as_pairs,
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


def _silent(config: NetworkConfig, as_pairs: bool) -> Recipe:
    """A recipe for the forward pass alone: no dropout, nothing learned."""
    layers = len(config.hidden) + 1
    nothing = (np.zeros(layers, np.int64), np.zeros(layers, np.float32))
    return Recipe(0, 0, BATCH, BATCH, as_pairs, False, *(0.0,) * 6, 0, 0, *nothing)


def _tally(config: NetworkConfig, plan: Plan, memory: Memory) -> Tally:
    squares, entropy, right = memory.tally.tolist()
    mse = squares / config.outputs
    reported = entropy if plan.loss == "cross_entropy" else mse
    return Tally(len(plan.order), reported, mse if plan.loss == "mse" else entropy, int(right))


def single(network: Network) -> Callable[[Array], tuple[int, Array]]:
    """Make a network ready for one image at a time: uint8 in, its class and the probabilities of all classes out."""
    config = network.config
    wide = widest(config)
    table = layout.table_of(config, 1, wide)
    flat = layout.packed(table, network.parameters)
    memory = layout.memory_for(table, config, 1, flat, (), None, sparse=True)
    (work,) = layout.works(table, 1, 1, wide)
    full = np.full((1, config.inputs), 255, np.uint8)
    data = pairs_of_bytes(full, np.zeros(1, np.int64))  # room for an image full of ink
    ink = np.zeros((1, -(-config.inputs // 8) * 8), np.uint8)
    pixels = ink[0, : config.inputs]
    prepared = (
        table,
        data,
        memory,
        work,
        _silent(config, as_pairs=True),
        ink.view("<u8"),
        config.output == "softmax",
        (0,) * wide,
    )
    jit.compile_for(kernels.look, prepared)
    kernel, probabilities, lock = kernels.look, memory.o[: config.outputs], threading.Lock()

    def look(image: Array) -> tuple[int, Array]:
        with lock:  # the room for the image and for the answer is one for all callers
            pixels[:] = image.reshape(-1)
            return kernel(*prepared), probabilities.copy()

    return look
