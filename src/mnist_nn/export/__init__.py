"""Models in other formats, each with test vectors inside, and the check that runs them where they will be used.

`export` writes bytes; `verify` reads them, runs them in the format's own runtime and compares with the reference
engine. One package per format; each is imported when it is asked for.
"""

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mnist_nn.data import Dataset, load
from mnist_nn.errors import ConfigError, MissingExtraError, ModelFileError, unknown
from mnist_nn.export.vectors import Pixels, Vectors, fits, make_vectors, predict_exactly
from mnist_nn.export.verification import Verification, find_differences
from mnist_nn.model_file.storage import ANOTHER, Model
from mnist_nn.util.io_errors import describe_io_error
from mnist_nn.util.randomness import key, uniform

KEEP_DOUBLE = ("safetensors", "npz")  # formats that keep float64 weights; the others round them to float32
ANEW = "write it anew with: mnist-nn export MODEL"
PICTURES = 200  # that a check asks about besides the test vectors


class Format(NamedTuple):
    """A format: its file suffix, and where its functions are, as ``module:name``."""

    suffix: str
    write: str
    read_vectors: str
    run: str


FORMATS: dict[str, Format] = {
    "onnx": Format(".onnx", "onnx.write:write", "onnx.verify:read_vectors", "onnx.verify:run"),
    "html": Format(".html", "html.write:write", "html.verify:read_vectors", "html.verify:run"),
    "c": Format(".h", "c.write:write", "c.verify:read_vectors", "c.verify:run"),
    "safetensors": Format(
        ".safetensors",
        "arrays.write:write_safetensors",
        "arrays.verify:read_safetensors_vectors",
        "arrays.verify:run_safetensors",
    ),
    "npz": Format(".npz", "arrays.write:write_npz", "arrays.verify:read_npz_vectors", "arrays.verify:run_npz"),
}


def export(model: Model, format: str, data: Dataset | None = None) -> bytes:  # noqa: A002 the word for it
    """Write a model in another format.

    Parameters
    ----------
    model
        Any model; its temperature and its refusal go with it.
    format
        One of FORMATS.
    data
        Where test vectors come from, and what the int8 form of ``c`` is measured on; None takes MNIST. Data of another
        shape than the network's is not used.

    Raises
    ------
    ConfigError
        If there is no such format, or it cannot hold this model.
    MissingExtraError
        If a package for it is not installed.

    Examples
    --------
    >>> from mnist_nn import Network
    >>> export(Model(Network.create()), "npz")[:2]
    b'PK'
    """
    if format not in FORMATS:
        raise unknown("format", format, FORMATS)
    write = _import(format, FORMATS[format].write)
    data = load("mnist") if data is None else data
    fitting = data if fits(model.network.config, data) else None
    content: bytes = write(model, make_vectors(model, fitting.test if fitting else None), fitting)
    return content


def verify(model: Model, path: str | os.PathLike[str]) -> Verification:
    """Run an exported file in its own runtime, and compare what it says with the reference engine.

    C and JavaScript files are programs, and this runs them: check only files that you trust.

    Parameters
    ----------
    model
        What it should be an export of.
    path
        The file; its suffix says which format it has.

    Raises
    ------
    ModelFileError
        If the file cannot be read, is not an export, or is one of a network of another shape.
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
    path = Path(path)
    name = find_format(path)
    try:
        content = _read(path)
        carried: Vectors = _import(name, FORMATS[name].read_vectors)(content)
        _check_shape(model, carried)
        images = np.concatenate([carried.images, _make_pictures(model.network.config.inputs)])
        ran = _import(name, FORMATS[name].run)(model, content, images)
        found = find_differences(predict_exactly(model, images), ran, carried)
    except ModelFileError as error:
        why = str(error).removesuffix(f"; {ANOTHER}")
        raise ModelFileError(f"{str(path)!r}: {why}; {ANEW}") from error
    except ConfigError:
        raise
    except OSError as error:
        remedy = "make one with: mnist-nn export MODEL"
        raise ModelFileError(describe_io_error("read", path, error, remedy)) from error
    except (ValueError, TypeError, LookupError, AttributeError) as error:  # a file may say anything
        raise ModelFileError(
            f"{str(path)!r} is damaged, or mnist-nn did not write it: {type(error).__name__} {error}; {ANEW}"
        ) from error
    return Verification(name, ran.runtime, len(images), found)


def _read(path: Path) -> bytes:
    if path.exists() and not path.is_file():  # a device or a pipe might never end
        raise ModelFileError("it is not a regular file")
    return path.read_bytes()


def find_format(path: Path) -> str:
    """Tell the format of a file by its suffix.

    Examples
    --------
    >>> find_format(Path("digits.h"))
    'c'
    """
    for name, format_ in FORMATS.items():
        if path.suffix.lower() == format_.suffix:
            return name
    suffixes = ", ".join(format_.suffix for format_ in FORMATS.values())
    raise ConfigError(f"{str(path)!r} has the suffix {path.suffix!r}; an export has one of: {suffixes}")


def _import(name: str, where: str) -> Callable[..., Any]:
    module, _, attribute = where.partition(":")
    try:
        found: Callable[..., Any] = getattr(import_module(f"mnist_nn.export.{module}"), attribute)
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"the format {name} needs {error.name}; install it: pip install 'mnist-nn[onnx]'"
        ) from error
    return found


def _check_shape(model: Model, carried: Vectors) -> None:
    config = model.network.config
    found = (carried.images.shape[1], carried.predictions.probabilities.shape[1])
    if found != (config.inputs, config.outputs):
        raise ModelFileError(
            f"it is an export of another model: it takes {found[0]} pixels and knows {found[1]} classes, "
            f"this model {config.inputs} and {config.outputs}"
        )


def _make_pictures(inputs: int) -> Pixels:
    """Pictures that no export was made with: digits where they fit, else noise of every density."""
    mnist = load("mnist")
    if inputs == mnist.inputs:
        return mnist.test.images[-PICTURES:].reshape(PICTURES, -1)
    draws = uniform(key(PICTURES), PICTURES * inputs).reshape(PICTURES, inputs)
    density = np.linspace(0, 1, PICTURES)[:, None]
    return (255 * np.where(draws < density, draws / np.maximum(density, 1e-9), 0)).astype(np.uint8)
