"""Measures a network at the end of an epoch, on a few training images, to find out what goes wrong.

It measures dead and saturated units, the gradients and weights of each layer, and properties of inputs and labels. It
judges nothing.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from mnist_nn.data import Samples, spread
from mnist_nn.engines import reference
from mnist_nn.engines.base import as_inputs, as_rows
from mnist_nn.nn.config import TrainingConfig
from mnist_nn.nn.losses import get_loss, smooth_labels
from mnist_nn.nn.network import Network

Array = npt.NDArray[Any]

IMAGES = 200  # that are looked at
WORK = 400_000_000  # multiplications of a pass over them: with a very wide network, fewer are looked at
FEWEST = 20
FEW = 5  # images of a class, below which it says nothing that none was named so
SQUASHED = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}
"""The ends of activations that saturate."""
BLOCK = 2**16  # weights that are compared at once
SMALLEST, LARGEST = 1e-20, 1e30  # sums of squares that float32 holds with its full precision
NEAR = 0.02  # of the way between the ends counts as at the end
MOSTLY = 0.95  # of the images, for a unit to count as saturated
SAME = 1e-4  # of the length of weights, below which two units differ by nothing


@dataclass(frozen=True)
class Signs:
    """The measurements after an epoch.

    Attributes
    ----------
    epoch
        The number of the epoch, from 1.
    samples, classes
        Training samples, and outputs of the network.
    label_kinds, largest_class
        The number of different labels, and the share of the most frequent one.
    input_rms, input_spread
        Root mean square of the inputs, and the mean over all inputs of their standard deviation from image to image.
    accuracy
        Share of the examined images that the network classifies correctly, without dropout and distortion.
    unnamed
        Number of classes with at least five of the examined images that are the answer for none of the images.
    dead, saturated
        For each hidden layer, the share of units whose output is 0 for every image (ReLU), or at an end of its range
        for nearly every image (sigmoid, tanh).
    equal
        For each hidden layer, the share of units that have the same weights as the first unit.
    gradients, weights
        For each layer, the root mean square of the gradient of the loss with respect to its weights, and of the
        weights.
    """

    epoch: int
    samples: int
    classes: int
    label_kinds: int
    largest_class: float
    input_rms: float
    input_spread: float
    accuracy: float
    unnamed: int
    dead: tuple[float, ...]
    saturated: tuple[float, ...]
    equal: tuple[float, ...]
    gradients: tuple[float, ...]
    weights: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values that `from_dict` takes back."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build the record from plain values."""
        plain: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
        return cls(**plain)


def is_due(epoch: int, *, finished: bool) -> bool:
    """Say whether signs are measured after this epoch: the first, the last, and every power of two.

    Examples
    --------
    >>> [epoch for epoch in range(1, 12) if is_due(epoch, finished=epoch == 11)]
    [1, 2, 4, 8, 11]
    """
    return finished or epoch & (epoch - 1) == 0


@np.errstate(all="ignore")  # what overflows is a sign, and becomes the largest number
def measure(
    network: Network,
    samples: Samples,
    config: TrainingConfig,
    epoch: int,
    see: Callable[[Any, str], Any] = lambda images, _dtype: images,
) -> Signs:
    """Measure the signs of a network.

    Parameters
    ----------
    network
        The network after the epoch.
    samples
        The samples that it learns from; 200 of them are examined, spread evenly, or fewer with a very wide network.
    config
        The configuration of the training.
    epoch
        The number of the finished epoch, from 1.
    see
        How a network of a type is given the images, if not as they are.

    Examples
    --------
    >>> from mnist_nn import load_data
    >>> few = load_data("mnist").train.take(range(100))
    >>> signs = measure(Network.create(), few, TrainingConfig(), 1)
    >>> len(signs.gradients), signs.classes, signs.label_kinds
    (2, 10, 10)
    """
    rows = spread(len(samples), min(IMAGES, max(WORK // network.parameter_count, FEWEST)))
    shape, labels = network.config, samples.labels[rows]
    x = as_inputs(as_rows(see(samples.images[rows], shape.dtype)), shape.dtype)
    x = np.asarray(x.toarray() if hasattr(x, "toarray") else x)
    targets = smooth_labels(np.eye(shape.outputs, dtype=shape.dtype)[labels], config.label_smoothing)
    loss = get_loss(config.loss, shape.output)
    z, a = reference.forward(shape, network.weights, network.biases, x)
    g, _ = reference.gradients(shape, network.weights, network.biases, x, targets, loss)
    named = z[-1].argmax(axis=1)
    counts = np.bincount(samples.labels, minlength=shape.outputs)
    present = np.flatnonzero(np.bincount(labels, minlength=shape.outputs) >= FEW)
    return Signs(
        epoch=epoch,
        samples=len(samples),
        classes=shape.outputs,
        label_kinds=int(np.count_nonzero(counts)),
        largest_class=float(counts.max() / len(samples)),
        input_rms=_rms(x),
        input_spread=float(x.std(axis=0, dtype=np.float64).mean()),
        accuracy=float((named == labels).mean()),
        unnamed=len(set(present.tolist()) - set(named.tolist())),
        dead=tuple(_dead(name, a_k) for name, a_k in zip(shape.activation, a[1:], strict=True)),
        saturated=tuple(_saturated(name, a_k) for name, a_k in zip(shape.activation, a[1:], strict=True)),
        equal=tuple(map(_equal, network.weights[:-1])),
        gradients=tuple(map(_rms, g[0::2])),
        weights=tuple(map(_rms, network.weights)),
    )


def _rms(values: Array) -> float:
    squares = float(np.vdot(values, values))
    if SMALLEST < squares < LARGEST:
        return math.sqrt(squares / values.size)
    # Squares that are too small or too large for the type are taken in float64.
    largest = float(np.finfo(np.float32).max)  # what overflowed stays a number
    return float(np.nan_to_num(np.sqrt(np.mean(np.square(values, dtype=np.float64))), nan=largest, posinf=largest))


def _dead(name: str, a: Array) -> float:
    return float((a == 0).all(axis=0).mean()) if name == "relu" else 0.0


def _saturated(name: str, a: Array) -> float:
    if name not in SQUASHED:
        return 0.0
    low, high = SQUASHED[name]
    margin = NEAR * (high - low)
    return float((((a < low + margin) | (a > high - margin)).mean(axis=0) > MOSTLY).mean())


def _equal(W: Array) -> float:
    """The share of units, the first left out, that have its weights."""
    if len(W) == 1:
        return 0.0
    first = W[0].astype(np.float64)  # whose squares are within its range
    limit = SAME * max(float(np.linalg.norm(first)), float(np.finfo(W.dtype).tiny))
    step = max(BLOCK // W.shape[1], 1)  # rows at a time, so that what is in between fits into a processor's caches
    apart = [np.linalg.norm(W[i : i + step] - first, axis=1) for i in range(1, len(W), step)]
    return float((np.concatenate(apart) <= limit).mean())
