"""The handwriting reader that comes with this package.

`train_reader` makes it; this module only loads it. To load any other model, use `mnist_nn.model_file.storage.load`.
"""

from importlib.resources import files

from mnist_nn.model_file.storage import Model, from_bytes


def load_reader_model() -> Model:
    """Load the handwriting reader that comes with this package; it is calibrated.

    Examples
    --------
    >>> load_reader_model().calibration is not None
    True
    """
    return from_bytes(reader_model_bytes())


def reader_model_bytes() -> bytes:
    """Return the bytes of the model's file."""
    return files(__package__).joinpath("reader.safetensors").read_bytes()
