"""The settings of a training as options: all of them, typed as a person would, given on as the library takes them."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from mnist_nn import NetworkConfig, TrainingConfig
from mnist_nn.cli.common.training_options import SETTINGS, parse, with_settings
from mnist_nn.errors import ConfigError

Cli = Callable[..., Any]


def test_every_setting_has_an_option() -> None:
    given = {field.name for kind in (NetworkConfig, TrainingConfig) for field in fields(kind)} - {"inputs", "outputs"}
    assert {setting.field for setting in SETTINGS} == given


def test_defaults_that_are_shown_are_those_of_the_library() -> None:
    shown = {setting.field: setting.option.show_default for setting in SETTINGS}
    network, training = NetworkConfig(), TrainingConfig()
    described = {"augment", "teacher_share", "prepare", "prune_from"}  # by words, not by a value
    for name, default in {**vars(network), **vars(training)}.items():
        if name in shown.keys() - described and default is not None:
            value = default[0] if isinstance(default, tuple) else default
            assert shown[name] == str(value) or float(shown[name]) == value, name
    assert all(shown.values())


def test_what_is_typed_reaches_the_command_and_nothing_else() -> None:
    @with_settings("hidden", "loss")
    def command(*, settings: dict[str, Any]) -> dict[str, Any]:
        return settings

    assert command(hidden="64,32", loss=None) == {"hidden": (64, 32)}


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("hidden", "64, 32", (64, 32)),
        ("hidden", "None", ()),
        ("dropout", "0.1,0", (0.1, 0.0)),
        ("activation", "ReLU, Tanh", ("ReLU", "Tanh")),
        ("epochs", 3, 3),
        ("loss", "none", "none"),
    ],
)
def test_lists_are_split(name: str, typed: Any, value: Any) -> None:
    assert parse(name, typed) == value


@pytest.mark.parametrize(("name", "kind"), [("hidden", "whole numbers"), ("dropout", "numbers")])
def test_a_list_of_something_else_is_refused(name: str, kind: str) -> None:
    with pytest.raises(ConfigError, match=f"{name} is '1,x'; give {kind} separated by commas"):
        parse(name, "1,x")


@pytest.mark.parametrize("option", ["--learning-rate", "--lr", "--rate"])
def test_the_learning_rate_has_three_names(cli: Cli, option: str) -> None:
    few = ("--subset", "100", "--epochs", "1", "--engine", "reference", "--json")
    assert cli("train", *few, option, "0.125").json["training"]["learning_rate"] == 0.125


def test_check_gradients_has_no_option_that_a_gradient_does_not_depend_on(cli: Cli) -> None:
    outcome = cli("check-gradients", "--optimizer", "adam")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "No such option: --optimizer" in outcome.err
