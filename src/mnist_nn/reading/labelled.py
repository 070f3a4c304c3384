"""Loads a table of pictures with the right numbers, and compares these with the numbers that the reader reads.

`mnist_nn.reading.calibrate_labelled` computes what the answers prove.
"""

import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from mnist_nn.errors import ConfigError, DataError, MnistNNError, quote, shorten
from mnist_nn.model_file.storage import Model
from mnist_nn.reading.calibrate_numbers import ACCEPT_ALL, Answers, collect_answers
from mnist_nn.reading.pages import read_each_page
from mnist_nn.reading.reader import Reader
from mnist_nn.reading.results import Number
from mnist_nn.util.csv_rows import read_rows

PICTURE, ANSWER = "picture", "answer"
UNITS = ("writer", "page")
"""Columns that say which answers depend on each other. Without one, the answers of the same picture do."""
NO_NUMBER = "-"
REMEDY = "give a table with the columns picture and answer, and writer or page if known"
FAULTS_SHOWN = 5

_logger = logging.getLogger("mnist_nn")


@dataclass(frozen=True)
class LabelledPicture:
    """A picture, the right numbers on it in reading order, and its unit: the writer or the page.

    ``line`` is its line in the table, from 1.
    """

    line: int
    picture: Path
    answers: tuple[str, ...]
    unit: str


class LabelledTable(NamedTuple):
    """The rows of a table, and the kind of their units: ``writer``, ``page`` or ``picture``."""

    kind: str
    pictures: tuple[LabelledPicture, ...]

    @property
    def units(self) -> int:
        """Number of writers, pages or pictures."""
        return len({row.unit for row in self.pictures})


def load_labelled(path: Path, *, field: bool = False) -> LabelledTable:
    """Load a table of labelled pictures: ``picture``, ``answer``, and ``writer`` or ``page``; others are ignored.

    Parameters
    ----------
    path
        A CSV file. The names of pictures are relative to its folder.
    field
        Whether every picture shows one number, so that spaces in its answer are ignored; otherwise spaces separate
        numbers.

    Raises
    ------
    ConfigError
        If the file cannot be read, or columns are missing.
    DataError
        If rows cannot be used; the message lists them with their lines.
    """
    rows = read_rows(path, REMEDY)
    _, header = next(rows, (0, []))
    names = [name.strip().lower() for name in header]
    for name in (PICTURE, ANSWER):
        if names.count(name) != 1:
            raise ConfigError(
                f"{str(path)!r} needs exactly one column {name!r}, but its columns are {shorten(names)}; {REMEDY}"
            )
    kind = next((unit for unit in UNITS if unit in names), PICTURE)
    found, faults, seen = [], [], dict[Path, int]()
    for line, cells in rows:
        if any(cells):
            try:
                found.append(_build_row(path.parent, line, cells, names, kind, seen, field=field))
            except ValueError as fault:
                faults.append(f"line {line}: {fault}")
    if faults:
        more = f"; and {len(faults) - FAULTS_SHOWN:,} more" * (len(faults) > FAULTS_SHOWN)
        raise DataError(
            f"{len(faults):,} of {len(found) + len(faults):,} rows of {str(path)!r} cannot be used; correct "
            f"or remove them: {'; '.join(faults[:FAULTS_SHOWN])}{more}"
        )
    if not found:
        raise DataError(f"{str(path)!r} has no rows; {REMEDY}")
    return LabelledTable(kind, tuple(found))


def _build_row(
    folder: Path, line: int, cells: list[str], names: list[str], kind: str, seen: dict[Path, int], *, field: bool
) -> LabelledPicture:
    """Build a row, or raise a ValueError that says what is wrong with it."""
    if len(cells) != len(names):
        raise ValueError(f"it has {len(cells)} cells, not {len(names)}")
    values = {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
    picture = folder / values[PICTURE]
    if not values[PICTURE] or not os.path.isfile(picture):  # noqa: PTH113 pathlib raises for names too long
        raise ValueError(f"there is no picture {quote(values[PICTURE])} beside the table")
    before = seen.setdefault(picture.resolve(), line)
    if before != line:
        raise ValueError(f"{quote(values[PICTURE])} is already in line {before}")
    if not values[kind]:
        raise ValueError(f"its {kind} is empty")
    return LabelledPicture(line, picture, _split_answer(values[ANSWER], field=field), values[kind])


def _split_answer(answer: str, *, field: bool) -> tuple[str, ...]:
    if answer == NO_NUMBER:
        return ()
    numbers = answer.split()
    if not numbers or not all(number.isascii() and number.isdigit() for number in numbers):
        said = f"the answer {quote(answer)} contains something other than digits" if answer else "its answer is empty"
        raise ValueError(f"{said}; enter the right numbers, or {NO_NUMBER} if there are none")
    return ("".join(numbers),) if field else tuple(numbers)


def read_labelled(model: Model, pictures: Iterable[LabelledPicture], *, field: bool = False) -> Answers:
    """Read labelled pictures with the whole reader, and compare the results with the right numbers.

    A picture that cannot be opened gives no answers, and a warning names its line.

    Parameters
    ----------
    model
        A reader whose digits are calibrated.
    pictures
        Rows of a table.
    field
        Whether each picture is one field of a form.

    Raises
    ------
    ConfigError
        If the model's digits are not calibrated.
    DataError
        If no numbers are found at all.
    """
    if model.calibration is None:
        raise ConfigError("digits must be calibrated before numbers; run: mnist-nn calibrate MODEL")
    reader = Reader(replace(model, number_calibration=ACCEPT_ALL), field=field)
    found: list[tuple[Number, bool, str]] = []
    for row in pictures:
        numbers = list(_read_numbers(reader, row))
        right = mark_right([number.text for number in numbers], row.answers)
        found += [(number, good, row.unit) for number, good in zip(numbers, right, strict=True)]
    return collect_answers(found)


def _read_numbers(reader: Reader, row: LabelledPicture) -> Iterator[Number]:
    """Read the numbers on all readable pages of a picture."""
    try:
        for result in read_each_page(reader, str(row.picture)):
            if result.reading is None:
                _logger.warning("line %d is left out: %s", row.line, result.error)
            else:
                yield from result.reading.numbers
    except MnistNNError as error:
        _logger.warning("line %d is left out: %s", row.line, error)


def mark_right(read: Sequence[str], answers: Sequence[str]) -> list[bool]:
    """Mark which of the numbers read are right: those that also occur in the answers in the same order.

    Examples
    --------
    >>> mark_right(["12", "18", "14"], ["12", "13", "14"])
    [True, False, True]
    >>> mark_right(["7", "12"], ["12"])
    [False, True]
    """
    right = [False] * len(read)
    for first, _, length in SequenceMatcher(None, read, answers, autojunk=False).get_matching_blocks():
        right[first : first + length] = [True] * length
    return right
