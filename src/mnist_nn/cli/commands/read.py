"""``mnist-nn read``: the numbers in any pictures, and how far each can be trusted."""

import os
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mnist_nn.cli.common import help_page, log_messages, options
from mnist_nn.cli.common.exit_codes import INTERRUPTED
from mnist_nn.errors import ConfigError

if TYPE_CHECKING:
    from mnist_nn.cli.read.csv_table import Table
    from mnist_nn.cli.read.files import Sink
    from mnist_nn.reading.pages import PageResult
    from mnist_nn.reading.reader import Reader

Paths = Annotated[
    list[str], typer.Argument(help="A picture, a folder of pictures, or - for standard input.", metavar="PATH")
]
Model = Annotated[
    Path | None,
    typer.Option(
        "--model", help="A model file.", metavar="MODEL", show_default="the model that comes with the package"
    ),
]
Length = Annotated[
    int | None,
    typer.Option("--length", help="How many digits every number has.", metavar="N", rich_help_panel=help_page.READING),
]
Checksum = Annotated[
    str,
    typer.Option(
        "--checksum",
        help="Kind of check digit at the end of every number.",
        rich_help_panel=help_page.READING,
        **options.one_of("checksum", "none", "luhn", "isbn"),
    ),
]
MaxError = Annotated[
    float | None,
    typer.Option(
        "--max-error",
        help="Greatest share of wrong digits among those that are accepted.",
        metavar="SHARE",
        show_default="0.01",
        rich_help_panel=help_page.READING,
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON array, with an element per page.", rich_help_panel=help_page.OUTPUT),
]
Csv = Annotated[
    Path | None,
    typer.Option(
        "--csv",
        help="Write a table with a row per number, and beside it FILE.settings.json, what it was read with.",
        metavar="FILE",
        rich_help_panel=help_page.OUTPUT,
    ),
]
Explain = Annotated[
    Path | None,
    typer.Option(
        "--explain", help="Write a web page that shows every step.", metavar="DIR", rich_help_panel=help_page.OUTPUT
    ),
]
Force = Annotated[
    bool, typer.Option("--force", help="Replace the files of --csv and --explain.", rich_help_panel=help_page.OUTPUT)
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Continue the table that a stopped run left, with the same settings.",
        rich_help_panel=help_page.OUTPUT,
    ),
]
PixelLimit = Annotated[
    int | None,
    typer.Option(
        "--pixel-limit",
        help="Greatest number of pixels of a page.",
        metavar="N",
        show_default="64 million",
        rich_help_panel=help_page.LIMITS,
    ),
]
PageLimit = Annotated[
    int | None,
    typer.Option(
        "--page-limit",
        help="Greatest number of pages of a file.",
        metavar="N",
        show_default="200",
        rich_help_panel=help_page.LIMITS,
    ),
]
Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet", help="Show no progress, no lines and no summary, only errors.", rich_help_panel=help_page.OUTPUT
    ),
]


def read(
    paths: Paths,
    model: Model = None,
    length: Length = None,
    checksum: Checksum = "none",
    max_error: MaxError = None,
    json: Json = False,
    csv: Csv = None,
    explain: Explain = None,
    force: Force = False,
    resume: Resume = False,
    pixel_limit: PixelLimit = None,
    page_limit: PageLimit = None,
    quiet: Quiet = False,
) -> int:
    """Read the numbers in any pictures.

    Photos and scans are read, with several digits and lines, and whole folders of them.

    For example: mnist-nn read meter.jpg scans --csv numbers.csv
    """
    if resume and (csv is None or force or explain):
        raise ConfigError("--resume continues a table: give it with --csv FILE, and without --force and --explain")
    if force and not (csv or explain):
        raise ConfigError("--force has no effect without --csv FILE or --explain DIR; leave it out")
    if quiet:
        log_messages.show_errors_only()
    # NumPy is not loaded yet. Its products are small here: threads would wait for each other longer than they work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _check_csv_path(csv, paths)
    reader = _make_reader(model, length, checksum, max_error)
    if max_error is not None and not quiet:
        _print_coverage(reader, max_error)
    limits = _check_limits(pixel_limit, page_limit)
    settings = {"length": length, "checksum": checksum, "max_error": max_error, **limits}
    with ExitStack() as opened:
        explanation = _open_explanation(opened, explain, force=force)
        table = _open_table(opened, csv, model, settings, force=force, resume=resume)
        sinks = _open_sinks(opened, paths, table, json=json, quiet=quiet) + explanation
        counts = _read_all(reader, paths, table, sinks, limits, quiet=quiet)
    if table and not (json or quiet):
        print(_summary(counts, table))
    if counts["stopped"]:
        how = f"; the rows so far are in {csv}. Continue with the same command and --resume" if table else ""
        print(f"mnist-nn: stopped after {counts['files']:,} files{how}", file=sys.stderr)
        return INTERRUPTED
    return 2 if counts["bad"] or (table and table.errors) else 0


def _check_csv_path(csv: Path | None, paths: list[str]) -> None:
    """Refuse a table in the place of a picture, which --force would destroy before it is read."""
    from mnist_nn.imaging.load.folders import SUFFIXES

    if csv and (str(csv).lower().endswith(SUFFIXES) or str(csv) in paths):
        raise ConfigError(f"--csv {str(csv)!r} is in the place of a picture; name a file for the table, as numbers.csv")


def _make_reader(model: Path | None, length: int | None, checksum: str, max_error: float | None) -> "Reader":
    from mnist_nn.model_file.storage import load
    from mnist_nn.reading.reader import Reader

    return Reader(
        None if model is None else load(model),
        max_error=max_error,
        length=length,
        checksum=checksum,
    )


def _print_coverage(reader: "Reader", max_error: float) -> None:
    """Say what the bound on the error costs."""
    point = reader.operating_point
    if point:
        share = f"accepts {100 * point.coverage:.1f} % of digits at an error of at most {100 * max_error:g} %"
        print(f"mnist-nn: {share}, both on held-out digits", file=sys.stderr)


def _check_limits(pixel_limit: int | None, page_limit: int | None) -> dict[str, int]:
    from mnist_nn.imaging.load.sources import PAGE_LIMIT, PIXEL_LIMIT
    from mnist_nn.util.checks import integer

    return {
        "pixel_limit": PIXEL_LIMIT if pixel_limit is None else integer("--pixel-limit", pixel_limit, 1),
        "page_limit": PAGE_LIMIT if page_limit is None else integer("--page-limit", page_limit, 1),
    }


def _open_table(
    opened: ExitStack, csv: Path | None, model: Path | None, options: dict[str, Any], *, force: bool, resume: bool
) -> "Table | None":
    if csv is None:
        return None
    from mnist_nn.cli.read.csv_table import open_table
    from mnist_nn.cli.read.settings import collect_settings

    return opened.enter_context(open_table(csv, collect_settings(model, **options), force=force, resume=resume))


def _open_explanation(opened: ExitStack, explain: Path | None, *, force: bool) -> "list[Sink]":
    """Open the page first: a folder that is refused must not leave an empty table behind."""
    from mnist_nn.cli.read.explanation import open_explanation

    return [opened.enter_context(open_explanation(explain, force=force))] if explain else []


def _open_sinks(opened: ExitStack, paths: list[str], table: "Table | None", *, json: bool, quiet: bool) -> "list[Sink]":
    """Open everything that takes the result of each page."""
    from mnist_nn.cli.read import printing

    sinks: list[Sink] = [_print_error]
    if table:
        sinks.append(table.add)
    if json:
        sinks.append(opened.enter_context(printing.print_json()))
    elif not (table or quiet):
        several = len(paths) > 1 or Path(paths[0]).is_dir()
        sinks.append(opened.enter_context(printing.print_lines(named=several)))
    return sinks


def _print_error(result: "PageResult") -> None:
    if result.error:
        print(f"mnist-nn: {result.error}", file=sys.stderr)


def _read_all(
    reader: "Reader",
    paths: list[str],
    table: "Table | None",
    sinks: "list[Sink]",
    limits: dict[str, int],
    *,
    quiet: bool,
) -> Counter[str]:
    """Read file after file, and count the results; Ctrl-C ends it in order."""
    from mnist_nn.cli.read.files import read_file
    from mnist_nn.cli.read.progress import show_progress
    from mnist_nn.imaging.load.folders import find_pictures

    counts: Counter[str] = Counter()
    paths = list(dict.fromkeys(paths))
    try:
        with show_progress(lambda: sum(1 for _ in find_pictures(paths)), quiet=quiet) as advance:
            for found in find_pictures(paths):
                if not (table and found.file in table.completed):
                    for result in read_file(reader, found, **limits):
                        for sink in sinks:
                            sink(result)
                        _count(counts, result)
                    counts["files"] += 1
                advance()
    except KeyboardInterrupt:
        counts["stopped"] = 1
    return counts


def _count(counts: Counter[str], result: "PageResult") -> None:
    if result.reading is None:
        counts["bad"] += 1
        return
    counts[result.reading.decision] += not result.reading.numbers
    for number in result.reading.numbers:
        counts["numbers"] += 1
        counts[number.decision] += 1


def _summary(counts: Counter[str], table: "Table") -> str:
    from mnist_nn.reading.results import DIGIT, DOUBTFUL, NOT_A_DIGIT, NOTHING

    skipped = f" ({len(table.completed):,} more were read before)" if table.completed else ""
    return (
        f"{counts['files']:,} files{skipped}, {counts['bad']:,} bad, {counts[NOTHING]:,} pages with nothing on them; "
        f"{counts['numbers']:,} numbers: {counts[DIGIT]:,} accepted, {counts[DOUBTFUL]:,} doubtful, "
        f"{counts[NOT_A_DIGIT]:,} with something that is no digit. The rows are in {table.path}"
    )
