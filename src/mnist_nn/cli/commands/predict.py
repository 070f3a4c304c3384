"""``mnist-nn predict``: which digit each image shows."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from mnist_nn.cli.common import options

if TYPE_CHECKING:
    from mnist_nn.evaluation.prediction import Predictor

Images = Annotated[
    list[Path],
    typer.Argument(
        help="Images of the size of the training images, 28×28 for MNIST, with light ink on dark.", metavar="IMAGE"
    ),
]


class Row(NamedTuple):
    """What came of one picture: its label (None if it is blank) and the probability of each class, or an error."""

    file: Path
    label: int | None = None
    probabilities: Sequence[float] = ()
    error: str = ""


def predict(model: options.ModelFile, images: Images, json: options.Json = False) -> int:
    """Name the digit in each 28×28 picture.

    The probability of every class is shown beside it.

    For example: mnist-nn predict mnist-model.safetensors seven.png two.png
    """
    from mnist_nn.evaluation.prediction import Predictor
    from mnist_nn.model_file.storage import load as load_model

    predictor = Predictor(load_model(model).network)
    rows = [_read(predictor, path) for path in images]
    good = [row for row in rows if not row.error]
    if json:
        from mnist_nn.cli.documents.predict import predict_document
        from mnist_nn.util.documents import as_json

        print(as_json(predict_document(rows)))
    elif good:
        _print(good)
    for row in rows:
        if row.error:
            print(f"mnist-nn: {row.error}", file=sys.stderr)
    return 0 if len(good) == len(rows) else 2


def _read(predictor: "Predictor", path: Path) -> Row:
    """Classify one image; what is wrong with it becomes its row, so that the others are not lost."""
    from mnist_nn.errors import ImageError
    from mnist_nn.imaging import read_square

    try:
        pixels = read_square(path, predictor.network.config.inputs)
        found = predictor(pixels)
    except ImageError as error:
        return Row(path, error=str(error))
    label = found.label if pixels.any() else None  # on a blank picture there is nothing to name
    return Row(path, label, found.probabilities.tolist())


def _print(rows: list[Row]) -> None:
    from mnist_nn.cli.common.tables import console, table

    classes = len(rows[0].probabilities)
    shown = table("file", "class", *map(str, range(classes)))
    for row in rows:
        best = row.label
        cells = (f"[bold]{p:.2f}[/]" if i == best else f"{p:.2f}" for i, p in enumerate(row.probabilities))
        name = "nothing there" if best is None else f"[bold]{best}[/]"
        shown.add_row(str(row.file).replace("[", r"\["), name, *cells)
    console().print(shown)
