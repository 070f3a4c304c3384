"""The options that several commands share, and shell completion for those that take a name."""

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
    """Describe an option that takes one of several names: how it is shown, checked and completed by a shell."""
    return {
        "metavar": "|".join(names),
        "autocompletion": completing(names),
        "callback": lambda value: checks.choice(kind, value, names),
    }


def completing(names: Iterable[str], *, several: bool = False) -> Callable[[str], list[str]]:
    """Return the function that completes a name; with ``several``, the last name in a comma-separated list.

    Examples
    --------
    >>> completing(["relu", "tanh"], several=True)("relu,t")
    ['relu,tanh']
    """

    def complete(incomplete: str) -> list[str]:
        before, comma, begun = incomplete.rpartition(",") if several else ("", "", incomplete)
        return [before + comma + name for name in names if name.startswith(begun)]

    return complete


def collect_reading(*, as_is: bool, label_column: str | None, transpose: bool, label_base: int) -> dict[str, Any]:
    """Collect the options for reading data that differ from their defaults.

    Examples
    --------
    >>> collect_reading(as_is=True, label_column=None, transpose=False, label_base=0)
    {'as_is': True}
    """
    given = {"as_is": as_is, "label_column": label_column, "transpose": transpose, "label_base": label_base}
    return {name: value for name, value in given.items() if value}


def data_option(
    default: str, meaning: str = "The data set: mnist, fashion-mnist, or a folder or file of your own."
) -> Any:
    """Describe the option that names a data set, and its default."""
    return typer.Option(
        "--data",
        help=meaning,
        metavar="NAME|PATH",
        show_default=default,
        autocompletion=completing(DATA_SETS),
        rich_help_panel=help_page.DATA,
    )


Data = Annotated[str, data_option("mnist")]
ModelData = Annotated[str | None, data_option("what the model was trained on")]
TrainingData = Annotated[str | None, data_option("mnist; with --resume, what the model was trained on")]
AsIs = Annotated[
    bool,
    typer.Option(
        "--as-is", help="Use pictures as they are instead of framing them like MNIST's.", rich_help_panel=help_page.DATA
    ),
]
LabelColumn = Annotated[
    str | None,
    typer.Option(
        "--label-column",
        help="The column of a table that holds the labels: its name, or its number if there is no header.",
        metavar="NAME",
        show_default="found by its name",
        rich_help_panel=help_page.DATA,
    ),
]
Transpose = Annotated[
    bool,
    typer.Option(
        "--transpose", help="Exchange rows and columns of every image, as EMNIST needs.", rich_help_panel=help_page.DATA
    ),
]
LabelBase = Annotated[
    int,
    typer.Option(
        "--label-base",
        help="The label of the first class, such as 1 for EMNIST's letters.",
        metavar="N",
        rich_help_panel=help_page.DATA,
    ),
]
Engine = Annotated[
    str,
    typer.Option(
        "--engine",
        help="Engine that does the arithmetic; auto chooses the fastest.",
        **one_of("engine", "auto", "compiled", "reference"),
    ),
]
Force = Annotated[
    bool,
    typer.Option("--force", help="Replace a file that already exists.", rich_help_panel=help_page.OUTPUT),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        help="Let the workers of a Dask cluster compute: local:N starts N processes here, an address (tcp://HOST:PORT) "
        "or a scheduler file names a cluster that runs. Results do not depend on it.",
        metavar="PLACE",
        show_default="this process",
    ),
]
Host = Annotated[
    str,
    typer.Option(
        "--host",
        help="The address to listen on; 0.0.0.0 lets other machines connect.",
        metavar="HOST",
        rich_help_panel=help_page.SERVER,
    ),
]
Port = Annotated[
    int,
    typer.Option(
        "--port",
        help="The port to listen on; 0 chooses a free one.",
        min=0,
        max=65535,
        metavar="N",
        rich_help_panel=help_page.SERVER,
    ),
]
AllowHost = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-host",
        help="Also answer requests sent to this name or address, such as that of a proxy; you can repeat this option.",
        metavar="NAME",
        show_default="the names and addresses it listens on",
        rich_help_panel=help_page.SERVER,
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        help="Number of runs at a time; it does not change the results.",
        min=1,
        metavar="N",
        show_default="one for each processor",
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
        help=f"Start from these settings; other options override them: {', '.join(PRESETS)}.",
        metavar="NAME",
        show_default="classic",
        autocompletion=completing(PRESETS),
    ),
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", help="Print only errors: no progress and no summary.", rich_help_panel=help_page.OUTPUT),
]
ModelFile = Annotated[Path, typer.Argument(help="A model file that mnist-nn train wrote.", metavar="MODEL")]
