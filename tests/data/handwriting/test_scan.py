"""What a scan does to ink, each range by itself."""

from dataclasses import replace

import numpy as np

from mnist_nn.data.handwriting.draws import Draws
from mnist_nn.data.handwriting.line_ranges import LINES, LineRanges
from mnist_nn.data.handwriting.scan import scan
from mnist_nn.util.randomness import key

STILL = replace(
    LINES,
    pattern_share=0.0,
    ink_strength=(1, 1),
    ink_fading=(0, 0),
    noise_share=0.0,
    soft_share=0.0,
    blur=(0, 0),
    floor_share=0.0,
    gamma=(1, 1),
)
COUNT, WIDTH = 20, 60


def scanned(ranges: LineRanges, *, clean: bool = False) -> np.ndarray:
    """Twenty lines with a block of full ink in the middle."""
    ink = np.zeros((COUNT, 32, WIDTH), np.float32)
    ink[:, 10:20, 20:40] = 1
    draws = Draws(key(4), np.arange(COUNT))
    return scan(ink, np.zeros_like(ink), np.full(COUNT, WIDTH - 4), draws, ranges, np.full(COUNT, clean))


def test_a_scan_that_does_nothing_gives_the_ink() -> None:
    maps = scanned(STILL)
    assert set(np.unique(maps).tolist()) == {0, 255}
    assert (maps == 255).sum() == COUNT * 10 * 20


def test_beyond_its_width_a_line_is_paper() -> None:
    assert not scanned(replace(STILL, pattern_share=1.0, blur=(0, 0)))[:, :, WIDTH - 4 :].any()


def test_patterns_cover_the_paper_and_spare_the_ink() -> None:
    maps = scanned(replace(STILL, pattern_share=1.0, pattern_strength=(0.3, 0.4)))
    assert (maps[:, 10:20, 20:40] == 255).all()
    paper = maps[:, :, : WIDTH - 4].copy()
    paper[:, 10:20, 20:40] = 0
    assert ((paper > 0).mean(axis=(1, 2)) > 0.05).all()
    assert paper.max() <= 0.4 * 255


def test_clean_lines_have_neither_pattern_nor_noise() -> None:
    busy = replace(STILL, pattern_share=1.0, noise_share=1.0)
    assert np.array_equal(scanned(busy, clean=True), scanned(STILL))
    assert not np.array_equal(scanned(busy), scanned(STILL))


def test_noise_is_as_strong_as_said_and_differs_from_line_to_line() -> None:
    maps = scanned(replace(STILL, noise_share=1.0, noise=(0.05, 0.0501), ink_strength=(0.5, 0.5)))
    block = maps[:, 11:19, 21:39] / 255
    assert np.abs(block.std(axis=(1, 2)) - 0.05).max() < 0.015
    assert len({line.tobytes() for line in block}) == COUNT


def test_blur_keeps_the_sum_and_softens_the_rim() -> None:
    maps = scanned(replace(STILL, soft_share=1.0, soft_blur=(0.5, 0.6))) / 255
    assert np.abs(maps.sum(axis=(1, 2)) / 200 - 1).max() < 0.02
    assert ((maps[:, 9, 30] > 0.1) & (maps[:, 9, 30] < 0.4)).all()


def test_a_floor_takes_faint_grey_off_and_gamma_bends_the_rest() -> None:
    faint = replace(STILL, ink_strength=(0.2, 0.2))
    assert scanned(faint).max() > 40
    assert not scanned(replace(faint, floor_share=1.0, floor=(0.21, 0.25))).any()
    assert scanned(replace(faint, gamma=(2, 2))).max() < 20


def test_fading_varies_along_the_line_only() -> None:
    maps = scanned(replace(STILL, ink_fading=(0.3, 0.4)))[:, 10:20, 20:40]
    assert (maps == maps[:, :1]).all()
    assert len(np.unique(maps)) > 20
