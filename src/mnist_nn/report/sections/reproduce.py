"""How to make it again: the command that gives the same weights, bit for bit, from what the model file says."""

import shlex
from typing import Any

from markupsafe import Markup

from mnist_nn.model_file.storage import Model
from mnist_nn.report.measurements import Measurements
from mnist_nn.report.sections import PACKAGE, Missing
from mnist_nn.report.sections.settings import changed_settings
from mnist_nn.util.templates import render


def write(measured: Measurements) -> Markup | Missing:
    """Write the command line, and what it cannot promise."""
    model = measured.model
    command = train_command(model)
    if isinstance(command, Missing):
        return command
    return render(
        PACKAGE,
        "reproduce.html",
        command=command,
        engine_is_known=bool(model.checkpoint and model.checkpoint.engines),
        calibrated=model.calibration is not None,
    )


def train_command(model: Model, target: str = "again.safetensors") -> str | Missing:
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
    >>> train_command(Model(Network.create()))
    Missing(reason='the file does not hold the training that made it')
    """
    reason = _obstacle(model)
    if reason or model.training is None or model.checkpoint is None:
        return Missing(reason)
    words = ["mnist-nn", "train", "--model", target]
    if model.data["name"] != "mnist":
        words += ["--data", str(model.data["name"])]
    if model.checkpoint.engines:
        words += ["--engine", *model.checkpoint.engines]
    for name, value in {**changed_settings(model.network.config), **changed_settings(model.training)}.items():
        words += ["--" + name.replace("_", "-"), _typed(value)]
    return shlex.join(words)


def _obstacle(model: Model) -> str:
    """Say why no command makes this model again; empty if one does."""
    at, training = model.checkpoint, model.training
    if at is None or training is None:
        return "the file does not hold the training that made it"
    if not model.data.get("sha256") or not model.data.get("name"):
        return "the file does not say which data it has learned from"
    if not at.is_finished(training):
        done = f"{at.epoch} of {training.epochs} epochs"
        return f"its training was stopped after {done}; go on with mnist-nn train --resume, then report again"
    if len(at.engines) > 1:
        return f"several engines trained it, {' and then '.join(at.engines)}, and a command has one"
    return ""


def _typed(value: Any) -> str:
    """Write a setting as the command line takes it."""
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return repr(value) if isinstance(value, float) else str(value)
