"""The front door: arguments that public functions accept because they can only mean one thing.

A model stands for its network, a data set for the half that is needed, and images with labels for samples. For
everything else there is one error, which shows the right call. `mnist_nn.data.coercion` decides about arrays; nothing
is computed here.
"""

import logging
import os
from collections.abc import Mapping
from typing import Any, Protocol

import numpy.typing as npt

from mnist_nn.data import Dataset, Samples, load
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.network import Network
from mnist_nn.util.checks import describe

_logger = logging.getLogger("mnist_nn")


class HasNetwork(Protocol):
    """Anything that contains a network: a model, an epoch, a predictor or a reader."""

    @property
    def network(self) -> Network:
        """The network to use."""


NetworkLike = Network | HasNetwork
SamplesLike = Samples | Dataset | tuple[Any, npt.ArrayLike] | str | os.PathLike[str]


def as_network(value: object, call: str) -> Network:
    """Return a network from whatever contains one; from a training run with patience, its best network.

    Parameters
    ----------
    value
        The argument that was given.
    call
        The right call, for the message.

    Raises
    ------
    ConfigError
        If it is something else.

    Examples
    --------
    >>> as_network(NetworkConfig(), "train(network, samples)")
    Traceback (most recent call last):
    mnist_nn.errors.ConfigError: the network is a NetworkConfig; make one: Network.create(config): train(network, ...
    """
    found = getattr(value, "chosen", None) or getattr(value, "network", value)
    if isinstance(found, Network):
        return found
    hint = ""
    if isinstance(value, NetworkConfig):
        hint = "make one: Network.create(config): "
    elif isinstance(value, str | os.PathLike):
        hint = f"load the model: load_model({os.fspath(value)!r}): "
    raise ConfigError(f"the network is {describe(value)}; {hint or 'call '}{call}")


def as_samples(samples: object, labels: object, call: str, half: str = "test") -> Samples:
    """Return samples, given samples, one half of a data set or of a named one, or images with their labels.

    Parameters
    ----------
    samples, labels
        The arguments that were given; ``labels`` is None if the samples have their labels.
    call
        The right call, for the message.
    half
        The half of a data set to use, ``train`` or ``test``.

    Raises
    ------
    DataError
        If they are not samples.

    Examples
    --------
    >>> as_samples("mnist", None, "evaluate(network, samples)")
    Samples(10000 of 28x28, uint8)
    >>> as_samples([[0.5, 0.25]], [1], "evaluate(network, samples)")
    Samples(1 of 2, float64)
    >>> as_samples([[0.5, 0.25]], None, "evaluate(network, samples)")
    Traceback (most recent call last):
    mnist_nn.errors.DataError: the samples are a list; give images and labels, samples or a data set: evaluate(...
    """
    known = isinstance(samples, Samples | Dataset | str | os.PathLike)
    if labels is not None and known:
        raise DataError(f"the samples already have labels, but {describe(labels)} was given as labels too; call {call}")
    if labels is not None:
        return Samples(samples, labels)  # type: ignore[arg-type]  # it says itself what is wrong with them
    if isinstance(samples, tuple) and len(samples) == len(("images", "labels")):
        return Samples(*samples)
    if isinstance(samples, str | os.PathLike):
        samples = load(samples)
    found = getattr(samples, half) if isinstance(samples, Dataset) else samples
    if isinstance(found, Samples):
        return found
    raise DataError(f"the samples are {describe(samples)}; give images and labels, samples or a data set: {call}")


def warn_of_other_data(trained: object, samples: object) -> None:
    """Log a warning if a model is measured on another data set than the one its file names."""
    origin = getattr(trained, "data", None)
    if isinstance(origin, Mapping) and isinstance(samples, Dataset | str | os.PathLike):
        data = samples if isinstance(samples, Dataset) else load(samples)
        if other := data.describe_other(origin):
            _logger.warning(other)


def as_dataset(value: object, call: str) -> Dataset:
    """Return a data set from itself, its name, or the folder that contains it.

    Raises
    ------
    DataError
        If it is something else, or the data set does not exist.

    Examples
    --------
    >>> as_dataset("mnist", "build_report(model, data)").classes
    10
    """
    if isinstance(value, str | os.PathLike):
        return load(value)
    if isinstance(value, Dataset):
        return value
    raise DataError(f"the data set is {describe(value)}; give its name, or what load_data returns: {call}")


def split_labels(kind: type, labels: object, setting: object) -> tuple[object, object]:
    """Tell labels apart from a setting that follows samples which already have labels.

    Examples
    --------
    >>> split_labels(str, "mse", None), split_labels(str, [7, 2], "mse")
    ((None, 'mse'), ([7, 2], 'mse'))
    """
    return (None, labels) if isinstance(labels, kind) and setting is None else (labels, setting)
