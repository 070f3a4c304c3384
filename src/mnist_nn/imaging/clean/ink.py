"""From a page to its ink: light evened out, ink told from paper, rulings taken off and specks dropped.

Which of the two is the darker is found on the way, so chalk on a blackboard, MNIST's own pictures and pencil on paper
all come out alike: 0 where there is paper, 1 in the middle of a stroke. Every step is kept, so that it can be shown.
Each step is a module of its own, and a page goes through it once.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from mnist_nn.imaging.clean.light import LightParameters, even_out_light
from mnist_nn.imaging.clean.remove_rulings import remove_rulings
from mnist_nn.imaging.clean.rulings import RulingParameters
from mnist_nn.imaging.clean.specks import SpeckParameters, find_specks
from mnist_nn.imaging.clean.strokes import StrokeParameters, find_strokes
from mnist_nn.imaging.clean.threshold import ThresholdParameters, measure_ink

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class CleanParameters:
    """What every step from a page to its ink depends on."""

    working_area_px: int = 2000 * 1500
    """Larger pages are made smaller first: digits stay large enough, and time and memory have a bound."""
    least_side_px: int = 6
    """A picture with a shorter side below this has no room for a digit, and no ink is looked for."""
    light: LightParameters = field(default_factory=LightParameters)
    threshold: ThresholdParameters = field(default_factory=ThresholdParameters)
    rulings: RulingParameters = field(default_factory=RulingParameters)
    strokes: StrokeParameters = field(default_factory=StrokeParameters)
    specks: SpeckParameters = field(default_factory=SpeckParameters)


CLEAN = CleanParameters()


@dataclass(frozen=True, eq=False)
class Ink:
    """Every step from a page to its ink, each an array of shape (height, width) at working size."""

    page: npt.NDArray[np.uint8]
    """The grey page at working size."""
    scale: float
    """The working size in the page's own, at most 1."""
    dark: bool
    """Whether the ink is darker than its paper."""
    close_up: bool
    """Whether the picture is so small that it shows one digit or number."""
    evened: Floats
    """0 for paper and up to 1 for ink, light and shadow taken out."""
    mask: Bools
    """What passed the threshold."""
    rulings: Bools
    """What was dropped from the mask as the lines of ruled paper."""
    specks: Bools
    """What was dropped from the mask as too small, too thin or too large to be writing."""
    grey: Floats
    """The soft ink of what is left, 1 in the middle of a stroke."""
    rim_px: int
    """How far soft ink reaches beyond the strokes."""

    @property
    def strokes(self) -> Bools:
        """What is left of the mask: the writing."""
        return self.mask & ~self.rulings & ~self.specks


def find_ink(pixels: npt.NDArray[np.uint8], parameters: CleanParameters = CLEAN) -> Ink:
    """Find the ink of a page, of any light, paper and polarity.

    Parameters
    ----------
    pixels
        Grey levels, uint8 of shape (height, width).
    parameters
        What every step depends on.

    Examples
    --------
    >>> page = np.full((60, 60), 210, np.uint8)
    >>> page[20:40, 28:32] = 40
    >>> ink = find_ink(page)
    >>> ink.dark, int(ink.strokes.sum())
    (True, 80)
    """
    p = parameters
    page, scale = _reduce(pixels, p.working_area_px)
    even = even_out_light(page, p.light)
    large_enough = min(page.shape) >= p.least_side_px
    strength = measure_ink(even.evened, even.noise, p.threshold, p.rulings) if large_enough else None
    if strength is None:
        mask = rulings = specks = np.zeros(page.shape, bool)
        grey = np.zeros(page.shape, np.float32)
    else:
        level, noise, found = strength
        bare, covered = remove_rulings(even.evened, found, level, noise, p.rulings)
        strokes = find_strokes(bare, level, noise, even.shadow, p.strokes)
        rulings = (even.evened > p.strokes.weak_share_of_ink * level) & covered & ~strokes
        specks = find_specks(strokes, rulings, p.specks)
        mask, grey = strokes | rulings, _soften(bare, strokes & ~specks, level, noise, p.strokes)
    evened = even.evened.clip(0, 1)
    return Ink(page, scale, even.dark, even.close_up, evened, mask, rulings, specks, grey, p.strokes.rim_px)


def _reduce(pixels: npt.NDArray[np.uint8], area_px: int) -> tuple[npt.NDArray[np.uint8], float]:
    """Make a page as small as is worked on; and how much smaller it is now, 1 if it is as it was."""
    height, width = pixels.shape
    longer = max(height, width)
    scale = min(longer, round(longer * (area_px / (height * width)) ** 0.5)) / longer
    if scale == 1.0:
        return pixels, 1.0
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX)), scale


def _soften(bare: Floats, strokes: Bools, level: float, noise: float, p: StrokeParameters) -> Floats:
    """Soft ink on strokes and their rims, 1 where a stroke is full."""
    if not strokes.any():
        return np.zeros(bare.shape, np.float32)
    full = max(level, float(np.percentile(bare[strokes], p.full_ink_percentile)))
    floor = min(p.floor_sigmas * noise, p.weak_share_of_ink * level / 2)
    rim = ndimage.maximum_filter(strokes, 2 * p.rim_px + 1)
    return np.where(rim, np.clip((bare - floor) / (full - floor), 0, 1), 0).astype(np.float32)
