"""Writes predictions to a CSV file with one row per image, in the order of the data; the file can be continued.

A name that looks like a spreadsheet formula gets an apostrophe in front.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

from mnist_nn.cli.read.settings import (
    ANOTHER,
    Settings,
    check_settings_path,
    describe_differences,
    is_device,
    load_settings,
    save_settings,
)
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.util.csv_rows import encode_rows
from mnist_nn.util.files import append_whole, check_writable
from mnist_nn.util.io_errors import explain_io_errors
from mnist_nn.util.locks import keep_others_off

COLUMNS = ("image", "class", "confidence")
KAGGLE = ("ImageId", "Label")
CHUNK = 2**20


class Table(NamedTuple):
    """A table that is being written: its file, and how many rows an earlier run left in it."""

    path: Path
    file: IO[bytes]
    done: int

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows, all or none of them; they are on the disk when this returns."""
        with explain_io_errors(DataError, "write", self.path, "make room, then continue with --resume"):
            append_whole(self.file, encode_rows(rows))


@contextmanager
def open_table(
    path: Path, columns: Sequence[str], settings: Settings, *, force: bool = False, resume: bool = False
) -> Iterator[Table]:
    """Open a table of predictions: a new one, one that replaces an older file, or one that an earlier run left.

    No other process can write it meanwhile.

    Raises
    ------
    ConfigError
        If the file exists and may be neither replaced nor continued, was begun with other settings, or cannot be
        written.
    """
    header = encode_rows([columns])
    if is_device(path):
        with _open(path, "wb") as file:
            table = Table(path, file, 0)
            table.write([columns])
            yield table
        return
    with explain_io_errors(ConfigError, "write", path, ANOTHER):
        check_writable(path)
    with keep_others_off(path, ANOTHER):
        kept, size = _count_rows(path, header) if resume and path.exists() else (0, 0)
        if size:
            _check_settings(path, settings)
        else:
            check_settings_path(path)
        with _open(path, "ab" if size else "wb" if force or resume else "xb") as file:
            table = Table(path, file, kept)
            if size:
                file.truncate(size)
            else:
                save_settings(path, settings)
                table.write([columns])
            yield table


def _open(path: Path, mode: str) -> IO[bytes]:
    with explain_io_errors(ConfigError, "write", path, ANOTHER):
        try:
            return path.open(mode, buffering=0)
        except FileExistsError as error:
            raise ConfigError(
                f"{str(path)!r} already exists; continue it with --resume, or replace it with --force"
            ) from error


def _count_rows(path: Path, header: bytes) -> tuple[int, int]:
    """Count the complete rows after the header, and the bytes that they take; no cell has a line break."""
    with explain_io_errors(ConfigError, "continue", path, ANOTHER), path.open("rb") as file:
        head = file.read(len(header))
        if not header.startswith(head):
            raise ConfigError(f"{str(path)!r} is not a table that this command began; {ANOTHER}")
        if head != header:
            return 0, 0
        rows, size, at = 0, len(header), len(header)
        while chunk := file.read(CHUNK):
            rows += chunk.count(b"\n")
            last = chunk.rfind(b"\n")
            size = at + last + 1 if last >= 0 else size
            at += len(chunk)
        return rows, size


def _check_settings(path: Path, now: Settings) -> None:
    before = load_settings(path)
    if before is not None and (others := describe_differences(before, now)):
        raise ConfigError(
            f"{str(path)!r} was begun with {others}; it can only be continued with the "
            "same settings: give those, choose another file, or replace it with --force"
        )
