"""``mnist-nn predict``: say which digit each image shows, for single pictures or a whole data set."""

import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from mnist_nn.cli.common import help_page, options
from mnist_nn.cli.common.cluster import connect, explain_resuming
from mnist_nn.cli.common.terminal import say
from mnist_nn.errors import ConfigError

if TYPE_CHECKING:
    from mnist_nn.cli.predict.table import Table
    from mnist_nn.data.formats.batch import Batch
    from mnist_nn.evaluation.prediction import Predictions, Predictor
    from mnist_nn.imaging.square import Square
    from mnist_nn.model_file.storage import Model

MNIST_PIXELS = 784
EVERY_TABLE = "--csv FILE or --parquet FILE"
EVERY_OUTPUT = "--csv FILE, --parquet FILE or --out FOLDER"

Images = Annotated[
    list[Path],
    typer.Argument(
        help="Pictures like the training images in size and framing (28×28 for MNIST); with --csv or --parquet, a "
        "data set.",
        metavar="IMAGE",
    ),
]
Csv = Annotated[
    Path | None,
    typer.Option(
        "--csv",
        help="Predict a whole data set (give its name, folder or file as IMAGE), and write one row for each image.",
        metavar="FILE",
        rich_help_panel=help_page.OUTPUT,
    ),
]
Parquet = Annotated[
    Path | None,
    typer.Option(
        "--parquet",
        help="Like --csv, but write a Parquet file with exact numbers; needs the extra parquet.",
        metavar="FILE",
        rich_help_panel=help_page.OUTPUT,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Predict Parquet files of any size, and write Parquet files of some 65,000 rows into this folder.",
        metavar="FOLDER",
        rich_help_panel=help_page.OUTPUT,
    ),
]
Kaggle = Annotated[
    bool,
    typer.Option(
        "--kaggle",
        help="Write the columns ImageId (from 1) and Label, as Kaggle expects.",
        rich_help_panel=help_page.OUTPUT,
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        help="With --out: work on N parts at a time; results do not depend on it.",
        metavar="N",
        min=1,
        show_default="one for each processor",
        rich_help_panel=help_page.OUTPUT,
    ),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume", help="Continue the table or the parts of an interrupted run.", rich_help_panel=help_page.OUTPUT
    ),
]


class Row(NamedTuple):
    """The result for one picture: label and name (None if it is blank) and the class probabilities, or an error.

    ``inverted`` says that the ink was dark on light and was inverted.
    """

    file: Path
    label: int | None = None
    name: str | None = None
    probabilities: Sequence[float] = ()
    inverted: bool = False
    error: str = ""


def predict(
    model: options.ModelFile,
    images: Images,
    csv: Csv = None,
    parquet: Parquet = None,
    out: Out = None,
    jobs: Jobs = None,
    cluster: options.Cluster = None,
    kaggle: Kaggle = False,
    resume: Resume = False,
    force: options.Force = False,
    json: options.Json = False,
) -> int:
    """Name the digit in each 28×28 picture.

    Shows the probability of each class beside it. With --csv or --parquet, predicts all images of a data set, and with
    --out those of Parquet files of any size. For photos and pictures of any size, use mnist-nn read.

    For example: mnist-nn predict mnist-model.safetensors seven.png two.png
    """
    others = {"--csv": csv, "--parquet": parquet, "--kaggle": kaggle, "--json": json}
    _check_options(others, {"--jobs": jobs, "--cluster": cluster}, out)
    if out is not None:
        return _predict_folder(model, images, out, jobs=jobs, cluster=cluster, resume=resume, force=force)
    if csv is not None or parquet is not None:
        how = _choose_how(csv, parquet, kaggle=kaggle)
        if json:
            raise ConfigError(
                f"--json has no effect with {how.option}, which writes the answers to a table; leave one of them out"
            )
        return _predict_all(model, images, csv or parquet or Path(), how=how, resume=resume, force=force)
    for option, given in (("--kaggle", kaggle), ("--resume", resume), ("--force", force)):
        if given:
            needed = "--csv FILE" if option == "--kaggle" else EVERY_OUTPUT
            raise ConfigError(f"{option} has no effect without {needed}; leave it out")
    return _predict_pictures(model, images, json=json)


def _check_options(others: dict[str, Any], workers: dict[str, Any], out: Path | None) -> None:
    """Reject what contradicts --out, and what is only for it."""
    for option, given in workers.items():
        if out is None and given is not None:
            raise ConfigError(f"{option} has no effect without --out FOLDER; leave it out")
    if all(given is not None for given in workers.values()):
        raise ConfigError("--jobs has no effect with --cluster, whose workers predict; leave it out")
    for option, given in others.items():
        if out is not None and given:
            raise ConfigError(f"{option} and --out were both given, but --out writes files of its own; leave one out")


def _predict_pictures(model: Path, images: list[Path], *, json: bool) -> int:
    """Predict single pictures, and print what they show."""
    from mnist_nn.imaging.load.child.pool import POOL

    POOL.warm_up()  # which takes as long as the imports below
    from mnist_nn.evaluation.prediction import Predictor
    from mnist_nn.model_file.storage import load as load_model

    loaded = load_model(model)
    predictor, find = Predictor(loaded), _choose_finder(loaded)
    rows = [_read(predictor, find, path, loaded.name_class) for path in images]
    good = [row for row in rows if not row.error]
    if json:
        from mnist_nn.cli.documents.predict import predict_document
        from mnist_nn.util.documents import as_json

        print(as_json(predict_document(rows)))
    elif good:
        _print(good, [loaded.name_class(label) for label in range(loaded.network.config.outputs)])
    for row in rows:
        if row.error:
            say(f"mnist-nn: {row.error}", file=sys.stderr)
    return 0 if len(good) == len(rows) else 2


def _choose_how(csv: Path | None, parquet: Path | None, *, kaggle: bool) -> "How":
    if csv and parquet:
        raise ConfigError("--csv and --parquet were both given; write one table at a time")
    if parquet and kaggle:
        raise ConfigError("--kaggle has no effect with --parquet, because Kaggle takes CSV; use --csv FILE")
    if csv and csv.suffix.lower() == ".parquet":
        raise ConfigError(f"{str(csv)!r} ends in .parquet, but --csv writes CSV; write Parquet with --parquet FILE")
    if parquet:
        from mnist_nn.cli.common.output_files import check_suffix

        check_suffix(parquet, ".parquet", "Parquet files")
    return PARQUET if parquet else KAGGLE_CSV if kaggle else PLAIN_CSV


def _predict_all(model: Path, names: list[Path], target: Path, *, how: "How", resume: bool, force: bool) -> int:
    """Write a row for each image of a data set; if it is stopped, the rows written so far are kept."""
    from mnist_nn.cli.predict.parquet import count_finished, open_parquet
    from mnist_nn.cli.predict.stream import stream_images
    from mnist_nn.cli.predict.table import COLUMNS, KAGGLE, open_table
    from mnist_nn.cli.read.settings import collect_settings
    from mnist_nn.data.read_options import ReadOptions
    from mnist_nn.model_file.storage import load as load_model

    if len(names) != 1:
        raise ConfigError(f"{len(names)} data sets were given; with {how.option}, give one name, folder or file")
    loaded, name = load_model(model), str(names[0])
    settings = collect_settings(model, data=name, **({} if how is PARQUET else {"kaggle": how is KAGGLE_CSV}))
    if how is PARQUET and resume and (done := count_finished(target, settings)) is not None:
        say(f"{target} is complete: {done:,} rows.", file=sys.stderr)
        return 0
    batches = stream_images(name, ReadOptions.from_dict(loaded.data))
    first = next(batches, None)
    if how is PARQUET:
        image = "string" if first and first.names else "int64"
        kinds = dict(zip(COLUMNS, (image, "string" if loaded.class_names else "int64", "float32"), strict=True))
        opened = open_parquet(target, kinds, settings, force=force, resume=resume)
    else:
        columns = KAGGLE if how is KAGGLE_CSV else COLUMNS
        opened = open_table(target, columns, settings, force=force, resume=resume)
    with opened as table:
        count, seen, right = _write_rows(loaded, chain([first] if first else [], batches), table, how)
    kept = f", {table.done:,} of them in an earlier run" * (table.done > 0)
    say(f"Wrote {count:,} rows to {target}{kept}.{_describe_agreement(seen, right)}", file=sys.stderr)
    return 0


def _describe_agreement(seen: int, right: int) -> str:
    return f" Of the {seen:,} images with a label, {100 * right / seen:.2f} % are classified correctly." if seen else ""


def _predict_folder(
    model: Path, names: list[Path], out: Path, *, jobs: int | None, cluster: str | None, resume: bool, force: bool
) -> int:
    """Write the predictions of Parquet files by parts; those that are complete when it is stopped are kept."""
    from mnist_nn.cli.common.exit_codes import INTERRUPTED
    from mnist_nn.cli.predict.folder import describe, predict_folder

    if len(names) != 1:
        raise ConfigError(f"{len(names)} data sets were given; with --out, give one Parquet file, or a folder of them")
    with ExitStack() as opened:
        workers = opened.enter_context(connect(cluster, quiet=False)) if cluster is not None else None
        opened.enter_context(explain_resuming(". Continue with the same command and --resume"))
        found = predict_folder(model, str(names[0]), out, jobs=jobs, resume=resume, force=force, cluster=workers)
    if found.done < found.parts:
        say(f"mnist-nn: stopped after {found.done} of {found.parts} parts; continue with the same command and --resume",
            file=sys.stderr)  # fmt: skip
        return INTERRUPTED
    say(describe(found) + _describe_agreement(found.counts.labelled, found.counts.right), file=sys.stderr)
    return 0


def _write_rows(loaded: "Model", batches: "Iterable[Batch]", table: "Table", how: "How") -> tuple[int, int, int]:
    """Write the rows that are not in the table yet; return how many images there are, have a label, and are right."""
    from mnist_nn.cli.predict.stream import count_right
    from mnist_nn.evaluation.prediction import predict as ask

    count = seen = right = 0
    for batch in batches:
        skipped = min(max(table.done - count, 0), len(batch.images))
        if skipped < len(batch.images):
            found = ask(loaded, batch.images[skipped:], loaded.calibration)
            first = count + skipped + 1
            images = batch.names[skipped:] if batch.names else range(first, first + len(found.label))
            table.write(how.make_rows(loaded, images, found))
            if batch.labels is not None:
                seen += len(found.label)
                right += count_right(loaded, found.label, batch.labels[skipped:])
        count += len(batch.images)
    return count, seen, right


def _make_plain_rows(model: "Model", images: Iterable[Any], found: "Predictions") -> Iterable[tuple[Any, ...]]:
    labels = (_write_name(model.name_class(label)) for label in found.label.tolist())
    shown = (_write_name(image) if isinstance(image, str) else image for image in images)
    return zip(shown, labels, (f"{one:.4f}" for one in found.confidence.tolist()), strict=True)


def _make_kaggle_rows(model: "Model", images: Iterable[Any], found: "Predictions") -> Iterable[tuple[Any, ...]]:
    labels = (_write_name(model.name_class(label)) for label in found.label.tolist())
    return zip(images, labels, strict=True)


def _make_exact_rows(model: "Model", images: Iterable[Any], found: "Predictions") -> Iterable[tuple[Any, ...]]:
    """Make rows for another program: no apostrophe before a formula, and every digit of the confidence."""
    labels = (_join_lines(model.name_class(label)) for label in found.label.tolist())
    shown = (_join_lines(image) if isinstance(image, str) else image for image in images)
    return zip(shown, labels, map(repr, found.confidence.tolist()), strict=True)


class How(NamedTuple):
    """A format of the table: the option that asks for it, and the function that makes its rows."""

    option: str
    make_rows: "Callable[[Model, Iterable[Any], Predictions], Iterable[tuple[Any, ...]]]"


PLAIN_CSV, KAGGLE_CSV = How("--csv", _make_plain_rows), How("--csv", _make_kaggle_rows)
PARQUET = How("--parquet", _make_exact_rows)


def _join_lines(name: str) -> str:
    return name.replace("\n", " ").replace("\r", " ")  # a row is a line


def _write_name(name: str) -> str:
    from mnist_nn.util.spreadsheets import write_cell

    return write_cell(_join_lines(name))


def _choose_finder(model: "Model") -> "Callable[[Any], Square]":
    """Choose how to load a picture: for MNIST's digits, find the ink first; use other pictures unchanged."""
    from mnist_nn.data.sources import MNIST
    from mnist_nn.imaging.square import Square, find_square
    from mnist_nn.model_file.training_data import name_training_data

    if name_training_data(model) in {None, MNIST} and model.network.config.inputs == MNIST_PIXELS:
        return find_square
    return lambda pixels: Square(pixels, is_blank=not pixels.any(), is_inverted=False)


def _read(predictor: "Predictor", find: "Callable[[Any], Square]", path: Path, name_class: Callable[[int], str]) -> Row:
    """Classify one image; an error becomes its row, so that the other images are still classified."""
    from mnist_nn.errors import DivergedError, ImageError
    from mnist_nn.imaging import read_square

    try:
        square = find(read_square(path, predictor.network.config.inputs))
        found = predictor(square.pixels)
    except (DivergedError, ImageError) as error:
        return Row(path, error=str(error))
    label = None if square.is_blank else found.label  # on a blank picture there is nothing to name
    name = None if label is None else name_class(label)
    return Row(path, label, name, found.probabilities.tolist(), square.is_inverted)


def _print(rows: list[Row], names: list[str]) -> None:
    from mnist_nn.cli.common.tables import console, foreign, print_table, table

    shown = table("file", "class", *map(foreign, names))
    for row in rows:
        best = row.label
        cells = (f"[bold]{p:.2f}[/]" if i == best else f"{p:.2f}" for i, p in enumerate(row.probabilities))
        name = "nothing there" if row.name is None else f"[bold]{foreign(row.name)}[/]"
        shown.add_row(foreign(row.file), name, *cells)
    print_table(console(), shown)
    if inverted := [str(row.file) for row in rows if row.inverted]:
        say(f"These were dark on light and were inverted first: {', '.join(inverted)}")
