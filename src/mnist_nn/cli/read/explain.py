"""The web page of ``mnist-nn read --explain DIR``, written while pages are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from mnist_nn.cli.read.pages import Outcome, Sink
from mnist_nn.errors import ConfigError, DataError

PAGES = 50  # shown at most: ten thousand would be more than a browser or a person bears
NAME = "index.html"


@contextmanager
def explained(folder: Path, *, force: bool = False) -> Iterator[Sink]:
    """Give a function to call with every `Outcome`; the first pages that could be read are shown."""
    from mnist_nn.reading import explain

    shown = left_out = 0
    path = folder / NAME

    def show(outcome: Outcome) -> None:
        nonlocal shown, left_out
        if outcome.reading is None:
            return
        if shown >= PAGES:
            left_out += 1
            return
        _write(file, path, explain.section(outcome.reading))
        shown += 1

    with _opened(folder, force=force) as file:
        _write(file, path, explain.head())
        try:
            yield show
        finally:
            _write(file, path, explain.tail(left_out))


def _opened(folder: Path, *, force: bool) -> IO[str]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not force and any(folder.iterdir()):
            raise ConfigError(
                f"{str(folder)!r} is not empty; choose another --explain DIR, or write into it by --force"
            )
        return (folder / NAME).open("w", encoding="utf-8")
    except (OSError, ValueError) as error:
        if isinstance(error, ConfigError):
            raise
        why = "it is no folder" if isinstance(error, FileExistsError) else getattr(error, "strerror", None) or error
        raise ConfigError(f"cannot write into {str(folder)!r}: {why}; choose another --explain DIR") from error


def _write(file: IO[str], path: Path, text: str) -> None:
    try:
        file.write(text)
        file.flush()
    except OSError as error:
        raise DataError(f"{str(path)!r} cannot be written: {error.strerror or error}; make room") from error
