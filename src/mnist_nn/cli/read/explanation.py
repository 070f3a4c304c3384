"""The web page of ``mnist-nn read --explain DIR``, written while pages are read."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from mnist_nn.cli.read.files import Sink
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.reading.pages import PageResult
from mnist_nn.util.io_errors import explain_io_errors

MAX_PAGES = 50  # ten thousand would be more than a browser or a person bears
FILE_NAME = "index.html"


@contextmanager
def open_explanation(folder: Path, *, force: bool = False) -> Iterator[Sink]:
    """Give a function to call with every `PageResult`; the first pages that could be read are shown."""
    from mnist_nn.reading import explain

    shown = left_out = 0
    path = folder / FILE_NAME

    def show(result: PageResult) -> None:
        nonlocal shown, left_out
        if result.reading is None:
            return
        if shown >= MAX_PAGES:
            left_out += 1
            return
        _write(file, path, explain.render_reading(result.reading))
        shown += 1

    with _open(folder, force=force) as file:
        _write(file, path, explain.render_head())
        try:
            yield show
        finally:
            _write(file, path, explain.render_tail(left_out))


def _open(folder: Path, *, force: bool) -> IO[str]:
    with explain_io_errors(ConfigError, "write into", folder, "choose another --explain DIR"):
        if folder.exists() and not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "it is no folder")
        folder.mkdir(parents=True, exist_ok=True)
        if not force and any(folder.iterdir()):
            raise ConfigError(
                f"{str(folder)!r} is not empty; choose another --explain DIR, or write into it with --force"
            )
        return (folder / FILE_NAME).open("w", encoding="utf-8")


def _write(file: IO[str], path: Path, text: str) -> None:
    with explain_io_errors(DataError, "write", path, "make room"):
        file.write(text)
        file.flush()
