"""Measures how accuracy falls when pictures are turned, shifted or noisy, a little more with each step.

The distortions are the simplest possible and the same for all pictures, so that the numbers of two networks can be
compared. The distortions for training are in `mnist_nn.data.augmentation`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data import spread
from mnist_nn.doors import NetworkLike, SamplesLike, as_network, as_samples
from mnist_nn.errors import DataError
from mnist_nn.evaluation.prediction import predict

Pictures = npt.NDArray[np.uint8]
CALL = "measure_robustness(network, samples)"
MOST = 1000  # images that are distorted, spread evenly
DIRECTIONS = ((0, 1), (1, 0), (0, -1), (-1, 0))


@dataclass(frozen=True, eq=False)
class Robustness:
    """How accuracy falls with one distortion: ``amounts`` and ``accuracy``, both float64 of shape (m,).

    ``kind`` is ``rotation`` (degrees, clockwise), ``shift`` (pixels; the mean over four directions) or ``noise`` (its
    standard deviation, where ink is 1). ``samples`` is the number of images.
    """

    kind: str
    amounts: npt.NDArray[np.float64]
    accuracy: npt.NDArray[np.float64]
    samples: int


def measure_robustness(
    network: NetworkLike, samples: SamplesLike, *, engine: str = "auto"
) -> tuple[Robustness, Robustness, Robustness]:
    """Measure the accuracy on turned, shifted and noisy copies of up to 1,000 pictures.

    Parameters
    ----------
    network
        The network; a model stands for its network.
    samples
        Pictures of uint8 with their labels; a data set, or its name, stands for its test half.
    engine
        One of `mnist_nn.engines.select.available`.

    Returns
    -------
    Rotations from -60° to 60°, shifts of 0 to 6 pixels, and noise of standard deviation 0 to 0.5.

    Raises
    ------
    ConfigError
        If the network does not take these pictures.
    DataError
        If these are not pictures with labels.

    Examples
    --------
    >>> from mnist_nn import Network, load_data
    >>> few = load_data("mnist").test.take(range(20))
    >>> [(one.kind, len(one.accuracy)) for one in measure_robustness(Network.create(), few)]
    [('rotation', 13), ('shift', 7), ('noise', 6)]
    """
    network, known = as_network(network, CALL), as_samples(samples, None, CALL)
    if known.images.dtype != np.uint8 or not len(known):
        raise DataError(f"robustness needs pictures of uint8, but these are {known!r}; give images, not tables")
    few = known.take(spread(len(known), MOST))

    def score(pictures: Pictures) -> float:
        return float((predict(network, pictures, engine=engine).label == few.labels).mean())

    def curve(kind: str, amounts: Any, distort: Callable[[Pictures, float], list[Pictures]]) -> Robustness:
        scores = [np.mean([score(one) for one in distort(few.images, amount)]) for amount in amounts]
        return Robustness(kind, np.array(amounts, float), np.array(scores), len(few))

    return (
        curve("rotation", range(-60, 61, 10), lambda images, degrees: [rotate(images, degrees)]),
        curve("shift", range(7), lambda images, pixels: [shift(images, int(pixels), way) for way in DIRECTIONS]),
        curve("noise", np.linspace(0, 0.5, 6), lambda images, deviation: [add_noise(images, deviation)]),
    )


def rotate(pictures: Pictures, degrees: float) -> Pictures:
    """Turn pictures clockwise about their centre, with linear interpolation; blank paper comes in at the corners.

    Examples
    --------
    >>> rotate(np.array([[[0, 255], [0, 0]]], np.uint8), 90).tolist()
    [[[0, 0], [0, 255]]]
    """
    from scipy import ndimage  # noqa: PLC0415 - importing it takes longer than turning

    turned = ndimage.rotate(pictures.astype(np.float32), -degrees, axes=(2, 1), reshape=False, order=1)
    return np.asarray(turned.round().clip(0, 255), np.uint8)


def shift(pictures: Pictures, pixels: int, way: tuple[int, int]) -> Pictures:
    """Move pictures by whole pixels down and to the right, ``way`` times; ink that leaves the picture is lost.

    Examples
    --------
    >>> shift(np.array([[[1, 2], [3, 4]]], np.uint8), 1, (0, 1)).tolist()
    [[[0, 1], [0, 3]]]
    """
    moved = np.zeros_like(pictures)
    rows, columns = pictures.shape[1:]
    down, right = (max(-size, min(step * pixels, size)) for step, size in zip(way, (rows, columns), strict=True))
    moved[:, max(down, 0) : rows + min(down, 0), max(right, 0) : columns + min(right, 0)] = pictures[
        :, max(-down, 0) : rows - max(down, 0), max(-right, 0) : columns - max(right, 0)
    ]
    return moved


def add_noise(pictures: Pictures, deviation: float) -> Pictures:
    """Add normal noise to every pixel; for the same number of pictures, it is always the same noise.

    Examples
    --------
    >>> bool((add_noise(np.full((1, 2, 2), 7, np.uint8), 0) == 7).all())
    True
    """
    noise = np.random.default_rng(0).standard_normal(pictures.shape, np.float32)
    return np.asarray((pictures + 255 * np.float32(deviation) * noise).round().clip(0, 255), np.uint8)
