"""``mnist-nn schema``: describe what ``--json`` prints, as JSON Schema.

The schemas are generated from the models in `mnist_nn.cli.documents`.
"""

from typing import Annotated

import typer

from mnist_nn.cli.common import options
from mnist_nn.cli.documents import DOCUMENTS, document, schema_of


def _typed(name: str) -> str:
    """Write a command the way it is typed."""
    return name.replace("data-", "data ")


def _complete(incomplete: str) -> list[str]:
    return options.completing(DOCUMENTS)(incomplete)


Command = Annotated[
    list[str] | None,
    typer.Argument(
        help="A command, such as train or data info. Without one, the commands that have a schema are listed.",
        metavar="COMMAND",
        autocompletion=_complete,
    ),
]


def schema(command: Command = None) -> int:
    """Show what a command's --json prints, as JSON Schema.

    For example: mnist-nn schema data info
    """
    import json

    from mnist_nn.errors import unknown

    if not command:
        for name in DOCUMENTS:
            print(f"{_typed(name):<16}  {document(name).__doc__}")
        return 0
    name = "-".join(command)
    if name not in DOCUMENTS:
        raise unknown("command", " ".join(command), map(_typed, DOCUMENTS))
    print(json.dumps(schema_of(name), indent=2, ensure_ascii=False))
    return 0
