"""Other people's digits and pages are measured from a folder; here it is a small one that the test makes."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from benchmarks.reading.hand_rows import (
    CellScore,
    false_answers,
    is_read,
    is_turned_or_refused,
    score_cells,
)
from benchmarks.reading.hands import Sudoku, cell_of, draw_case, find_grid, load_cases, load_set, load_sudokus
from PIL import Image, ImageDraw

from mnist_nn.data.idx import write_idx

CORNERS = np.array([(70, 50), (400, 80), (430, 420), (40, 390)], float)


@dataclass
class Digit:
    text: str
    box: tuple[float, float, float, float]


@dataclass
class Number:
    text: str
    decision: str = "digit"
    reason: str = ""
    digits: tuple[Digit, ...] = ()


@dataclass
class Reading:
    numbers: list[Number]
    turned: int = 0

    @property
    def text(self) -> str:
        return " ".join(number.text for number in self.numbers)

    @property
    def decision(self) -> str:
        return "digit" if all(number.decision == "digit" for number in self.numbers) else "doubtful"


def warp(row: float, column: float) -> np.ndarray:
    """Where a point of a nine by nine grid lies on a photo whose corners are CORNERS, by solving for the projection."""
    square = np.array([(0, 0), (9, 0), (9, 9), (0, 9)], float)
    rows = []
    for (u, v), (x, y) in zip(square, CORNERS, strict=True):
        rows += [[u, v, 1, 0, 0, 0, -u * x, -v * x, -x], [0, 0, 0, u, v, 1, -u * y, -v * y, -y]]
    matrix = np.linalg.svd(np.array(rows))[2][-1].reshape(3, 3)
    x, y, w = matrix @ (column, row, 1)
    return np.array([x / w, y / w])


@pytest.fixture
def photo() -> np.ndarray:
    """A grid in perspective on grey paper, lit unevenly, with a block of print beside it."""
    image = Image.new("L", (480, 460), 220)
    draw = ImageDraw.Draw(image)
    for line in range(10):
        wide = 4 if line % 3 == 0 else 1
        draw.line([*warp(line, 0), *warp(line, 9)], 40, wide)
        draw.line([*warp(0, line), *warp(9, line)], 40, wide)
    draw.rectangle((440, 20, 470, 60), fill=30)
    light = np.linspace(1, 0.6, 480)
    return (np.asarray(image) * light).astype(np.uint8)


def test_the_corners_of_a_grid_are_found(photo: np.ndarray) -> None:
    assert abs(find_grid(photo) - CORNERS).max() < 5


def test_the_corners_of_a_large_photo_are_found_at_its_size(photo: np.ndarray) -> None:
    large = np.asarray(Image.fromarray(photo).resize((1440, 1380), Image.Resampling.BICUBIC))
    assert abs(find_grid(large) - 3 * CORNERS).max() < 15


def test_every_point_lies_in_its_cell() -> None:
    for row in range(9):
        for column in range(9):
            assert cell_of(CORNERS, *warp(row + 0.5, column + 0.4)) == (row, column)
    assert cell_of(CORNERS, 10, 10) is None
    assert cell_of(CORNERS, *warp(9.3, 4)) is None


def test_a_sudoku_is_scored_by_cell(photo: np.ndarray) -> None:
    def read(text: str, row: int, column: int, decision: str = "digit") -> Number:
        x, y = warp(row + 0.5, column + 0.5)
        return Number(text, decision, "", (Digit(text, (x - 4, y - 6, x + 4, y + 6)),))

    cells = np.zeros((9, 9), np.int64)
    cells[0, :5] = 1, 2, 3, 4, 5
    numbers = [
        read("1", 0, 0),
        read("7", 0, 1),  # accepted and wrong
        read("3", 0, 2, "doubtful"),  # right, though not accepted
        read("4", 0, 3),
        read("4", 0, 3, "doubtful"),  # a second digit in the cell
        read("8", 5, 5),  # where nothing is
        Number("1", "digit", "", (Digit("1", (2, 2, 8, 9)),)),  # outside
    ]
    score = score_cells(Sudoku("drawn", photo, cells), lambda _: Reading(numbers))
    assert score == CellScore(cells=5, right=2, accepted=5, wrong=3, lost=0)
    upright = Sudoku("drawn", photo, np.rot90(cells, -1))  # its truth is that of the page when it has been turned
    assert score_cells(upright, lambda _: Reading(numbers, turned=90)) == score
    assert score_cells(Sudoku("drawn", photo, cells), lambda _: Reading([])).lost == 1
    assert CellScore(1, 2) + CellScore(3, 4) == CellScore(4, 6)


def test_sudokus_lie_beside_their_truth(tmp_path: Path, photo: np.ndarray) -> None:
    Image.fromarray(photo).save(tmp_path / "mixed-1.jpg")
    rows = "\n".join(" ".join(str((row + column) % 10) for column in range(9)) + " " for row in range(9))
    (tmp_path / "mixed-1.dat").write_text(f"a telephone\n480x460:24 JPG\n{rows}\n", encoding="utf-8")
    (sudoku,) = load_sudokus(tmp_path)
    assert (sudoku.name, sudoku.pixels.shape) == ("mixed-1", (460, 480))
    assert sudoku.cells.tolist() == [[(row + column) % 10 for column in range(9)] for row in range(9)]


@pytest.mark.parametrize("paper", [0, 255])
def test_a_set_of_digits_has_its_polarity(tmp_path: Path, paper: int) -> None:
    images = np.full((6, 16, 12), paper, np.uint8)
    images[:, 4:12, 5:7] = 255 - paper
    write_idx(tmp_path / "drawn-images-idx3-ubyte.gz", images)
    write_idx(tmp_path / "drawn-labels-idx1-ubyte.gz", np.arange(6, dtype=np.uint8))
    digits = load_set(tmp_path, "drawn", 3)
    assert (digits.paper, digits.labels.tolist()) == (paper, [0, 2, 5])
    assert digits.with_margin(1).shape == (24, 20)
    assert set(digits.with_margin(1)[:4].ravel().tolist()) == {paper}
    assert digits.cut(1).shape == (8, 2)
    assert set(digits.cut(1).ravel().tolist()) == {255 - paper}


def test_cases_are_drawn_by_functions_that_a_file_lists(tmp_path: Path) -> None:
    program = tmp_path / "cases.py"
    program.write_text(
        "import sys\nfrom pathlib import Path\nimport numpy as np\n"
        "Path(sys.argv[1], 'written').mkdir(parents=True)\n"
        "def first():\n    'a doc'\n    return np.full((4, 5), 300.0), '12'\nCASES = [first]\n",
        encoding="utf-8",
    )
    (case,) = load_cases(program)
    picture, truth = draw_case(case)
    assert (case[0], picture.dtype, picture.max(), truth) == ("first", np.uint8, 255, "12")
    assert [path.name for path in tmp_path.iterdir() if path.name != "__pycache__"] == ["cases.py"]


def test_an_answer_to_a_case_is_right_only_as_a_whole() -> None:
    assert is_read(Reading([Number("12"), Number("3")]), "123")
    assert not is_read(Reading([Number("12"), Number("3", "doubtful")]), "123")
    assert not is_read(Reading([Number("12")]), "123")


def test_a_page_on_its_side_is_turned_or_refused_with_advice() -> None:
    sideways = "(upright: 507)"
    assert is_turned_or_refused(Reading([Number("507")]), sideways)
    assert is_turned_or_refused(Reading([Number("0", "doubtful", "turn the page")]), sideways)
    assert not is_turned_or_refused(Reading([Number("0", "doubtful", "blurred")]), sideways)
    assert not is_turned_or_refused(Reading([Number("0"), Number("5", "doubtful", "turn the page")]), sideways)


def test_accepted_numbers_are_false_unless_they_are_the_answer() -> None:
    assert false_answers(Reading([Number("284")]), "284") == []
    assert false_answers(Reading([Number("2"), Number("1", "doubtful")]), "284") == ["2"]
    assert false_answers(Reading([Number("95"), Number("7")]), "95\n23") == ["7"]
    assert false_answers(Reading([Number("5")]), "95\n23") == []
