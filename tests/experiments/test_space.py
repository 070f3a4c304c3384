"""What people type for a sweep, and the configurations that are made of it."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.errors import ConfigError
from mnist_nn.experiments.space import Axis, build_configurations, draw_settings, list_grid, parse_axis


def widths(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


@pytest.mark.parametrize(
    ("text", "parse", "is_whole", "values"),
    [
        ("0.1", float, False, (0.1,)),
        ("0, 1e-4,0", float, False, (0.0, 1e-4)),
        ("16,30/20", widths, False, ((16,), (30, 20))),
        ("relu,tanh", str, False, ("relu", "tanh")),
        ("log:1e-3:1:4", float, False, (0.001, 0.01, 0.1, 1.0)),
        ("lin:0:0.5:3", float, False, (0.0, 0.25, 0.5)),
        ("lin:1:3:9", int, True, (1, 2, 3)),
        ("log:8:32:3", widths, True, ((8,), (16,), (32,))),
    ],
)
def test_lists_and_ranges(text: str, parse: Callable[[str], Any], is_whole: bool, values: tuple[Any, ...]) -> None:
    assert parse_axis("x", text, parse, is_whole=is_whole).values == values


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("log:1", "such as log:0.001:1"),
        ("log:a:b", "such as log:0.001:1"),
        ("lin:1:2:3:4", "such as log:0.001:1"),
        ("lin:1:2:x", "such as log:0.001:1"),
        ("lin:2:1", "smaller end first"),
        ("lin:0:inf", "smaller end first"),
        ("log:0:1", "above 0"),
        ("lin:0:1:1", "at least 2 values"),
    ],
)
def test_what_is_no_range_is_said(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        parse_axis("l2", text, float, is_whole=False)


@given(st.floats(1e-6, 1e3), st.floats(1.01, 1e6), st.booleans(), st.integers(0, 2**64 - 1))
def test_what_is_drawn_lies_in_the_range(low: float, factor: float, is_log: bool, seed: int) -> None:
    axis = parse_axis("x", f"{'log' if is_log else 'lin'}:{low!r}:{low * factor!r}", float, is_whole=False)
    for settings in draw_settings([axis], 5, seed):
        assert low * (1 - 1e-5) <= settings["x"] <= low * factor * (1 + 1e-5)


def test_a_logarithmic_range_gives_each_power_of_ten_its_share() -> None:
    axis = parse_axis("x", "log:0.001:1", float, is_whole=False)
    drawn = [math.log10(settings["x"]) for settings in draw_settings([axis], 3000, 1)]
    for power in (-3, -2, -1):
        assert 0.29 < sum(power <= value < power + 1 for value in drawn) / 3000 < 0.38


def test_axes_are_drawn_independently_and_longer_sweeps_begin_like_shorter_ones() -> None:
    axes = [Axis("a", tuple(range(4))), Axis("b", tuple(range(4)))]
    drawn = list(draw_settings(axes, 400, 2))
    assert len({(one["a"], one["b"]) for one in drawn}) == 16
    assert drawn[:7] == list(draw_settings(axes, 7, 2))
    assert drawn != list(draw_settings(axes, 400, 3))


def test_a_grid_has_every_combination_once() -> None:
    assert [(one["a"], one["b"]) for one in list_grid([Axis("a", (1, 2)), Axis("b", (3, 4))])] == [
        (1, 3), (1, 4), (2, 3), (2, 4)
    ]  # fmt: skip
    with pytest.raises(ConfigError, match=r"log:0\.1:1:5, or draw with --search random"):
        list(list_grid([Axis("a", low=0.1, high=1, is_log=True)]))
    with pytest.raises(ConfigError, match="more than 100,000"):
        list(list_grid([Axis("a", tuple(range(1000))), Axis("b", tuple(range(1000)))]))


def test_settings_without_effect_are_left_out_and_what_is_then_equal_is_trained_once() -> None:
    varied = list(list_grid([Axis("optimizer", ("sgd", "momentum")), Axis("momentum", (0.8, 0.9))]))
    found = build_configurations("classic", {"epochs": 1}, varied, 784, 10)
    assert [one.settings for one in found] == [
        {"optimizer": "sgd"},
        {"optimizer": "momentum", "momentum": 0.8},
        {"optimizer": "momentum", "momentum": 0.9},
    ]
    fixed = build_configurations("classic", {"momentum": 0.8}, [{"optimizer": "sgd"}, {"optimizer": "momentum"}], 4, 3)
    assert [one.training.momentum for one in fixed] == [None, 0.8]
    assert fixed[0].shape.sizes == (4, 20, 3)
    shallow = build_configurations("classic", {"activation": "relu"}, [{"hidden": ()}, {"hidden": (9,)}], 784, 10)
    assert [one.shape.activation for one in shallow] == [(), ("relu",)]


def test_a_wrong_combination_or_a_fixed_setting_without_effect_is_an_error() -> None:
    with pytest.raises(ConfigError, match="sigmoid outputs"):
        build_configurations("classic", {}, [{"output": "sigmoid"}, {"output": "softmax"}], 784, 10)
    with pytest.raises(ConfigError, match="no effect with sgd"):
        build_configurations("classic", {"momentum": 0.8}, [{"l2": 0.1}], 784, 10)
