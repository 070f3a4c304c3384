from dataclasses import replace

import numpy as np
from still_scan import PRINTED, STILL

from mnist_nn.data.handwriting.glyphs import GlyphPool
from mnist_nn.data.handwriting.papers.dice import Dice
from mnist_nn.data.handwriting.papers.plain import PLAIN, draw_plain
from mnist_nn.util.randomness import key

BARE = replace(PLAIN, scan=STILL, ruling_strength=(0.5, 0.5), ruling_px=(1, 1))


def rulings(pixels: np.ndarray, axis: int) -> int:
    printed = (abs(pixels.astype(int) - PRINTED) <= 2).mean(axis=axis) > 0.5
    return int(printed.sum())


def test_ruled_paper_has_lines_and_squared_paper_both(pool: GlyphPool) -> None:
    for seed in range(5):
        clean, ruled, squared = (
            draw_plain("407", kind, pool, Dice(key(seed)), BARE) for kind in ("clean", "ruled", "squared")
        )
        assert rulings(clean, 0) == rulings(clean, 1) == rulings(ruled, 0) == 0
        assert rulings(ruled, 1) >= 1
        assert rulings(squared, 0) > 2
        assert rulings(squared, 1) > rulings(ruled, 1)


def test_the_margin_is_free(pool: GlyphPool) -> None:
    for seed in range(5):
        pixels = draw_plain("407", "clean", pool, Dice(key(seed)), BARE)
        rows, columns = (np.flatnonzero((pixels < 200).any(axis=axis)) for axis in (1, 0))
        height = np.ptp(rows)
        assert min(rows[0], columns[0], len(pixels) - rows[-1], pixels.shape[1] - columns[-1]) > 0.2 * height
