"""``mnist-nn predict``: say which digit each image shows, for single pictures or a whole data set."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from mnist_nn.cli.common import help_page, options
from mnist_nn.cli.common.terminal import say
from mnist_nn.errors import ConfigError

if TYPE_CHECKING:
    from mnist_nn.evaluation.prediction import Predictor
    from mnist_nn.imaging.square import Square
    from mnist_nn.model_file.storage import Model

MNIST_PIXELS = 784
EVERY_TABLE = "--csv FILE"

Images = Annotated[
    list[Path],
    typer.Argument(
        help="Pictures like the training images in size and framing (28×28 for MNIST); with --csv, a data set.",
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
Kaggle = Annotated[
    bool,
    typer.Option(
        "--kaggle",
        help="Write the columns ImageId (from 1) and Label, as Kaggle expects.",
        rich_help_panel=help_page.OUTPUT,
    ),
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Continue the table of an interrupted run.", rich_help_panel=help_page.OUTPUT),
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
    kaggle: Kaggle = False,
    resume: Resume = False,
    force: options.Force = False,
    json: options.Json = False,
) -> int:
    """Name the digit in each 28×28 picture.

    Shows the probability of each class beside it. With --csv, predicts all images of a data set. For photos and
    pictures of any size, use mnist-nn read.

    For example: mnist-nn predict mnist-model.safetensors seven.png two.png
    """
    if csv is not None:
        if json:
            raise ConfigError("--json has no effect with --csv, whose table is the answer; leave one of them out")
        return _predict_all(model, images, csv, kaggle=kaggle, resume=resume, force=force)
    for option, given in (("--kaggle", kaggle), ("--resume", resume), ("--force", force)):
        if given:
            raise ConfigError(f"{option} has no effect without {EVERY_TABLE}; leave it out")
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


def _predict_all(model: Path, names: list[Path], csv: Path, *, kaggle: bool, resume: bool, force: bool) -> int:
    """Write a row for each image of a data set; if it is stopped, the rows written so far are kept."""
    from mnist_nn.cli.predict.stream import stream_images
    from mnist_nn.cli.predict.table import COLUMNS, KAGGLE, open_table
    from mnist_nn.cli.read.settings import collect_settings
    from mnist_nn.data.read_options import ReadOptions
    from mnist_nn.evaluation.prediction import predict as ask
    from mnist_nn.model_file.storage import load as load_model

    if len(names) != 1:
        raise ConfigError(f"{len(names)} data sets were given; with --csv, give one name, folder or file")
    loaded, name = load_model(model), str(names[0])
    settings = collect_settings(model, data=name, kaggle=kaggle)
    count = seen = right = 0
    with open_table(csv, KAGGLE if kaggle else COLUMNS, settings, force=force, resume=resume) as table:
        for batch in stream_images(name, ReadOptions.from_dict(loaded.data)):
            skipped = min(max(table.done - count, 0), len(batch.images))
            if skipped < len(batch.images):
                found = ask(loaded, batch.images[skipped:], loaded.calibration)
                labels = [loaded.name_class(label) for label in found.label.tolist()]
                first = count + skipped + 1
                if kaggle:
                    table.write(zip(range(first, first + len(labels)), labels, strict=True))
                else:
                    shown = (
                        map(_write_name, batch.names[skipped:]) if batch.names else range(first, first + len(labels))
                    )
                    confidences = (f"{one:.4f}" for one in found.confidence.tolist())
                    table.write(zip(shown, map(_write_name, labels), confidences, strict=True))
                if batch.labels is not None:
                    seen += len(labels)
                    right += sum(map(str.__eq__, labels, _name_truth(loaded, batch.labels[skipped:])))
            count += len(batch.images)
    kept = f", {table.done:,} of them in an earlier run" * (table.done > 0)
    agree = (
        f" Of the {seen:,} images with a label, {100 * right / seen:.2f} % are classified correctly." if seen else ""
    )
    say(f"Wrote {count:,} rows to {csv}{kept}.{agree}", file=sys.stderr)
    return 0


def _write_name(name: str) -> str:
    from mnist_nn.util.spreadsheets import write_cell

    return write_cell(name.replace("\n", " ").replace("\r", " "))  # a row is a line


def _name_truth(model: "Model", labels: "Any") -> list[str]:
    """Return the right classes with the names that the model uses."""
    from mnist_nn.data.labels import as_whole

    whole = as_whole(labels)
    if whole is None or (model.class_names and labels.dtype.kind not in "iu"):
        return [str(label) for label in labels.tolist()]
    base, classes = int(model.data.get("label_base", 0)), model.network.config.outputs
    return [model.name_class(label - base) if 0 <= label - base < classes else str(label) for label in whole.tolist()]


def _choose_finder(model: "Model") -> "Callable[[Any], Square]":
    """Choose how a picture is loaded: for MNIST's digits the ink is found first; other pictures are taken unchanged."""
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
