"""The settings of a network and its training as command-line options, described once for all commands.

`with_settings` gives a command one option for each setting. The command receives the options that were typed as a
dictionary for `mnist_nn.nn.presets.configure`, which validates them.
"""

import argparse
import functools
import inspect
import shlex
from collections.abc import Callable, Sequence
from typing import Annotated, Any, NamedTuple, NoReturn

import typer

from mnist_nn.cli.common import options
from mnist_nn.cli.common.help_page import DATA, NETWORK, OPTIMIZER, REGULARIZATION, TRAINING
from mnist_nn.errors import ConfigError, quote
from mnist_nn.nn import config
from mnist_nn.util import checks


class Setting(NamedTuple):
    """One option: the field it sets, the type to parse, its group in the help, and what it means.

    ``metavar`` is its placeholder. ``names`` lists its valid names, if it takes a name. ``default`` describes the
    default in the help if the field's own default does not say enough.
    """

    field: str
    kind: type
    group: str
    help: str
    metavar: str = "NAME"
    names: tuple[str, ...] = ()
    default: str = ""

    @property
    def option(self) -> Any:
        """The Typer option."""
        return typer.Option(
            "--" + self.field.replace("_", "-"),
            *ALIASES.get(self.field, ()),
            help=f"{self.help}: {', '.join(self.names)}." if self.names else self.help,
            metavar=self.metavar,
            show_default=self.default or _written(DEFAULTS[self.field]),
            autocompletion=options.completing(self.names, several=self.field in LISTS) if self.names else None,
            rich_help_panel=self.group,
        )


def _named(field: str, group: str, meaning: str, names: tuple[str, ...]) -> Setting:
    return Setting(field, str, group, meaning, names=names)


def _written(value: Any) -> str:
    """Format a value as it would be typed."""
    values = value if isinstance(value, list) else [value]
    return ",".join(one if isinstance(one, str) else f"{one:g}" for one in values)


DEFAULTS = {"prepare": "", **config.NetworkConfig().to_dict(), **config.TrainingConfig().to_dict()}
SETTINGS = (
    Setting("hidden", str, NETWORK, "Width of each hidden layer, such as 20 or 64,32, or none.", "N,…"),
    _named("activation", NETWORK, "Activation of the hidden layers: one for all, or one for each", config.ACTIVATIONS),
    _named("output", NETWORK, "Activation of the output layer", config.OUTPUTS),
    _named("initializer", NETWORK, "Weight initialization; auto suits the activation", config.INITIALIZERS),
    _named("dtype", NETWORK, "Floating-point type of the arithmetic", config.DTYPES),
    Setting("prepare", str, NETWORK,
            "What pictures go through first, such as deskew,crop=24,pool=2,standardize or components=256.", "STEP,…",
            default="nothing"),
    _named("loss", TRAINING, "The loss; classic_mse updates with o - l, mse with its gradient", config.LOSSES),
    Setting("epochs", int, TRAINING, "Number of passes over the training images.", "N"),
    Setting("batch_size", int, TRAINING, "Number of samples per update.", "N"),
    Setting("seed", int, TRAINING, "Random seed of initial weights, order, dropout, subset and held-out images.", "N"),
    Setting("order_seed", int, TRAINING, "Random seed of the order, the subset and the held-out images alone.", "N",
            default="that of --seed"),
    _named("optimizer", OPTIMIZER, "How the optimizer turns gradients into updates", config.OPTIMIZERS),
    Setting("learning_rate", float, OPTIMIZER, "Learning rate: the size of the steps.", "RATE",
            default="chosen to suit the loss, the optimizer and the batch size"),
    _named("schedule", OPTIMIZER, "How the learning rate falls during training", config.SCHEDULES),
    Setting("momentum", float, OPTIMIZER, "Share of the last step that momentum and nesterov keep.", "SHARE",
            default=str(config.MOMENTUM)),
    Setting("beta1", float, OPTIMIZER, "Decay rate of the mean gradient in adam and adamw.", "SHARE"),
    Setting("beta2", float, OPTIMIZER, "Decay rate of the mean squared gradient in adam and adamw.", "SHARE"),
    Setting("epsilon", float, OPTIMIZER, "Small number that keeps adam and adamw from dividing by zero.", "NUMBER"),
    Setting("dropout", str, REGULARIZATION, "Share of hidden units to drop, for all layers or for each.", "SHARE,…"),
    Setting("l2", float, REGULARIZATION, "Strength λ of the penalty λ/2·ΣW²; for adamw, its weight decay.", "NUMBER"),
    Setting("max_norm", float, REGULARIZATION, "Largest norm of the weights into a hidden unit.", "NUMBER",
            default="no limit"),
    Setting("prune_from", str, REGULARIZATION,
            "Begin with hidden layers of this width, or of these, and prune them to --hidden in steps.", "N,…",
            default="no pruning"),
    Setting("label_smoothing", float, REGULARIZATION, "Share of every label that is spread over all classes.", "SHARE"),
    Setting("teacher_share", float, REGULARIZATION,
            "Share of the teacher's answers in the targets that the network learns.", "SHARE",
            default="0.9 with --teacher"),
    Setting("teacher_temperature", float, REGULARIZATION,
            "Divides the teacher's weighted sums; above 1, its answers become less certain.", "NUMBER"),
    Setting("ema_decay", float, REGULARIZATION,
            "Use a moving average of the weights, taken after every epoch, with this decay; 0 for none.", "SHARE"),
    _named("augmentation", REGULARIZATION, "Train on distorted copies, new ones in every epoch", config.AUGMENTATIONS),
    Setting("augment", str, REGULARIZATION,
            "Values that replace those of the augmentation, such as rotation=15,shift=1,alpha=38,sigma=5.5: "
            f"{', '.join(config.FIGURES)}.", "NAME=NUMBER,…", default="those of the augmentation"),
    Setting("patience", int, REGULARIZATION, "Stop after N epochs without a better validation accuracy; keep the best.",
            "N", default="never"),
    Setting("freeze", int, TRAINING, "Do not train the first N layers; mostly used with --from.", "N"),
    _named("class_weight", DATA, "Weight samples so that all classes count equally", config.CLASS_WEIGHTS),
    Setting("subset", int, DATA, "Train on only N images, with the classes in proportion.", "N", default="all images"),
    Setting("validation", float, DATA, "Share or number of the training images to hold out for validation.", "SHARE|N"),
)  # fmt: skip

ALIASES = {"learning_rate": ("--lr", "--rate")}
LISTS: dict[str, Callable[[str], Any]] = {"hidden": int, "activation": str, "dropout": float, "prune_from": int}


def with_axes(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command one option for each setting; the command receives the values as text."""
    return _with_options(command, SETTINGS, str, lambda _name, text: text)


def with_settings(*fields: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command one option for each of these fields, or for all; its last parameter is called ``settings``."""
    offered = [setting for setting in SETTINGS if not fields or setting.field in fields]
    return lambda command: _with_options(command, offered, None, parse)


def _with_options(
    command: Callable[..., Any], offered: Sequence[Setting], kind: type | None, read: Callable[[str, Any], Any]
) -> Callable[..., Any]:
    """Give a command its options, all of one type or each of its own; ``read`` turns the typed text into a setting."""
    extra = [
        inspect.Parameter(
            setting.field,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[(kind or setting.kind) | None, setting.option],
        )
        for setting in offered
    ]

    @functools.wraps(command)
    def call(**given: Any) -> Any:
        typed = {setting.field: given.pop(setting.field) for setting in offered}
        return command(**given, settings={name: read(name, v) for name, v in typed.items() if v is not None})

    own = list(inspect.signature(command, eval_str=True).parameters.values())[:-1]
    call.__signature__ = inspect.Signature([*own, *extra])  # type: ignore[attr-defined]
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in [*own, *extra]}
    return call


def parse_configuration(text: str) -> tuple[str, dict[str, Any]]:
    """Read a configuration as people write it: a preset, options of ``train``, or both; return both parts.

    Raises
    ------
    ConfigError
        If it contains anything else.

    Examples
    --------
    >>> parse_configuration("small --epochs 3 --hidden 30,20"), parse_configuration("--lr 0.1")
    (('small', {'hidden': (30, 20), 'epochs': 3}), ('classic', {'learning_rate': 0.1}))
    """
    parser = _Parser(add_help=False, allow_abbrev=False, usage="")
    parser.add_argument("preset", nargs="?", default="classic")
    for setting in SETTINGS:
        name = "--" + setting.field.replace("_", "-")
        parser.add_argument(name, *ALIASES.get(setting.field, ()), dest=setting.field, type=setting.kind)
    try:
        found = vars(parser.parse_args(shlex.split(text)))
    except ValueError as error:  # of the parser, or a quotation mark without its counterpart
        raise ConfigError(
            f"{quote(text)} is neither a model file nor a configuration ({error}); give a preset, options of mnist-nn "
            'train, or both, such as "small --hidden 30,20"'
        ) from None
    preset = checks.choice("preset", found.pop("preset"), options.PRESETS)
    return preset, {name: parse(name, value) for name, value in found.items() if value is not None}


def parse_value(name: str, text: str) -> Any:
    """Read one value of a setting as the command line does; ``none`` stands for the default of an optional setting.

    Examples
    --------
    >>> parse_value("hidden", "30,20"), parse_value("epochs", "3"), parse_value("max_norm", "none")
    ((30, 20), 3, None)
    """
    (kind,) = (setting.kind for setting in SETTINGS if setting.field == name)
    if text.lower() == "none" and name not in LISTS and DEFAULTS[name] is None:
        return None
    try:
        return parse(name, kind(text))
    except ValueError:
        number = "a whole number" if kind is int or LISTS.get(name) is int else "a number"
        raise ConfigError(f"{name} is {quote(text)}; give {number}, or several separated by commas") from None


def takes_whole_numbers(name: str) -> bool:
    """Say whether the values of a setting are whole numbers.

    Examples
    --------
    >>> takes_whole_numbers("hidden"), takes_whole_numbers("l2")
    (True, False)
    """
    return int in {LISTS.get(name), *(setting.kind for setting in SETTINGS if setting.field == name)}


class _Parser(argparse.ArgumentParser):
    """Raises errors instead of ending the program."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def parse(name: str, value: Any) -> Any:
    """Split settings that take a list: ``64,32`` becomes (64, 32).

    Examples
    --------
    >>> parse("hidden", "64,32"), parse("hidden", "none"), parse("epochs", 3)
    ((64, 32), (), 3)
    """
    if name not in LISTS:
        return value
    if LISTS[name] is int and value.lower() == "none":
        return ()
    try:
        return tuple(LISTS[name](part.strip()) for part in value.split(","))
    except ValueError:
        kind = "whole numbers" if LISTS[name] is int else "numbers"
        raise ConfigError(f"{name} is {quote(value)}; give {kind} separated by commas") from None
