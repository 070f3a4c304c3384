"""How strong full ink is on a page and how noisy its paper: what a threshold between the two depends on.

The strength is found after Otsu among all that differs from the paper by more than its noise. Rulings are found on the
way: where they are dense, as on squared paper, they would pass for noise or for the ink.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.imaging.clean.noise import estimate_noise
from mnist_nn.imaging.clean.rulings import RULINGS, RulingParameters, Rulings, find_rulings

HISTOGRAM_BINS = 256
HISTOGRAM_TOP = 1.0001  # just above the strongest ink there is

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class ThresholdParameters:
    """From where on something differs enough from paper. Chosen on pages of MNIST's training digits (docs/reading.md).

    Contrasts and levels are shares of the paper's light; a sigma is the standard deviation of bare paper.
    """

    least_contrast: float = 0.08
    """What differs less from its paper is no ink."""
    least_signal_sigmas: float = 5.0
    """The same in the noise of the paper, which is hardly ever so strong."""
    histogram_from_sigmas: float = 3.0
    """What differs less from its paper is left out of the histogram, as it is paper."""
    ruling_share_of_ink: float = 0.2
    """Rulings may be as faint, in the strength of ink."""
    ruling_signal_sigmas: float = 2.0
    """And as faint in the noise of the paper: a line is found by many pixels together."""
    ruling_margin_px: int = 2
    """Pixels beside a ruling that it may have darkened, where neither ink nor noise is measured."""


THRESHOLD = ThresholdParameters()


class InkStrength(NamedTuple):
    """How strong full ink is, how noisy the paper, and what is neither of the two."""

    level: float
    """Of full ink, as a share of the paper's light."""
    noise: float
    """Standard deviation of bare paper, in the same unit."""
    rulings: Rulings


def measure_ink(
    evened: Floats, noise: float, parameters: ThresholdParameters = THRESHOLD, rulings: RulingParameters = RULINGS
) -> InkStrength | None:
    """Tell ink from noise, rulings aside; None where there is no ink.

    Parameters
    ----------
    evened
        float32 of shape (height, width): 0 for paper, up to 1 for ink.
    noise
        Standard deviation of its bare paper, as far as is known.
    parameters, rulings
        What counts as ink, and as a ruling.

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
        found = find_rulings(evened > least, rulings)
        between = ~found.cover(evened.shape, margin_px=p.ruling_margin_px) if found else None
        if between is not None and between.any():
            noise_between = estimate_noise(evened, between)
            stronger = _find_level(evened[between], noise_between, p)
            if stronger is not None or level is not None:
                return None if stronger is None else InkStrength(stronger, noise_between, found)
    return None if level is None else InkStrength(level, noise, Rulings(spill_px=rulings.spill_px))


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


def otsu_split(counts: npt.NDArray[Any]) -> int:
    """Return the last bin of the lower of the two classes of a histogram that differ most, after Otsu.

    Examples
    --------
    >>> otsu_split(np.array([5, 9, 1, 0, 0, 2, 6, 1]))
    2
    """
    total, sums = np.cumsum(counts), np.cumsum(counts * np.arange(len(counts)))
    below, above = total[:-1], total[-1] - total[:-1]
    means = sums[:-1] / np.maximum(below, 1), (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    return int((below * above * (means[0] - means[1]) ** 2.0).argmax())
