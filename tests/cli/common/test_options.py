"""The options that several commands share: names in any spelling, and completion of those there are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from mnist_nn import Model, Network, save_model
from mnist_nn.cli.common import options
from mnist_nn.data.sources import NAMES
from mnist_nn.engines.select import available
from mnist_nn.errors import ConfigError
from mnist_nn.nn.presets import presets

Cli = Callable[..., Any]


def test_names_that_are_offered_are_those_there_are() -> None:
    assert tuple(presets()) == options.PRESETS
    assert options.DATA_SETS == NAMES
    (engine,) = (one for one in options.Engine.__metadata__ if isinstance(one, typer.models.OptionInfo))
    assert engine.metavar == "|".join(available())


def test_one_of_some_names_is_taken_in_any_spelling() -> None:
    option = options.one_of("format", "onnx", "float_16")
    assert option["metavar"] == "onnx|float_16"
    assert [option["callback"](value) for value in ("ONNX", "Float-16")] == ["onnx", "float_16"]
    with pytest.raises(
        ConfigError, match=r"^unknown format 'onx'; choose one of: onnx, float_16\. Did you mean onnx\?$"
    ):
        option["callback"]("onx")


def test_names_are_completed_from_what_was_typed() -> None:
    assert options.completing(["relu", "tanh", "reader"])("re") == ["relu", "reader"]
    assert options.completing(["relu", "tanh"], several=True)("tanh,r") == ["tanh,relu"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("evaluate", "m.safetensors", "--split", "Test", "--engine", "REFERENCE", "--data", "MNIST", "--json"),
        ("export", "m.safetensors", "--to", "NPZ"),
        ("train", "--preset", "Sprint-95", "--subset", "600", "--epochs", "1", "--engine", "Reference", "--quiet"),
    ],
)
def test_commands_take_names_in_any_spelling(cli: Cli, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    save_model(tmp_path / "m.safetensors", Model(Network.create()))
    outcome = cli(*arguments)
    assert outcome.code == 0, outcome.err
