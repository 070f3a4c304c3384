"""Lines of ink: where the row is found, how it is scaled and placed, and that columns lead back to the ink."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn.reading.sequence.line import LINE, Fit, LineParameters, find_row, make_lines

BARS = (10, 50, 90)  # first column of each bar, in pixels


def draw_bars(top=20, height=60, thickness=5, lean=0.0, shape=(120, 160)):
    ink = np.zeros(shape, np.float32)
    for row in range(top, top + height):
        for left in BARS:
            start = left + round(lean * (top + height - 1 - row))
            ink[row, start : start + thickness] = 1
    return ink


@given(st.integers(0, 40), st.integers(12, 70), st.sampled_from(LINE.field_fits[:7]))
@settings(max_examples=40, deadline=None)
def test_the_row_comes_to_lie_where_the_fit_says(top, height, fit):
    ink = draw_bars(top, height)
    (line,) = make_lines(ink, ink > 0.5, [fit])
    rows = np.flatnonzero(line.map.max(axis=1) > 127)
    assert line.map.shape[0] == 32
    assert line.map.dtype == np.uint8
    assert rows[-1] - rows[0] + 1 == pytest.approx(fit.text_rows, abs=2)
    assert (rows[0] + rows[-1] + 1) / 2 == pytest.approx(16 + fit.lower_rows, abs=1)


@pytest.mark.parametrize("fit", LINE.field_fits[:7])
def test_columns_lead_back_to_the_ink(fit):
    ink = draw_bars()
    (line,) = make_lines(ink, ink > 0.5, [fit])
    columns = np.arange(line.map.shape[1])
    for left in BARS:
        near = np.abs((columns + 0.5 - line.start) / line.scale - (left + 2.5)) < 20
        centre = np.average(columns[near] + 0.5, weights=line.map[:, near].sum(axis=0, dtype=float))
        assert line.find_column(centre) == pytest.approx(left + 2.5, abs=0.6)


def test_dust_dashes_and_tails_do_not_move_the_row():
    ink = draw_bars(30, 50)
    ink[52:57, 120:135] = 1  # a dash
    ink[5:7, 60:62] = ink[112:115, 20:23] = 1  # dust
    ink[80:90, 52:53] = 1  # a thin tail
    top, bottom = find_row(ink > 0.5)
    assert top == pytest.approx(30, abs=2)
    assert bottom == pytest.approx(80, abs=4)


def test_a_lean_is_taken_away_by_its_share():
    leaning = draw_bars(height=30, lean=0.5)
    kept, upright = make_lines(leaning, leaning > 0.5, [Fit(), Fit(upright_share=1.0)])
    widths = [np.count_nonzero(line.map.sum(axis=0) > 255) for line in (kept, upright)]
    assert widths[1] < 0.5 * widths[0]


def test_faint_pattern_is_taken_for_paper():
    ink = draw_bars() * 0.9 + 0.1
    (line,) = make_lines(ink.clip(0, 1), ink > 0.5, [Fit(floor=0.15)])
    assert line.map[:, : LINE.left_columns + 1].max() == 0


def test_a_line_too_wide_is_not_made():
    ink = np.zeros((8, 4000), np.float32)
    ink[2:5, 100:3900] = 1
    assert make_lines(ink, ink > 0.5, [Fit()], LineParameters(widest_columns=600)) == []


def test_ink_at_every_edge_gets_paper_around_it():
    (line,) = make_lines(np.ones((40, 10), np.float32), np.ones((40, 10), bool), [Fit()])
    assert not line.map[[0, 1, -1]].any()
    assert not line.map[:, : LINE.left_columns].any()
    assert line.map.max() == 255


def test_a_long_tail_does_not_make_the_row_higher():
    ink = draw_bars(20, 50, thickness=8, shape=(200, 160))
    ink[60:150, 50:58] = 1  # the bar in the middle goes on below the others
    top, bottom = find_row(ink > 0.5)
    assert top == pytest.approx(20, abs=2)
    assert bottom <= 70 + LINE.tail_share * 50


def test_low_digits_beside_high_ones_keep_the_row_of_the_high_ones():
    ink = draw_bars(20, 60)
    ink[45:75, 120:150] = 1
    ink[50:70, 125:145] = 0
    top, bottom = find_row(ink > 0.5)
    assert (top, bottom) == pytest.approx((20, 80), abs=2)


def test_wide_gaps_are_shown_narrower_and_columns_lead_back_all_the_same():
    ink = np.zeros((60, 900), np.float32)
    lefts = (20, 60, 700, 740)
    for left in lefts:
        ink[10:50, left : left + 5] = 1
    (line,) = make_lines(ink, ink > 0.5, [Fit()])
    scale = 24 / 40
    assert line.map.shape[1] < scale * 400
    strong = np.flatnonzero(line.map[16] > 127)
    starts = strong[np.diff(strong, prepend=-9) > 1]
    assert [line.find_column(start) for start in starts] == pytest.approx(lefts, abs=2)
    assert np.diff(starts)[1] <= scale * (LINE.widest_gap_heights * 40 + 5) + 2
