"""The presets: each is valid, says why it is there, and gives way to settings beside it."""

from dataclasses import fields

import pytest

from mnist_nn import NetworkConfig, TrainingConfig, preset
from mnist_nn.errors import ConfigError
from mnist_nn.nn.config import resolve_learning_rate
from mnist_nn.nn.presets import configure, presets

NAMES = list(presets())
SETTINGS = {field.name for kind in (NetworkConfig, TrainingConfig) for field in fields(kind)}


def test_the_seed_is_a_preset_and_is_the_default() -> None:
    assert preset("classic") == (NetworkConfig(), TrainingConfig())


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_says_why_it_is_there(name: str) -> None:
    why = presets()[name]["why"]
    assert len(why.split()) >= 5
    assert "\n" not in why


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_means_what_its_file_says(name: str) -> None:
    network, training = preset(name)
    values = {**network.to_dict(), **training.to_dict()}
    for setting, value in presets()[name].items():
        if setting != "why":
            assert setting in SETTINGS
            assert values[setting] == value or values[setting] == [value] * len(network.hidden)


def test_nielsens_rate_is_his_for_half_the_summed_squares() -> None:
    network, training = preset("nielsen")
    # His 3.0 goes with ½ Σ(o - l)²; the mean over ten outputs is (2/10) / (2/2) = a fifth of its slope.
    assert resolve_learning_rate(network, training) * (2 / network.outputs) == pytest.approx(3.0)
    assert (network.hidden, training.loss, training.batch_size, training.epochs) == ((30,), "mse", 10, 30)


@pytest.mark.parametrize("name", NAMES)
def test_settings_beside_a_preset_win(name: str) -> None:
    network, training = configure(name, {"inputs": 9, "epochs": 77, "seed": 5})
    plain_network, plain_training = preset(name)
    assert (network.inputs, training.epochs, training.seed) == (9, 77, 5)
    assert (network.output, training.loss) == (plain_network.output, plain_training.loss)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_preset_says_of_hidden_layers_gives_way_where_there_are_none(name: str) -> None:
    network, training = configure(name, {"hidden": ()})
    assert (network.activation, training.dropout, training.max_norm) == ((), 0, None)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("classic", {"beta1": 0.9}),  # by its default it is known only here that it was given
        ("small", {"optimizer": "SGD", "epsilon": 1e-8}),
        ("wide", {"momentum": 0.9}),
        ("classic", {"hidden": (), "activation": "sigmoid"}),
        ("classic", {"hidden": (), "dropout": 0.1}),
        ("classic", {"hidden": (), "max_norm": 1.0}),
        ("classic", {"patience": 2}),
    ],
)
def test_a_setting_without_effect_is_refused(name: str, settings: dict) -> None:
    with pytest.raises(ConfigError, match="has no effect with"):
        configure(name, settings)


@pytest.mark.parametrize("settings", [{"hidden": (), "dropout": 0.0}, {"momentum": None}, {"validation": 0}])
def test_what_switches_a_setting_off_may_always_be_given(settings: dict) -> None:
    configure("classic", settings)


def test_a_preset_is_found_however_it_is_spelled() -> None:
    assert preset("Sprint-95") == preset("sprint95")


def test_an_unknown_preset_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="unknown preset 'big'; choose one of: classic, "):
        preset("big")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"output": "softmax"}, "classic_mse"),
        ({"why": "so"}, None),
        ({"lr": 1}, "'lr'"),
        ({"learning_rate": -1}, "learning_rate"),
    ],
)
def test_settings_that_do_not_fit_a_preset_are_refused(settings: dict, named: str | None) -> None:
    if named is None:  # `why` is no setting: it must not reach either record
        assert configure("classic", settings) == preset("classic")
        return
    with pytest.raises(ConfigError, match=named):
        configure("classic", settings)
