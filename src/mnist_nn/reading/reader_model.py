"""The model that comes with this package for reading what people write.

`train_reader` makes it; this only loads it. Any other model is for `mnist_nn.model_file.storage.load`.
"""

from importlib.resources import files

from mnist_nn.model_file.storage import Model, from_bytes


def load_reader_model() -> Model:
    """Load the model that comes with this package for reading what people write; it is calibrated.

    Examples
    --------
    >>> load_reader_model().calibration is not None
    True
    """
    return from_bytes(reader_model_bytes())


def reader_model_bytes() -> bytes:
    """Return the file of that model, as it is."""
    return files(__package__).joinpath("reader.safetensors").read_bytes()
