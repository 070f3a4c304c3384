"""Reads pairs of IDX files, which `mnist_nn.data.idx` decodes."""

from collections.abc import Iterator

from mnist_nn.data.coercion import as_images, as_labels
from mnist_nn.data.formats.batch import ROWS, Batch, Part
from mnist_nn.data.idx import read_idx
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.errors import DataError


def read(part: Part, _options: ReadOptions) -> Iterator[Batch]:
    """Read a file of images, and the file of their labels if there is one.

    Raises
    ------
    DataError
        If a file is damaged, or the files do not have the same length.
    """
    images = read_idx(part.paths[0])
    labels = read_idx(part.paths[1]) if len(part.paths) > 1 else None
    if labels is not None and len(labels) != len(images):
        raise DataError(
            f"there are {len(images):,} images in {part.paths[0].name} but {len(labels):,} labels in "
            f"{part.paths[1].name}; give one label for each image"
        )
    for start in range(0, len(images), ROWS):
        rows = slice(start, start + ROWS)
        yield Batch(as_images(images[rows]), None if labels is None else as_labels(labels[rows]))
