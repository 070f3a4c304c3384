"""Measures the strength of full ink on a page and the noise of its paper, on which a threshold depends.

The strength is found with Otsu's method among all pixels that differ from the paper by more than its noise. Rulings are
found at the same time, because dense rulings, as on squared paper, would count as noise or as ink.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.imaging.clean.noise import estimate_noise
from mnist_nn.imaging.clean.otsu import otsu_split
from mnist_nn.imaging.clean.rulings import RULINGS, RulingParameters, Rulings, find_rulings

HISTOGRAM_BINS = 256
HISTOGRAM_TOP = 1.0001  # just above the strongest ink there is

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class ThresholdParameters:
    """Parameters for finding ink that differs enough from paper.

    Chosen on pages of MNIST's training digits (docs/explanation/reading.md).

    Contrasts and levels are shares of the paper's light; a sigma is the standard deviation of bare paper.
    """

    least_contrast: float = 0.08
    """Anything that differs less from its paper is not ink."""
    least_signal_sigmas: float = 5.0
    """The same, as a multiple of the noise of the paper, which is hardly ever that strong."""
    histogram_from_sigmas: float = 3.0
    """Pixels that differ less from their paper are paper, and are left out of the histogram."""
    pattern_percentile: float = 99.0
    """The reach of a printed pattern or a texture is this percentile of the pixels lighter than the paper's median."""
    least_signal_reaches: float = 1.5
    """Ink is at least this many times as strong as the reach of the pattern, so that a threshold fits between the
    two."""
    least_ink_to_light: float = 5.0
    """Dark pixels are at least this many times as frequent as pixels that are lighter than paper by as much, because
    noise and waves vary in both directions, and ink does not."""
    least_ink_share: float = 0.003
    """At least this share of the page is ink."""
    most_ink_share: float = 0.25
    """At most this share of the page is ink. A page full of lines is itself a pattern."""
    pattern_lines_to_ink: float = 2.0
    """If the fainter of two classes of ink has this many times as many pixels as the stronger, it consists of printed
    lines. The soft edges of strokes have fewer pixels."""
    ruling_share_of_ink: float = 0.2
    """Rulings may be this faint, as a share of the strength of ink."""
    ruling_signal_sigmas: float = 2.0
    """Rulings may be this faint, as a multiple of the noise of the paper, because many pixels together form a line."""
    ruling_margin_px: int = 2
    """Pixels beside a ruling that it may have darkened, where neither ink nor noise is measured."""


THRESHOLD = ThresholdParameters()


class InkStrength(NamedTuple):
    """The strength of full ink, the noise of the paper, and the pixels that are neither."""

    level: float
    """Strength of full ink, as a share of the paper's light."""
    noise: float
    """Standard deviation of bare paper, in the same unit."""
    rulings: Rulings


def measure_ink(
    evened: Floats,
    noise: float,
    parameters: ThresholdParameters = THRESHOLD,
    rulings: RulingParameters = RULINGS,
    *,
    margin_px: int = 0,
) -> InkStrength | None:
    """Separate ink from noise, ignoring rulings; None if there is no ink.

    Parameters
    ----------
    evened
        float32 of shape (height, width): 0 for paper, up to 1 for ink.
    noise
        Standard deviation of the bare paper, as far as it is known.
    parameters, rulings
        The parameters of ink, and of rulings.
    margin_px
        Width of the margin that was added around the picture; it lies inside ``evened``.

    Examples
    --------
    >>> page = np.zeros((60, 60), np.float32)
    >>> page[20:40, 28:32] = 0.8
    >>> strength = measure_ink(page, 0.0)
    >>> round(strength.level, 2), strength.noise, bool(strength.rulings)
    (0.8, 0.0, False)
    """
    p = parameters
    level = _find_level(evened, noise, p)
    faintest = (
        _split_dense(evened, p)
        if level is None
        else [max(p.ruling_share_of_ink * level, p.ruling_signal_sigmas * noise)]
    )
    for least in faintest:
        found = find_rulings(evened > least, rulings, margin_px=margin_px)
        between = ~found.cover(evened.shape, margin_px=p.ruling_margin_px) if found else None
        if between is not None and between.any():
            noise_between = estimate_noise(evened, between)
            stronger = _find_level(evened[between], noise_between, p)
            if stronger is not None or level is not None:
                return None if stronger is None else InkStrength(stronger, noise_between, found)
    bare = Rulings(spill_px=rulings.spill_px)
    return _find_beside_pattern(evened, bare, p) if level is None else InkStrength(level, noise, bare)


def _find_beside_pattern(evened: Floats, bare: Rulings, p: ThresholdParameters) -> InkStrength | None:
    """Tell ink from a pattern or texture that passes for noise; ``noise`` becomes so large that the pattern is left."""
    paper = float(np.median(evened))
    lighter = paper - evened[evened < paper]
    reach = float(np.percentile(lighter, p.pattern_percentile)) if lighter.size else 0.0
    if p.least_signal_reaches * reach >= 1:
        return None
    counts, edges = np.histogram(evened - paper, HISTOGRAM_BINS, (reach, HISTOGRAM_TOP))
    split = otsu_split(counts) + 1
    fainter, stronger = int(counts[:split].sum()), int(counts[split:].sum())
    if not stronger:
        return None
    level = float(np.average((edges[1:] + edges[:-1])[split:] / 2, weights=counts[split:]))
    dark, light = np.count_nonzero(evened - paper > level / 2), np.count_nonzero(lighter > level / 2)
    if (
        level < max(p.least_contrast, p.least_signal_reaches * reach)
        or not p.least_ink_share <= dark / evened.size <= p.most_ink_share
        or dark < p.least_ink_to_light * light
    ):
        return None
    weakest = float(edges[split]) if fainter >= p.pattern_lines_to_ink * stronger else reach
    return InkStrength(level, weakest / 3, bare)


def _split_dense(evened: Floats, p: ThresholdParameters) -> Iterator[float]:
    """Levels that might part paper from rulings on a page that looks like noise: between two classes, and three."""
    if float(evened.max()) < p.least_contrast:
        return
    counts, edges = np.histogram(evened, HISTOGRAM_BINS, (-1.0, HISTOGRAM_TOP))
    for _ in range(2):
        counts = counts[: otsu_split(counts) + 1]
        yield float(edges[len(counts)])


def _find_level(evened: Floats, noise: float, p: ThresholdParameters) -> float | None:
    """How strong full ink is, None if there is none: the mean of the stronger of two classes, after Otsu."""
    if p.least_signal_sigmas * noise >= 1:
        return None
    least = max(p.histogram_from_sigmas * noise, p.least_contrast / 2)
    counts, edges = np.histogram(evened, HISTOGRAM_BINS, (least, HISTOGRAM_TOP))
    if not counts.any():
        return None
    centres, stronger = (edges[1:] + edges[:-1]) / 2, otsu_split(counts) + 1
    if counts[stronger:].any():
        centres, counts = centres[stronger:], counts[stronger:]
    level = float(np.average(centres, weights=counts))
    return level if level >= max(p.least_contrast, p.least_signal_sigmas * noise) else None
