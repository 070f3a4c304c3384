from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from still_scan import PRINTED, STILL

from mnist_nn.data.handwriting.papers.dice import Dice
from mnist_nn.data.handwriting.papers.sheets import (
    Box,
    ScanRanges,
    Sheet,
    Tones,
    bounds,
    clouds,
    compress,
    crop,
    draw_skew,
    draw_tones,
    scan,
    turn_box,
    turn_point,
)
from mnist_nn.util.randomness import key

TONES = Tones(paper=240.0, pen=20.0)


@given(st.integers(-12, 30), st.integers(-12, 30))
def test_a_patch_goes_where_it_is_put_as_far_as_there_is_paper(left: int, top: int) -> None:
    sheet, patch = Sheet(20, 24), np.linspace(0.1, 1, 30, dtype=np.float32).reshape(5, 6)
    sheet.write(patch, left, top)
    roomy = np.zeros((60, 70), np.float32)
    roomy[top + 15 : top + 20, left + 15 : left + 21] = patch
    assert np.array_equal(sheet.ink, roomy[15:35, 15:39])
    assert not sheet.print.any()


def test_ink_over_ink_is_as_dark_as_the_darker() -> None:
    sheet = Sheet(3, 3)
    sheet.stamp(np.full((3, 3), 0.25, np.float32), 0, 0)
    sheet.stamp(np.full((3, 2), 0.75, np.float32), 1, 0)
    sheet.rule(Box(0, 1, 3, 2), 0.5)
    assert sheet.print.tolist() == [[0.25, 0.75, 0.75], [0.5, 0.75, 0.75], [0.25, 0.75, 0.75]]


@pytest.mark.parametrize("degrees", [-2.0, 1.3, 90.0])
def test_points_go_where_the_ink_goes(degrees: float) -> None:
    sheet = Sheet(201, 301)
    sheet.write(np.ones((9, 9), np.float32), 200, 60)
    x, y = turn_point(sheet, degrees, 204.5, 64.5)
    sheet.turn(degrees)
    found = bounds(sheet.ink)
    assert ((found.left + found.right) / 2, (found.top + found.bottom) / 2) == pytest.approx((x, y), abs=1.1)


def test_the_sides_of_a_box_turn_with_the_sheet() -> None:
    sheet = Sheet(100, 200)
    assert turn_box(sheet, 0, Box(50, 20, 150, 80)) == Box(50, 20, 150, 80)
    left, top, right, bottom = turn_box(sheet, 180, Box(50, 20, 150, 70))
    assert (left, top, right, bottom) == pytest.approx((150, 80, 50, 30))


def test_bounds_of_nothing_are_the_whole_layer() -> None:
    assert bounds(np.zeros((4, 9), np.float32)) == (0, 0, 9, 4)


def test_a_crop_ends_at_the_edges() -> None:
    layer = np.arange(20).reshape(4, 5)
    assert crop(layer, Box(-3, 1.2, 2.4, 99)).tolist() == [[5, 6], [10, 11], [15, 16]]


def test_a_scan_that_adds_nothing_shows_the_layers() -> None:
    ink, print_ = np.zeros((2, 3), np.float32), np.zeros((2, 3), np.float32)
    ink[0, 0] = ink[1, 2] = 1
    print_[0, 1], print_[1, 2] = 0.5, 1
    ground = np.ones((2, 3), np.float32)
    ground[1, 0] = 0.8
    pixels = scan(ink, print_, TONES, Dice(key(1)), STILL, ground)
    assert pixels.dtype == np.uint8
    assert pixels.tolist() == [[20, PRINTED, 240], [192, 240, 2]]


@pytest.mark.parametrize(
    "effect", [{"blur_px": (2, 2)}, {"noise_grey": (4, 4)}, {"light_share": (0.3, 0.3)}, {"jpeg_share": 1.0}]
)
def test_each_effect_changes_the_picture_and_follows_from_the_key(effect: dict[str, tuple[int, int]]) -> None:
    ink = np.zeros((40, 60), np.float32)
    ink[10:30, 20:25] = 1
    ranges = replace(STILL, **effect)
    still, first, again = (scan(ink, 0 * ink, TONES, Dice(key(2)), r) for r in (STILL, ranges, ranges))
    assert first.tobytes() == again.tobytes() != still.tobytes()
    assert abs(first.astype(int) - still).mean() < 60


def test_ink_is_always_well_darker_than_the_paper() -> None:
    for seed in range(100):
        tones = draw_tones(Dice(key(seed)), ScanRanges(paper_grey=(120.0, 250.0)))
        assert 120 <= tones.paper <= 250
        assert 0.45 - 1e-9 <= tones.depth < 1


def test_skew_stays_within_its_range_and_some_sheets_lie_straight() -> None:
    degrees = [draw_skew(Dice(key(seed)), ScanRanges()) for seed in range(200)]
    assert -2 <= min(degrees) < -1.5
    assert 1.5 < max(degrees) <= 2
    assert 30 < degrees.count(0.0) < 90


def test_jpeg_keeps_the_size_and_about_the_greys() -> None:
    pixels = np.tile(np.linspace(0, 255, 50).astype(np.uint8), (30, 1))
    saved = compress(pixels, 60)
    assert saved.shape == pixels.shape
    assert 0 < abs(saved.astype(int) - pixels).max() < 20


def test_clouds_are_smooth_and_of_about_unit_size() -> None:
    sky = clouds(Dice(key(1)), (200, 300), 25)
    assert sky.shape == (200, 300)
    assert 0.5 < sky.std() < 1.3
    assert abs(np.diff(sky, axis=0)).max() < 0.4
