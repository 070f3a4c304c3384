"""A data set of a few tiny images in a folder, which several tests read and break."""

from pathlib import Path
from typing import Any

import numpy as np

from mnist_nn.data import write_idx
from mnist_nn.data.sources import FILES

GREY = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


def write_folder(folder: Path, **replaced: Any) -> Path:
    """Write a tiny data set of 3x4 images; a keyword replaces one array."""
    arrays = {
        "train_images": np.repeat(GREY, 2, axis=0),
        "train_labels": np.array([0, 1, 2, 1], np.uint8),
        "test_images": GREY,
        "test_labels": np.array([2, 0], np.uint8),
    } | replaced
    folder.mkdir(exist_ok=True)
    for name, array in zip(FILES, arrays.values(), strict=True):
        write_idx(folder / name, array)
    return folder
