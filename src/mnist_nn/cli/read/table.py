"""The CSV file of ``mnist-nn read``: a row a number, written as it is read, so that a killed run can be gone on with.

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

from mnist_nn.cli.read.settings import ANOTHER, Settings, beside, check_recordable, differences, record, recorded
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.reading.pages import PageResult
from mnist_nn.util.io_errors import explain_io_errors

if TYPE_CHECKING:
    from mnist_nn.reading.results import Number

COLUMNS = ("file", "page", "box", "text", "confidence", "verdict")
ERROR = "error: "
_HEADER = (",".join(COLUMNS) + "\r\n").encode()

_logger = logging.getLogger("mnist_nn")


@dataclass
class Table:
    """A table under way: the files that an earlier run completed, how many of their rows are errors, where rows go."""

    path: Path
    file: IO[bytes]
    done: frozenset[str] = frozenset()
    bad: int = 0

    def add(self, result: PageResult) -> None:
        """Write the rows of a page, for good: the system has them when this returns."""
        self.write(_rows(result))

    def write(self, rows: Iterable[Iterable[Any]]) -> None:
        """Write rows; what the system refuses comes out as one line that says how to go on."""
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        data = text.getvalue().encode("utf-8", "surrogateescape")
        with explain_io_errors(DataError, "write", self.path, "make room, then go on with --resume"):
            while data:  # the system may take a part
                data = data[self.file.write(data) :]


@contextmanager
def table(path: Path, settings: Settings, *, force: bool = False, resume: bool = False) -> Iterator[Table]:
    """Open a table: a new one, one in the place of an older file, or one that an earlier run left.

    ``settings`` say what its rows are read with; a table whose rows were read with others is not gone on with.
    """
    kept = _scan(path) if resume and path.exists() else _Kept()
    before = None if force else recorded(path)  # refuses a file that is somebody else's
    if kept.files or (resume and before and path.exists()):
        _compare(path, before, settings)
    if not kept.files and path.parent.is_dir():
        check_recordable(path)
    mode = "r+b" if kept.files else "wb" if force or resume else "xb"
    with _opened(path, mode) as file:
        made = Table(path, file, frozenset(kept.files), kept.bad)
        if kept.files:
            file.truncate(kept.size)
            file.seek(kept.size)
        else:
            record(path, settings)
            made.write([COLUMNS])
        yield made


def _opened(path: Path, mode: str) -> IO[bytes]:
    with explain_io_errors(ConfigError, "write", path, ANOTHER):
        try:
            return open(path, mode, buffering=0)  # noqa: PTH123 - nothing is held back that a kill could lose
        except FileExistsError as error:
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, "it is a folder") from error
            raise ConfigError(
                f"{str(path)!r} is there already; go on with it by --resume, or replace it by --force"
            ) from error


def _compare(path: Path, before: Settings | None, now: Settings) -> None:
    """Refuse to mix rows that were read in different ways, where that is known."""
    if before is None:
        _logger.warning(
            "the settings that %r was begun with are not known: %r is missing", str(path), str(beside(path))
        )
    elif others := differences(before, now):
        raise ConfigError(
            f"{str(path)!r} was begun with {others}; give the same, or begin another table (--csv FILE, or --force); "
            f"without {str(beside(path))!r} they are not compared"
        )


def _rows(result: PageResult) -> Iterator[tuple[Any, ...]]:
    name = (result.file, result.page)
    if result.reading is None:
        yield (*name, "", "", "", ERROR + result.error)
    elif not result.reading.numbers:
        yield (*name, "", "", "", result.reading.verdict)
    else:
        for number in result.reading.numbers:
            yield (*name, *_cells(number))


def _cells(number: "Number") -> tuple[str, ...]:
    return " ".join(map(str, number.box)), number.text, f"{number.confidence:.4f}", number.verdict


@dataclass
class _Kept:
    """What of an earlier table stays: its first ``size`` bytes, whose rows those are, and how many rows are errors."""

    size: int = 0
    files: set[str] = field(default_factory=set)
    bad: int = 0


class _Lines:
    """The complete lines of a file from here on, and the size of all that was read."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.size = size
        self._file = file

    def __iter__(self) -> Iterator[str]:
        for line in self._file:
            if not line.endswith(b"\n"):  # cut off in the midst of it
                return
            self.size += len(line)
            yield line.decode("utf-8", "surrogateescape")


def _scan(path: Path) -> _Kept:
    """Find what of an earlier table stays: all but the last file, whose rows may not all be there, and half a row."""
    with explain_io_errors(ConfigError, "go on with", path, ANOTHER), path.open("rb") as file:
        head = file.read(len(_HEADER))
        if not _HEADER.startswith(head):
            raise _foreign(path, 1)
        return _complete(path, _Lines(file, len(head)))


def _complete(path: Path, lines: _Lines) -> _Kept:
    kept, last, bad, begin = _Kept(), "", 0, lines.size
    rows = csv.reader(lines, strict=True)
    try:
        for number, row in enumerate(rows):
            if len(row) != len(COLUMNS):
                raise _foreign(path, rows.line_num + 1)
            if number == 0 or row[0] != last:
                kept.size, kept.bad = begin, kept.bad + bad
                kept.files |= {last} if number else set()
                last, bad = row[0], 0
            bad += row[-1].startswith(ERROR)
            begin = lines.size
    except csv.Error as error:
        if next(iter(lines), None) is not None:  # else nothing follows: it is half a row, cut inside quotes
            raise _foreign(path, rows.line_num + 1) from error
    return kept


def _foreign(path: Path, line: int) -> ConfigError:
    return ConfigError(f"{str(path)!r} is not a table of mnist-nn read, see line {line}; replace it by --force")
