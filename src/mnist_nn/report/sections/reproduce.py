"""The section "How to train it again": the command that trains the same weights, bit for bit."""

import shlex
from typing import Any

from markupsafe import Markup

from mnist_nn.data.read_options import ReadOptions
from mnist_nn.model_file.storage import Model
from mnist_nn.report.measurements import Measurements
from mnist_nn.report.sections import PACKAGE, Missing
from mnist_nn.report.sections.settings import changed_settings
from mnist_nn.util.templates import render


def write(measured: Measurements) -> Markup | Missing:
    """Write the command line, and say what it cannot guarantee."""
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
    """Write the ``mnist-nn train`` command that trains the same weights, with every setting that is not the default.

    Parameters
    ----------
    model
        A model whose training is complete.
    target
        Where the command saves the model.

    Examples
    --------
    >>> from mnist_nn import Network
    >>> train_command(Model(Network.create()))
    Missing(reason='the file does not contain the training that made the model')
    """
    reason = _obstacle(model)
    if reason or model.training is None or model.checkpoint is None:
        return Missing(reason)
    words = ["mnist-nn", "train", "--model", target]
    if model.data["name"] != "mnist":
        words += ["--data", str(model.data["name"])]
    for name, kept in ReadOptions.from_dict(model.data).to_dict().items():
        words += ["--" + name.replace("_", "-"), *([kept] if kept != "True" else [])]
    if model.data.get("teacher"):
        words += ["--teacher", str(model.data["teacher"])]
    if model.checkpoint.engines:
        words += ["--engine", *model.checkpoint.engines]
    for name, value in {**changed_settings(model.network.config), **changed_settings(model.training)}.items():
        words += ["--" + name.replace("_", "-"), _typed(value)]
    return shlex.join(words)


def _obstacle(model: Model) -> str:
    """Say why no single command can train this model again; empty if one can."""
    at, training = model.checkpoint, model.training
    if at is None or training is None:
        return "the file does not contain the training that made the model"
    if not model.data.get("sha256") or not model.data.get("name"):
        return "the file does not say which data the model was trained on"
    if not at.is_finished(training):
        done = f"{at.epoch} of {training.epochs} epochs"
        return (
            f"its training was stopped after {done}; finish it with mnist-nn train --resume, then make the report again"
        )
    if model.data.get("started_from"):
        return f"its training began with the weights of another model (SHA-256 {model.data['started_from']})"
    if len(at.engines) > 1:
        return (
            f"it was trained by several engines, {' and then '.join(at.engines)}, and one command can name "
            "only one engine"
        )
    return ""


def _typed(value: Any) -> str:
    """Format a setting as the command line expects it."""
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return repr(value) if isinstance(value, float) else str(value)
