"""A small sequence network that has learned to read: a few seconds' training is enough for digits that lie apart."""

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from mnist_nn import Dataset, Network, NetworkConfig, Samples, TrainingConfig, train
from mnist_nn.imaging.windows import WINDOWS, cut_windows

Pixels = npt.NDArray[Any]
BLANK = 10
SHAPE = NetworkConfig(inputs=1152, hidden=(40,), outputs=11, activation="relu", output="softmax")


def draw_line(digits: Pixels, low: int) -> tuple[Pixels, list[int]]:
    """Set digits of 28×28 beside each other as high as a line shows them; and the columns of their middles.

    ``low`` is how many rows below the middle they stand.
    """
    middles = [24 + 36 * place for place in range(len(digits))]
    tall = np.zeros((44, middles[-1] + 24), np.uint8)
    for digit, middle in zip(digits, middles, strict=True):
        large = Image.fromarray(digit).resize((34, 34), Image.Resampling.BILINEAR)
        tall[5 + low : 39 + low, middle - 17 : middle + 17] = large
    return tall[6:38], middles


def label_steps(labels: Pixels, middles: list[int], steps: int) -> npt.NDArray[np.int64]:
    """The digit for the steps whose windows have it in their middle, the blank for the others."""
    found = np.full(steps, BLANK, np.int64)
    for label, middle in zip(labels, middles, strict=True):
        found[middle // WINDOWS.step - 1 : middle // WINDOWS.step + 1] = label
    return found


@cache
def train_networks(mnist: Dataset) -> tuple[Network, Network]:
    """Two networks, trained independently on windows of lines with their labels: no CTC is needed for so little."""
    windows, labels = [], []
    for start in range(0, 2800, 4):
        line, middles = draw_line(mnist.train.images[start : start + 4], start // 4 % 5 - 1)
        seen = cut_windows(line)
        steps = label_steps(mnist.train.labels[start : start + 4], middles, len(seen))
        windows.append(seen)
        labels.append(steps)
    samples = Samples(np.concatenate(windows).reshape(-1, WINDOWS.rows, WINDOWS.columns), np.concatenate(labels))
    config = TrainingConfig(optimizer="adam", loss="cross_entropy", batch_size=32, learning_rate=2e-3, epochs=2)
    networks = []
    for seed in (1, 2):
        *_, last = train(Network.create(SHAPE, seed), samples, config, engine="reference")
        networks.append(last.network)
    return networks[0], networks[1]


def draw_page(digits: Pixels, *, pitch: int = 26, scale: int = 1) -> Pixels:
    """Write digits on white paper, dark, one every ``pitch`` pixels: uint8 of shape (60, width), times the scale."""
    page = np.zeros((60, pitch * len(digits) + 40), np.uint8)
    for place, digit in enumerate(digits):
        page[16:44, 20 + pitch * place : 48 + pitch * place] |= digit
    return (255 - page).repeat(scale, axis=0).repeat(scale, axis=1)
