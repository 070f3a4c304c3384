"""Prepares the inputs of a network before an engine places them, and folds the preparation into a trained network.

With prepared inputs x' = A x - c, the first layer computes W (A x - c) + b = (W A) x + (b - W c). So a network that
learned from x' is, with the weights W A and the biases b - W c, one that takes x: exports, readers and engines need not
know about A. While it learns, its first layer has fewer weights, and an optimizer that treats every weight by itself,
such as Adam, takes other steps (docs/explanation/mathematics.md derives the gradient).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data.deskewing import deskew
from mnist_nn.engines.base import as_rows, check_width
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.network import Network
from mnist_nn.nn.preparation import Steps

Array = npt.NDArray[Any]
AT_ONCE = 4000  # pictures that are prepared at a time
WHITE = 255


@dataclass(frozen=True, eq=False)
class Preparation:
    """The preparation of a training run, with the values measured on its training images.

    Parameters
    ----------
    steps
        The steps of the preparation.
    pixels
        Number of pixels of a picture.
    mean
        The values to subtract, float64 of shape (blocks,): the mean of every block; zeros without such a step.
    scale
        The number that divides the inputs at the end.
    axes
        Principal components as rows, float64 of shape (components, blocks); None without them.
    """

    steps: Steps
    pixels: int
    mean: Array
    scale: float = 1.0
    axes: Array | None = None

    @classmethod
    def measure(cls, steps: Steps, images: Any) -> "Preparation":
        """Measure the values that the steps need on training images.

        Parameters
        ----------
        steps
            The steps.
        images
            Pictures as `Samples` has them, of shape (n, …).

        Raises
        ------
        ConfigError
            If the steps cannot be taken for such pictures.
        DataError
            If all images are equal, so that there is nothing to standardize.

        Examples
        --------
        >>> images = np.arange(8, dtype=np.uint8).reshape(2, 2, 2)
        >>> found = Preparation.measure(Steps.parse("pool=2,standardize"), images)
        >>> found.apply(images, "float64").tolist()
        [[-1.0], [1.0]]
        """
        pixels = math.prod(images.shape[1:])
        steps.count_inputs(pixels)
        plain = cls(replace(steps, components=None, standardize=False), pixels, np.zeros(1))
        mean = np.zeros(plain.steps.count_inputs(pixels))
        found = replace(plain, steps=steps, mean=mean)
        if steps.components is None and not steps.standardize:
            return found
        count, squares = images.shape[0], np.zeros((len(mean), len(mean)))
        for _, x in plain.each_part(images, np.float64):
            mean += x.sum(axis=0) / count
        for _, x in plain.each_part(images, np.float64):
            squares += (x - mean).T @ (x - mean) / count
        variances = squares.diagonal()
        if steps.components is not None:
            variances, axes = np.linalg.eigh(squares)
            variances, axes = variances[::-1][: steps.components], axes.T[::-1][: steps.components]
            signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])  # which LAPACK leaves open
            found = replace(found, axes=signs[:, None] * axes)
        scale = math.sqrt(max(float(variances.mean()), 0.0)) if steps.standardize else 1.0
        if not scale:
            raise DataError("all images are equal, so they cannot be standardized; leave standardize out of prepare")
        return replace(found, mean=mean, scale=scale)

    def apply(self, images: Any, dtype: str) -> Array:
        """Prepare pictures: floats of shape (n, inputs); bytes of the pictures' shape if they are only deskewed."""
        if not self.steps.is_linear:
            return deskew(_as_dense(images))
        parts = [x for _, x in self.each_part(images, np.dtype(dtype).type)]
        return np.concatenate(parts) if parts else np.empty((0, self.steps.count_inputs(self.pixels)), dtype)

    def each_part(self, images: Any, kind: Any) -> Iterator[tuple[slice, Array]]:
        """Prepare some pictures at a time."""
        for start in range(0, images.shape[0], AT_ONCE):
            rows = slice(start, start + AT_ONCE)
            part = _as_dense(images[rows])
            yield rows, self._prepare(deskew(part) if self.steps.deskew else part, kind)

    def _prepare(self, images: Array, kind: Any) -> Array:
        x: Array = _pool(self.steps, as_rows(images), self.pixels).astype(kind)
        unit = (WHITE if images.dtype == np.uint8 else 1) * self.steps.pool**2
        x *= kind(1 / unit)
        x -= self.mean.astype(kind)
        if self.axes is not None:
            x = x @ self.axes.T.astype(kind)
        x *= kind(1 / self.scale)
        return x

    def fold(self, network: Network) -> Network:
        """Return the network that takes pictures (at most deskewed) and gives the same answers as this one for x'.

        Examples
        --------
        >>> from mnist_nn.nn.config import fit_data
        >>> shape = fit_data(NetworkConfig(prepare="crop=24,pool=2"), 784, 10)
        >>> found = Preparation.measure(Steps.parse(shape.prepare), np.zeros((1, 28, 28), np.uint8))
        >>> network = Network.create(shape)
        >>> network.config.sizes, found.fold(network).config.sizes
        ((144, 20, 10), (784, 20, 10))
        """
        if not self.steps.is_linear:
            return network
        W, b = (p.astype(np.float64) for p in network.parameters[:2])
        W = W / self.scale
        W = W if self.axes is None else W @ self.axes
        b = b - W @ self.mean
        shape = replace(network.config, inputs=self.pixels, prepare=self.steps.folded.text)
        return Network.of(shape, [_spread(self.steps, W, self.pixels), b, *network.parameters[2:]])


def prepare_images(config: NetworkConfig, images: Any) -> Any:
    """Return the images that the first layer of a network takes: deskewed ones, if the network asks for them.

    Raises
    ------
    ConfigError
        If the network is one that is still being trained, whose preparation is not part of its first layer yet.
    DataError
        If they must be deskewed but are not square pictures.

    Examples
    --------
    >>> picture = np.zeros((1, 28, 28), np.uint8)
    >>> prepare_images(NetworkConfig(), picture) is picture
    True
    """
    if not config.prepare:
        return images
    steps = Steps.parse(config.prepare)
    if steps.is_linear:
        raise ConfigError(
            f"this network learns from inputs prepared by {config.prepare!r} and takes no pictures itself; train it, "
            "and use the network of an epoch, which does: epoch.network"
        )
    return deskew(_as_dense(images))


def check_inputs(shape: NetworkConfig, values: int) -> None:
    """Raise ConfigError unless samples with this number of values fit a network after preparation.

    Examples
    --------
    >>> check_inputs(NetworkConfig(inputs=144, prepare="crop=24,pool=2"), 784)
    """
    inputs = Steps.parse(shape.prepare).count_inputs(values)
    if shape.prepare and inputs != shape.inputs:
        raise ConfigError(
            f"{shape.prepare!r} makes {inputs} inputs of a sample's {values} values, but the network has "
            f"{shape.inputs}; create it with inputs={inputs}"
        )
    check_width(shape, inputs)


def _as_dense(images: Any) -> Array:
    return np.asarray(images.toarray() if hasattr(images, "toarray") else images)


def _pool(steps: Steps, rows: Array, pixels: int) -> Array:
    """Return the sum of every block of pixels, (n, blocks); the pixels themselves without such steps."""
    if steps.crop is None and steps.pool == 1:
        return rows
    first, last = _edges(steps, pixels)
    side, k = math.isqrt(pixels), steps.pool
    kept = rows.reshape(-1, side, side)[:, first:last, first:last]
    kind = np.uint32 if rows.dtype == np.uint8 else rows.dtype
    summed = np.zeros((len(rows), (last - first) // k, (last - first) // k), kind)
    for down in range(k):
        for right in range(k):
            summed += kept[:, down::k, right::k]
    return summed.reshape(len(rows), -1)


def _spread(steps: Steps, W: Array, pixels: int) -> Array:
    """Return W A for what `_pool` computes: every pixel gets its share of the weight of its block, (units, pixels)."""
    if steps.crop is None and steps.pool == 1:
        return W
    first, last = _edges(steps, pixels)
    side, k = math.isqrt(pixels), steps.pool
    blocks = W.reshape(len(W), (last - first) // k, (last - first) // k) / k**2
    whole = np.zeros((len(W), side, side))
    whole[:, first:last, first:last] = blocks.repeat(k, axis=1).repeat(k, axis=2)
    return whole.reshape(len(W), pixels)


def _edges(steps: Steps, pixels: int) -> tuple[int, int]:
    """Return the first row that is kept and the one after the last; columns have the same."""
    side = math.isqrt(pixels)
    kept = side if steps.crop is None else steps.crop
    return (side - kept) // 2, (side + kept) // 2
