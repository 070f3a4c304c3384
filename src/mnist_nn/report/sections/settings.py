"""The section "All settings": every setting of the network and its training, and the default where it differs."""

from dataclasses import fields
from typing import Any

from markupsafe import Markup

from mnist_nn.nn.config import NetworkConfig, TrainingConfig, resolve_learning_rate
from mnist_nn.report.measurements import Measurements
from mnist_nn.report.sections import PACKAGE
from mnist_nn.util.templates import render

FROM_DATA = ("inputs", "outputs")  # the data decides them

Row = tuple[str, str, str]


def write(measured: Measurements) -> Markup:
    """List the settings: name, value, and the default if it is different."""
    network, training = measured.model.network.config, measured.model.training
    training_rows = training and _training_rows(network, training)
    return render(PACKAGE, "settings.html", network=_rows(network), training=training_rows)


def _training_rows(network: NetworkConfig, training: TrainingConfig) -> list[Row]:
    rows = _rows(training)
    if training.learning_rate is None:
        at = [name for name, *_ in rows].index("learning_rate")
        rows[at] = (
            "learning_rate",
            f"{resolve_learning_rate(network, training):g}, chosen to suit the other settings",
            "",
        )
    return rows


def _rows(config: NetworkConfig | TrainingConfig) -> list[Row]:
    defaults, changed = type(config)().to_dict(), changed_settings(config)
    return [
        (name, _plain(value), _plain(defaults[name]) if name in changed else "")
        for name, value in config.to_dict().items()
    ]


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value)) or "none"
    return "none" if value is None else str(value).removesuffix(".0")


def changed_settings(config: NetworkConfig | TrainingConfig) -> dict[str, Any]:
    """Return the settings that differ from the defaults, except those that the data determines.

    Examples
    --------
    >>> changed_settings(NetworkConfig(hidden=(64, 32), activation="relu"))
    {'hidden': (64, 32), 'activation': ('relu', 'relu')}
    """
    default = type(config)()
    found = {field.name: getattr(config, field.name) for field in fields(config) if field.name not in FROM_DATA}
    different = {name: value for name, value in found.items() if value != getattr(default, name)}
    if isinstance(config, NetworkConfig) and set(config.activation) <= set(NetworkConfig().activation):
        different.pop("activation", None)  # the same in every layer, however many there are
    return different
