from dataclasses import replace

import numpy as np
import pytest
from still_scan import PRINTED, STILL

from mnist_nn.data.handwriting.glyphs import GlyphPool
from mnist_nn.data.handwriting.papers.dice import Dice
from mnist_nn.data.handwriting.papers.fields import FIELDS, LAYOUTS, draw_field
from mnist_nn.util.randomness import key

CLEAN = replace(
    FIELDS,
    scan=STILL,
    loose_share=1.0,
    margin=(0.4, 0.4),
    caption_share=0.0,
    empty_share=0.0,
    drift=0.0,
    line_px=(2, 2),
    line_strength=(0.5, 0.5),
    room_above=(0.4, 0.4),
    room_below=(0.4, 0.4),
    cell_width=(1.4, 1.4),
)


def uprights(pixels: np.ndarray, least: float) -> int:
    """Count printed uprights, as long as a share of the longest."""
    printed = (abs(pixels.astype(int) - PRINTED) <= 2).sum(axis=0)
    found = printed >= least * printed.max()
    return int((np.diff(found.astype(int), prepend=0) == 1).sum())


@pytest.mark.parametrize(("layout", "count"), [("box", 2), ("boxes", 5), ("boxes apart", 8), ("line", 0)])
def test_a_layout_has_its_uprights(pool: GlyphPool, layout: str, count: int) -> None:
    for seed in range(4):
        pixels = draw_field("3528", layout, pool, Dice(key(seed)), CLEAN)
        if layout == "line":
            levels = (abs(pixels.astype(int) - PRINTED) <= 2).mean(axis=1)
            assert (levels > 0.5).sum() == 2
        else:
            assert uprights(pixels, 0.7) == count


def test_a_comb_has_ticks_from_below(pool: GlyphPool) -> None:
    for seed in range(6):
        pixels = draw_field("3528", "comb", pool, Dice(key(seed)), replace(CLEAN, tick_height=(0.3, 0.3)))
        printed = abs(pixels.astype(int) - PRINTED) <= 2
        bottom = int(np.flatnonzero(printed.mean(axis=1) > 0.5)[-1]) - 4
        bands = printed[bottom - 3 : bottom].all(axis=0), printed[len(pixels) // 2 - 6 : len(pixels) // 2].all(axis=0)
        low, middle = ((np.diff(band.astype(int), prepend=0) == 1).sum() for band in bands)
        assert middle <= 2
        assert low >= 3


def test_dividers_are_as_high_as_the_field(pool: GlyphPool) -> None:
    for seed in range(6):
        pixels = draw_field("3528", "dividers", pool, Dice(key(seed)), replace(CLEAN, line_px=(1, 1)))
        assert uprights(pixels, 0.7) in {3, 5}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_ink_is_whole_however_tightly_the_field_is_cut(pool: GlyphPool, layout: str) -> None:
    """A pale print leaves only ink below a grey, and as much of it in a tight picture as in a loose one."""
    pale = replace(CLEAN, line_strength=(0.1, 0.1))
    for seed in range(3):
        loose = draw_field("40", layout, pool, Dice(key(seed)), pale)
        tight = draw_field("40", layout, pool, Dice(key(seed)), replace(pale, loose_share=0.0))
        assert tight.size < loose.size
        assert (tight < 100).sum() == (loose < 100).sum() > 0


def test_lines_are_one_to_five_pixels_thick_and_never_drown_the_digits(pool: GlyphPool) -> None:
    bold = replace(CLEAN, line_px=(1, 5), line_strength=(0.5, 0.5))
    thick = set()
    for seed in range(40):
        pixels = draw_field("7", "line", pool, Dice(key(seed)), bold)
        thick.add(int(((abs(pixels.astype(int) - PRINTED) <= 2).mean(axis=1) > 0.5).sum()))
    assert thick <= {1, 2, 3, 4, 5}
    assert len(thick) >= 4


def test_empty_cells_make_the_field_longer(pool: GlyphPool) -> None:
    filled = draw_field("35", "boxes", pool, Dice(key(1)), CLEAN)
    for seed in range(3):
        more = draw_field("35", "boxes", pool, Dice(key(seed)), replace(CLEAN, empty_share=1.0))
        assert 4 <= uprights(more, 0.7) <= 7
    assert uprights(filled, 0.7) == 3


def test_a_caption_adds_print(pool: GlyphPool) -> None:
    without = draw_field("35", "line", pool, Dice(key(1)), CLEAN)
    captioned = draw_field("35", "line", pool, Dice(key(1)), replace(CLEAN, caption_share=1.0))
    assert (captioned < 235).sum() > (without < 235).sum()
