"""Reads the images of a data set of any format in batches, with or without labels, in constant memory.

Labels are only compared with the predictions.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mnist_nn.data.formats.batch import ROWS, Batch, Part
from mnist_nn.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from mnist_nn.data.read_options import ReadOptions
    from mnist_nn.model_file.storage import Model


def stream_images(name: str, options: "ReadOptions") -> Iterator[Batch]:
    """Read the images of a data set: the test half if it has halves, otherwise all images.

    Parameters
    ----------
    name
        A data set's name, a folder or a file.
    options
        How the user's own data is read.

    Raises
    ------
    DataError
        If it cannot be read.
    ConfigError
        If there is no such data set.
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
    for batch in read_part(part, drop_missing_column(part, options)):
        yield batch._replace(images=transpose(batch.images)) if options.transpose else batch


def count_right(model: "Model", found: "npt.NDArray[np.int64]", labels: "npt.NDArray[Any]") -> int:
    """Count the predictions that agree with the labels of the data, numbers from its first label on, or names.

    Parameters
    ----------
    model
        The model, which knows the names of its classes and its data's first label.
    found
        The predicted classes, shape (n,).
    labels
        The labels as the data has them, whole numbers or text of shape (n,).
    """
    from mnist_nn.data.labels import as_whole

    whole = as_whole(labels)
    if whole is None or (model.class_names and labels.dtype.kind not in "iu"):
        names = map(model.name_class, found.tolist())
        return sum(map(str.__eq__, names, map(str, labels.tolist())))
    return int((found == whole - int(model.data.get("label_base", 0))).sum())


def drop_missing_column(part: Part, options: "ReadOptions") -> "ReadOptions":
    """Leave out the name of the label column if the table has no such column."""
    from mnist_nn.data.formats.find import TABLES

    if options.label_column is None or part.kind not in TABLES:
        return options
    try:
        TABLES[part.kind](part.paths[0], options)
    except DataError:
        return replace(options, label_column=None)
    return options
