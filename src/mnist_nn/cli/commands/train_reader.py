"""``mnist-nn train-reader``: make the model that reads what people write, as the one in the package was made."""

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from mnist_nn.cli.common import help_page, options

DEFAULT_READER = Path("reader.safetensors")
ReaderPath = Annotated[
    Path, typer.Option("--model", help="Where to save the model.", metavar="FILE", rich_help_panel=help_page.OUTPUT)
]
Epochs = Annotated[
    int | None,
    typer.Option("--epochs", help="Number of passes over the training images.", metavar="N", show_default="60"),
]
Seed = Annotated[int, typer.Option("--seed", help="Random seed of everything that is drawn.", metavar="N")]
Quiet = Annotated[
    bool, typer.Option("--quiet", help="Show no progress, only errors.", rich_help_panel=help_page.OUTPUT)
]


def train_reader(
    model: ReaderPath = DEFAULT_READER,
    data: options.Data = "mnist",
    epochs: Epochs = None,
    seed: Seed = 0,
    json: options.Json = False,
    quiet: Quiet = False,
) -> int:
    """Make a model that reads handwriting.

    It learns from distorted digits, and from pictures that are not digits.

    For example: mnist-nn train-reader --epochs 5 --model reader.safetensors
    """
    import time
    from dataclasses import replace

    from mnist_nn.cli.train import progress
    from mnist_nn.data import load
    from mnist_nn.model_file.storage import check_writable, save
    from mnist_nn.nn.presets import preset
    from mnist_nn.reading.train_reader import train_reader as steps

    check_writable(model)
    usual = preset("reader")[1]
    training = replace(usual, seed=seed, epochs=usual.epochs if epochs is None else epochs)
    begin = time.perf_counter()
    with progress.show_progress(training, quiet=quiet) as show:
        for epoch, finished in steps(load(data), training):
            show(epoch)
            if finished:
                save(model, finished)
    if json:
        _print_document(model, training.epochs, time.perf_counter() - begin)
    elif not quiet:
        print(f"Saved the reader in {model}; read with: mnist-nn read --model {quote(str(model))} PATH…")
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
