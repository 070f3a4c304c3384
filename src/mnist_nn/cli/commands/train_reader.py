"""``mnist-nn train-reader``: train a handwriting reader, in the same way as the one in the package."""

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from mnist_nn.cli.common import help_page, options
from mnist_nn.cli.common.terminal import say

DEFAULT_READER = Path("reader.safetensors")
ReaderPath = Annotated[
    Path, typer.Option("--model", help="Where to save the model.", metavar="FILE", rich_help_panel=help_page.OUTPUT)
]
Work = Annotated[
    Path | None,
    typer.Option(
        "--work",
        help="Folder for unfinished work. To continue after an interruption, run the same command again.",
        metavar="DIR",
        show_default="NAME.work beside the model",
        rich_help_panel=help_page.OUTPUT,
    ),
]
Epochs = Annotated[
    int | None,
    typer.Option("--epochs", help="Number of passes over the training images.", metavar="N", show_default="50"),
]
Updates = Annotated[
    int | None,
    typer.Option(
        "--updates",
        help="Number of updates of each sequence network; 0 to train no sequence networks.",
        metavar="N",
        min=0,
        show_default="24000",
    ),
]
LinesPerUpdate = Annotated[
    int | None,
    typer.Option(
        "--lines-per-update",
        help="Number of lines that a sequence network learns from in each update.",
        metavar="N",
        min=1,
        show_default="64",
    ),
]
Numbers = Annotated[
    int,
    typer.Option(
        "--numbers",
        help="Number of pictures of each kind of paper for calibrating numbers; 0 to skip this calibration.",
        metavar="N",
        min=0,
    ),
]
Seed = Annotated[int, typer.Option("--seed", help="Random seed for everything that is drawn.", metavar="N")]
Quiet = Annotated[
    bool, typer.Option("--quiet", help="Print only errors: no progress.", rich_help_panel=help_page.OUTPUT)
]


def train_reader(
    model: ReaderPath = DEFAULT_READER,
    data: options.Data = "mnist",
    epochs: Epochs = None,
    updates: Updates = None,
    lines_per_update: LinesPerUpdate = None,
    numbers: Numbers = 2400,
    seed: Seed = 0,
    work: Work = None,
    json: options.Json = False,
    quiet: Quiet = False,
) -> int:
    """Train a model that reads handwriting.

    The model learns from distorted digits, from pictures that are not digits, and from lines composed of digits. Then
    it reads generated pages to find out how sure it can be of whole numbers.

    For example: mnist-nn train-reader --epochs 5 --updates 300
    """
    import time
    from contextlib import closing
    from dataclasses import replace

    from mnist_nn.cli.train.progress import show_stages
    from mnist_nn.data import load
    from mnist_nn.model_file.storage import Model, keep_others_off, save
    from mnist_nn.nn.presets import preset
    from mnist_nn.reading.calibrate_numbers import NumberCalibrationParameters
    from mnist_nn.reading.reader_stages import make_reader
    from mnist_nn.training.sequences import SequenceTraining

    usual = preset("reader")[1]
    training = replace(usual, seed=seed, epochs=usual.epochs if epochs is None else epochs)
    given = {"updates": updates, "lines_per_update": lines_per_update}
    sequences = SequenceTraining(seed=seed, **{name: value for name, value in given.items() if value})
    begin = time.perf_counter()
    papers = NumberCalibrationParameters(fitting_per_kind=numbers // 3, testing_per_kind=numbers - numbers // 3)
    stages = make_reader(
        load(data),
        training,
        None if updates == 0 else sequences,
        work or model.with_suffix(".work"),
        papers if numbers else None,
    )
    with keep_others_off(model), closing(stages), show_stages(training, quiet=quiet) as show:
        for step in stages:
            if isinstance(step, Model):
                save(model, step)
            else:
                show(step)
    if json:
        _print_document(model, training.epochs, time.perf_counter() - begin)
    elif not quiet:
        say(f"Saved the reader in {model}. Use it with: mnist-nn read --model {quote(str(model))} PATH…")
    return 0


def _print_document(model: Path, epochs: int, seconds: float) -> None:
    from mnist_nn.cli.commands.calibrate import operating_points
    from mnist_nn.cli.documents.train_reader import TrainReaderDocument
    from mnist_nn.model_file.storage import load
    from mnist_nn.util.documents import as_json

    calibration = load(model).calibration
    assert calibration is not None  # noqa: S101 - it was saved with one
    points = operating_points(calibration)
    print(as_json(TrainReaderDocument.of(calibration, model=model, epochs=epochs, seconds=seconds, max_error=points)))
