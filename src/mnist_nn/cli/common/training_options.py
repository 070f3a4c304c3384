"""The settings of a network and of its training as command-line options, described once for every command.

`with_settings` gives a command one option for each; the command receives those that were typed as a dictionary for
`mnist_nn.nn.config.configure`, which validates them.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import typer

from mnist_nn.cli.common import options
from mnist_nn.errors import ConfigError
from mnist_nn.nn import config


class Setting(NamedTuple):
    """One option: the field it sets, the type that is parsed, its help, and the names it takes or what to call it."""

    field: str
    kind: type
    help: str
    metavar: str = "NAME"
    names: tuple[str, ...] = ()

    @property
    def option(self) -> Any:
        """The option itself."""
        text = f"{self.help}: {', '.join(self.names)}." if self.names else self.help
        complete = options.completing(self.names, several=self.field in LISTS) if self.names else None
        flags = ("--" + self.field.replace("_", "-"), *ALIASES.get(self.field, ()))
        return typer.Option(*flags, help=text, metavar=self.metavar, show_default=False, autocompletion=complete)


def _named(field: str, help: str, names: tuple[str, ...]) -> Setting:  # noqa: A002 - the word that typer has for it
    return Setting(field, str, help, names=names)


SETTINGS = (
    Setting("hidden", str, "Width of each hidden layer, as 20 or 64,32; none for no hidden layer.", "N,N,…"),
    _named("activation", "Of the hidden layers, one for all or one for each", config.ACTIVATIONS),
    _named("output", "Activation of the output layer", config.OUTPUTS),
    _named("initializer", "How weights start; auto suits the activation", config.INITIALIZERS),
    _named("dtype", "Precision of the arithmetic", config.DTYPES),
    _named("loss", "classic_mse prints the MSE and updates by o - l; mse is the true gradient", config.LOSSES),
    _named("optimizer", "The update rule", config.OPTIMIZERS),
    Setting("learning_rate", float, "Learning rate; the default suits the loss, the optimizer and the batch.", "ETA"),
    Setting("momentum", float, "For momentum and nesterov; 0.9 if not given.", "MU"),
    Setting("beta1", float, "Decay of Adam's mean of gradients.", "B"),
    Setting("beta2", float, "Decay of Adam's mean of squared gradients.", "B"),
    Setting("epsilon", float, "What keeps Adam from dividing by zero.", "E"),
    _named("schedule", "How the rate falls over the run", config.SCHEDULES),
    Setting("batch_size", int, "Samples an update.", "N"),
    Setting("epochs", int, "Passes over the training images.", "N"),
    Setting("seed", int, "Decides weights, order, dropout, subset and hold-out.", "N"),
    Setting("dropout", str, "Share of hidden units dropped, one or one a layer.", "P,P,…"),
    Setting("l2", float, "λ of the penalty λ/2·ΣW²; adamw takes it as weight decay.", "λ"),
    Setting("max_norm", float, "Longest vector of weights into a hidden unit.", "C"),
    _named("augmentation", "Learn from distorted copies, new ones every epoch", config.AUGMENTATIONS),
    Setting("patience", int, "Stop after N epochs without a better validation accuracy and restore the best.", "N"),
    Setting("subset", int, "Train on N images, every class in its proportion.", "N"),
    Setting("validation", float, "Hold out this share, or number, of the training images.", "SHARE|N"),
)  # fmt: skip

ALIASES = {"learning_rate": ("--lr", "--rate")}
LISTS: dict[str, Callable[[str], Any]] = {"hidden": int, "activation": str, "dropout": float}


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command whose last parameter is ``settings`` one option for each of SETTINGS."""

    @functools.wraps(command)
    def call(**given: Any) -> Any:
        typed = {s.field: given.pop(s.field) for s in SETTINGS}
        return command(**given, settings={name: parse(name, v) for name, v in typed.items() if v is not None})

    own = list(inspect.signature(command, eval_str=True).parameters.values())[:-1]
    extra = [
        inspect.Parameter(
            s.field, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[s.kind | None, s.option]
        )
        for s in SETTINGS
    ]
    call.__signature__ = inspect.Signature([*own, *extra])  # type: ignore[attr-defined]
    call.__annotations__ = {p.name: p.annotation for p in [*own, *extra]}
    return call


def parse(name: str, value: Any) -> Any:
    """Split the settings that take a list: ``64,32`` becomes (64, 32).

    Examples
    --------
    >>> parse("hidden", "64,32"), parse("hidden", "none"), parse("epochs", 3)
    ((64, 32), (), 3)
    """
    if name not in LISTS:
        return value
    if name == "hidden" and value.lower() == "none":
        return ()
    try:
        return tuple(LISTS[name](part.strip()) for part in value.split(","))
    except ValueError:
        kind = "whole numbers" if name == "hidden" else "numbers"
        raise ConfigError(f"{name} is {value!r}; give {kind} separated by commas") from None
