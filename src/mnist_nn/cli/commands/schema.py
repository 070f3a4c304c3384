"""``mnist-nn schema``: what ``--json`` prints, as JSON Schema. The schemas lie in the package, one a command."""

import json
from importlib.resources import files
from typing import Annotated

import typer

from mnist_nn.cli.common import options


def names() -> list[str]:
    """List the commands that have a schema, ``data-info`` for ``data info``.

    Examples
    --------
    >>> "train" in names(), "data-info" in names()
    (True, True)
    """
    folder = files("mnist_nn").joinpath("schemas")
    return sorted(file.name.removesuffix(".json") for file in folder.iterdir() if file.name.endswith(".json"))


def text_of(name: str) -> str:
    """Return a schema as it lies in the package."""
    return files("mnist_nn").joinpath("schemas", f"{name}.json").read_text(encoding="utf-8")


def _typed(name: str) -> str:
    """Write a command as it is typed."""
    return name.replace("data-", "data ")


def _complete(incomplete: str) -> list[str]:
    return options.completing(names())(incomplete)


Command = Annotated[
    list[str] | None,
    typer.Argument(
        help="A command, as train or data info; without one, all that have a schema are listed.",
        metavar="COMMAND",
        autocompletion=_complete,
    ),
]


def schema(command: Command = None) -> int:
    """Show what a command's --json prints, as JSON Schema."""
    from mnist_nn.errors import unknown

    known = {_typed(name): name for name in names()}
    if not command:
        for typed, name in known.items():
            print(f"{typed:<16}  {json.loads(text_of(name))['title']}")
        return 0
    name = "-".join(command)
    if name not in known.values():
        raise unknown("command", " ".join(command), known)
    print(text_of(name), end="")
    return 0
