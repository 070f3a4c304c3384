"""The compiled engine: the functions of `mnist_nn.engines.base.Engine` over the kernels.

It prepares memory, passes it to the kernels and reads the results. No arithmetic of the network is done here.
"""

import time
from collections import deque
from threading import Event
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.data.augmentation import Distortion, augment
from mnist_nn.engines.base import Plan, Tally, check_targets, check_width
from mnist_nn.engines.compiled import codes, inference, layout, native
from mnist_nn.engines.compiled.distortion import warp_images
from mnist_nn.engines.compiled.records import Context, Form, Learning, Memory, Order, Recipe, Words
from mnist_nn.engines.compiled.samples import Placed, form_of, place, plain, reads_pairs, with_labels
from mnist_nn.engines.compiled.target import host
from mnist_nn.engines.compiled.threads import WORTH_A_THREAD, Pace, side_by_side
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.dropout import keep_threshold
from mnist_nn.nn.network import Network
from mnist_nn.nn.optimizers import OptimizerState
from mnist_nn.util.processors import count_processors
from mnist_nn.util.randomness import Key

Array = npt.NDArray[Any]
PART = 512  # a larger batch is learned in parts, so that memory stays small
BY_SAMPLE = 32  # smaller batches of plain SGD go straight into the weights of the first layer


class CompiledEngine:
    """Everything that the reference engine can do in float32, at the speed of the machine.

    ``threads`` is the largest number of threads, by default one for each processor that this process may run on.
    Results do not depend on it.
    """

    name = "compiled"

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads or count_processors()
        self.pace = Pace()
        self._rooms: deque[_Room] = deque(maxlen=1)

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
        part = min(plan.batch_size, len(plan.order), PART)
        recipe = _make_recipe(config, plan, reads_pairs(placed.data, len(placed), placed.inputs, part))
        threads = self.pace.choose(_most_threads(network, plan, self.threads), (config.sizes, plan.batch_size))
        room = self._take_room(_Kind(config, tuple(state.slots), recipe.momentum, placed.form, part, recipe.as_pairs))
        room.fill(network, state)
        works = layout.divide(room.table, part, threads, layout.widest(config))
        data = placed.data if placed.classes else with_labels(placed.data, layout.layers_of(room.table)[-1].width)
        sums = layout.align(room.memory.p.size if plan.batch_size > PART else 0)
        order, rates = plain(plan.order), plain(plan.rates, np.float64)
        contexts = [Context(room.net, room.memory, work, recipe) for work in works]
        jobs = [Words(Learning(c, data, Order(order, len(order)), sums, rates, state.updates)) for c in contexts]
        kernel = native.load("learn", placed.form.name, layout.widest(config))
        begin = time.perf_counter()
        side_by_side(kernel, jobs, works)
        self.pace.record(threads, (time.perf_counter() - begin) / len(order))
        after = room.take_out(state.updates + len(plan.rates))
        self._rooms.append(room)
        return *after, _tally(config, plan, room.memory)

    def _take_room(self, kind: "_Kind") -> "_Room":
        """Take the room of the stretch before, if it is of this kind; until it is put back, no other thread has it."""
        try:
            room = self._rooms.pop()
        except IndexError:
            return _Room(kind)
        return room if room.kind == kind else _Room(kind)


def prepare_training(config: NetworkConfig, x: Any) -> None:
    """Prepare the machine code that training such a network on these samples needs."""
    native.load("learn", form_of(x).name, layout.widest(config))


class _Kind(NamedTuple):
    """What memory is laid out for."""

    config: NetworkConfig
    slots: tuple[str, ...]
    momentum: float
    form: Form
    part: int
    as_pairs: bool


class _Room:
    """Memory for stretches of one kind, and what lies in it: most stretches go on where the one before ended."""

    def __init__(self, kind: _Kind) -> None:
        config = kind.config
        self.kind, self.table = kind, layout.lay_out(config, kind.part, layout.widest(config))
        self.flats = [layout.make_flat(self.table) for _ in range(1 + len(kind.slots))]
        self.memory = layout.make_memory(
            self.table,
            config,
            kind.part,
            self.flats[0],
            self.flats[1:],
            kind.form,
            layout.powers_of(kind.momentum),
            sparse=kind.as_pairs,
        )
        self.net = layout.net_of(self.table)
        self.holds: tuple[Network, OptimizerState] | None = None

    def fill(self, network: Network, state: OptimizerState) -> None:
        """Pack parameters and slots, unless they are those that were taken out last."""
        if self.holds is None or self.holds[0] is not network or self.holds[1] is not state:
            for flat, arrays in zip(self.flats, (network.parameters, *state.slots.values()), strict=True):
                layout.pack(self.table, arrays, flat)
        self.memory.tally[:] = 0

    def take_out(self, updates: int) -> tuple[Network, OptimizerState]:
        """Return copies of the parameters and of the optimizer's state, after so many updates."""
        config = self.kind.config
        parameters, *slots = (layout.unpack(self.table, flat, config.sizes) for flat in self.flats)
        state = OptimizerState(updates, dict(zip(self.kind.slots, slots, strict=True)))
        self.holds = Network.of(config, parameters), state
        return self.holds


def _most_threads(network: Network, plan: Plan, most: int) -> int:
    """Threads meet several times a batch, which can pay only where a batch is long and layers have blocks for all."""
    blocks = max(network.config.sizes[1:]) // (layout.widest(network.config) * host().lanes)
    work = network.parameter_count * min(plan.batch_size, PART)
    return min(most, max(blocks, 1)) if work > WORTH_A_THREAD else 1


def _make_recipe(config: NetworkConfig, plan: Plan, as_pairs: bool) -> Recipe:
    adam = plan.optimizer in ("adam", "adamw")
    constants = plan.constants
    is_decayed = plan.l2 > 0 or (plan.max_norm or 0.0) > 0
    is_lazy = as_pairs and plan.optimizer in ("momentum", "nesterov") and plan.batch_size == 1 and not is_decayed
    by_sample = as_pairs and plan.optimizer == "sgd" and plan.batch_size < BY_SAMPLE
    rates = (*plan.dropout, 0.0)
    return Recipe(
        loss=codes.LOSSES[plan.loss, config.output],
        kind=codes.OPTIMIZERS[plan.optimizer],
        batch=plan.batch_size,
        part=PART,
        as_pairs=as_pairs,
        by_sample=by_sample or is_lazy,
        is_scaled=by_sample and is_decayed,
        is_lazy=is_lazy,
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
