"""``mnist-nn read``: read the numbers in any pictures, and say how far each can be trusted."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mnist_nn.cli.common import help_page, log_messages, options
from mnist_nn.cli.common.cluster import connect, explain_resuming
from mnist_nn.cli.common.exit_codes import INTERRUPTED
from mnist_nn.cli.common.terminal import say
from mnist_nn.errors import ConfigError

if TYPE_CHECKING:
    from mnist_nn.cli.read.blocks import ReadFiles
    from mnist_nn.cli.read.csv_table import Table
    from mnist_nn.cli.read.files import Sink
    from mnist_nn.imaging import Found
    from mnist_nn.reading.pages import PageResult
    from mnist_nn.reading.reader import Reader
    from mnist_nn.reading.results import PageLooks

Paths = Annotated[
    list[str], typer.Argument(help="A picture, a folder of pictures, or - for standard input.", metavar="PATH")
]
Model = Annotated[
    Path | None,
    typer.Option(
        "--model", help="A model file.", metavar="MODEL", show_default="the model that comes with the package"
    ),
]
Field = Annotated[
    bool,
    typer.Option(
        "--field",
        help="Treat each page as one field of a form, with a single number on it.",
        rich_help_panel=help_page.READING,
    ),
]
Length = Annotated[
    int | None,
    typer.Option("--length", help="Number of digits in every number.", metavar="N", rich_help_panel=help_page.READING),
]
Pattern = Annotated[
    str | None,
    typer.Option(
        "--pattern",
        help="What each position of every number may be: a digit, ? for any digit, or a set in brackets, as "
        "in '20[0-3]?'.",
        metavar="PATTERN",
        rich_help_panel=help_page.READING,
    ),
]
OneOf = Annotated[
    Path | None,
    typer.Option(
        "--one-of",
        help="A file that lists the possible numbers, one per line.",
        metavar="FILE",
        rich_help_panel=help_page.READING,
    ),
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
        help="Largest share of wrong numbers among the accepted ones.",
        metavar="SHARE",
        show_default="0.01",
        rich_help_panel=help_page.READING,
    ),
]
MaxErrorPerDigit = Annotated[
    float | None,
    typer.Option(
        "--max-error-per-digit",
        help="Largest share of wrong digits among the accepted ones; without --max-error, this is the only limit.",
        metavar="SHARE",
        rich_help_panel=help_page.READING,
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON array with one element per page.", rich_help_panel=help_page.OUTPUT),
]
Csv = Annotated[
    Path | None,
    typer.Option(
        "--csv",
        help="Write a table with one row per number, and the settings used in FILE.settings.json beside it.",
        metavar="FILE",
        rich_help_panel=help_page.OUTPUT,
    ),
]
Explain = Annotated[
    Path | None,
    typer.Option(
        "--explain",
        help="Write a web page that shows every step of the reading.",
        metavar="DIR",
        rich_help_panel=help_page.OUTPUT,
    ),
]
Force = Annotated[
    bool,
    typer.Option("--force", help="Replace existing files of --csv and --explain.", rich_help_panel=help_page.OUTPUT),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Continue the table of an interrupted run; give the same settings.",
        rich_help_panel=help_page.OUTPUT,
    ),
]
PixelLimit = Annotated[
    int | None,
    typer.Option(
        "--pixel-limit",
        help="Largest number of pixels in a page.",
        metavar="N",
        show_default="64 million",
        rich_help_panel=help_page.LIMITS,
    ),
]
PageLimit = Annotated[
    int | None,
    typer.Option(
        "--page-limit",
        help="Largest number of pages in a file.",
        metavar="N",
        show_default="200",
        rich_help_panel=help_page.LIMITS,
    ),
]
DecodeSeconds = Annotated[
    float | None,
    typer.Option(
        "--decode-seconds",
        help="Longest processor time for decoding a file of up to 16 MB; larger files get more, in proportion.",
        metavar="SECONDS",
        show_default="10",
        rich_help_panel=help_page.LIMITS,
    ),
]
Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet", help="Print only errors: no progress, results or summary.", rich_help_panel=help_page.OUTPUT
    ),
]


def read(
    paths: Paths,
    model: Model = None,
    field: Field = False,
    length: Length = None,
    pattern: Pattern = None,
    one_of: OneOf = None,
    checksum: Checksum = "none",
    max_error: MaxError = None,
    max_error_per_digit: MaxErrorPerDigit = None,
    json: Json = False,
    csv: Csv = None,
    explain: Explain = None,
    force: Force = False,
    resume: Resume = False,
    pixel_limit: PixelLimit = None,
    page_limit: PageLimit = None,
    decode_seconds: DecodeSeconds = None,
    cluster: options.Cluster = None,
    quiet: Quiet = False,
) -> int:
    """Read the handwritten numbers in pictures.

    Pictures may be photos or scans with many digits and lines. Give single files or whole folders.

    For example: mnist-nn read meter.jpg scans --csv numbers.csv
    """
    _check_files(csv, explain, force=force, resume=resume)
    if cluster:
        _check_sharing(paths, explain)
    if quiet:
        log_messages.show_errors_only()
    # NumPy is not loaded yet. Its products are small here: threads would wait for each other longer than they work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _check_csv_path(csv, paths, one_of)
    if cluster is None:
        _start_decoder()
    known = _collect_known(field, length, pattern, one_of, checksum)
    asked: dict[str, Any] = {"max_error": max_error, "max_error_per_digit": max_error_per_digit}
    reader = _make_reader(model, asked, known)
    if not quiet:
        _print_coverage(reader, max_error, max_error_per_digit)
    limits, seconds = _check_limits(pixel_limit, page_limit), _check_seconds(decode_seconds)
    settings = {**_describe_known(known), **asked, **limits, **_describe_seconds(seconds)}
    with ExitStack() as opened:
        read_files = _choose_readers(
            opened, cluster, reader, model, {**known, **asked}, {**limits, "decode_seconds": seconds}, quiet=quiet
        )
        explanation = _open_explanation(opened, explain, force=force)
        table = _open_table(opened, csv, model, settings, force=force, resume=resume)
        looks: list[PageLooks] = []
        sinks: list[Sink] = [
            *_open_sinks(opened, paths, table, json=json, quiet=quiet),
            *explanation,
            partial(_keep_looks, looks),
        ]
        with explain_resuming(_how_to_resume(table, csv)):
            counts = _read_all(read_files, paths, table, sinks, quiet=quiet)
        if table:
            table.is_whole = not counts["stopped"]
    if table and not (json or quiet):
        say(_summary(counts, table, table.path if counts["stopped"] else csv))
    if not quiet:
        _print_unlike(reader, looks)
    if counts["stopped"]:
        say(f"mnist-nn: stopped after {counts['files']:,} files{_how_to_resume(table, csv)}", file=sys.stderr)
        return INTERRUPTED
    return 2 if counts["bad"] or (table and table.errors) else 0


def _check_csv_path(csv: Path | None, paths: list[str], one_of: Path | None) -> None:
    """Reject a table path that names a picture or a list, which --force would destroy."""
    from mnist_nn.imaging.load.folders import SUFFIXES

    if csv and (str(csv).lower().endswith(SUFFIXES) or str(csv) in paths):
        raise ConfigError(
            f"--csv {str(csv)!r} would overwrite a picture; give another name for the table, such as numbers.csv"
        )
    if csv and csv == one_of:
        raise ConfigError(f"--csv and --one-of both name {str(csv)!r}; choose another name for the table")


def _start_decoder() -> None:
    """Start the process that decodes pictures while this one loads the reader."""
    from mnist_nn.imaging.load.child.pool import POOL

    POOL.warm_up()


def _collect_known(
    field: bool, length: int | None, pattern: str | None, one_of: Path | None, checksum: str
) -> dict[str, Any]:
    """Collect what is known about the numbers, in the form that `Reader` takes."""
    from mnist_nn.reading.allowed_values import read_allowed_values

    values = None if one_of is None else read_allowed_values(one_of)
    return {"field": field, "length": length, "pattern": pattern, "one_of": values, "checksum": checksum}


def _describe_known(known: dict[str, Any]) -> dict[str, Any]:
    """Describe what is known for a table's settings file; allowed values are described by content, not by file name."""
    from mnist_nn.reading.allowed_values import fingerprint

    values = known["one_of"]
    return {**known, "field": known["field"] or None, "one_of": None if values is None else fingerprint(values)}


def _make_reader(model: Path | None, asked: dict[str, Any], known: dict[str, Any]) -> "Reader":
    from mnist_nn.model_file.storage import load
    from mnist_nn.model_file.training_data import warn_of_doubt
    from mnist_nn.reading.reader import Reader

    reader = Reader(None if model is None else load(model), **asked, **known)
    warn_of_doubt(reader.model)
    return reader


def _print_coverage(reader: "Reader", max_error: float | None, max_error_per_digit: float | None) -> None:
    """Say what share of answers the requested limits accept."""
    limits = reader.limits
    numbers = "numbers" if reader.model.number_calibration else "digits"
    for asked, point, what in ((max_error, limits.numbers, numbers), (max_error_per_digit, limits.digits, "digits")):
        if asked is not None and point:
            share = f"accepts {100 * point.coverage:.1f} % of {what} at an error of at most {100 * asked:g} %"
            say(f"mnist-nn: {share}, measured on held-out {what}", file=sys.stderr)


def _check_limits(pixel_limit: int | None, page_limit: int | None) -> dict[str, int]:
    from mnist_nn.imaging.load.sources import PAGE_LIMIT, PIXEL_LIMIT
    from mnist_nn.util.checks import integer

    return {
        "pixel_limit": PIXEL_LIMIT if pixel_limit is None else integer("--pixel-limit", pixel_limit, 1),
        "page_limit": PAGE_LIMIT if page_limit is None else integer("--page-limit", page_limit, 1),
    }


def _check_seconds(decode_seconds: float | None) -> float:
    from mnist_nn.imaging import DECODE_SECONDS
    from mnist_nn.util.checks import positive

    return DECODE_SECONDS if decode_seconds is None else positive("--decode-seconds", decode_seconds)


def _describe_seconds(seconds: float) -> dict[str, float | None]:
    """Describe the time limit for a table's settings; older tables lack it, because they used the default."""
    from mnist_nn.imaging import DECODE_SECONDS

    return {"decode_seconds": None if seconds == DECODE_SECONDS else seconds}


def _open_table(
    opened: ExitStack, csv: Path | None, model: Path | None, options: dict[str, Any], *, force: bool, resume: bool
) -> "Table | None":
    if csv is None:
        return None
    from mnist_nn.cli.read.csv_table import open_table
    from mnist_nn.cli.read.settings import collect_settings

    return opened.enter_context(open_table(csv, collect_settings(model, **options), force=force, resume=resume))


def _open_explanation(opened: ExitStack, explain: Path | None, *, force: bool) -> "list[Sink]":
    """Open the explanation before the table, so that a rejected folder does not leave an empty table behind."""
    from mnist_nn.cli.read.explanation import open_explanation

    return [opened.enter_context(open_explanation(explain, force=force))] if explain else []


def _open_sinks(opened: ExitStack, paths: list[str], table: "Table | None", *, json: bool, quiet: bool) -> "list[Sink]":
    """Open everything that receives the result of each page."""
    from mnist_nn.cli.read import printing

    sinks: list[Sink] = [_print_error]
    if table:
        sinks.append(table.add)
    if json:
        sinks.append(opened.enter_context(printing.print_json()))
    elif not (table or quiet):
        several = len(paths) > 1 or os.path.isdir(paths[0])  # noqa: PTH112 pathlib raises for names too long
        sinks.append(opened.enter_context(printing.print_lines(named=several)))
    return sinks


def _keep_looks(looks: "list[PageLooks]", result: "PageResult") -> None:
    """Keep a small summary of how a page's numbers look until all pages are read."""
    if result.reading and result.reading.looks:
        looks.append(result.reading.looks)


def _print_unlike(reader: "Reader", looks: "list[PageLooks]") -> None:
    """Warn if the numbers, taken together, look different from those that the model was calibrated on."""
    from mnist_nn.reading.looks import describe_unlike, find_unlike

    names = find_unlike(reader.calibrated_looks, looks)
    if names:
        say(f"mnist-nn: the numbers read here {describe_unlike(names)}", file=sys.stderr)


def _print_error(result: "PageResult") -> None:
    if result.error:
        say(f"mnist-nn: {result.error}", file=sys.stderr)


def _check_files(csv: Path | None, explain: Path | None, *, force: bool, resume: bool) -> None:
    """Reject --resume and --force where they have no effect."""
    if resume and (csv is None or force or explain):
        raise ConfigError(
            "--resume continues a table, so it needs --csv FILE and cannot be combined with --force or --explain"
        )
    if force and not (csv or explain):
        raise ConfigError(
            "--force has no effect without --csv FILE or --explain DIR; leave --force out, or add one of them"
        )


def _check_sharing(paths: list[str], explain: Path | None) -> None:
    """Reject what only this process can read or show."""
    from mnist_nn.imaging.load.sources import STANDARD_INPUT

    if STANDARD_INPUT in paths:
        raise ConfigError("the workers of a cluster cannot read standard input; name a file, or leave --cluster out")
    if explain:
        raise ConfigError("--explain shows steps that workers of a cluster do not send; leave one of the two out")


def _choose_readers(
    opened: ExitStack,
    cluster: str | None,
    reader: "Reader",
    model: Path | None,
    known: dict[str, Any],
    limits: dict[str, Any],
    *,
    quiet: bool,
) -> "ReadFiles":
    """Choose who reads: this process, or the workers of a cluster."""
    from mnist_nn.cli.read.blocks import ReadSetup, read_here, read_on

    if cluster is None:
        return read_here(reader, limits)
    return read_on(opened.enter_context(connect(cluster, quiet=quiet)), ReadSetup.of(model, known, limits))


def _read_all(
    read_files: "ReadFiles", paths: list[str], table: "Table | None", sinks: "list[Sink]", *, quiet: bool
) -> Counter[str]:
    """Read the files in their order and count the results; Ctrl-C stops in an orderly way."""
    from contextlib import closing

    from mnist_nn.cli.read.progress import show_progress
    from mnist_nn.imaging.load.folders import find_pictures

    counts: Counter[str] = Counter()
    paths = list(dict.fromkeys(paths))

    def list_missing() -> "Iterator[Found]":
        for found in find_pictures(paths):
            if table and found.file in table.completed:
                advance()
            else:
                yield found

    try:
        with (
            show_progress(lambda: sum(1 for _ in find_pictures(paths)), quiet=quiet) as advance,
            closing(read_files(list_missing())) as done,
        ):
            for files, results in done:
                for result in results:
                    for sink in sinks:
                        sink(result)
                    _count(counts, result)
                counts["files"] += files
                advance(files)
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


def _how_to_resume(table: "Table | None", csv: Path | None) -> str:
    if table is None:
        return ""
    instead = f" instead of --force; {csv} has not been changed" if table.replaces else ""
    return f". The rows so far are in {table.path}. To continue, run the same command with --resume{instead}"


def _summary(counts: Counter[str], table: "Table", path: Path | None) -> str:
    from mnist_nn.reading.results import DIGIT, DOUBTFUL, NOT_A_DIGIT, NOTHING

    skipped = f" ({len(table.completed):,} more were read earlier)" if table.completed else ""
    return (
        f"{counts['files']:,} files{skipped}, {counts['bad']:,} unreadable, {counts[NOTHING]:,} empty "
        f"pages; {counts['numbers']:,} numbers: {counts[DIGIT]:,} accepted, {counts[DOUBTFUL]:,} "
        f"doubtful, {counts[NOT_A_DIGIT]:,} with something that is not a digit. The rows are in {path}"
    )
