"""The plan of a sweep: the values of each setting, and the configurations made from them.

A setting is given as people type it: a list, a range or a distribution. Nothing is trained here.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from mnist_nn.errors import ConfigError, quote
from mnist_nn.nn.config import NetworkConfig, TrainingConfig, fit_data, without_effect
from mnist_nn.nn.presets import configure, presets
from mnist_nn.util import randomness
from mnist_nn.util.checks import choice

Settings = Mapping[str, Any]
SCALES = ("lin", "log")
OWN_LIST = "/"  # between the layers of one value; commas are between values
MOST_CONFIGURATIONS = 100_000
MOST_CORNERS = 1_000  # combinations that are looked at before a search that goes its own way
HOW = "give values separated by commas, such as 0.1,0.3,1, or a range, such as log:0.001:1 or lin:0:0.5:6"


@dataclass(frozen=True)
class Axis:
    """One setting of a sweep: the values to try or, without any, a range to draw from.

    A range goes from ``low`` to ``high``, and is linear or logarithmic. ``parse`` reads one value from text, and
    ``is_whole`` says that it takes whole numbers.
    """

    name: str
    values: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    is_log: bool = False
    is_whole: bool = False
    parse: Callable[[str], Any] = float

    def draw(self, share: float) -> Any:
        """Return the value at a share of the axis, from 0 to 1; numbers are rounded to six digits."""
        if self.values:
            return self.values[int(share * len(self.values))]
        if self.is_log:
            value = math.exp((1 - share) * math.log(self.low) + share * math.log(self.high))
        else:
            value = (1 - share) * self.low + share * self.high
        return self.parse(str(round(value)) if self.is_whole else f"{value:.6g}")


@dataclass(frozen=True)
class Configuration:
    """One point of a sweep: the settings that vary, and the network and training that follow from all settings."""

    settings: Settings
    shape: NetworkConfig
    training: TrainingConfig


def parse_axis(name: str, text: str, parse: Callable[[str], Any], *, is_whole: bool) -> Axis:
    """Read the values of a setting: a list, a range with a number of values, or a range to draw from.

    Parameters
    ----------
    name
        The setting.
    text
        The typed text: ``0.1,0.3,1``; ``log:0.001:1`` or ``lin:0:1``; ``log:0.001:1:7`` for seven values. The layers
        of a value that has one number for each layer are separated by ``/``: ``16,30/20`` is two values.
    parse
        Reads one value, with commas between layers.
    is_whole
        Whether values are whole numbers, so that those of a range are rounded.

    Raises
    ------
    ConfigError
        If it is none of these.

    Examples
    --------
    >>> parse_axis("l2", "0,1e-4", float, is_whole=False).values
    (0.0, 0.0001)
    >>> parse_axis("batch_size", "log:1:100:3", int, is_whole=True).values
    (1, 10, 100)
    """
    scale, colon, rest = text.partition(":")
    if colon and scale in SCALES:
        axis, count = _parse_range(name, text, rest.split(":"), is_log=scale == "log")
        axis = replace(axis, is_whole=is_whole, parse=parse)
        steps = range(count) if count else ()
        return replace(axis, values=tuple(dict.fromkeys(axis.draw(step / (len(steps) - 1)) for step in steps)))
    values = tuple(dict.fromkeys(parse(part.strip().replace(OWN_LIST, ",")) for part in text.split(",")))
    return Axis(name, values)


def _parse_range(name: str, text: str, parts: Sequence[str], *, is_log: bool) -> tuple[Axis, int | None]:
    """Read a range, and the number of its values if there is one."""
    try:
        low, high, *rest = parts
        axis = Axis(name, low=float(low), high=float(high), is_log=is_log)
        count = int(*rest) if rest else None
    except (ValueError, TypeError):
        raise ConfigError(f"{name} is {quote(text)}; {HOW}") from None
    if not (math.isfinite(axis.low) and math.isfinite(axis.high) and axis.low < axis.high):
        raise ConfigError(f"{name} is {quote(text)}; {HOW}, with the smaller end first")
    if is_log and axis.low <= 0:
        raise ConfigError(f"{name} is {quote(text)}; a logarithmic range must begin above 0")
    if count is not None and not 2 <= count <= MOST_CONFIGURATIONS:  # noqa: PLR2004 both ends
        raise ConfigError(f"{name} is {quote(text)}; a range has at least 2 values, its ends")
    return axis, count


def list_grid(axes: Sequence[Axis]) -> Iterator[Settings]:
    """List every combination of values; the last axis varies fastest.

    Raises
    ------
    ConfigError
        If an axis is a range to draw from, or there are too many combinations.

    Examples
    --------
    >>> list(list_grid([Axis("epochs", (1, 2)), Axis("l2", (0.0,))]))
    [{'epochs': 1, 'l2': 0.0}, {'epochs': 2, 'l2': 0.0}]
    """
    for axis in axes:
        if not axis.values:
            raise ConfigError(
                f"{axis.name} is a range to draw from, which a grid cannot use; give a number of values, such as "
                f"{'log' if axis.is_log else 'lin'}:{axis.low:g}:{axis.high:g}:5, or draw with --search random"
            )
    if math.prod(len(axis.values) for axis in axes) > MOST_CONFIGURATIONS:
        raise ConfigError(f"the grid has more than {MOST_CONFIGURATIONS:,} configurations; give fewer values, or draw "
                          "some with --search random --trials N")  # fmt: skip
    for values in product(*(axis.values for axis in axes)):
        yield dict(zip((axis.name for axis in axes), values, strict=True))


def list_corners(axes: Sequence[Axis]) -> list[Settings]:
    """List every combination of values and of the ends of ranges, to find wrong ones early; only one if they are many.

    Examples
    --------
    >>> list_corners([Axis("epochs", (1, 2)), Axis("l2", low=0.0, high=0.5)])[:2]
    [{'epochs': 1, 'l2': 0.0}, {'epochs': 1, 'l2': 0.5}]
    """
    closed = [axis if axis.values else replace(axis, values=(axis.draw(0), axis.draw(1))) for axis in axes]
    if math.prod(len(axis.values) for axis in closed) > MOST_CORNERS:
        closed = [replace(axis, values=axis.values[:1]) for axis in closed]
    return list(list_grid(closed))


def draw_settings(axes: Sequence[Axis], count: int, seed: int) -> Iterator[Settings]:
    """Draw settings at random, independently for each axis; the first n are the same for any count.

    Examples
    --------
    >>> axes = [Axis("learning_rate", low=0.001, high=1.0, is_log=True), Axis("epochs", (1, 2))]
    >>> [first, second] = draw_settings(axes, 2, seed=0)
    >>> 0.001 <= first["learning_rate"] <= 1, first == next(draw_settings(axes, 9, seed=0))
    (True, True)
    """
    key = randomness.fold(randomness.key(seed), randomness.SWEEP)
    for number in range(count):
        shares = randomness.uniform(randomness.fold(key, number), len(axes))
        yield {axis.name: axis.draw(share) for axis, share in zip(axes, shares.tolist(), strict=True)}


def build_configurations(
    preset: str, fixed: Settings, varied: Sequence[Settings], inputs: int, outputs: int
) -> list[Configuration]:
    """Build the configurations of a sweep, each once; a setting that has no effect in one of them is left out there.

    Raises
    ------
    ConfigError
        If a combination is wrong; this happens before anything is trained.

    Examples
    --------
    >>> varied = [{"optimizer": "sgd", "momentum": 0.8}, {"optimizer": "sgd", "momentum": 0.9}]
    >>> [found] = build_configurations("classic", {"epochs": 2}, varied, 784, 10)
    >>> found.settings, found.training.epochs
    ({'optimizer': 'sgd'}, 2)
    """
    usual = presets()[choice("preset", preset, presets())]
    found: dict[Any, Configuration] = {}
    for settings in varied:
        joined = {**vars(TrainingConfig()), **usual, **fixed, **settings}
        unused = without_effect(joined)
        used = {name: value for name, value in settings.items() if name not in unused}
        kept = {name: value for name, value in fixed.items() if name not in unused or not _decides(settings, name)}
        shape, training = configure(preset, {**kept, **used})
        shape = fit_data(shape, inputs, outputs)
        found.setdefault((shape, training), Configuration(used, shape, training))
    return list(found.values())


def _decides(settings: Settings, name: str) -> bool:
    """Whether a setting that varies may be the reason that another, fixed one has no effect."""
    reasons = {"activation": "hidden", "dropout": "hidden", "max_norm": "hidden", "freeze": "prune_from"}
    return reasons.get(name, "optimizer") in settings
