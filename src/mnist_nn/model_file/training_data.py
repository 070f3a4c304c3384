"""Finds the data that a model was trained on, if it is still available, or reads other data in the same way.

A model file stores the name of the data and the SHA-256 of its training half. No data is copied or measured here.
"""

import logging
from dataclasses import asdict
from typing import Any

from mnist_nn.data import Dataset, load
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.data.sources import DIGESTS, FASHION, MNIST, NAMES, holds_idx
from mnist_nn.errors import ConfigError, DataError, DataNotFoundError
from mnist_nn.model_file.storage import Model
from mnist_nn.util.files import expand_path

DIGITS = tuple("0123456789")
_logger = logging.getLogger(__name__)


def name_training_data(model: Model) -> str | None:
    """Return the name of the data that a model was trained on; None if its file does not say."""
    name = model.data.get("name")
    return None if name is None else str(name)


def check_learned_digits(model: Model, name: str = "the model") -> None:
    """Refuse to read digits with a model whose classes are known, by their names or its data, not to be digits.

    Parameters
    ----------
    model, name
        The model, and what the message calls it.

    Raises
    ------
    ConfigError
        If they are known not to be digits.

    Examples
    --------
    >>> from mnist_nn import Network
    >>> check_learned_digits(Model(Network.create()))
    >>> check_learned_digits(Model(Network.create(), data={"name": "fashion-mnist"}))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    mnist_nn.errors.ConfigError: the model was trained on 'fashion-mnist', which holds no digits; give one that ...
    """
    if model.class_names not in {None, DIGITS}:
        names = ", ".join(map(repr, model.class_names[:3]))
        raise ConfigError(
            f"{name} knows the classes {names} …, which are not digits; give one that was trained on digits"
        )
    origin = name_training_data(model)
    if origin == FASHION or model.data.get("sha256") == DIGESTS[FASHION]:
        raise ConfigError(
            f"{name} was trained on {origin!r}, which holds no digits; give one that was trained on digits"
        )


def warn_of_doubt(model: Model) -> None:
    """Log a warning if nothing shows that a model's training data were digits.

    There is no warning if the model learned from MNIST, if its classes are named after the digits, or if the file does
    not name the data.
    """
    origin = name_training_data(model)
    if origin not in {None, MNIST} and model.class_names is None and model.data.get("sha256") != DIGESTS[MNIST]:
        _logger.warning(
            "the model was trained on %r; what it reads is right only if those are the digits 0 to 9", origin
        )


def find_training_data(model: Model) -> Dataset:
    """Find the data that a model was trained on, by name (also MNIST under another name); MNIST if nothing is known.

    Raises
    ------
    DataNotFoundError
        If the data is no longer there, or has changed.

    Examples
    --------
    >>> from mnist_nn import Network
    >>> find_training_data(Model(Network.create())).name
    'mnist'
    >>> find_training_data(Model(Network.create(), data={"name": "scans", "sha256": "0"}))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    mnist_nn.errors.DataNotFoundError: the model was trained on 'scans', which is not on this machine; ...
    """
    name, sha256 = name_training_data(model), model.data.get("sha256")
    if name is None or name == MNIST or sha256 == DIGESTS[MNIST]:
        return load(MNIST)
    reason: Exception | None = None
    try:
        found = load_alike(model, name)
        if not found.describe_other(model.data):
            return found
        problem = "which has changed since"
    except (DataError, ConfigError) as error:
        problem, reason = "which is not on this machine", error
    raise DataNotFoundError(
        f"the model was trained on {name!r}, {problem}; give its folder, or choose other data, for "
        "example with --data mnist"
    ) from reason


def choose_data(model: Model, name: str | None, **given: Any) -> Dataset:
    """Return the data set with this name or, without a name, the data that the model was trained on.

    ``given`` are options for reading it, if they differ from those for the model's own data.

    Raises
    ------
    DataError
        If it does not exist.
    """
    if name is None and not given:
        return find_training_data(model)
    return load_alike(model, name or name_training_data(model) or MNIST, **given)


def load_alike(model: Model, name: str, **given: Any) -> Dataset:
    """Load a data set with the options that the model's own data was read with, unless others are given.

    Parameters
    ----------
    model
        The model, whose file records how its data was read.
    name
        A name, a folder or a file.
    given
        Options of `mnist_nn.data.read_options.ReadOptions` that override those.
    """
    kept = asdict(ReadOptions.from_dict(model.data))
    if name in NAMES:
        return load(name, **given)
    return load(name, **{**_keep_effective(name, kept), **given})


def _keep_effective(name: str, kept: dict[str, Any]) -> dict[str, Any]:
    """Leave out options that were chosen for data of another format and have no effect on this one."""
    from mnist_nn.data.formats.find import TABLES, find_images  # noqa: PLC0415 it loads SciPy, and only own data needs it

    path = expand_path(name)
    if not path.exists() or holds_idx(path):
        return kept if not path.exists() else {**kept, "as_is": False, "label_column": None}
    kind = find_images(path, ReadOptions()).kind
    as_is = kept["as_is"] and kind in {"folder", "parquet"}
    return {**kept, "as_is": as_is, "label_column": kept["label_column"] if kind in TABLES else None}
