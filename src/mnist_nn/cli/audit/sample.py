"""Draw accepted answers from a table of ``mnist-nn read``, save them for a person to check, and load them again.

The file is a table that any spreadsheet program opens. `mnist_nn.cli.audit.finding` works out what the checked rows
prove.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from mnist_nn.cli.read.csv_table import COLUMNS, OLDER_COLUMNS
from mnist_nn.errors import ConfigError, DataError, quote
from mnist_nn.reading.results import DIGIT
from mnist_nn.util import randomness
from mnist_nn.util.csv_rows import encode_rows, read_rows
from mnist_nn.util.files import check_writable, write_whole
from mnist_nn.util.io_errors import explain_io_errors
from mnist_nn.util.locks import keep_others_off
from mnist_nn.util.spreadsheets import read_cell, write_cell

ELSEWHERE = "choose a folder that you may write to"
SUFFIX = ".audit.csv"
REMEDY = "give a table that mnist-nn read --csv wrote"
NO_NUMBER = "-"  # what a person writes where no number is


@dataclass(frozen=True)
class AuditRow:
    """An accepted answer: where it is, what was read, and what a person says it should be (empty until checked)."""

    file: str
    page: str
    box: str
    read: str
    right: str = ""


HEADER = tuple(field.name for field in fields(AuditRow))


def audit_path(table: Path) -> Path:
    """Return the path of the sample that belongs to a table.

    Examples
    --------
    >>> print(audit_path(Path("numbers.csv")))
    numbers.audit.csv
    """
    return table.with_suffix(SUFFIX)


def is_audit(path: Path) -> bool:
    """Say, by its first line, whether a file is a sample that was drawn before."""
    _, first = next(read_rows(path, REMEDY), (0, []))
    return set(first) >= set(HEADER)


def load_accepted(table: Path) -> list[AuditRow]:
    """Load the accepted answers of a table that ``mnist-nn read --csv`` wrote.

    Raises
    ------
    ConfigError
        If the file cannot be read or is not such a table.
    """
    rows = read_rows(table, REMEDY)
    _, header = next(rows, (0, []))
    if tuple(header) not in {COLUMNS, OLDER_COLUMNS}:
        raise ConfigError(
            f"{str(table)!r} is not a table that mnist-nn read wrote; make one with: mnist-nn read PATH --csv FILE"
        )
    found = []
    for _, row in rows:
        if len(row) != len(header):
            raise ConfigError(
                f"{str(table)!r} has a row with {len(row)} cells, so it is not a complete table from mnist-nn "
                "read; make a new one with: mnist-nn read PATH --csv FILE"
            )
        file, page, box, text, _, decision = row
        if decision == DIGIT:
            found.append(AuditRow(read_cell(file), page, box, text))
    return found


def draw(rows: list[AuditRow], count: int, seed: int) -> list[AuditRow]:
    """Draw this many rows at random and keep them in the order drawn, so that any first few are a random sample too.

    Examples
    --------
    >>> rows = [AuditRow("a.png", "1", "", str(number)) for number in range(100)]
    >>> [row.read for row in draw(rows, 3, seed=0)] == [row.read for row in draw(rows, 50, seed=0)[:3]]
    True
    """
    order = randomness.permutation(randomness.fold(randomness.key(seed), randomness.AUDIT), len(rows))
    return [rows[index] for index in order[:count]]


def write_sample(path: Path, rows: Iterable[AuditRow]) -> None:
    """Write a sample to a new file.

    Raises
    ------
    ConfigError
        If the file already exists or cannot be written.
    """
    cells = [tuple(map(write_cell, astuple(row))) for row in rows]
    with explain_io_errors(ConfigError, "write", path, ELSEWHERE):
        check_writable(path)
        with keep_others_off(path, ELSEWHERE):
            if path.exists():
                raise ConfigError(
                    f"{str(path)!r} already exists; fill it in and run: mnist-nn audit {path}; or move it away to "
                    "draw a new sample"
                )
            write_whole(path, encode_rows([HEADER, *cells]))


def load_sample(path: Path) -> list[AuditRow]:
    """Load a sample, whether or not it has been filled in.

    Raises
    ------
    DataError
        If an entry is not a number; the message names its line.
    """
    rows = read_rows(path, REMEDY)
    _, header = next(rows, (0, []))
    found = []
    for line, row in rows:
        cells = dict(zip(header, row, strict=False))
        if any(row):
            found.append(AuditRow(**{name: read_cell(cells.get(name, "")) for name in HEADER}))
            _check(path, line, found[-1])
    return found


def _check(path: Path, line: int, row: AuditRow) -> None:
    right = _squeeze(row.right)
    if right and right != NO_NUMBER and not (right.isascii() and right.isdigit()):
        raise DataError(
            f'line {line} of {str(path)!r} has {quote(row.right)} in the column "right"; enter the digits of the '
            f"number, {NO_NUMBER} if there is no number, or leave the cell empty if nobody has checked it"
        )


def is_right(row: AuditRow) -> bool:
    """Say whether the number that was read is the one that a person entered.

    Examples
    --------
    >>> is_right(AuditRow("a.png", "1", "", "1207", "12 07")), is_right(AuditRow("a.png", "1", "", "7", "-"))
    (True, False)
    """
    return _squeeze(row.read) == _squeeze(row.right)


def _squeeze(text: str) -> str:
    return "".join(text.split())
