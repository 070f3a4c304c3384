"""From a page to its ink: light evened out, ink told from paper, ruled lines taken off and specks dropped.

Which of the two is the darker is found here, so chalk on a blackboard, MNIST's own pictures and pencil on paper all
come out alike: 0 where there is paper, 1 in the middle of a stroke. Every step is kept, so that it can be shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from mnist_nn.imaging.clean.light import darkest, enlarge, noise, paper
from mnist_nn.imaging.clean.remove_rulings import without_rules
from mnist_nn.imaging.clean.rulings import Rules, find_rules
from mnist_nn.imaging.clean.specks import find_specks
from mnist_nn.imaging.components import EIGHT

WORKING_AREA = 2000 * 1500  # pixels; larger pages are made smaller first
LEAST_PAGE = 6  # pixels of the shorter side: there is room for a digit
MANY = 100_000  # pixels are enough to tell the polarity from
DIM, BRIGHT = 64.0, 128.0  # grey levels: in deeper shadow, or on a lighter board, noise would grow by the division
NOISY = 0.02  # standard deviation of the paper from which on a page is smoothed
SMOOTHING = 1.0  # pixels, of a noisy page
BINS = 256  # of the histogram that the ink's level is found in
LEAST_CONTRAST = 0.08  # ink that differs less from its paper is none
LEAST_SIGNAL = 5.0  # the same in standard deviations of the paper
WEAK, STRONG = 0.3, 0.55  # of the ink's level: a stroke is weak ink that holds some strong ink
FAINT, FAINT_SIGNAL = 0.2, 2.0  # of the ink's level, and in deviations of the paper: printed lines may be as faint
BESIDE = 2  # pixels beside a printed line that it may have darkened
EVEN = 10.0  # grey levels between cells of paper near each other: there is no edge of a shadow
DARKER = 0.25  # of the ink's level: what is not so much darker than all paper nearby may be a shadow
MOST_SHADOW = 0.8  # of a piece of ink may be such
FLOOR = 2.5  # standard deviations of the paper that are taken off soft ink
RIM = 2  # pixels of soft ink around a stroke

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Ink:
    """Every step from a page to its ink.

    ``page`` is the grey page at working size, which is ``scale`` (at most 1) times its own. ``dark`` says whether the
    ink is darker than the paper. ``evened`` is 0 for paper and up to 1 for ink, light and shadow taken out. ``mask``
    is what passed the threshold, of which ``rules`` and ``specks`` were dropped. ``grey`` is the soft ink of the rest.
    """

    page: npt.NDArray[np.uint8]
    scale: float
    dark: bool
    evened: Floats
    mask: Bools
    rules: Bools
    specks: Bools
    grey: Floats

    @property
    def strokes(self) -> Bools:
        """What is left of the mask: the writing."""
        return self.mask & ~self.rules & ~self.specks


def find_ink(pixels: npt.NDArray[np.uint8]) -> Ink:
    """Find the ink of a page, of any light, paper and polarity.

    Parameters
    ----------
    pixels
        Grey levels, uint8 of shape (height, width).

    Examples
    --------
    >>> page = np.full((60, 60), 210, np.uint8)
    >>> page[20:40, 28:32] = 40
    >>> ink = find_ink(page)
    >>> ink.dark, int(ink.strokes.sum())
    (True, 80)
    """
    page, scale = _reduce(pixels)
    grid = paper(page)
    dark = _is_dark(page, grid)
    written, grid = (page, grid) if dark else (255 - page, 255 - grid)  # chalk on a board is ink in the negative
    evened, sigma = _even(written, enlarge(grid, page.shape), DIM if dark else BRIGHT)
    found = _measure(evened, sigma) if min(page.shape) >= LEAST_PAGE else None
    if found is None:
        nothing = np.zeros(page.shape, bool)
        return Ink(page, scale, dark, evened.clip(0, 1), nothing, nothing, nothing, np.zeros(page.shape, np.float32))
    level, sigma, lines = found
    bare = without_rules(evened, lines, level, sigma) if any(lines) else evened
    strokes = _threshold(bare, level, sigma, _shadowy(written, grid, level))
    rules = (evened > WEAK * level) & lines.bands(page.shape) & ~strokes
    specks = find_specks(strokes, rules)
    grey = _soften(bare, strokes & ~specks, level, sigma)
    return Ink(page, scale, dark, evened.clip(0, 1), strokes | rules, rules, specks, grey)


def _reduce(pixels: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], float]:
    height, width = pixels.shape
    longer = max(height, width)
    scale = min(longer, round(longer * (WORKING_AREA / (height * width)) ** 0.5)) / longer
    if scale == 1.0:
        return pixels, 1.0
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX)), scale


def _is_dark(page: npt.NDArray[np.uint8], grid: Floats) -> bool:
    """Whether more of what stands out from all paper nearby is darker than it."""
    step = max(1, int((page.size / MANY) ** 0.5))
    sample = page[::step, ::step].astype(np.float32)
    low, high = (enlarge(near, page.shape)[::step, ::step] for near in (darkest(grid), -darkest(-grid)))
    apart = 3 * noise(sample - low) + 4
    below, above = np.maximum(low - sample - apart, 0), np.maximum(sample - high - apart, 0)
    return float(np.vdot(below, below)) >= float(np.vdot(above, above))


def _even(written: npt.NDArray[np.uint8], ground: Floats, least: float) -> tuple[Floats, float]:
    """The share of the paper's light that each pixel lacks, smoothed where it is noisy; and the noise of the paper."""
    evened = np.asarray((ground - written) / np.maximum(ground, least), np.float32)
    sigma = noise(evened)
    if sigma <= NOISY:
        return evened, sigma
    evened = ndimage.gaussian_filter(evened, SMOOTHING)
    return evened, noise(evened)


class _Measure(NamedTuple):
    """How strong full ink is, how noisy the paper, and what is neither of the two."""

    level: float
    sigma: float
    lines: Rules


def _measure(evened: Floats, sigma: float) -> _Measure | None:
    """Tell ink from noise, printed lines aside; None where there is no ink.

    Lines are looked for first: where they are dense, as on squared paper, they would pass for noise or for the ink.
    """
    level = _level(evened, sigma)
    for least in _dense(evened) if level is None else [max(FAINT * level, FAINT_SIGNAL * sigma)]:
        lines = find_rules(evened > least)
        between = ~lines.bands(evened.shape, more=BESIDE) if any(lines) else None
        if between is not None and between.any():
            noisy = noise(evened, between)
            stronger = _level(evened[between], noisy)
            if stronger is not None or level is not None:
                return None if stronger is None else _Measure(stronger, noisy, lines)
    return None if level is None else _Measure(level, sigma, Rules())


def _dense(evened: Floats) -> Iterator[float]:
    """Levels that might part paper from lines on a page that looks like noise: between two classes, and three."""
    if float(evened.max()) < LEAST_CONTRAST:
        return
    counts, edges = np.histogram(evened, BINS, (-1.0, 1.0001))
    for _ in range(2):
        counts = counts[: _split(counts) + 1]
        yield float(edges[len(counts)])


def _level(evened: Floats, sigma: float) -> float | None:
    """How strong full ink is, None if there is none: the mean of the stronger of two classes, after Otsu."""
    if LEAST_SIGNAL * sigma >= 1:
        return None
    counts, edges = np.histogram(evened, BINS, (max(3 * sigma, LEAST_CONTRAST / 2), 1.0001))
    if not counts.any():
        return None
    centres, stronger = (edges[1:] + edges[:-1]) / 2, _split(counts) + 1
    if counts[stronger:].any():
        centres, counts = centres[stronger:], counts[stronger:]
    level = float(np.average(centres, weights=counts))
    return level if level >= max(LEAST_CONTRAST, LEAST_SIGNAL * sigma) else None


def _split(counts: npt.NDArray[Any]) -> int:
    """The last bin of the lower of the two classes that differ most, after Otsu."""
    total, sums = np.cumsum(counts), np.cumsum(counts * np.arange(len(counts)))
    below, above = total[:-1], total[-1] - total[:-1]
    means = sums[:-1] / np.maximum(below, 1), (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    return int((below * above * (means[0] - means[1]) ** 2.0).argmax())


def _shadowy(written: npt.NDArray[np.uint8], grid: Floats, level: float) -> Bools | None:
    """Where the page is no darker than paper nearby, so that it may be the edge of a shadow, or of the sheet.

    None if there are no such edges.
    """
    lowest = darkest(grid)
    if float((grid - lowest).max()) < EVEN:
        return None
    low = enlarge(lowest, written.shape)
    return np.asarray(low - written < DARKER * level * np.maximum(low, DIM))


def _threshold(evened: Floats, level: float, sigma: float, shadowy: Bools | None) -> Bools:
    """Weak ink that is connected to strong ink, unless it is the edge of a shadow."""
    weak, count = ndimage.label(evened > max(WEAK * level, 3 * sigma), EIGHT)
    holds = np.zeros(count + 1, bool)
    holds[weak[evened > STRONG * level]] = True
    if shadowy is not None:
        areas, shadows = (np.bincount(chosen, minlength=count + 1) for chosen in (weak.ravel(), weak[shadowy]))
        holds &= shadows <= MOST_SHADOW * areas
    holds[0] = False
    return holds[weak]


def _soften(evened: Floats, strokes: Bools, level: float, sigma: float) -> Floats:
    """Soft ink on strokes and their rims, 1 where a stroke is full."""
    if not strokes.any():
        return np.zeros(evened.shape, np.float32)
    full = max(level, float(np.percentile(evened[strokes], 90)))
    floor = min(FLOOR * sigma, WEAK * level / 2)
    rim = ndimage.maximum_filter(strokes, 2 * RIM + 1)
    return np.where(rim, np.clip((evened - floor) / (full - floor), 0, 1), 0).astype(np.float32)
