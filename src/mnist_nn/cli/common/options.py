"""The options that several commands share, and how a shell completes the values of those that have names."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from mnist_nn.cli.common import help_page
from mnist_nn.util import checks

PRESETS = ("classic", "nielsen", "small", "wide", "sprint95", "sprint97", "sprint98", "reader")
DATA_SETS = ("mnist", "fashion-mnist")
THIS_MACHINE = "127.0.0.1"


def one_of(kind: str, *names: str) -> dict[str, Any]:
    """Describe an option that takes one of some names: how it is shown, checked, and completed by a shell."""
    return {
        "metavar": "|".join(names),
        "autocompletion": completing(names),
        "callback": lambda value: checks.choice(kind, value, names),
    }


def completing(names: Iterable[str], *, several: bool = False) -> Callable[[str], list[str]]:
    """Make the function that completes a name; with ``several``, the last of some names between commas.

    Examples
    --------
    >>> completing(["relu", "tanh"], several=True)("relu,t")
    ['relu,tanh']
    """

    def complete(incomplete: str) -> list[str]:
        before, comma, begun = incomplete.rpartition(",") if several else ("", "", incomplete)
        return [before + comma + name for name in names if name.startswith(begun)]

    return complete


Data = Annotated[
    str,
    typer.Option(
        "--data",
        help="The data set: mnist, fashion-mnist, or a folder with four IDX files.",
        metavar="NAME|DIR",
        autocompletion=completing(DATA_SETS),
        rich_help_panel=help_page.DATA,
    ),
]
Engine = Annotated[
    str,
    typer.Option(
        "--engine",
        help="What does the arithmetic; auto chooses the fastest.",
        **one_of("engine", "auto", "compiled", "reference"),
    ),
]
Force = Annotated[
    bool,
    typer.Option("--force", help="Replace a file that is already there.", rich_help_panel=help_page.OUTPUT),
]
Host = Annotated[
    str,
    typer.Option(
        "--host",
        help="The address to listen on; 0.0.0.0 lets others on your network in.",
        metavar="HOST",
        rich_help_panel=help_page.SERVER,
    ),
]
Port = Annotated[
    int,
    typer.Option(
        "--port",
        help="The port to listen on; 0 takes a free one.",
        min=0,
        max=65535,
        metavar="N",
        rich_help_panel=help_page.SERVER,
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON document on standard output.", rich_help_panel=help_page.OUTPUT),
]
Preset = Annotated[
    str | None,
    typer.Option(
        "--preset",
        help=f"Start from these settings; options beside it win: {', '.join(PRESETS)}.",
        metavar="NAME",
        show_default="classic",
        autocompletion=completing(PRESETS),
    ),
]
ModelFile = Annotated[Path, typer.Argument(help="A model file that mnist-nn train wrote.", metavar="MODEL")]
