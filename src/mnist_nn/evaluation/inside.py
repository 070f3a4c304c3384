"""Shows what happens inside a network: the activations of its units, and how the loss depends on the pixels.

The reference engine computes it, a few images at a time. Nothing is learned, and nothing is drawn.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data import Samples, check_labels, check_pixels
from mnist_nn.data.coercion import as_images
from mnist_nn.doors import NetworkLike, as_network, as_samples
from mnist_nn.engines import reference
from mnist_nn.engines.base import as_rows, check_width
from mnist_nn.engines.preparation import prepare_images
from mnist_nn.errors import DivergedError
from mnist_nn.nn.config import LOSSES
from mnist_nn.nn.losses import get_loss
from mnist_nn.util import checks

Array = npt.NDArray[Any]
ACTIVATIONS = "activations(network, images)"
GRADIENT = "input_gradient(network, images, labels)"


def activations(network: NetworkLike, images: Any) -> tuple[Array, ...]:
    """Compute the activations of every layer for any number of images.

    Parameters
    ----------
    network
        The network; a model stands for its network.
    images
        uint8 of shape (n, 28, 28), or of whatever size the network takes, in any form that `Samples` takes; or samples.

    Returns
    -------
    One array for each layer after the input, of shape (n, units) and the network's type: the hidden layers in order,
    and the outputs o, which for sigmoid outputs need not sum to 1.

    Raises
    ------
    ConfigError
        If it is not a network, or takes images of another size.
    DataError
        If these are not images, or one contains NaN or infinity.
    DivergedError
        If an activation is not finite.

    Examples
    --------
    >>> from mnist_nn import Network
    >>> network = Network.create()
    >>> [a.shape for a in activations(network, np.zeros((3, 28, 28), np.uint8))]
    [(3, 20), (3, 10)]
    """
    network = as_network(network, ACTIVATIONS)
    images = as_images(images.images if isinstance(images, Samples) else images)
    check_pixels(images)
    check_width(network.config, math.prod(images.shape[1:]))
    config, count = network.config, images.shape[0]
    found = tuple(np.empty((count, units), config.dtype) for units in config.sizes[1:])
    for rows, x in reference.take_parts(as_rows(prepare_images(config, images)), config.dtype):
        with np.errstate(all="ignore"):  # what is not finite is said in words
            z, a = reference.forward(config, network.weights, network.biases, x)
            for whole, part in zip(found, (*a[1:], network.output(z[-1])), strict=True):
                whole[rows] = part
    _check_finite(*found)
    return found


def input_gradient(
    network: NetworkLike, images: Any, labels: npt.ArrayLike | None = None, *, loss: str = "cross_entropy"
) -> Array:
    """Compute the gradient of the loss with respect to the pixels, for any number of images.

    A positive number means that the loss grows with the ink of this pixel. Its derivation is in
    docs/explanation/mathematics.md (BP5).

    Parameters
    ----------
    network
        The network; a model stands for its network.
    images
        Images as for `activations`; or samples, or a data set or its name, which stands for its test half.
    labels
        The label of each image, shape (n,); leave it out for samples, which have labels. To ask about a class other
        than the true one, give the number of that class.
    loss
        A loss that fits the outputs: ``cross_entropy``, ``mse`` or ``classic_mse``.

    Returns
    -------
    ∂L/∂x of each image's own loss L, where x are the inputs from 0 to 1, in the shape of the images and the network's
    type. If the network deskews its pictures, x is the upright picture.

    Raises
    ------
    ConfigError
        If it is not a network, takes images of another size, or the loss does not fit its outputs.
    DataError
        If these are not images, one contains NaN or infinity, or a label has no output.
    DivergedError
        If a number is not finite.

    Examples
    --------
    >>> from mnist_nn import Network
    >>> network = Network.create()
    >>> input_gradient(network, np.zeros((3, 28, 28), np.uint8), [7, 2, 1]).shape
    (3, 28, 28)
    """
    network = as_network(network, GRADIENT)
    samples = as_samples(images, labels, GRADIENT)
    config = network.config
    known = check_labels(samples.labels, config.outputs)
    check_pixels(samples.images)
    check_width(config, samples.inputs)
    formula = get_loss(checks.choice("loss", loss, LOSSES), config.output)
    onehot = np.eye(config.outputs, dtype=config.dtype)
    found = np.empty((len(samples), samples.inputs), config.dtype)
    for rows, x in reference.take_parts(as_rows(prepare_images(config, samples.images)), config.dtype):
        with np.errstate(all="ignore"):
            found[rows] = reference.input_gradient(
                config, network.weights, network.biases, x, onehot[known[rows]], formula
            )
    _check_finite(found)
    return found.reshape(samples.images.shape)


def _check_finite(*arrays: Array) -> None:
    if not all(np.isfinite(array).all() for array in arrays):
        raise DivergedError("the network's numbers are not finite, because its weights are too large; use another one")
