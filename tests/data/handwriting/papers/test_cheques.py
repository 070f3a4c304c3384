from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from still_scan import PRINTED, STILL

from mnist_nn.data.handwriting.glyphs import GlyphPool
from mnist_nn.data.handwriting.papers.cheques import CHEQUES, draw_cheque, spell
from mnist_nn.data.handwriting.papers.dice import Dice
from mnist_nn.util.randomness import key

BARE = replace(CHEQUES, scan=STILL, pattern_share=0.0, line_share=0.0)


@given(st.integers(100, 99_999_999), st.integers(0, 1000))
def test_an_amount_keeps_its_digits_however_it_is_spelled(amount: int, seed: int) -> None:
    spelled = spell(str(amount), Dice(key(seed)), CHEQUES)
    assert "".join(letter for letter in spelled if letter.isdigit()) == str(amount)
    assert set(spelled) <= set("0123456789.,'-=$#")


def test_thousands_are_parted_in_threes() -> None:
    every = replace(CHEQUES, points_share=1.0, opening_share=0.0, closing_share=0.0)
    for seed in range(20):
        parts = spell("41234567", Dice(key(seed)), every).translate(str.maketrans(",'", "..")).split(".")
        assert parts == ["41", "234", "567"]


@pytest.mark.parametrize(("share", "least", "most"), [(1.0, 4, 4), (0.0, 0, 0)])
def test_tight_sides_have_ink_and_others_a_margin(pool: GlyphPool, share: float, least: int, most: int) -> None:
    tight = replace(BARE, tight_share=share, tight_px=(0, 0))
    for seed in range(6):
        pixels = draw_cheque("2500", pool, Dice(key(seed)), tight)
        sides = [side.min() < 180 for side in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1])]
        assert least <= sum(sides) <= most


def test_the_pattern_lies_where_no_ink_is_and_is_paler(pool: GlyphPool) -> None:
    bare, patterned = (
        draw_cheque("2500", pool, Dice(key(3)), replace(BARE, pattern_share=share)).astype(int) for share in (0.0, 1.0)
    )
    paper = bare == 240
    assert bare.shape == patterned.shape
    assert patterned[paper].std() > 2
    assert patterned[paper].min() > 240 - 0.34 * (240 - 20)
    assert (patterned <= bare + 1).all()


def test_the_line_runs_from_side_to_side(pool: GlyphPool) -> None:
    lined = replace(BARE, line_share=1.0, line_place=(0.25, 0.25), line_strength=(0.5, 0.5), tight_share=0.0)
    pixels = draw_cheque("2500", pool, Dice(key(3)), lined)
    printed = np.flatnonzero((abs(pixels.astype(int) - PRINTED) <= 2).mean(axis=1) > 0.9)
    assert 1 <= len(printed) <= 3
