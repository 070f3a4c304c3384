"""Digits and pages of other people, from a folder that ``--hands`` names: sets of digits, drawn cases, Sudoku photos.

It loads them and says where a Sudoku's cells are. Nothing of the folder is needed by anything else, and no parameter is
ever chosen on it.
"""

import importlib.util
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from mnist_nn.data.handwriting.papers.crops import cut_digit
from mnist_nn.data.idx import read_idx
from mnist_nn.imaging.load.pictures import read_pages

Pixels = npt.NDArray[np.uint8]
Case = tuple[str, Callable[[], tuple[npt.NDArray[Any], str]]]

MARGIN = 0.25  # of the side, around a digit
HALF_GREY = 127
CELLS = 9
GRID_SHARE = 0.3  # of a photo's longer side, at least, is the grid's
CELL_SHARE = 0.3  # of a ninth by a ninth of the grid, at least, is a cell, whatever is written in it
SEEN_SIDE = 700  # a photo is made so small to find its grid
LIGHT_SHARE = 0.03  # of that side: standard deviation of the blur that paper is measured with
INK_SHARE = 0.25  # of a digit's strongest ink, from which on a pixel is inside its box: some pens are faint
DARKER = 12  # grey levels below the paper around: printed lines


@dataclass(frozen=True, eq=False)
class HandSet:
    """Digits of a source, uint8 of shape (n, height, width), and what they show; ``paper`` is the grey around them."""

    images: Pixels
    labels: npt.NDArray[Any]
    paper: int

    def with_margin(self, number: int) -> Pixels:
        """Return a digit with free paper around it."""
        image = self.images[number]
        return np.pad(image, round(MARGIN * max(image.shape)), constant_values=self.paper)

    def cut(self, number: int) -> Pixels:
        """Return a digit cut at its ink, in its own polarity."""
        dark = self.paper > HALF_GREY
        light_on_dark = 255 - self.images[number] if dark else self.images[number]
        least_ink = INK_SHARE * float(light_on_dark.max())
        return cut_digit(light_on_dark, 1, dark_on_light=dark, least_ink=least_ink)


def load_set(folder: Path, name: str, count: int) -> HandSet:
    """Load some digits of a set, evenly over it."""
    images = np.asarray(read_idx(folder / f"{name}-images-idx3-ubyte.gz"))
    labels = np.asarray(read_idx(folder / f"{name}-labels-idx1-ubyte.gz"))
    some = np.unique(np.linspace(0, len(labels) - 1, min(count, len(labels))).round().astype(int))
    rims = np.concatenate([images[:, [0, -1]].ravel(), images[:, :, [0, -1]].ravel()])
    return HandSet(images[some], labels[some], 255 if np.median(rims) > HALF_GREY else 0)


def load_cases(file: Path) -> list[Case]:
    """Import the functions that draw cases, each with its name; what they would write goes nowhere."""
    spec = importlib.util.spec_from_file_location("drawn_cases", file)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(file)
    module = importlib.util.module_from_spec(spec)
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(sys, "argv", [str(file), folder]):
        spec.loader.exec_module(module)
    return [(case.__name__, case) for case in module.CASES]


def draw_case(case: Case) -> tuple[Pixels, str]:
    """Draw a case as uint8, and its right answer with a line for each line of it."""
    picture, truth = case[1]()
    return np.ascontiguousarray(np.clip(picture, 0, 255).astype(np.uint8)), truth


@dataclass(frozen=True, eq=False)
class Sudoku:
    """A photo and what stands in its cells, 0 for nothing: int64 of shape (9, 9)."""

    name: str
    pixels: Pixels
    cells: npt.NDArray[np.int64]


def load_sudokus(folder: Path) -> Iterator[Sudoku]:
    """Load the photos; beside each lies a text file: two lines of description, then nine rows."""
    for file in sorted(folder.glob("*.jpg")):
        rows = file.with_suffix(".dat").read_text(encoding="utf-8").splitlines()[2 : 2 + CELLS]
        (page,) = read_pages(file)
        yield Sudoku(file.stem, page.pixels, np.array([[int(cell) for cell in row.split()] for row in rows]))


def find_grid(pixels: Pixels) -> npt.NDArray[np.float64]:
    """Find the corners of the printed grid with the most cells, as a photo shows it.

    Returns
    -------
    float64 of shape (4, 2): x and y of the corners, clockwise from the upper left.
    """
    scale = min(1.0, SEEN_SIDE / max(pixels.shape))
    size = round(pixels.shape[1] * scale), round(pixels.shape[0] * scale)
    small = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX), np.float32)
    dark = small < ndimage.gaussian_filter(small, LIGHT_SHARE * max(size)) - DARKER
    components, _ = ndimage.label(dark, np.ones((3, 3)))
    cells = [
        _count_cells(components[window] == number) if min(components[window].shape) > GRID_SHARE * max(size) else 0
        for number, window in enumerate(ndimage.find_objects(components), 1)
    ]
    y, x = np.nonzero(components == 1 + int(np.argmax(cells)))
    corners = [np.argmin(x + y), np.argmax(x - y), np.argmax(x + y), np.argmin(x - y)]
    return (np.array([(x[corner], y[corner]) for corner in corners], float) + 0.5) / scale


def _count_cells(lines: npt.NDArray[np.bool_]) -> int:
    """Count the holes that are about as large as one of a grid's cells."""
    holes, _ = ndimage.label(~lines)
    share = np.bincount(holes.ravel())[1:] * CELLS**2 / lines.size
    return int(((share > CELL_SHARE) & (share < 1 / CELL_SHARE)).sum())


def cell_of(corners: npt.NDArray[np.float64], x: float, y: float) -> tuple[int, int] | None:
    """Say in which row and column of a grid a point lies, or None if it lies outside.

    Examples
    --------
    >>> cell_of(np.array([(0, 0), (90, 0), (90, 90), (0, 90)], float), 25, 84)
    (8, 2)
    """
    column, row = _unwarp(corners, x, y)
    inside = 0 <= row < CELLS and 0 <= column < CELLS
    return (int(row), int(column)) if inside else None


def _unwarp(corners: npt.NDArray[np.float64], x: float, y: float) -> tuple[float, float]:
    """Undo the perspective: the corners go to those of a square of nine."""
    square = [(0, 0), (CELLS, 0), (CELLS, CELLS), (0, CELLS)]
    equations, values = [], []
    for (u, v), (a, b) in zip(corners, square, strict=True):
        equations += [[u, v, 1, 0, 0, 0, -u * a, -v * a], [0, 0, 0, u, v, 1, -u * b, -v * b]]
        values += [a, b]
    matrix = np.append(np.linalg.solve(np.array(equations, float), np.array(values, float)), 1).reshape(3, 3)
    across, down, depth = matrix @ (x, y, 1)
    return float(across / depth), float(down / depth)
