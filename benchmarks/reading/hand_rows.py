"""Rows of other people's digits and pages, measured where ``--hands`` names their folder."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

from benchmarks.reading.answers import Reader, reader
from benchmarks.reading.bench import Bench
from benchmarks.reading.hands import CELLS, Sudoku, cell_of, draw_case, find_grid, load_cases, load_set, load_sudokus
from benchmarks.reading.paper_rows import Targets, reading_rows
from benchmarks.reading.row import Row, error_row, share_row

WITH_MARGIN = {
    "nsysu": Targets(0.97, 0.88, 0.01),
    "optdigits": Targets(0.97, 0.90, 0.01),
    "semeion": Targets(0.88, 0.70, 0.015),
    "hwd1000": Targets(1.0, 0.99, 0.0),
}
NEAR_WITH_MARGIN = ("nsysu", "optdigits")  # cut at their ink they are to be read about as well
NEAR = 0.01
CASES_TO_READ = 13
SIDEWAYS = "sideways_page"
HANDWRITTEN = ("mixed", "natural")  # how photos begin whose empty cells were filled in
CELLS_RIGHT = 0.93
LOST = 0.1  # a page of whose cells fewer are right was lost


def hand_rows(bench: Bench) -> list[Row]:
    """All rows that need the folder."""
    rows = [row for name in WITH_MARGIN for row in _set_rows(bench, name)]
    return [*rows, *_case_rows(bench), *_sudoku_rows(bench)]


def _set_rows(bench: Bench, name: str) -> list[Row]:
    """Single digits with a margin, and cut at their ink."""
    assert bench.hands  # noqa: S101 - the command line has seen to it
    digits = load_set(bench.hands, name, bench.count)
    truth, numbers = [str(label) for label in digits.labels], range(len(digits.labels))
    answers = bench.pool.pictures(map(digits.with_margin, numbers), digits=True)
    rows = reading_rows(f"{name} with a margin", answers, truth, WITH_MARGIN[name])
    near = Targets()
    if name in NEAR_WITH_MARGIN:
        near = Targets(*(row.values["part"] / row.values["whole"] - NEAR for row in rows[:2]))
    cut = bench.pool.pictures(map(digits.cut, numbers), digits=True)
    return rows + reading_rows(f"{name} cut at their ink", cut, truth, near)


def _case_rows(bench: Bench) -> list[Row]:
    """The drawn cases: read right and accepted as wholes, and nothing wrong accepted."""
    assert bench.hands  # noqa: S101
    read = reader(bench.model)
    failed, false = [], []
    for case in load_cases(bench.hands / "cases.py"):
        picture, truth = draw_case(case)
        reading = read(picture)
        if not (is_turned_or_refused(reading, truth) if case[0] == SIDEWAYS else is_read(reading, truth)):
            failed.append(case[0])
        false += [f"{case[0]} {text}" for text in false_answers(reading, truth)]
    count = len(load_cases(bench.hands / "cases.py"))
    right, names = count - len(failed), ", ".join(failed)
    note = f"failed: {names}" if failed else ""
    return [
        Row(
            "drawn cases: read right and accepted",
            f"≥ {CASES_TO_READ} of 14",
            f"{right} of {count}",
            right >= CASES_TO_READ,
            note,
        ),
        Row("drawn cases: accepted and wrong", "0", str(len(false)), not false, ", ".join(false)),
    ]


def is_read(reading: Any, truth: str) -> bool:
    """Whether all of a page was read right and accepted, however it was grouped."""
    return "".join(reading.text.split()) == "".join(truth.split()) and reading.decision == "digit"


def is_turned_or_refused(reading: Any, truth: str) -> bool:
    """Whether a page on its side was read after turning it, or refused with the advice to turn it."""
    if is_read(reading, _digits(truth)):
        return True
    refused = all(number.decision != "digit" for number in reading.numbers)
    return refused and any("turn" in number.reason for number in reading.numbers)


def false_answers(reading: Any, truth: str) -> list[str]:
    """List the accepted numbers that are not there: each must be a line of the truth, or on a grid be in one."""
    lines = [_digits(line) for line in truth.splitlines()]
    accepted = [number.text for number in reading.numbers if number.decision == "digit"]
    grid = len(lines) > 1
    return [text for text in accepted if not (any(text in line for line in lines) if grid else text in lines)]


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


@dataclass(frozen=True)
class CellScore:
    """Counts that add up over Sudokus: filled cells, those read right, accepted digits and those of them in error."""

    cells: int = 0
    right: int = 0
    accepted: int = 0
    wrong: int = 0
    lost: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def score_cells(sudoku: Sudoku, read: Reader) -> CellScore:
    """Read a photo and compare cell by cell; a cell with more than one digit in it is wrong."""
    corners = find_grid(sudoku.pixels)
    found: dict[tuple[int, int], list[tuple[str, bool]]] = {}
    outside = 0
    reading = read(sudoku.pixels)
    cells = np.rot90(sudoku.cells, reading.turned // 90)  # as the photo shows them, which may lie on its side
    for number in reading.numbers:
        for digit in number.digits:
            left, top, right, bottom = digit.box
            place = cell_of(corners, (left + right) / 2, (top + bottom) / 2)
            if place is None:
                outside += number.decision == "digit"
            else:
                found.setdefault(place, []).append((digit.text, number.decision == "digit"))
    truth = {(row, column): str(cells[row, column]) for row in range(CELLS) for column in range(CELLS)}
    filled = [place for place, text in truth.items() if text != "0"]
    hits = sum([text for text, _ in found.get(place, [])] == [truth[place]] for place in filled)
    accepted = [(place, text) for place, digits in found.items() for text, taken in digits if taken]
    wrong = sum(truth[place] != text for place, text in accepted) + outside
    return CellScore(len(filled), hits, len(accepted) + outside, wrong, int(hits < LOST * len(filled)))


def _sudoku_rows(bench: Bench) -> list[Row]:
    """The photos; their truth does not say which cells of a filled Sudoku are printed, so all of them count."""
    assert bench.hands  # noqa: S101
    read, scores = reader(bench.model), {True: [CellScore()], False: [CellScore()]}
    for sudoku in load_sudokus(bench.hands / "sudoku"):
        scores[sudoku.name.startswith(HANDWRITTEN)].append(score_cells(sudoku, read))
    rows: list[Row] = []
    for filled, name in ((True, "Sudokus filled in by hand"), (False, "printed Sudokus")):
        total = _sum(scores[filled])
        note = f"{len(scores[filled]) - 1} photos, {total.lost} lost; printed cells count as well" if filled else ""
        rows += [
            share_row(f"{name}: cells right", total.right, total.cells, CELLS_RIGHT if filled else None, note),
            error_row(
                f"{name}: accepted digits", total.wrong, total.accepted, None, total.accepted / max(1, total.cells)
            ),
        ]
    lost = sum(_sum(some).lost for some in scores.values())
    return [*rows, Row("Sudoku photos lost", "0", str(lost), lost == 0)]


def _sum(scores: Sequence[CellScore]) -> CellScore:
    return CellScore(*np.sum([[getattr(one, f.name) for f in fields(one)] for one in scores], axis=0).tolist())
