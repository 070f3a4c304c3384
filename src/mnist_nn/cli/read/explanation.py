"""The web page of ``mnist-nn read --explain DIR``, which is written while pages are read."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from mnist_nn.cli.read.files import Sink
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.reading.pages import PageResult
from mnist_nn.util.files import is_empty, part_path, put_in_place
from mnist_nn.util.io_errors import explain_io_errors
from mnist_nn.util.locks import keep_others_off

MAX_PAGES = 50  # ten thousand would be more than a browser or a person bears
FILE_NAME = "index.html"
ANOTHER = "choose another --explain DIR"


@contextmanager
def open_explanation(folder: Path, *, force: bool = False) -> Iterator[Sink]:
    """Yield a function to call with every `PageResult`; the first pages that could be read are shown."""
    from mnist_nn.reading import explain

    shown = left_out = 0
    with _open(folder, force=force) as (path, file):

        def show(result: PageResult) -> None:
            nonlocal shown, left_out
            if result.reading is None:
                return
            if shown >= MAX_PAGES:
                left_out += 1
                return
            _write(file, path, explain.render_reading(result.reading))
            shown += 1

        _write(file, path, explain.render_head())
        try:
            yield show
        finally:
            _write(file, path, explain.render_tail(left_out))


@contextmanager
def _open(folder: Path, *, force: bool) -> Iterator[tuple[Path, IO[str]]]:
    """Open the web page in a folder; no other process can write into the folder until the block ends.

    An older page stays until the new one is complete.
    """
    with explain_io_errors(ConfigError, "write to", folder, ANOTHER):
        if folder.exists() and not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "it is not a folder")
        folder.mkdir(parents=True, exist_ok=True)
    with keep_others_off(folder, ANOTHER):
        if not force and not is_empty(folder):
            raise ConfigError(f"{str(folder)!r} is not empty; {ANOTHER}, or add --force to write into it")
        page = folder / FILE_NAME
        path = part_path(page) if page.exists() else page
        with explain_io_errors(ConfigError, "write to", folder, ANOTHER):
            file = path.open("w", encoding="utf-8")
        with file:
            yield path, file
        with explain_io_errors(DataError, "write", page, "make room on the disk"):
            put_in_place(path, page)


def _write(file: IO[str], path: Path, text: str) -> None:
    with explain_io_errors(DataError, "write", path, "make room on the disk"):
        file.write(text)
        file.flush()
