"""``mnist-nn data``: describes a data set, checks that it is intact, and copies it to any format."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mnist_nn.cli.common import help_page, options
from mnist_nn.cli.common.help_page import Command
from mnist_nn.cli.common.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mnist_nn.data import FileInfo

app = typer.Typer(
    help="Describe, check or export a data set.",
    no_args_is_help=True,
    rich_markup_mode=None,
    subcommand_metavar="COMMAND …",
)

Name = Annotated[
    str,
    typer.Argument(
        help="The data set: mnist, fashion-mnist, or a folder or file of your own.",
        metavar="NAME|PATH",
        autocompletion=options.completing(options.DATA_SETS),
    ),
]
Folder = Annotated[Path, typer.Argument(help="The folder to write to; it is created if necessary.", metavar="DIR")]
Force = Annotated[
    bool, typer.Option("--force", help="Replace files that already exist.", rich_help_panel=help_page.OUTPUT)
]
Gzip = Annotated[bool, typer.Option("--gzip", help="Compress IDX files with gzip.", rich_help_panel=help_page.OUTPUT)]
To = Annotated[
    str,
    typer.Option(
        "--to",
        help="The format to write: IDX files, CSV, .npz, Parquet, or folders of PNG files.",
        rich_help_panel=help_page.OUTPUT,
        **options.one_of("format", "idx", "csv", "npz", "parquet", "folder"),
    ),
]


@app.command(cls=Command)
def info(
    data: Name = "mnist",
    as_is: options.AsIs = False,
    label_column: options.LabelColumn = None,
    transpose: options.Transpose = False,
    label_base: options.LabelBase = 0,
    json: options.Json = False,
) -> int:
    """Describe a data set: its files and its classes.

    Also notes anything unusual: empty classes, blank pictures, and images that are in both halves.

    For example: mnist-nn data info my-letters.csv
    """
    from mnist_nn.data import describe, inspect, load

    reading = options.collect_reading(
        as_is=as_is, label_column=label_column, transpose=transpose, label_base=label_base
    )
    dataset = load(data, **reading)
    found, remarks = describe(dataset), inspect(dataset)
    counts = {half: getattr(dataset, half).counts(dataset.classes) for half in ("train", "test")}
    if json:
        from mnist_nn.cli.documents.data import data_info_document
        from mnist_nn.util.documents import as_json

        print(as_json(data_info_document(dataset, counts, found, remarks)))
    else:
        names = dataset.class_names or tuple(map(str, range(dataset.classes)))
        _print(names, found, counts)
        if remarks.lines:
            say("", *(f"Note: {line}." for line in remarks.lines), sep="\n")
    return 0


def _print(class_names: "Iterable[str]", found: "Iterable[FileInfo]", counts: "Mapping[str, Iterable[int]]") -> None:
    from mnist_nn.cli.common.tables import console, foreign, print_table, table

    out = console()
    files = table("file", "shape", "bytes", "sha256", title=None)
    for file in found:
        files.add_row(
            foreign(file.path),
            "×".join(map(str, file.shape)),
            f"{file.size:,}",
            file.sha256[:16] + "…",
        )
    print_table(out, files)
    classes = table("class", *map(foreign, class_names))
    for half, row in counts.items():
        classes.add_row(half, *(f"{n:,}" for n in row))
    out.print()
    print_table(out, classes)


@app.command(cls=Command)
def verify(
    data: Name = "mnist",
    as_is: options.AsIs = False,
    label_column: options.LabelColumn = None,
    transpose: options.Transpose = False,
    label_base: options.LabelBase = 0,
    json: options.Json = False,
) -> int:
    """Check that every file of a data set is intact.

    Each file must decode without errors. For mnist and fashion-mnist, the bytes must also match the published ones.

    For example: mnist-nn data verify mnist
    """
    from mnist_nn.data import load
    from mnist_nn.data import verify as check

    reading = options.collect_reading(
        as_is=as_is, label_column=label_column, transpose=transpose, label_base=label_base
    )
    checks = check(load(data, **reading))
    if json:
        from mnist_nn.cli.documents.data import DataVerifyDocument
        from mnist_nn.util.documents import as_json

        print(as_json(DataVerifyDocument.model_validate(checks)))
    else:
        for one in checks:
            say(f"{'ok ' if one.ok else 'BAD'}  {one.file}  {one.sha256}{'' if one.ok else '  ' + one.problem}")
    return 0 if all(one.ok for one in checks) else 2


@app.command(cls=Command)
def export(
    folder: Folder,
    data: options.Data = "mnist",
    to: To = "idx",
    as_is: options.AsIs = False,
    label_column: options.LabelColumn = None,
    transpose: options.Transpose = False,
    label_base: options.LabelBase = 0,
    force: Force = False,
    gzip: Gzip = False,
    json: options.Json = False,
) -> int:
    """Write a data set in any format, for other programs.

    For example: mnist-nn data export digits --data mnist --to csv
    """
    from mnist_nn.data import export as write
    from mnist_nn.data import load

    reading = options.collect_reading(
        as_is=as_is, label_column=label_column, transpose=transpose, label_base=label_base
    )
    paths = write(load(data, **reading), folder, force, gz=gzip, format=to)
    if json:
        from mnist_nn.cli.documents.data import DataExportDocument
        from mnist_nn.util.documents import as_json

        print(as_json(DataExportDocument(files=paths)))
    else:
        say(*paths, sep="\n")
    return 0
