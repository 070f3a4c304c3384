"""Presets: complete settings with a name, read from presets.toml, which gives the reason for each value."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from importlib.resources import files
from typing import Any

from mnist_nn.errors import ConfigError
from mnist_nn.nn.config import USED_BY, NetworkConfig, TrainingConfig, check, without_effect
from mnist_nn.util import checks


def presets() -> dict[str, dict[str, Any]]:
    """Read all presets, as a dictionary from name to settings; ``why`` gives the reason for each value.

    Examples
    --------
    >>> presets()["classic"]["hidden"]
    [20]
    """
    return tomllib.loads(files(__package__).joinpath("presets.toml").read_text(encoding="utf-8"))


def preset(name: str) -> tuple[NetworkConfig, TrainingConfig]:
    """Return the network and training configurations of a preset; an unknown name raises a ConfigError.

    Examples
    --------
    >>> network, training = preset("classic")
    >>> network == NetworkConfig() and training == TrainingConfig()
    True
    """
    return configure(name, {})


def configure(name: str, settings: Mapping[str, Any]) -> tuple[NetworkConfig, TrainingConfig]:
    """Combine a preset with settings of either record, which override it, and check the result.

    Values of the preset that the settings make irrelevant are left out, such as an activation if there are no hidden
    layers. A setting that has no effect in combination with the others raises a ConfigError.

    Examples
    --------
    >>> network, training = configure("classic", {"hidden": (64,), "epochs": 2})
    >>> network.hidden, training.epochs, training.loss
    ((64,), 2, 'classic_mse')
    """
    known = presets()
    usual = known[checks.choice("preset", name, known)]
    joined = {**usual, **settings}
    del joined["why"]
    unused = without_effect({**vars(TrainingConfig()), **joined})
    for setting in (*USED_BY, "activation"):  # the others have a default that switches them off, which may be given
        if setting in unused and settings.get(setting) is not None:
            raise ConfigError(f"{setting} {unused[setting]}")
    joined = {key: value for key, value in joined.items() if key in settings or key not in unused}
    names = {field.name for field in fields(NetworkConfig)}
    network = NetworkConfig.from_dict({key: value for key, value in joined.items() if key in names})
    training = TrainingConfig.from_dict({key: value for key, value in joined.items() if key not in names})
    check(network, training)
    return network, training
