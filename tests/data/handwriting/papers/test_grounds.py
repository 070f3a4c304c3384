from dataclasses import replace

import numpy as np
import pytest

from mnist_nn.data.handwriting.papers.dice import Dice
from mnist_nn.data.handwriting.papers.grounds import AgeRanges, PatternRanges, draw_age, draw_pattern
from mnist_nn.util.randomness import key

SHAPE = (80, 240)


@pytest.mark.parametrize("seed", range(8))
def test_a_pattern_is_never_darker_than_a_third_of_the_ink(seed: int) -> None:
    ground = draw_pattern(SHAPE, Dice(key(seed)), 0.75, PatternRanges())
    assert ground.shape == SHAPE
    assert ground.dtype == np.float32
    assert ground.max() <= 1
    assert 1 - 0.75 * 0.33 - 1e-5 <= ground.min() < 0.99


def test_the_lines_of_a_straight_grating_are_a_period_apart() -> None:
    straight = PatternRanges(
        gratings=(1, 1), period_px=(8, 8), bend=(0, 0), chirp=(0, 0), fineness=(0, 0), contrast=(0.3, 0.3)
    )
    for seed in range(5):
        ground = draw_pattern((256, 256), Dice(key(seed)), 1.0, straight)
        spectrum = abs(np.fft.rfft2(ground - ground.mean()))
        row, column = np.unravel_index(spectrum.argmax(), spectrum.shape)
        assert 256 / np.hypot(min(row, 256 - row), column) == pytest.approx(8, rel=0.04)


def test_bent_lines_spread_over_frequencies() -> None:
    bent = PatternRanges(gratings=(1, 1), period_px=(8, 8), bend=(2.5, 2.5), chirp=(0, 0))
    peaks = []
    for ranges in (bent, replace(bent, bend=(0, 0))):
        ground = draw_pattern((256, 256), Dice(key(1)), 1.0, ranges)
        spectrum = abs(np.fft.rfft2(ground - ground.mean())) ** 2
        peaks.append(spectrum.max() / spectrum.sum())
    assert peaks[0] < peaks[1] / 2


def test_age_darkens_here_and_there_and_spots_more() -> None:
    clean = replace(AgeRanges(), spots=(0, 0), cloud_depth=(0, 0), fibre_depth=(0, 0))
    assert np.array_equal(draw_age(SHAPE, Dice(key(1)), clean), np.ones(SHAPE, np.float32))
    spotted = draw_age(SHAPE, Dice(key(1)), replace(clean, spots=(3, 3), spot_depth=(0.2, 0.2)))
    assert 0.5 < spotted.min() < 0.81
    assert spotted.max() <= 1
    cloudy = draw_age(SHAPE, Dice(key(1)), replace(clean, cloud_depth=(0.14, 0.14)))
    assert 0.02 < cloudy.std() < 0.14
