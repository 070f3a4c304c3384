"""The compiled engine: the functions of `mnist_nn.engines.base.Engine` over the kernels.

It prepares memory, hands it to the kernels and takes the results out; no arithmetic of the network is done here.
"""

import os
import time
from threading import Event
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data.augmentation import Distortion, augment
from mnist_nn.engines.base import Plan, Tally, check_targets, check_width
from mnist_nn.engines.compiled import codes, inference, layout, native
from mnist_nn.engines.compiled.distortion import warp_images
from mnist_nn.engines.compiled.records import Context, Learning, Memory, Order, Recipe, Words
from mnist_nn.engines.compiled.samples import Placed, place, plain, reads_pairs, with_labels
from mnist_nn.engines.compiled.target import host
from mnist_nn.engines.compiled.threads import WORTH_A_THREAD, Pace, side_by_side
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.dropout import keep_threshold
from mnist_nn.nn.network import Network
from mnist_nn.nn.optimizers import OptimizerState
from mnist_nn.util.randomness import Key

Array = npt.NDArray[Any]
PART = 512  # a larger batch is learned in parts, so that memory stays small
BY_SAMPLE = 32  # smaller batches of plain SGD go straight into the weights of the first layer


class CompiledEngine:
    """Everything that the reference engine can do in float32, at the speed of the machine.

    ``threads`` is the most it uses, by default the processors this process may run on. Results do not depend on it.
    """

    name = "compiled"

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads or len(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else [0])
        self.pace = Pace()

    def place(
        self, x: Array, t: Array | None = None, weights: Array | None = None, labels: Array | None = None
    ) -> Placed:
        """See `mnist_nn.engines.base.Engine`."""
        return place(x, t, weights, labels)

    def distort(self, images: Array, key: Key, how: Distortion, stop: Event | None = None) -> Array:
        """See `mnist_nn.engines.base.Engine`."""
        return augment(images, key, how, warp_images, stop)

    def forward(self, network: Network, placed: Placed) -> Array:
        """See `mnist_nn.engines.base.Engine`."""
        check_width(network.config, placed.inputs)
        return inference.forward(network, placed, self.threads)

    def epoch(
        self, network: Network, state: OptimizerState, placed: Placed, plan: Plan
    ) -> tuple[Network, OptimizerState, Tally]:
        """See `mnist_nn.engines.base.Engine`."""
        config = network.config
        check_width(config, placed.inputs)
        check_targets(placed.classes, config)
        part, wide = min(plan.batch_size, len(plan.order), PART), layout.widest(config)
        table = layout.lay_out(config, part, wide)
        data = placed.data if placed.classes else with_labels(placed.data, layout.layers_of(table)[-1].width)
        recipe = _make_recipe(config, plan, reads_pairs(data, len(placed), placed.inputs, part))
        flats = [layout.pack(table, arrays) for arrays in (network.parameters, *state.slots.values())]
        memory = layout.make_memory(table, config, part, flats[0], flats[1:], placed.form, sparse=recipe.as_pairs)
        sums = layout.align(memory.p.size if plan.batch_size > PART else 0)
        order, rates = plain(plan.order), plain(plan.rates, np.float64)
        threads = self.pace.choose(_most_threads(network, plan, self.threads), (config.sizes, plan.batch_size))
        works, net = layout.divide(table, part, threads, wide), layout.net_of(table)
        contexts = [Context(net, memory, work, recipe) for work in works]
        jobs = [Words(Learning(c, data, Order(order, len(order)), sums, rates, state.updates)) for c in contexts]
        kernel = native.load("learn", placed.form.name, wide)
        begin = time.perf_counter()
        side_by_side(kernel, jobs, works)
        self.pace.record(threads, (time.perf_counter() - begin) / len(order))
        parameters, *slots = (layout.unpack(table, flat, config.sizes) for flat in flats)
        after = OptimizerState(state.updates + len(plan.rates), dict(zip(state.slots, slots, strict=True)))
        return Network.of(config, parameters), after, _tally(config, plan, memory)


def _most_threads(network: Network, plan: Plan, most: int) -> int:
    """Threads meet several times a batch, which can pay only where a batch is long and layers have blocks for all."""
    blocks = max(network.config.sizes[1:]) // (layout.widest(network.config) * host().lanes)
    work = network.parameter_count * min(plan.batch_size, PART)
    return min(most, max(blocks, 1)) if work > WORTH_A_THREAD else 1


def _make_recipe(config: NetworkConfig, plan: Plan, as_pairs: bool) -> Recipe:
    adam = plan.optimizer in ("adam", "adamw")
    constants = plan.constants
    by_sample = as_pairs and plan.optimizer == "sgd" and plan.batch_size < BY_SAMPLE
    rates = (*plan.dropout, 0.0)
    return Recipe(
        loss=codes.LOSSES[plan.loss, config.output],
        kind=codes.OPTIMIZERS[plan.optimizer],
        batch=plan.batch_size,
        part=PART,
        as_pairs=as_pairs,
        by_sample=by_sample,
        is_scaled=by_sample and (plan.coupled_decay > 0 or (plan.max_norm or 0.0) > 0),
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


def _tally(config: NetworkConfig, plan: Plan, memory: Memory) -> Tally:
    squares, entropy, right = memory.tally.tolist()
    mse = squares / config.outputs
    reported = entropy if plan.loss == "cross_entropy" else mse
    return Tally(len(plan.order), reported, mse if plan.loss == "mse" else entropy, int(right))
