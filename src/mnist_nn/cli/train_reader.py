"""``mnist-nn train-reader``: make the model that reads what people write, as the one in the package was made."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from mnist_nn.cli import options

DEFAULT_READER = Path("reader.safetensors")
ReaderPath = Annotated[Path, typer.Option("--model", help="Where to save it.", metavar="PATH", show_default=True)]
Epochs = Annotated[
    int | None, typer.Option("--epochs", help="Passes; the preset says 60.", metavar="N", show_default=False)
]
Seed = Annotated[int, typer.Option("--seed", help="Decides everything that is drawn.", metavar="N")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress; only errors.")]


def train_reader(
    model: ReaderPath = DEFAULT_READER,
    data: options.Data = "mnist",
    epochs: Epochs = None,
    seed: Seed = 0,
    quiet: Quiet = False,
) -> int:
    """Train a reader on distorted digits and on what is no digit, calibrate it and save it."""
    from dataclasses import replace

    from mnist_nn.cli import progress
    from mnist_nn.data import load
    from mnist_nn.presets import preset
    from mnist_nn.reader_training import train_reader as steps
    from mnist_nn.storage import check_writable, save

    check_writable(model)
    usual = preset("reader")[1]
    training = replace(usual, seed=seed, epochs=usual.epochs if epochs is None else epochs)
    watch = progress.silent if quiet else progress.bar if sys.stderr.isatty() else progress.lines
    with watch(training) as show:
        for epoch, finished in steps(load(data), training):
            show(epoch)
            if finished:
                save(model, finished)
    if not quiet:
        print(f"Saved the reader in {model}; read with: mnist-nn read --model {model} PATH…")
    return 0
