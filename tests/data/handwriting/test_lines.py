"""Composed lines: what they hold is what their labels say, and each is a function of the key and its number."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from mnist_nn.data.handwriting.glyphs import GlyphPool
from mnist_nn.data.handwriting.line_ranges import LINES, MOST_DIGITS
from mnist_nn.data.handwriting.lines import Lines, compose_lines
from mnist_nn.util.randomness import key

TIDY = replace(
    LINES,
    clean_share=1.0,
    apart_gap_px=(8, 10),
    gap_wobble_px=(0, 0.01),
    cell_share=0.0,
    climb_px=(0, 0.001),
    people_slant=0.0,
    turn_radians=(0, 0.001),
    bend_px=(0, 0.001),
    all_pen_share=1.0,
    no_pen_share=0.0,
    one_hand_share=1.0,
    ink_strength=(1, 1.01),
    ink_fading=(0, 0.001),
    soft_share=0.0,
    blur=(0, 0.01),
    floor_share=0.0,
    gamma=(1, 1.01),
    joined_digits_share=0.0,
    wide_share=0.0,
    middle_row=(15.9, 16.1),
    height_px=(19, 20),
)

BARE = dict.fromkeys(
    (
        "clean_share",
        "touching_share",
        "pattern_share",
        "noise_share",
        "ruling_share",
        "upright_share",
        "neighbour_share",
        "closing_share",
        "before_share",
        "grouped_share",
        "point_share",
    ),
    0.0,
)


@pytest.fixture(scope="module")
def lines(small_pool: GlyphPool) -> Lines:
    return compose_lines(300, key(7), small_pool)


def test_shapes_types_and_bounds(lines: Lines) -> None:
    assert len(lines) == 300
    assert lines.maps.dtype == np.uint8
    assert lines.maps.shape == (300, 32, lines.widths.max())
    assert lines.labels.shape == (300, MOST_DIGITS)
    assert ((lines.labels >= 0).sum(axis=1) == lines.lengths).all()
    assert (lines.widths % 2 == 0).all()
    assert set(lines.lengths.tolist()) >= set(range(1, 9))
    for line, width in zip(lines.maps, lines.widths, strict=True):
        assert line[:, :width].any()
        assert not line[:, width:].any()


def test_a_line_is_the_same_however_many_are_composed(lines: Lines, small_pool: GlyphPool) -> None:
    few = compose_lines(110, key(7), small_pool)
    for number, width in enumerate(few.widths):
        assert width == lines.widths[number]
        assert np.array_equal(few.maps[number, :, :width], lines.maps[number, :, :width])
        assert few.labels[number].tolist() == lines.labels[number].tolist()


def test_another_key_gives_other_lines(lines: Lines, small_pool: GlyphPool) -> None:
    other = compose_lines(300, key(8), small_pool)
    assert (other.labels != lines.labels).any(axis=1).mean() > 0.8


def test_all_digits_occur_and_zeros_more_often(lines: Lines) -> None:
    counts = np.bincount(lines.labels[lines.labels >= 0], minlength=10)
    assert (counts[1:] > 0.05 * counts.sum()).all()
    assert counts[0] > 1.3 * counts[1:].mean()


def test_tidy_lines_hold_as_many_blots_as_digits(small_pool: GlyphPool) -> None:
    tidy = compose_lines(150, key(9), small_pool, TIDY)
    counted = []
    for line, length in zip(tidy.maps, tidy.lengths, strict=True):
        columns = np.pad((line > 100).any(axis=0).astype(int), 1)
        counted.append((np.diff(columns) == 1).sum() - length)
    assert np.mean(np.abs(counted) <= 1) > 0.8  # slanted digits lie above each other, open ones fall apart


def test_touching_lines_have_fewer_parts_than_digits(small_pool: GlyphPool) -> None:
    touching = replace(TIDY, **{**BARE, "touching_share": 1.0}, touching_gap_px=(-2, 0))
    composed = compose_lines(100, key(9), small_pool, touching)
    parts = [ndimage.label(line > 100, np.ones((3, 3)))[1] for line in composed.maps]
    assert np.sum(parts) < 0.75 * composed.lengths.sum()


@pytest.mark.parametrize(
    "signs",
    [
        {"closing_share": 1.0},
        {"before_share": 1.0},
        {"grouped_share": 1.0},
        {"ruling_share": 1.0},
        {"upright_share": 1.0},
        {"neighbour_share": 1.0},
    ],
)
def test_signs_and_leftovers_add_ink_and_no_label(small_pool: GlyphPool, signs: dict[str, float]) -> None:
    bare, more = (compose_lines(60, key(3), small_pool, replace(TIDY, **{**BARE, **extra})) for extra in ({}, signs))
    assert np.array_equal(bare.labels, more.labels)
    ink = [lines.maps.sum(axis=(1, 2), dtype=np.int64) for lines in (bare, more)]
    assert (ink[1] > ink[0] * 1.005).mean() > 0.5
    assert (ink[1] > ink[0] * 0.98).all()


def test_cells_hold_a_digit_each(small_pool: GlyphPool) -> None:
    cells = replace(TIDY, cell_share=1.0, cell_width=(1.69, 1.7), tick_share=0.0)
    composed = compose_lines(60, key(3), small_pool, cells)
    wide = composed.lengths >= 4
    assert np.allclose(composed.widths[wide] / composed.lengths[wide], 1.7 * 19.5, rtol=0.35)


def test_pools_without_people_or_without_pens_do(mnist, small_pool: GlyphPool) -> None:
    people = GlyphPool.of(mnist.train.images[:100], mnist.train.labels[:100], key(1), "calibrate", pen_digits=0)
    pens = GlyphPool.of(mnist.train.images[:0], mnist.train.labels[:0], key(1), "test", pen_digits=20)
    for pool in (people, pens):
        assert compose_lines(20, key(1), pool).maps.any(axis=(1, 2)).all()
    assert len(compose_lines(0, key(1), small_pool)) == 0


def test_the_middle_of_a_digit_is_where_its_ink_is(small_pool: GlyphPool) -> None:
    tidy = compose_lines(150, key(9), small_pool, TIDY)
    singles = np.flatnonzero(tidy.lengths == 1)
    for line in singles:
        columns = np.flatnonzero((tidy.maps[line] > 60).any(axis=0))
        assert abs((columns[0] + columns[-1]) / 2 - tidy.centres[line, 0]) < 4
    for centres, length, width in zip(tidy.centres, tidy.lengths, tidy.widths, strict=True):
        assert (np.diff(centres[:length]) > 4).all()
        assert 0 < centres[0] < centres[length - 1] + 1 < width + 1
