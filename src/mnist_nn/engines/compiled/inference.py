"""Forward passes alone, nothing learned: over many samples, or over a few at a time as they come, without delay.

As in engine.py, memory is made ready here and the kernels do the arithmetic.
"""

import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.engines.base import check_width
from mnist_nn.engines.compiled import jit, kernels, layout, sparse
from mnist_nn.engines.compiled.optimizers import SGD
from mnist_nn.engines.compiled.records import Recipe
from mnist_nn.engines.compiled.samples import Placed, make_room, reads_pairs
from mnist_nn.engines.compiled.threads import WORTH_A_THREAD, side_by_side
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.network import Network

Array = npt.NDArray[Any]
BATCH = 240  # samples of a batch where there are many
MOST = 1024  # images that room is made for


def forward(network: Network, placed: Placed, threads: int) -> Array:
    """Return z_o of all samples, shape (n, outputs)."""
    config, count = network.config, len(placed)
    wide = layout.widest(config)
    table = layout.lay_out(config, BATCH, wide)
    flat = _packed(network)
    width = layout.layers_of(table)[-1].width
    z_o = layout.align(count * width)
    starts = _divide(count, threads if count * network.parameter_count > WORTH_A_THREAD else 1)
    recipe = _make_recipe(config, BATCH, reads_pairs(placed.data, count, placed.inputs, BATCH))
    order, jobs = np.arange(count), []
    for first, last in pairwise(starts):
        memory = layout.make_memory(table, config, BATCH, flat, (), None, sparse=recipe.as_pairs)
        (work,) = layout.divide(table, BATCH, 1, wide)
        jobs.append((table, placed.data, memory, work, recipe, order, first, last, z_o, (0,) * wide))
    side_by_side(kernels.infer, jobs)
    return z_o[: count * width].reshape(count, width)[:, : config.outputs]


def prepare_batches(network: Network, most: int) -> Callable[[Array], Array]:
    """Make a network ready for a few images at a time: uint8 (n, inputs) in, z_o (n, outputs) out.

    All is packed, laid out and compiled beforehand, so that a call costs some microseconds beside the arithmetic.

    Parameters
    ----------
    network
        A network in float32.
    most
        Images of one pass, up to `MOST`; a call with more takes several.
    """
    most = min(most, MOST)
    room, lock = _Room(network, most), threading.Lock()
    room.compile()

    def forward(images: Array) -> Array:
        check_width(network.config, images.shape[1])
        with lock:  # the room for images and results is one for all callers
            parts = [room.forward(images[i : i + most]) for i in range(0, max(len(images), 1), most)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    return forward


def is_kept(network: Network) -> bool:
    """Whether `prepare_batches` can do without a compiler: such a network's machine code is in memory or on disk."""
    return all(jit.is_kept(*call) for call in _Room(network, 1).calls(1))


def is_loaded() -> bool:
    """Whether a forward pass has run in this process, so that the next one need not wait for machine code."""
    return bool(kernels.infer.overloads)


class _Room:
    """A packed network, room for up to ``most`` images, and the calls of kernels that run it."""

    def __init__(self, network: Network, most: int) -> None:
        config = self.config = network.config
        wide = layout.widest(config)
        self.most, self.order, self.wide = most, np.arange(most), (0,) * wide
        self.table = layout.lay_out(config, most, wide)
        flat = _packed(network)
        self.memory = layout.make_memory(self.table, config, most, flat, (), None, sparse=False)
        (self.work,) = layout.divide(self.table, most, 1, wide)
        self.ink = np.zeros((most, -(-config.inputs // 8) * 8), np.uint8)
        self.data = make_room(config.inputs, most)
        self.width = layout.layers_of(self.table)[-1].width
        self.z_o = layout.align(most * self.width)

    def calls(self, count: int) -> Iterator[tuple[Any, tuple[Any, ...]]]:
        """Give the kernels and their arguments, each once the one before has run."""
        data, config = self.data, self.config
        yield sparse.fill_pairs, (self.ink[:count].view("<u8"), data.offsets, data.pixels, data.values)
        recipe = _make_recipe(config, self.most, reads_pairs(data, count, config.inputs, count))
        yield kernels.infer, (
            self.table, data, self.memory, self.work, recipe, self.order, 0, count, self.z_o, self.wide
        )  # fmt: skip

    def compile(self) -> None:
        for kernel, arguments in self.calls(1):
            jit.compile_for(kernel, arguments)

    def forward(self, images: Array) -> Array:
        count = len(images)
        np.copyto(self.ink[:count, : self.config.inputs], images, casting="no")
        for kernel, arguments in self.calls(count):
            kernel(*arguments)
        return self.z_o[: count * self.width].reshape(count, self.width)[:, : self.config.outputs].copy()


def prepare_single(network: Network) -> Callable[[Array], tuple[int, Array]]:
    """Make a network ready for one image at a time: uint8 in, its class and the probabilities of all classes out."""
    config, room = network.config, _Room(network, 1)
    recipe, words, is_softmax = _make_recipe(config, 1, as_pairs=True), room.ink.view("<u8"), config.output == "softmax"
    arguments = (room.table, room.data, room.memory, room.work, recipe, words, is_softmax, room.wide)
    jit.compile_for(kernels.classify, arguments)
    pixels, probabilities = room.ink[0, : config.inputs], room.memory.o[: config.outputs]
    kernel, lock = kernels.classify, threading.Lock()

    def classify(image: Array) -> tuple[int, Array]:
        with lock:  # the room for the image and for the answer is one for all callers
            pixels[:] = image.reshape(-1)
            return kernel(*arguments), probabilities.copy()

    return classify


@lru_cache(maxsize=1)  # whoever asks a network once often asks again, and packing takes as long as some images do
def _packed(network: Network) -> Array:
    table = layout.lay_out(network.config, 1, layout.widest(network.config))
    return layout.pack(table, network.parameters)


def _divide(count: int, parts: int) -> list[int]:
    """Cut 0 .. count at whole batches, so that a sample's batch does not depend on the number of parts."""
    batches = -(-count // BATCH)
    return sorted({min(batches * i // parts * BATCH, count) for i in range(parts + 1)})


def _make_recipe(config: NetworkConfig, batch: int, as_pairs: bool) -> Recipe:
    """A recipe for the forward pass alone: no dropout, nothing learned."""
    layers = len(config.hidden) + 1
    return Recipe(
        loss=0,
        kind=SGD,
        batch=batch,
        part=batch,
        as_pairs=as_pairs,
        by_sample=False,
        momentum=0.0,
        beta2=0.0,
        epsilon=0.0,
        coupled=0.0,
        decoupled=0.0,
        longest=0.0,
        key0=0,
        key1=0,
        thresholds=np.zeros(layers, np.int64),
        factors=np.zeros(layers, np.float32),
    )
