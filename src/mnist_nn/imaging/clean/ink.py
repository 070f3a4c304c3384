"""Finds the ink on a page: evens out the light, separates ink from paper, and removes rulings and specks.

It also finds out whether ink or paper is darker, so chalk on a blackboard, MNIST's pictures and pencil on paper give
the same result: 0 for paper, 1 in the middle of a stroke. The result of every step is stored, so that it can be shown.
Each step is a separate module, and a page goes through each of them once.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from PIL import Image

from mnist_nn.imaging.clean.light import LightParameters, even_out_light
from mnist_nn.imaging.clean.margin import MarginParameters, add_margin
from mnist_nn.imaging.clean.remove_rulings import remove_rulings
from mnist_nn.imaging.clean.rulings import RulingParameters
from mnist_nn.imaging.clean.specks import SpeckParameters, find_specks
from mnist_nn.imaging.clean.strokes import StrokeParameters, find_front_strokes
from mnist_nn.imaging.clean.threshold import ThresholdParameters, measure_ink
from mnist_nn.imaging.components import grow

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Page = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class CleanParameters:
    """The parameters of all steps from a page to its ink."""

    working_area_px: int = 2000 * 1500
    """Larger pages are reduced first: digits stay large enough, and time and memory are limited."""
    least_side_px: int = 6
    """A picture with a shorter side below this has no room for a digit, so it is not searched for ink."""
    margin: MarginParameters = field(default_factory=MarginParameters)
    light: LightParameters = field(default_factory=LightParameters)
    threshold: ThresholdParameters = field(default_factory=ThresholdParameters)
    rulings: RulingParameters = field(default_factory=RulingParameters)
    strokes: StrokeParameters = field(default_factory=StrokeParameters)
    specks: SpeckParameters = field(default_factory=SpeckParameters)


CLEAN = CleanParameters()


@dataclass(frozen=True, eq=False)
class Ink:
    """Every step from a page to its ink, each of shape (height, width), at working size: large pages are reduced."""

    page: Page
    """The grey page at working size."""
    scale: float
    """The working size as a share of the size of the page, at most 1."""
    dark: bool
    """Whether the ink is darker than its paper."""
    close_up: bool
    """Whether the picture is so small that it shows one digit or number."""
    margin_px: int
    """Width of the margin that was added while ink was looked for, because the page was cropped at its ink; else 0."""
    evened: Floats
    """The ink after light and shadow are evened out: 0 for paper, up to 1 for ink."""
    mask: Bools
    """The pixels that passed the threshold."""
    rulings: Bools
    """The pixels that were removed from the mask as lines of ruled paper."""
    specks: Bools
    """The pixels that were removed from the mask because they are too small, too thin or too large to be writing."""
    soft: Floats
    """The soft ink of everything but rulings, 1 in the middle of a stroke: patterns, specks and noise are in it too."""
    grey: Floats
    """The soft ink of the pixels that remain; 0 elsewhere."""
    rim_px: int
    """How far soft ink reaches beyond the strokes."""

    def without_pixels(self) -> "Ink":
        """Return the same with empty arrays."""
        return replace(self, **{name: value[:0, :0] for name, value in vars(self).items() if hasattr(value, "shape")})

    @property
    def strokes(self) -> Bools:
        """The mask without rulings and specks: the writing."""
        return self.mask & ~self.rulings & ~self.specks


def find_ink(pixels: Page, parameters: CleanParameters = CLEAN) -> Ink:
    """Find the ink on a page with any light, paper and polarity.

    Parameters
    ----------
    pixels
        Grey levels, uint8 of shape (height, width).
    parameters
        The parameters of all steps.

    Examples
    --------
    >>> page = np.full((60, 60), 210, np.uint8)
    >>> page[20:40, 28:32] = 40
    >>> ink = find_ink(page)
    >>> ink.dark, int(ink.strokes.sum())
    (True, 80)
    """
    p = parameters
    page, scale, framed, margin = _prepare(pixels, p)
    close_up = max(page.shape) < p.light.close_up_side_px
    simple = close_up or (margin > 0 and max(page.shape) < p.margin.scene_from_px)
    even = even_out_light(framed, p.light, local=not simple)
    large_enough = min(framed.shape) >= p.least_side_px
    strength = measure_ink(even.evened, even.noise, p.threshold, p.rulings, margin_px=margin) if large_enough else None
    if strength is None:
        mask = rulings = specks = np.zeros(framed.shape, bool)
        soft = grey = np.zeros(framed.shape, np.float32)
    else:
        level, noise, found = strength
        bare, covered = remove_rulings(even.evened, found, level, noise, p.rulings)
        strokes, bare = find_front_strokes(bare, level, noise, even.shadow, p.strokes)
        rulings = (even.evened > p.strokes.weak_share_of_ink * level) & covered & ~strokes
        specks = find_specks(strokes, rulings, p.specks)
        mask, kept = strokes | rulings, strokes & ~specks
        soft = _soften(bare, kept, level, noise, p.strokes)
        grey = np.where(grow(kept, p.strokes.rim_px), soft, np.float32(0))
    own = tuple(slice(margin, margin + side) for side in page.shape)
    return Ink(
        page,
        scale,
        even.dark,
        close_up,
        margin,
        evened=even.evened[own].clip(0, 1),
        mask=mask[own],
        rulings=rulings[own],
        specks=specks[own],
        soft=soft[own],
        grey=grey[own],
        rim_px=p.strokes.rim_px,
    )


def _prepare(pixels: Page, p: CleanParameters) -> tuple[Page, float, Page, int]:
    """The page at working size and its scale, and the same with a margin, if it needs one, and how wide that is."""
    page, scale = _reduce(pixels, p.working_area_px)
    framed, margin = add_margin(page, p.margin)
    if framed.size > p.working_area_px:
        page, scale = _reduce(pixels, p.working_area_px * page.size // framed.size)
        framed, margin = add_margin(page, p.margin)
    return page, scale, framed, margin


def _reduce(pixels: Page, area_px: int) -> tuple[Page, float]:
    """Make a page as small as is worked on; and how much smaller it is now, 1 if it is as it was."""
    height, width = pixels.shape
    longer = max(height, width)
    scale = min(longer, round(longer * (area_px / (height * width)) ** 0.5)) / longer
    if scale == 1.0:
        return pixels, 1.0
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX)), scale


def _soften(bare: Floats, strokes: Bools, level: float, noise: float, p: StrokeParameters) -> Floats:
    """Soft ink, 1 where a stroke is full; none at all where there are no strokes."""
    if not strokes.any():
        return np.zeros(bare.shape, np.float32)
    full = max(level, float(np.percentile(bare[strokes], p.full_ink_percentile)))
    floor = min(p.floor_sigmas * noise, p.weak_share_of_ink * level / 2)
    return np.asarray(np.clip((bare - floor) / (full - floor), 0, 1), np.float32)
