"""The CSV file of ``mnist-nn read``: one row per number, written as it is read, so that a stopped run can be continued.

RFC 4180 by Python's own csv module, in UTF-8. Names of files keep their bytes, whatever those are.
"""

import csv
import errno
import io
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from mnist_nn.cli.read.settings import (
    ANOTHER,
    Settings,
    check_settings_path,
    describe_differences,
    load_settings,
    save_settings,
    settings_path,
)
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.reading.pages import PageResult
from mnist_nn.util.io_errors import explain_io_errors

if TYPE_CHECKING:
    from mnist_nn.reading.results import Number

COLUMNS = ("file", "page", "box", "text", "confidence", "decision")
OLDER_COLUMNS = (*COLUMNS[:-1], "verdict")  # of tables from before the last column was renamed
ERROR = "error: "
_HEADER, _OLDER_HEADER = ((",".join(columns) + "\r\n").encode() for columns in (COLUMNS, OLDER_COLUMNS))

_logger = logging.getLogger("mnist_nn")


@dataclass
class Table:
    """A table that is being written: the files that an earlier run completed, and how many of their rows are errors."""

    path: Path
    file: IO[bytes]
    completed: frozenset[str] = frozenset()
    errors: int = 0

    def add(self, result: PageResult) -> None:
        """Write the rows of a page, for good: the system has them when this returns."""
        self.write(_rows(result))

    def write(self, rows: Iterable[Iterable[Any]]) -> None:
        """Write rows; what the system refuses comes out as one line that says how to continue."""
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        data = text.getvalue().encode("utf-8", "surrogateescape")
        with explain_io_errors(DataError, "write", self.path, "make room, then continue with --resume"):
            while data:  # the system may take a part
                data = data[self.file.write(data) :]


@contextmanager
def open_table(path: Path, settings: Settings, *, force: bool = False, resume: bool = False) -> Iterator[Table]:
    """Open a table: a new one, one that replaces an older file, or one that an earlier run left.

    ``settings`` are what its rows are read with; a table written with other settings cannot be continued.
    """
    kept = _scan(path) if resume and path.exists() else _Kept()
    before = None if force else load_settings(path)  # refuses a file that is somebody else's
    if kept.files or (resume and before and path.exists()):
        _check_settings(path, before, settings)
    if not kept.files and path.parent.is_dir():
        check_settings_path(path)
    mode = "r+b" if kept.files else "wb" if force or resume else "xb"
    with _open(path, mode) as file:
        table = Table(path, file, frozenset(kept.files), kept.errors)
        if kept.files:
            file.truncate(kept.size)
            file.seek(kept.size)
        else:
            save_settings(path, settings)
            table.write([COLUMNS])
        yield table


def _open(path: Path, mode: str) -> IO[bytes]:
    with explain_io_errors(ConfigError, "write", path, ANOTHER):
        try:
            return open(path, mode, buffering=0)  # noqa: PTH123 - nothing is held back that a kill could lose
        except FileExistsError as error:
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, "it is a folder") from error
            raise ConfigError(
                f"{str(path)!r} already exists; continue it with --resume, or replace it with --force"
            ) from error


def _check_settings(path: Path, before: Settings | None, now: Settings) -> None:
    """Refuse to mix rows that were written with different settings, where those are known."""
    if before is None:
        _logger.warning(
            "the settings that %r was begun with are not known: %r is missing", str(path), str(settings_path(path))
        )
    elif others := describe_differences(before, now):
        raise ConfigError(
            f"{str(path)!r} was begun with {others}; rows written with other settings cannot be continued: give the "
            f"same, or begin another table (--csv FILE, or --force); without {str(settings_path(path))!r} they are "
            "not compared"
        )


def _rows(result: PageResult) -> Iterator[tuple[Any, ...]]:
    name = (result.file, result.page)
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
    """What is kept of an earlier table: its first ``size`` bytes, the files in them, and how many rows are errors."""

    size: int = 0
    files: set[str] = field(default_factory=set)
    errors: int = 0


class _CompleteLines:
    """The complete lines of a file from here on, and the size of all that was read."""

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
    """Find what to keep of an earlier table: all but the last file, whose rows may not all be there, and half a row."""
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
                kept.files |= {last} if number else set()
                last, errors = row[0], 0
            errors += row[-1].startswith(ERROR)
            begin = lines.size
    except csv.Error as error:
        if next(iter(lines), None) is not None:  # else nothing follows: it is half a row, cut inside quotes
            raise _foreign(path, rows.line_num + 1) from error
    return kept


def _foreign(path: Path, line: int) -> ConfigError:
    return ConfigError(f"{str(path)!r} is not a table of mnist-nn read, see line {line}; replace it with --force")
