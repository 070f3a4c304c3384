"""Makes distorted copies of images with the kernel of kernels/distortion.py, bit for bit like the reference engine."""

from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data import augmentation
from mnist_nn.data.augmentation import Warp
from mnist_nn.engines.compiled import native
from mnist_nn.engines.compiled.records import Copies, Words
from mnist_nn.engines.compiled.target import host

Array = npt.NDArray[Any]


def warp_images(images: Array, warp: Warp) -> Array:
    """Make copies of images, as `mnist_nn.data.augmentation.warp_images` does."""
    count, side, _ = images.shape
    size, spare = side * side, host().lanes
    if size < spare:
        return augmentation.warp_images(images, warp)
    y, x = np.indices((side, side), np.float32).reshape(2, -1) - np.float32((side - 1) / 2)
    copies, bordered, room = np.empty((count, side, side), np.uint8), (side + 2) ** 2 + 2 * spare, size + spare
    nothing = np.zeros(0, np.float32)
    smooth, bend = (nothing if matrix is None else _with_spare(matrix, spare) for matrix in (warp.smooth, warp.bend))
    call = Copies(
        images=np.ascontiguousarray(images),
        copies=copies,
        first=0,
        last=count,
        side=side,
        row=warp.row,
        coefficients=np.ascontiguousarray(warp.coefficients),
        y=np.ascontiguousarray(y),
        x=np.ascontiguousarray(x),
        smooth=smooth,
        bend=bend,
        is_elastic=warp.smooth is not None,
        key0=warp.key.k0,
        key1=warp.key.k1,
        padded=np.zeros(bordered, np.int32),
        words=np.zeros(bordered, np.int32),
        noise=np.zeros(2 * room, np.float32),
        half=np.zeros(room, np.float32),
        bends=np.zeros(2 * room, np.float32),
    )
    native.load("distort", "bytes")(Words(call))
    return copies


def _with_spare(matrix: Array, spare: int) -> Array:
    """Return a matrix in one piece with zeros after it, because the kernel reads whole vectors."""
    return np.concatenate([matrix.ravel(), np.zeros(spare, np.float32)])
