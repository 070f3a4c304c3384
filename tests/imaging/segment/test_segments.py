"""The steps below a page's numbers: paper, specks, chains of boxes, seams, the price of joining, and lean."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mnist_nn.imaging.clean.light import enlarge, noise, paper
from mnist_nn.imaging.clean.specks import find_specks
from mnist_nn.imaging.components import pieces
from mnist_nn.imaging.segment import text_lines as lines
from mnist_nn.imaging.segment.cuts import seams
from mnist_nn.imaging.segment.segments import cut, spans
from mnist_nn.imaging.segment.slant import FURTHEST, USUAL, excess, set_upright

Bools = npt.NDArray[np.bool_]


# Paper


@settings(deadline=None, max_examples=20)
@given(st.floats(100, 240), st.floats(-40, 40), st.floats(-40, 40), st.integers(0, 2**32 - 1))
def test_paper_is_an_even_slope_under_any_sparse_ink(level: float, right: float, down: float, seed: int) -> None:
    y, x = np.mgrid[-1:1:240j, -1:1:300j]
    assume(level + abs(right) + abs(down) <= 255)  # light beyond white would be no slope
    bare = level + right * x + down * y
    page = bare.copy()
    rng = np.random.default_rng(seed)
    for cell, (down_by, right_by) in zip(np.ndindex(3, 4), rng.integers(5, (30, 60), (12, 2)), strict=True):
        top, left = cell[0] * 80 + down_by, cell[1] * 75 + right_by
        page[top : top + 40, left : left + 5] *= 0.3
    pixels = np.rint(page).astype(np.uint8)
    assert abs(enlarge(paper(pixels), pixels.shape) - bare).max() < 8


@pytest.mark.parametrize("sigma", [0.01, 0.05, 0.2])
def test_noise_is_measured_beside_ink(sigma: float) -> None:
    page = sigma * np.random.default_rng(0).standard_normal((300, 300)).astype(np.float32)
    page[100:200, 100:200] += 0.8
    assert noise(page) == pytest.approx(sigma, rel=0.2)  # ink makes it a little more


def test_noise_that_is_cut_off_at_black_is_noise_all_the_same() -> None:
    page = np.maximum(0, 0.1 * np.random.default_rng(0).standard_normal((300, 300)).astype(np.float32))
    assert 0.025 < noise(page) < 0.12


def test_noise_is_measured_where_the_paper_is_bare() -> None:
    page = 0.02 * np.random.default_rng(0).standard_normal((300, 300)).astype(np.float32)
    squares = np.zeros(page.shape, bool)
    squares[::6] = squares[1::6] = squares[:, ::6] = squares[:, 1::6] = True  # more than half of the page
    page[squares] += 0.5
    assert noise(page) > 0.025
    assert noise(page, ~squares) == pytest.approx(0.02, rel=0.1)


# Specks


def bars(*windows: tuple[int, int, int, int]) -> Bools:
    mask = np.zeros((200, 300), bool)
    for left, top, right, bottom in windows:
        mask[top:bottom, left:right] = True
    return mask


NOTHING = bars()


@pytest.mark.parametrize(
    ("window", "dropped"),
    [
        ((100, 100, 103, 103), True),  # dust
        ((60, 60, 80, 66), False),  # the bar of a five
        ((0, 20, 12, 180), True),  # the edge of the sheet
        ((0, 60, 8, 100), False),  # a one at the edge of the picture
        ((100, 0, 102, 190), True),  # what is left of a line
    ],
)
def test_what_is_no_writing_is_dropped(window: tuple[int, int, int, int], dropped: bool) -> None:
    writing = [(150, 80, 157, 120), (180, 80, 187, 120), (180, 113, 200, 120)]
    found = find_specks(bars(*writing, window), NOTHING)
    left, top, right, bottom = window
    assert found[top:bottom, left:right].all() == dropped
    assert not (found & bars(*writing)).any()


def test_splinters_are_dropped_only_beside_lines() -> None:
    writing, splinter, rules = (150, 80, 157, 120), (60, 100, 90, 101), bars((0, 103, 300, 105))
    mask = bars(writing, splinter)
    assert find_specks(mask, rules)[100, 60:90].all()
    assert not find_specks(mask, NOTHING)[100, 60:90].any()


def test_a_page_of_dust_alone_is_all_dust() -> None:
    dust = np.random.default_rng(0).random((200, 300)) < 0.02
    np.testing.assert_array_equal(find_specks(dust, NOTHING), dust)


# Chains of boxes


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 12), st.integers(0, 2**32 - 1), st.floats(0, 0.4))
def test_chains_are_the_connected_parts_of_a_graph(count: int, seed: int, density: float) -> None:
    linked = np.random.default_rng(seed).random((count, count)) < density
    reach = np.linalg.matrix_power((linked | linked.T | np.eye(count, dtype=bool)).astype(float), count) > 0
    group = lines.chained(linked)
    np.testing.assert_array_equal(group[:, None] == group, reach)
    assert set(group.tolist()) == set(range(len(set(group.tolist()))))


def boxes(*windows: tuple[int, int, int, int]) -> lines.Boxes:
    return np.array(windows, np.float64)


def test_close_lines_of_full_height_are_not_joined_into_one_digit() -> None:
    two_lines = boxes((0, 0, 20, 40), (0, 44, 20, 84), (30, 0, 50, 40), (30, 44, 50, 84))
    assert len(set(lines.pieces_of_digits(two_lines, 40.0).tolist())) == 4
    assert lines.numbers(two_lines, 40.0).tolist() == [0, 1, 0, 1]


def test_a_long_stray_line_chains_no_numbers() -> None:
    page = boxes((0, 0, 20, 40), (30, -300, 34, 400), (0, 90, 20, 130))
    assert len(set(lines.numbers(page, 40.0).tolist())) == 3


def test_lines_are_counted_down_the_page_though_they_bend() -> None:
    climbing = [(60 * i, 200 - 8 * i, 60 * i + 50, 240 - 8 * i) for i in range(8)]
    level = [(60 * i, 270, 60 * i + 50, 310) for i in range(8)]
    assert lines.lines(boxes(*climbing, *level)).tolist() == [0] * 8 + [1] * 8


def test_nothing_makes_no_lines() -> None:
    none = np.empty((0, 4))
    assert lines.lines(none).tolist() == lines.numbers(none, 10.0).tolist() == []


# Seams and spans


def two_rings(scale: int) -> Bools:
    y, x = np.mgrid[0 : 20 * scale, 0 : 36 * scale] / scale
    mask: Bools = (
        (abs(np.hypot(x - 9, y - 10) - 8) < 1.2)
        | (abs(np.hypot(x - 27, y - 10) - 8) < 1.2)
        | ((abs(y - 10) < 0.6) & (abs(x - 18) < 2))
    )
    return mask


@pytest.mark.parametrize("scale", [1, 2, 5])
def test_the_best_seam_goes_where_two_digits_touch_at_any_size(scale: int) -> None:
    ink = two_rings(scale)
    best = min(seams(ink, 20.0 * scale, 4), key=lambda seam: abs(seam.columns.mean() / scale - 18))
    assert 14 * scale <= best.columns.mean() <= 22 * scale  # seams need not be straight
    assert best.cost < 0.2  # the rings are this thick where they touch
    assert len(best.columns) == len(ink)
    assert (abs(np.diff(best.columns)) <= max(scale, 2)).all()


def test_seams_are_as_cheap_as_promised() -> None:
    ink = two_rings(1)
    for seam in seams(ink, 20.0, 6):
        assert ink[np.arange(20), seam.columns].sum() / 20 == pytest.approx(seam.cost)


def test_parts_of_touching_rings_can_be_joined_to_either() -> None:
    labels = two_rings(2).astype(np.int32)
    parts, between = cut(labels, 1, 40.0)
    offers = dict(spans(parts, between, 40.0))
    count = len(between) + 1
    assert offers[0, count] == 0  # as it lies
    assert all(cost > 0 for span, cost in offers.items() if span != (0, count))
    middle = [start for start in range(1, count) if (0, start) in offers and (start, count) in offers]
    assert any(offers[0, start] + offers[start, count] < 2 for start in middle)
    np.testing.assert_array_equal(parts > 0, labels > 0)


# Lean


@pytest.mark.parametrize("lean", [-1.0, -0.6, 0.0, 0.2, 0.7, 1.0])
def test_only_what_leans_far_is_set_upright(lean: float) -> None:
    writing = np.zeros((40, 300), bool)
    for row in range(40):
        for left in range(60, 220, 30):
            writing[row, round(left + lean * (20 - row)) + np.arange(4)] = True
    expected = np.sign(lean) * max(0.0, abs(lean) - USUAL)
    assert excess(writing) == pytest.approx(expected, abs=0.06)


@given(st.floats(-FURTHEST, FURTHEST), st.integers(1, 12), st.integers(1, 12))
def test_setting_upright_loses_no_ink(lean: float, height: int, width: int) -> None:
    ink = np.random.default_rng(0).random((height, width))
    moved = set_upright(ink, lean)
    assert moved.sum() == pytest.approx(ink.sum())
    assert len(moved) == height


def test_pieces_are_told_with_their_boxes() -> None:
    found = pieces(bars((3, 4, 10, 20), (50, 60, 51, 61)))
    assert found.boxes.tolist() == [[3, 4, 10, 20], [50, 60, 51, 61]]
    assert found.areas.tolist() == [112, 1]
    assert found.longer.tolist() == [16, 1]
