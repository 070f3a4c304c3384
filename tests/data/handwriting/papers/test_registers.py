from dataclasses import replace

import numpy as np
import pytest
from still_scan import STILL

from mnist_nn.data.handwriting.glyphs import GlyphPool
from mnist_nn.data.handwriting.papers.dice import Dice
from mnist_nn.data.handwriting.papers.registers import REGISTERS, draw_register
from mnist_nn.util.randomness import key

BARE = replace(REGISTERS, scan=STILL, ruling_share=0.0, neighbour_share=0.0, bleeding_px=(0.0, 0.0), back_share=0.0)


def ink(pixels: np.ndarray) -> int:
    return int((pixels < 90).sum())


def test_the_number_stands_free_in_its_cell(pool: GlyphPool) -> None:
    for seed in range(6):
        pixels = draw_register("382", pool, Dice(key(seed)), BARE)
        rim = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        assert rim.min() > 90
        assert ink(pixels) > 100


@pytest.mark.parametrize(
    "more",
    [{"neighbour_share": 1.0}, {"ruling_share": 1.0, "ruling_strength": (0.8, 0.8)}],
    ids=lambda more: next(iter(more)),
)
def test_neighbours_and_rulings_add_ink(pool: GlyphPool, more: dict[str, float]) -> None:
    added = [
        ink(draw_register("38", pool, Dice(key(seed)), replace(BARE, **more)))
        - ink(draw_register("38", pool, Dice(key(seed)), BARE))
        for seed in range(8)
    ]
    assert np.mean(np.array(added) > 0) >= 0.75


def test_ink_that_runs_has_softer_edges(pool: GlyphPool) -> None:
    dry, wet = (
        draw_register("38", pool, Dice(key(2)), replace(BARE, bleeding_px=(px, px))).astype(int) for px in (0.0, 1.0)
    )
    assert abs(np.diff(wet, axis=1)).max() < abs(np.diff(dry, axis=1)).max()
    assert (wet < 150).sum() > (dry < 150).sum()


def test_the_back_shows_through_but_faintly(pool: GlyphPool) -> None:
    front, both = (
        draw_register("38", pool, Dice(key(2)), replace(BARE, back_share=share, back_strength=(0.2, 0.2)))
        for share in (0.0, 1.0)
    )
    darker = front.astype(int) - both
    assert 10 < darker.max() < 60
