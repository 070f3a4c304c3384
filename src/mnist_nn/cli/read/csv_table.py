"""The CSV file of ``mnist-nn read``: each row is written as soon as its number is read, so a run can be resumed.

The format is RFC 4180 in UTF-8, written by Python's csv module. File names keep their exact bytes, and a name that
looks like a spreadsheet formula gets an apostrophe in front.
"""

import csv
import errno
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from mnist_nn.cli.read.settings import (
    ANOTHER,
    Settings,
    check_settings_path,
    describe_differences,
    is_device,
    load_settings,
    save_settings,
    settings_path,
)
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.reading.pages import PageResult
from mnist_nn.util.csv_rows import encode_rows
from mnist_nn.util.files import append_whole, check_writable, part_path, put_in_place
from mnist_nn.util.io_errors import explain_io_errors
from mnist_nn.util.locks import keep_others_off
from mnist_nn.util.spreadsheets import read_cell, write_cell

if TYPE_CHECKING:
    from mnist_nn.reading.results import Number

COLUMNS = ("file", "page", "box", "text", "confidence", "decision")
OLDER_COLUMNS = (*COLUMNS[:-1], "verdict")  # of tables from before the last column was renamed
ERROR = "error: "
_HEADER, _OLDER_HEADER = ((",".join(columns) + "\r\n").encode() for columns in (COLUMNS, OLDER_COLUMNS))

_logger = logging.getLogger("mnist_nn")


@dataclass
class Table:
    """A table being written, with the files that an earlier run completed and the number of their rows with errors.

    ``path`` is the file that holds its rows. If ``replaces`` is true, it replaces an older file at the end, provided
    that the caller has set ``is_whole``.
    """

    path: Path
    file: IO[bytes]
    completed: frozenset[str] = frozenset()
    errors: int = 0
    replaces: bool = False
    is_whole: bool = False

    def add(self, result: PageResult) -> None:
        """Write the rows of a page, all or none; they are on the disk when this returns."""
        self.write(_rows(result))

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows; if writing fails, the error says how to continue."""
        with explain_io_errors(DataError, "write", self.path, "make room on the disk, then continue with --resume"):
            append_whole(self.file, encode_rows(rows))


@contextmanager
def open_table(path: Path, settings: Settings, *, force: bool = False, resume: bool = False) -> Iterator[Table]:
    """Open a new table, one that replaces an older file, or one that an earlier run left behind.

    ``settings`` are the settings that its rows are read with; a table with other settings cannot be continued. A table
    that replaces an older file is written beside it and takes its place once it is complete; such a table can be
    continued too. No other process can write the table meanwhile.
    """
    with _keep_others_off(path, "continue" if resume else "write"):
        target = Path(os.path.realpath(path)) if path.is_symlink() else path
        part = part_path(target)
        replaces = not is_device(path) and (part.is_file() if resume else force and path.is_file())
        if replaces:
            check_settings_path(path)
        if replaces and part.exists():
            _scan(part)  # refuses a file that is somebody else's
            if resume:
                _logger.info("continuing %r, which an interrupted run with --force left behind", str(part))
        with _open_table(part if replaces else path, settings, force=force, resume=resume) as table:
            table.replaces = replaces
            yield table
        if replaces and table.is_whole:
            save_settings(path, settings)
            with explain_io_errors(DataError, "replace", path, f"the complete new table is in {str(part)!r}"):
                put_in_place(part, target)
                settings_path(part).unlink()


@contextmanager
def _open_table(path: Path, settings: Settings, *, force: bool, resume: bool) -> Iterator[Table]:
    kept = _scan(path) if resume and path.exists() else _Kept()
    before = None if force else load_settings(path)  # refuses a file that is somebody else's
    if kept.files or (resume and before and path.exists()):
        _check_settings(path, before, settings)
    if not kept.files:
        check_settings_path(path)
    with _open(path, "ab" if kept.files else "wb" if force or resume else "xb") as file:
        table = Table(path, file, frozenset(kept.files), kept.errors)
        if kept.files:
            file.truncate(kept.size)
        else:
            save_settings(path, settings)
            table.write([COLUMNS])
        yield table


def _keep_others_off(path: Path, attempt: str) -> AbstractContextManager[None]:
    """Hold the lock of a table; anything that is not a file, such as /dev/stdout, has no lock."""
    with explain_io_errors(ConfigError, attempt, path, ANOTHER):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        if is_device(path):
            return nullcontext()
        check_writable(path)
    return keep_others_off(path, ANOTHER)


def _open(path: Path, mode: str) -> IO[bytes]:
    with explain_io_errors(ConfigError, "write", path, ANOTHER):
        try:
            return open(path, mode, buffering=0, opener=_open_to_append)
        except FileExistsError as error:
            raise ConfigError(
                f"{str(path)!r} already exists; continue it with --resume, or replace it with --force"
            ) from error


def _open_to_append(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_APPEND, 0o666)


def _check_settings(path: Path, before: Settings | None, now: Settings) -> None:
    """Refuse to mix rows with different settings, if the earlier settings are known."""
    if before is None:
        _logger.warning(
            "cannot check that %r was written with the same settings, because %r is missing",
            str(path),
            str(settings_path(path)),
        )
    elif others := describe_differences(before, now):
        raise ConfigError(
            f"{str(path)!r} was written with {others}. Rows with different settings cannot be mixed: use "
            "the same settings, or begin another table with --csv FILE or --force. To skip this check, "
            f"delete {str(settings_path(path))!r}"
        )


def _rows(result: PageResult) -> Iterator[tuple[Any, ...]]:
    name = (write_cell(result.file), result.page)
    if result.reading is None:
        yield (*name, "", "", "", ERROR + result.error)
    elif not result.reading.numbers:
        yield (*name, "", "", "", result.reading.decision)
    else:
        for number in result.reading.numbers:
            yield (*name, *_cells(number))


def _cells(number: "Number") -> tuple[str, ...]:
    return " ".join(map(str, number.box)), number.text, f"{number.confidence:.4f}", number.decision


@dataclass
class _Kept:
    """What is kept of an earlier table: the first ``size`` bytes, the files they cover, and the number of errors."""

    size: int = 0
    files: set[str] = field(default_factory=set)
    errors: int = 0


class _CompleteLines:
    """The complete lines of a file from the current position on, and the size of everything read."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.size = size
        self._file = file

    def __iter__(self) -> Iterator[str]:
        for line in self._file:
            if not line.endswith(b"\n"):  # it was cut off
                return
            self.size += len(line)
            yield line.decode("utf-8", "surrogateescape")


def _scan(path: Path) -> _Kept:
    """Find what to keep of an earlier table: everything but the last file, whose rows may be incomplete."""
    with explain_io_errors(ConfigError, "continue", path, ANOTHER), path.open("rb") as file:
        head = file.read(len(_HEADER))
        if head.startswith(_OLDER_HEADER):  # the rows are the same, and the table keeps its header
            head = _OLDER_HEADER
            file.seek(len(head))
        elif not _HEADER.startswith(head):
            raise _foreign(path, 1)
        return _keep_complete(path, _CompleteLines(file, len(head)))


def _keep_complete(path: Path, lines: _CompleteLines) -> _Kept:
    kept, last, errors, begin = _Kept(), "", 0, lines.size
    rows = csv.reader(lines, strict=True)
    try:
        for number, row in enumerate(rows):
            if len(row) != len(COLUMNS):
                raise _foreign(path, rows.line_num + 1)
            if number == 0 or row[0] != last:
                kept.size, kept.errors = begin, kept.errors + errors
                kept.files |= {read_cell(last)} if number else set()
                last, errors = row[0], 0
            errors += row[-1].startswith(ERROR)
            begin = lines.size
    except csv.Error as error:
        if next(iter(lines), None) is not None:  # else nothing follows: it is half a row, cut inside quotes
            raise _foreign(path, rows.line_num + 1) from error
    return kept


def _foreign(path: Path, line: int) -> ConfigError:
    return ConfigError(
        f"{str(path)!r} is not a table that mnist-nn read wrote (see line {line}); move it away, or "
        "choose another --csv FILE"
    )
