"""Runs forward passes without learning: over many samples, or over a few at a time as they arrive, without delay.

As in engine.py, memory is prepared here, and the kernels do the arithmetic.
"""

import threading
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.engines.base import check_width
from mnist_nn.engines.compiled import layout, native
from mnist_nn.engines.compiled.codes import SGD, WORD
from mnist_nn.engines.compiled.records import FORMS, Context, Images, Inference, Order, Recipe, Single, Words
from mnist_nn.engines.compiled.samples import Placed, form_of_bytes, make_room, reads_pairs
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
    order, net, jobs, works = Order(np.arange(count), count), layout.net_of(table), [], []
    for first, last in pairwise(starts):
        memory = layout.make_memory(table, config, BATCH, flat, (), None, sparse=recipe.as_pairs)
        (work,) = layout.divide(table, BATCH, 1, wide)
        works.append(work)
        jobs.append(Words(Inference(Context(net, memory, work, recipe), placed.data, order, first, last, z_o)))
    if jobs:
        side_by_side(native.load("infer", placed.form.name, wide), jobs, works)
    return z_o[: count * width].reshape(count, width)[:, : config.outputs]


def prepare_batches(network: Network, most: int) -> Callable[[Array], Array]:
    """Prepare a network for a few images at a time: uint8 (n, inputs) in, z_o (n, outputs) out.

    Everything is packed, laid out and compiled beforehand, so that a call costs only a few microseconds besides the
    arithmetic.

    Parameters
    ----------
    network
        A network in float32.
    most
        The largest number of images in one pass, up to `MOST`; a call with more images takes several passes.
    """
    most = min(most, MOST)
    room, lock = _Room(network, most), threading.Lock()
    room.load()

    def forward(images: Array) -> Array:
        check_width(network.config, images.shape[1])
        with lock:  # the room for images and results is one for all callers
            parts = [room.forward(images[i : i + most]) for i in range(0, max(len(images), 1), most)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    return forward


class _Room:
    """A packed network, and room for up to ``most`` images and what is computed of them."""

    def __init__(self, network: Network, most: int) -> None:
        config = self.config = network.config
        self.form, self.wide = form_of_bytes(config.inputs), layout.widest(config)
        table = layout.lay_out(config, most, self.wide)
        self.memory = layout.make_memory(table, config, most, _packed(network), (), None, sparse=False)
        (self.work,) = layout.divide(table, most, 1, self.wide)
        self.net, self.order = layout.net_of(table), Order(np.arange(most), most)
        self.ink = np.zeros((most, config.inputs), np.uint8)
        self.data = make_room(config.inputs, most, self.form)
        self.width = layout.layers_of(table)[-1].width
        self.z_o = layout.align(most * self.width)

    def load(self) -> tuple[native.Kernel, native.Kernel]:
        """Return the kernels that take images apart and run the forward pass over them."""
        return native.load("fill_pairs", self.form.name), native.load("infer", self.form.name, self.wide)

    def context(self, count: int, *, as_pairs: bool) -> Context:
        """What kernels need beside the images, ``count`` of them at a time."""
        return Context(self.net, self.memory, self.work, _make_recipe(self.config, count, as_pairs))

    def forward(self, images: Array) -> Array:
        count, data, (fill_pairs, infer) = len(images), self.data, self.load()
        np.copyto(self.ink[:count], images, casting="no")
        fill_pairs(Words(Images(self.ink, count, self.ink.shape[1], data.offsets, data.pixels, data.values)))
        context = self.context(count, as_pairs=reads_pairs(data, count, self.config.inputs, count))
        infer(Words(Inference(context, data, self.order, 0, count, self.z_o)))
        return self.z_o[: count * self.width].reshape(count, self.width)[:, : self.config.outputs].copy()


def prepare_single(network: Network, *, floats: bool = False) -> Callable[[Array], tuple[int, Array]] | None:
    """Prepare a network for one image at a time; the results are its class and the probabilities of all classes.

    It takes uint8 pixels, or float32 with ``floats``; in the latter case, the class is -1 if the image or the answer is
    not finite. Returns None if an image has so many pixels that their numbers take more than 16 bits.
    """
    config, form = network.config, FORMS["floats" if floats else "bytes"]
    if not floats and form_of_bytes(config.inputs) is not form:
        return None
    room, padded = _Room(network, 1), np.zeros(-(-config.inputs // WORD) * WORD, form.image)
    data, context = make_room(config.inputs, 1, form), room.context(1, as_pairs=True)
    call = Words(Single(context, data, room.order, padded, padded.size, config.output == "softmax"))
    values, probabilities = padded[: config.inputs], room.memory.o[: config.outputs]
    kernel, lock, address = native.load("classify", form.name, room.wide), threading.Lock(), call.address
    function = kernel.function

    def classify(image: Array) -> tuple[int, Array]:
        with lock:  # the room for the image and for the answer is one for all callers
            values[:] = image.reshape(-1)
            return function(address), probabilities.copy()

    classify.needs = kernel, call  # type: ignore[attr-defined]  # the code, and the arrays that it works on
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
        is_scaled=False,
        is_lazy=False,
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
