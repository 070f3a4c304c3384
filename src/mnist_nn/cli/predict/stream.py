"""The images of a data set in batches, for predictions in constant memory: any format, with labels or without."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from mnist_nn.data.formats.batch import ROWS, Batch, Part
from mnist_nn.errors import DataError

if TYPE_CHECKING:
    from mnist_nn.data.read_options import ReadOptions


def stream_images(name: str, options: "ReadOptions") -> Iterator[Batch]:
    """Read the images of a data set: of one with halves the test half, else all there are.

    Parameters
    ----------
    name
        A data set's name, a folder or a file.
    options
        How data of the user's own is read.

    Raises
    ------
    DataError
        If it cannot be read.
    ConfigError
        If there is none.
    """
    from mnist_nn.data import load
    from mnist_nn.data.formats.find import find_images, read_part
    from mnist_nn.data.own import transpose
    from mnist_nn.data.read_options import ReadOptions
    from mnist_nn.data.sources import NAMES, holds_idx
    from mnist_nn.util.files import expand_path

    path = expand_path(name)
    if name in NAMES or not path.exists() or holds_idx(path):
        samples = load(name, **({} if name in NAMES else vars(options))).test
        for start in range(0, len(samples), ROWS):
            rows = slice(start, start + ROWS)
            yield Batch(samples.images[rows], samples.labels[rows])
        return
    part = find_images(path, ReadOptions())  # an option without effect on this format was chosen for another
    for batch in read_part(part, _drop_missing_column(part, options)):
        yield batch._replace(images=transpose(batch.images)) if options.transpose else batch


def _drop_missing_column(part: Part, options: "ReadOptions") -> "ReadOptions":
    """Look for no column of labels that a table without them does not have."""
    from mnist_nn.data.formats.find import TABLES

    if options.label_column is None or part.kind not in TABLES:
        return options
    try:
        TABLES[part.kind](part.paths[0], options)
    except DataError:
        return replace(options, label_column=None)
    return options
