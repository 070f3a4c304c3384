"""The options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    str,
    typer.Option("--data", help="mnist, fashion-mnist, or a folder with four IDX files.", metavar="NAME|DIR"),
]
Engine = Annotated[str, typer.Option("--engine", help="auto takes the fastest.", metavar="auto|compiled|reference")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]
Preset = Annotated[
    str | None,
    typer.Option(
        "--preset",
        help="Start from these settings: seed, nielsen, small, wide, sprint95, sprint97, sprint98.",
        metavar="NAME",
    ),
]
ModelFile = Annotated[Path, typer.Argument(help="A model file that mnist-nn train wrote.", metavar="MODEL")]
