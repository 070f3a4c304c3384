"""``mnist-nn data``: what the data is, where it lies, and whether it is whole."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mnist_nn.cli.common import help_page, options
from mnist_nn.cli.common.help_page import Command

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mnist_nn.data import FileInfo

app = typer.Typer(
    help="Look at the data sets: info, verify, export.",
    no_args_is_help=True,
    rich_markup_mode=None,
    subcommand_metavar="COMMAND …",
)

Name = Annotated[
    str,
    typer.Argument(
        help="The data set: mnist, fashion-mnist, or a folder with four IDX files.",
        metavar="NAME|DIR",
        autocompletion=options.completing(options.DATA_SETS),
    ),
]
Folder = Annotated[Path, typer.Argument(help="The folder to write into; it is created if necessary.", metavar="DIR")]
Force = Annotated[
    bool, typer.Option("--force", help="Replace files that are already there.", rich_help_panel=help_page.OUTPUT)
]
Gzip = Annotated[bool, typer.Option("--gzip", help="Compress the files.", rich_help_panel=help_page.OUTPUT)]


@app.command(cls=Command)
def info(data: Name = "mnist", json: options.Json = False) -> int:
    """Describe a data set: its files, and its images by class.

    For example: mnist-nn data info fashion-mnist
    """
    from mnist_nn.data import describe, load

    dataset = load(data)
    found = describe(dataset)
    counts = {half: getattr(dataset, half).counts(dataset.classes) for half in ("train", "test")}
    if json:
        from mnist_nn.cli.documents.data import DataInfoDocument
        from mnist_nn.util.documents import as_json

        print(as_json(DataInfoDocument.of(dataset, counts=counts, files=found)))
    else:
        _print(dataset.classes, found, counts)
    return 0


def _print(number_of_classes: int, found: "Iterable[FileInfo]", counts: "Mapping[str, Iterable[int]]") -> None:
    from mnist_nn.cli.common.tables import console, table

    out = console()
    files = table("file", "shape", "bytes", "sha256", title=None)
    for file in found:
        files.add_row(
            file.path.replace("[", r"\["),
            "×".join(map(str, file.shape)),
            f"{file.size:,}",
            file.sha256[:16] + "…",
        )
    out.print(files)
    classes = table("class", *map(str, range(number_of_classes)))
    for half, row in counts.items():
        classes.add_row(half, *(f"{n:,}" for n in row))
    out.print("\n", classes, sep="")


@app.command(cls=Command)
def verify(data: Name = "mnist", json: options.Json = False) -> int:
    """Check that every file of a data set is whole.

    It must decode, and its bytes must be those that were published.

    For example: mnist-nn data verify mnist
    """
    from mnist_nn.data import load
    from mnist_nn.data import verify as check

    checks = check(load(data))
    if json:
        from mnist_nn.cli.documents.data import DataVerifyDocument
        from mnist_nn.util.documents import as_json

        print(as_json(DataVerifyDocument.model_validate(checks)))
    else:
        for one in checks:
            print(f"{'ok ' if one.ok else 'BAD'}  {one.file}  {one.sha256}{'' if one.ok else '  ' + one.problem}")
    return 0 if all(one.ok for one in checks) else 2


@app.command(cls=Command)
def export(
    folder: Folder, data: options.Data = "mnist", force: Force = False, gzip: Gzip = False, json: options.Json = False
) -> int:
    """Write a data set as IDX files for other programs.

    For example: mnist-nn data export digits --data mnist --gzip
    """
    from mnist_nn.data import export as write
    from mnist_nn.data import load

    paths = write(load(data), folder, force, gz=gzip)
    if json:
        from mnist_nn.cli.documents.data import DataExportDocument
        from mnist_nn.util.documents import as_json

        print(as_json(DataExportDocument(files=paths)))
    else:
        print(*paths, sep="\n")
    return 0
