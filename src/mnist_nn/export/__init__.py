"""Models in other formats, each with test vectors inside, and the check that runs them in their own runtime.

`export` returns the bytes of a file. `verify` runs such a file in the format's own runtime and compares the answers
with those of the reference engine. Each format has its own package, which is imported when it is needed.
"""

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mnist_nn.data import Dataset, load
from mnist_nn.doors import as_dataset
from mnist_nn.errors import ConfigError, DataError, MissingExtraError, ModelFileError, quote, shorten, unknown
from mnist_nn.export.limits import Limits, collect_limits, list_shares
from mnist_nn.export.vectors import Pixels, Vectors, fits, make_vectors, predict_exactly
from mnist_nn.export.verification import Verification, find_differences
from mnist_nn.model_file.checksum import ANOTHER
from mnist_nn.model_file.storage import DAMAGES, Model, ModelLike, as_model, check_takes_pixels
from mnist_nn.model_file.training_data import find_training_data
from mnist_nn.nn.config import find_own
from mnist_nn.util.io_errors import describe_io_error
from mnist_nn.util.randomness import key, uniform

KEEP_DOUBLE = ("safetensors", "npz")  # formats that keep float64 weights; the others round them to float32
TAKE_NUMBERS = ("safetensors", "npz")  # formats that leave it to their reader what the inputs are
CALL = "export(model, format)"
ANEW = "export it again with: mnist-nn export MODEL"
PICTURES = 200  # that a check asks about besides the test vectors


class Format(NamedTuple):
    """A format: its file suffix, and its functions as ``module:name``."""

    suffix: str
    write: str
    read_vectors: str
    read_limits: str
    run: str

    @classmethod
    def of(cls, suffix: str, package: str, kind: str = "") -> "Format":
        """Name the functions of a package. If it holds several kinds, the names contain the kind."""
        own = f"_{kind}" if kind else ""
        verbs = [f"{package}.verify:{verb}" for verb in (f"read{own}_vectors", f"read{own}_limits", f"run{own}")]
        return cls(suffix, f"{package}.write:write{own}", *verbs)


FORMATS: dict[str, Format] = {
    "onnx": Format.of(".onnx", "onnx"),
    "html": Format.of(".html", "html"),
    "c": Format.of(".h", "c"),
    "safetensors": Format.of(".safetensors", "arrays", "safetensors"),
    "npz": Format.of(".npz", "arrays", "npz"),
}


def export(
    model: ModelLike,
    format: str,  # noqa: A002 the word for it
    data: Dataset | str | None = None,
    *,
    prefix: str | None = None,
) -> bytes:
    """Write a model in another format.

    Parameters
    ----------
    model
        Any model, or the path of its file. Its temperature and refusal are exported too.
    format
        One of FORMATS.
    data
        The data set for the test vectors and for measuring the int8 form of ``c``. None uses the data that the model
        was trained on, or MNIST if that is not available. Data with another shape than the network's is not used.
    prefix
        Only for ``c``: what all names in the header begin with, so that one program can include two headers.

    Raises
    ------
    ConfigError
        If the format does not exist, cannot hold this model, or does not take a prefix.
    MissingExtraError
        If a package that the format needs is not installed.

    Examples
    --------
    >>> from mnist_nn import Network
    >>> export(Model(Network.create()), "npz")[:2]
    b'PK'
    """
    if format not in FORMATS:
        raise unknown("format", format, FORMATS)
    if prefix is not None and format != "c":
        raise ConfigError(
            f"prefix is {quote(prefix)}, but prefixes are only for the format c; leave prefix out for {format}"
        )
    model = as_model(model, CALL)
    if parts := find_own(model.network.config):
        raise ConfigError(f"{parts[0]} is your own function of Python, which no exported file can run; keep to Python")
    data = choose_vectors_data(model) if data is None else as_dataset(data, CALL)
    if format not in TAKE_NUMBERS:
        check_takes_pixels(model, f"the format {format}")
    write = _import(format, FORMATS[format].write)
    fitting = data if fits(model.network.config, data) else None
    own = {} if prefix is None else {"prefix": prefix}
    content: bytes = write(model, make_vectors(model, fitting.test if fitting else None), fitting, **own)
    return content


def choose_vectors_data(model: Model) -> Dataset:
    """Choose the data for test vectors: what the model was trained on, or MNIST if that is not available.

    Examples
    --------
    >>> from mnist_nn import Network
    >>> choose_vectors_data(Model(Network.create(), data={"name": "scans", "sha256": "0"})).name
    'mnist'
    """
    try:
        return find_training_data(model)
    except DataError:
        return load("mnist")


def verify(model: ModelLike, path: str | os.PathLike[str]) -> Verification:
    """Run an exported file in its own runtime, and compare its answers with those of the reference engine.

    C and JavaScript files are programs, and this function runs them, so only check files that you trust.

    Parameters
    ----------
    model
        The model that the file should have been exported from.
    path
        The exported file; its suffix tells its format.

    Raises
    ------
    ModelFileError
        If the file cannot be read, was not exported by this package, or is from a network of another shape.
    MissingExtraError
        If its runtime is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from mnist_nn import Network
    >>> model, path = Model(Network.create()), Path(tempfile.mkdtemp()) / "digits.npz"
    >>> _ = path.write_bytes(export(model, "npz"))
    >>> verify(model, path).good
    True
    """
    model = as_model(model, "verify(model, path)")
    path = Path(path)
    name = find_format(path)
    try:
        content = _read(path)
        carried: Vectors = _import(name, FORMATS[name].read_vectors)(content)
        _check_shape(model, carried)
        images = np.concatenate([carried.images, _make_pictures(model.network.config.inputs)])
        ran = _import(name, FORMATS[name].run)(model, content, images)
        limits: Limits = _import(name, FORMATS[name].read_limits)(content)
        own = collect_limits(model.calibration, list_shares(limits))
        found = find_differences(predict_exactly(model, images), ran, carried, (own, limits))
    except ModelFileError as error:
        why = str(error).removesuffix(f"; {ANOTHER}")
        raise ModelFileError(f"{str(path)!r}: {why}; {ANEW}") from error
    except ConfigError:
        raise
    except OSError as error:
        remedy = "make one with: mnist-nn export MODEL"
        raise ModelFileError(describe_io_error("read", path, error, remedy)) from error
    except (LookupError, MemoryError, *DAMAGES) as error:  # a file may say anything
        raise ModelFileError(
            f"{str(path)!r} is damaged, or mnist-nn did not write it ({type(error).__name__}: {shorten(error)}); {ANEW}"
        ) from error
    return Verification(name, ran.runtime, len(images), found)


def _read(path: Path) -> bytes:
    if path.exists() and not path.is_file():  # a device or a pipe might never end
        raise ModelFileError("it is not a regular file")
    return path.read_bytes()


def find_format(path: Path) -> str:
    """Return the format of a file, by its suffix.

    Examples
    --------
    >>> find_format(Path("digits.h"))
    'c'
    """
    for name, format_ in FORMATS.items():
        if path.suffix.lower() == format_.suffix:
            return name
    suffixes = ", ".join(format_.suffix for format_ in FORMATS.values())
    raise ConfigError(f"{str(path)!r} has the suffix {path.suffix!r}, but an exported file ends in one of: {suffixes}")


def _import(name: str, where: str) -> Callable[..., Any]:
    module, _, attribute = where.partition(":")
    try:
        found: Callable[..., Any] = getattr(import_module(f"mnist_nn.export.{module}"), attribute)
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"the format {name} needs {error.name}; install it with: pip install 'mnist-nn[onnx]'"
        ) from error
    return found


def _check_shape(model: Model, carried: Vectors) -> None:
    config = model.network.config
    found = (carried.images.shape[1], carried.predictions.probabilities.shape[1])
    if found != (config.inputs, config.outputs):
        raise ModelFileError(
            f"it was exported from another model: it takes {found[0]} pixels and knows {found[1]} classes, "
            f"but this model takes {config.inputs} and knows {config.outputs}"
        )


def _make_pictures(inputs: int) -> Pixels:
    """Make pictures that no export contains: digits if they fit, else noise of every density."""
    mnist = load("mnist")
    if inputs == mnist.inputs:
        return mnist.test.images[-PICTURES:].reshape(PICTURES, -1)
    draws = uniform(key(PICTURES), PICTURES * inputs).reshape(PICTURES, inputs)
    density = np.linspace(0, 1, PICTURES)[:, None]
    return (255 * np.where(draws < density, draws / np.maximum(density, 1e-9), 0)).astype(np.uint8)
