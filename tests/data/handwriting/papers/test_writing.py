from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from mnist_nn.data.handwriting.glyphs import GlyphPool
from mnist_nn.data.handwriting.papers.dice import Dice
from mnist_nn.data.handwriting.papers.sheets import Sheet
from mnist_nn.data.handwriting.papers.writing import (
    INKED,
    SIGNS,
    Hand,
    Patch,
    WritingRanges,
    draw_hand,
    draw_joined_zeros,
    draw_sign,
    draw_strokes,
    extent,
    write_apart,
    write_number,
)
from mnist_nn.util.randomness import key

HAND = Hand(height_px=40.0, stroke_px=4.0, slant=0.0, gap=(0.1, 0.1), zero_height=1.0, writer=0)
STEADY = WritingRanges(spread=0.0, wander=0.0, turn_radians=0.0)


def paste(patches: list[Patch]) -> Sheet:
    left, top, right, bottom = extent(patches)
    sheet = Sheet(bottom - top, right - left)
    for patch in patches:
        sheet.write(patch.ink, patch.left - left, patch.top - top)
    return sheet


@pytest.mark.parametrize("people_share", [0.0, 1.0])
def test_a_hand_is_of_the_pool_or_of_people(pool: GlyphPool, people_share: float) -> None:
    ranges = replace(WritingRanges(), people_share=people_share, least_stroke_px=0.0)
    for seed in range(20):
        hand = draw_hand(pool, Dice(key(seed)), ranges)
        assert (hand.writer is None) == bool(people_share)
        if hand.writer is not None:
            assert hand.stroke_px == pytest.approx(hand.height_px * pool.hands.pen_width[hand.writer])
            assert hand.slant == pytest.approx(pool.hands.slant_tangent[hand.writer])


@pytest.mark.parametrize("writer", [None, 0, 3])
def test_digits_have_the_height_asked_for_and_stand_on_the_line(pool: GlyphPool, writer: int | None) -> None:
    hand = HAND._replace(writer=writer)
    for patch in write_apart("3568", pool, hand, Dice(key(1)), STEADY):
        rows = np.flatnonzero((patch.ink >= INKED).any(axis=1))
        assert np.ptp(rows) + 1 == pytest.approx(40, abs=2 if writer is not None else 8)  # as it is: with its own pen
        assert patch.top + len(patch.ink) == 0
        assert 0 <= patch.ink.min() < INKED < patch.ink.max() <= 1


def test_small_zeros_are_small_and_others_are_not(pool: GlyphPool) -> None:
    zero, eight = write_apart("08", pool, HAND._replace(zero_height=0.5), Dice(key(1)), STEADY)
    assert len(zero.ink) == pytest.approx(20, abs=3)
    assert len(eight.ink) == pytest.approx(40, abs=3)


def test_the_free_space_between_digits_is_the_gap(pool: GlyphPool) -> None:
    for gap, apart in ((0.3, True), (-0.3, False)):
        hand = HAND._replace(gap=(gap, gap))
        for seed in range(5):
            sheet = paste(write_number("6868", pool, hand, Dice(key(seed)), STEADY))
            components = ndimage.label(sheet.ink >= INKED, np.ones((3, 3)))[1]
            assert (components >= 4) == apart


def test_patches_say_how_many_digits_they_have(pool: GlyphPool) -> None:
    joined = replace(STEADY, joined_zeros_share=1.0)
    patches = write_number("$1.000.-", pool, HAND, Dice(key(2)), joined)
    assert [patch.digits for patch in patches] == [0, 1, 0, 3, 0, 0]
    assert sum(patch.digits for patch in write_number("2000000", pool, HAND, Dice(key(2)), joined)) == 7
    lefts = [patch.left for patch in patches]
    assert lefts == sorted(lefts)


@pytest.mark.parametrize("count", [2, 3])
def test_joined_zeros_are_one_stroke_with_a_hole_each(count: int) -> None:
    for seed in range(20):
        ink = np.pad(draw_joined_zeros(count, HAND, Dice(key(seed))), 1)
        assert ndimage.label(ink >= INKED, np.ones((3, 3)))[1] == 1
        sizes = np.bincount(ndimage.label(ink < INKED)[0].ravel())[2:]  # after ink and the paper around
        assert (sizes > 120).sum() == count  # a bar may close a small hole above two zeros


@pytest.mark.parametrize(
    ("sign", "low", "high"), [(".", 3, 9), ("-", 3, 9), ("'", 7, 14), ("$", 40, 56), ("#", 34, 46)]
)
def test_signs_have_their_size(sign: str, low: int, high: int) -> None:
    for seed in range(5):
        ink = draw_sign(sign, HAND, Dice(key(seed)))
        assert low <= len(ink) <= high
        assert ink.max() == 1


def test_a_point_stands_on_the_line_and_a_dash_in_the_middle(pool: GlyphPool) -> None:
    for sign, foot in ((".", 0), ("-", -16), ("'", -30)):
        _, patch = write_number(f"8{sign}", pool, HAND, Dice(key(1)), STEADY)
        assert patch.top + len(patch.ink) == pytest.approx(foot, abs=4)
    assert set(SIGNS) == set(".,'-=$#")


def test_strokes_are_as_wide_as_the_pen_and_lean_as_the_hand() -> None:
    upright = draw_strokes([[(0, 0), (0, 1)]], HAND)
    assert (upright[20] >= 0.5).sum() == pytest.approx(4, abs=1)
    leaning = draw_strokes([[(0, 0), (0, 1)]], HAND._replace(slant=0.5))
    assert leaning.shape[1] - upright.shape[1] == pytest.approx(20, abs=1)
    assert leaning[:8].argmax() % leaning.shape[1] > leaning[-8:].argmax() % leaning.shape[1]
