"""The background of paper without print or ink: safety patterns, stains, and the back showing through.

A background gives every pixel a share of the paper's grey. The printed lines of forms are drawn in `fields`.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from mnist_nn.data.handwriting.papers.dice import Dice, Range
from mnist_nn.data.handwriting.papers.sheets import Floats, clouds


@dataclass(frozen=True)
class PatternRanges:
    """A guilloche: gratings of sine waves that bend, as engraved on cheques and certificates."""

    gratings: tuple[int, int] = (1, 4)
    period_px: Range = (3.5, 14.0)
    """Lines 0.3 to 1 mm apart at 300 dots per inch."""
    bend: Range = (0.0, 2.6)
    """How far a line swings to either side, in radians of its own phase."""
    bend_px: Range = (18.0, 110.0)
    """Distance from one swing to the next."""
    chirp: Range = (-0.0006, 0.0006)
    """Radians per square pixel: lines come closer to each other across the picture."""
    fineness: Range = (0.1, 0.8)
    """The part of a wave that stays paper; the upper end gives thin engraved lines."""
    contrast: Range = (0.04, 0.33)
    """Strength of all gratings together, as a share of the ink's contrast: at most one third as dark as ink."""


@dataclass(frozen=True)
class AgeRanges:
    """Old paper: clouds, spots, and writing that shows through from the back."""

    cloud_depth: Range = (0.0, 0.14)
    cloud_px: Range = (20.0, 90.0)
    fibre_depth: Range = (0.005, 0.03)
    spots: tuple[int, int] = (0, 4)
    spot_px: Range = (2.0, 14.0)
    """Standard deviation of a stain."""
    spot_depth: Range = (0.03, 0.25)


def draw_pattern(shape: tuple[int, int], dice: Dice, depth: float, ranges: PatternRanges) -> Floats:
    """Draw a guilloche on paper on which ink takes away the share ``depth`` of the light.

    Examples
    --------
    >>> from mnist_nn.util.randomness import key
    >>> ground = draw_pattern((40, 90), Dice(key(1)), 0.8, PatternRanges())
    >>> ground.shape, bool(ground.min() >= 1 - 0.33 * 0.8 - 1e-6), bool(ground.max() <= 1)
    ((40, 90), True, True)
    """
    waves = np.zeros(shape, np.float32)
    for _ in range(dice.whole(*ranges.gratings)):
        strength = dice.between((0.4, 1.0))
        np.maximum(waves, strength * _grating(shape, dice, ranges), out=waves)
    return np.asarray(1 - depth * dice.between(ranges.contrast) * waves, np.float32)


def _grating(shape: tuple[int, int], dice: Dice, ranges: PatternRanges) -> Floats:
    """Draw one grating of bent lines, 0 for paper to 1."""
    down, across = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    angle, turned = dice.between((0.0, math.pi)), dice.between((0.0, math.pi))
    frequency = 2 * math.pi / dice.between(ranges.period_px)
    along = math.cos(turned) * across + math.sin(turned) * down
    swing = dice.between(ranges.bend) * np.sin(2 * math.pi / dice.between(ranges.bend_px) * along)
    phase = frequency * (math.cos(angle) * across + math.sin(angle) * down) + swing
    phase += dice.between(ranges.chirp) * across**2 + dice.between((0.0, 2 * math.pi))
    paper = dice.between(ranges.fineness)
    return np.asarray(np.clip((np.sin(phase) - paper) / (1 - paper), 0, 1), np.float32)


def draw_age(shape: tuple[int, int], dice: Dice, ranges: AgeRanges) -> Floats:
    """Draw the traces of age on paper: clouds, fibres and stains.

    Examples
    --------
    >>> from mnist_nn.util.randomness import key
    >>> ground = draw_age((40, 90), Dice(key(1)), AgeRanges())
    >>> ground.shape, bool(ground.min() > 0.3)
    ((40, 90), True)
    """
    ground = 1 + dice.between(ranges.cloud_depth) * 0.5 * np.clip(
        clouds(dice, shape, dice.between(ranges.cloud_px)), -2, 2
    )
    ground += dice.between(ranges.fibre_depth) * ndimage.gaussian_filter(dice.normals(*shape), 0.7)
    down, across = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    for _ in range(dice.whole(*ranges.spots)):
        wide = dice.between(ranges.spot_px)
        away = (down - dice.between((0.0, shape[0]))) ** 2 + (across - dice.between((0.0, shape[1]))) ** 2
        ground *= 1 - dice.between(ranges.spot_depth) * np.exp(-away / (2 * wide**2))
    return np.asarray(ground, np.float32)
