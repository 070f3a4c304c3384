"""The command that makes a model again, bit for bit, from what its file says."""

import shlex
from dataclasses import fields
from typing import Any

from mnist_nn.model_file.storage import Model
from mnist_nn.nn.config import NetworkConfig, TrainingConfig
from mnist_nn.report.markup import Missing

FROM_DATA = ("inputs", "outputs")  # the data decides them


def command(model: Model, target: str = "again.safetensors") -> str | Missing:
    """Write the ``mnist-nn train`` that gives the same weights, with every setting that is not the default.

    Parameters
    ----------
    model
        A model whose training is complete.
    target
        Where the command saves what it makes.

    Examples
    --------
    >>> from mnist_nn import Network
    >>> command(Model(Network.create()))
    Missing(reason='the file does not hold the training that made it')
    """
    at, training = model.checkpoint, model.training
    if at is None or training is None:
        return Missing("the file does not hold the training that made it")
    if not model.data.get("sha256") or not model.data.get("name"):
        return Missing("the file does not say which data it has learned from")
    if not at.finished(training):
        done = f"{at.epoch} of {training.epochs} epochs"
        return Missing(f"its training was stopped after {done}; go on with mnist-nn train --resume, then report again")
    if len(at.engines) > 1:
        return Missing(f"several engines trained it, {' and then '.join(at.engines)}, and a command has one")
    words = ["mnist-nn", "train", "--model", target]
    if model.data["name"] != "mnist":
        words += ["--data", str(model.data["name"])]
    if at.engines:
        words += ["--engine", *at.engines]
    for name, value in {**changed(model.network.config), **changed(training)}.items():
        words += ["--" + name.replace("_", "-"), _typed(value)]
    return shlex.join(words)


def changed(config: NetworkConfig | TrainingConfig) -> dict[str, Any]:
    """The settings that differ from the default ones, which are the seed's.

    Examples
    --------
    >>> changed(NetworkConfig(hidden=(64, 32), activation="relu"))
    {'hidden': (64, 32), 'activation': ('relu', 'relu')}
    """
    seed = type(config)()
    found = {field.name: getattr(config, field.name) for field in fields(config) if field.name not in FROM_DATA}
    different = {name: value for name, value in found.items() if value != getattr(seed, name)}
    if isinstance(config, NetworkConfig) and set(config.activation) <= set(NetworkConfig().activation):
        different.pop("activation", None)  # the same in every layer, however many there are
    return different


def _typed(value: Any) -> str:
    """Write a setting as the command line takes it."""
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return repr(value) if isinstance(value, float) else str(value)
