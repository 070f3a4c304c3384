"""Rulings are taken off the strokes that are written over them, and the strokes stay."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn.imaging.clean.remove_rulings import remove_rulings
from mnist_nn.imaging.clean.rulings import RULINGS, find_rulings

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]
HEIGHT, WIDTH = 300, 420
PEN = 0.8


def ruled(slope: float, step: int, thick: int, offset: int = 7) -> Bools:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    lines: Bools = np.rint(y + slope * (x - WIDTH / 2) + offset).astype(int) % step < thick
    return lines


def upright_lines(slope: float) -> Bools:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    lines: Bools = np.rint(x - slope * (y - HEIGHT / 2) + 11).astype(int) % 37 < 2
    return lines


def on_paper(written: Bools, slope: float, squared: bool, dark: float) -> tuple[Floats, Bools, Bools]:
    """A page with lines so dark beside the pen, what is written on it, and its lines."""
    writing, lines = written, ruled(slope, 37, 2)
    if squared:
        lines |= upright_lines(slope)
    page = np.maximum(PEN * writing, dark * PEN * lines)
    page += 0.01 * np.random.default_rng(0).standard_normal(page.shape)
    return page.astype(np.float32), writing, lines


@pytest.mark.slow
@pytest.mark.parametrize("slope", [0.0, 0.03, -0.07])
@pytest.mark.parametrize("squared", [False, True])
@pytest.mark.parametrize(("dark", "strong"), [(0.2, 0.9), (0.5, 0.9), (0.8, 0.5)])
def test_what_is_written_over_lines_is_ink_as_it_is_beside_them(
    written: Bools, slope: float, squared: bool, dark: float, strong: float
) -> None:
    page, writing, lines = on_paper(written, slope, squared, dark)
    bare, _ = remove_rulings(page, find_rulings(page > 0.1), PEN, 0.01)
    assert (bare[writing & lines] > strong * PEN).mean() >= 0.9
    assert (bare[writing & ~lines] > PEN / 2).mean() >= 0.995
    assert (bare[lines & ~writing] > 0.1).mean() <= 0.2  # where a line has hardly come in before it leaves the page


@pytest.mark.parametrize("squared", [False, True])
def test_strokes_go_on_across_lines_as_dark_as_the_pen(written: Bools, squared: bool) -> None:
    page, writing, lines = on_paper(written, 0.03, squared, 1.0)
    bare, _ = remove_rulings(page, find_rulings(page > 0.1), PEN, 0.01)
    assert (bare[writing] > PEN / 2).mean() >= 0.9
    assert (bare[lines & ~writing] > PEN / 2).mean() <= 0.25  # what lies between two strokes stays


def test_a_line_that_fades_is_taken_off_as_dark_as_it_is() -> None:
    line = np.linspace(0.6, 0.2, WIDTH, dtype=np.float32)
    page = np.zeros((HEIGHT, WIDTH), np.float32)
    page[150:153] = line
    assert remove_rulings(page, find_rulings(page > 0.1), PEN, 0.0)[0].max() < 0.1


def test_a_page_keeps_what_is_no_line(written: Bools) -> None:
    page = (PEN * written).astype(np.float32)
    np.testing.assert_array_equal(remove_rulings(page, find_rulings(page > 0.1), PEN, 0.0)[0], page)


@pytest.mark.parametrize("shape", [(28, 28), (1, 1), (1, 500), (500, 1), (90, 3)])
def test_small_and_narrow_pictures_are_no_trouble(shape: tuple[int, int]) -> None:
    for page in (np.ones(shape, bool), np.zeros(shape, bool)):
        bare, covered = remove_rulings(page.astype(np.float32), find_rulings(page), 1.0, 0.0)
        assert bare.shape == covered.shape == shape


def test_strokes_stop_at_rulings_as_dark_as_the_pen_where_the_parameters_say_so() -> None:
    page = np.zeros((HEIGHT, WIDTH), np.float32)
    page[150:153] = page[100:200, 200:206] = PEN
    found = find_rulings(page > 0.1)
    joined, _ = remove_rulings(page, found, PEN, 0.0)
    apart, _ = remove_rulings(page, found, PEN, 0.0, replace(RULINGS, join_share_of_sides=2.0))
    assert joined[151, 203] == np.float32(PEN)
    assert apart[151, 203] == 0
