"""Which pixels are ink: weak ink that is connected to strong ink, unless it is the edge of a shadow.

How strong ink is on this page was measured before (`mnist_nn.imaging.clean.threshold`).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from mnist_nn.imaging.clean.light import Shadow
from mnist_nn.imaging.components import EIGHT_NEIGHBOURS

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class StrokeParameters:
    """Which pixels are ink, and how soft. Chosen on pages made of MNIST's training digits (docs/reading.md)."""

    weak_share_of_ink: float = 0.3
    """From so much of full ink on, a pixel may belong to a stroke: where the pen was light, or the rim is soft."""
    weak_from_sigmas: float = 3.0
    """And from so many standard deviations of the paper on."""
    strong_share_of_ink: float = 0.55
    """A stroke holds at least one pixel of so much of full ink."""
    darker_share_of_ink: float = 0.25
    """What is not so much darker than all paper near it may be a shadow."""
    most_shadow_share: float = 0.8
    """Of a stroke may be such: pencil at the edge of a shadow."""
    floor_sigmas: float = 2.5
    """Standard deviations of the paper that are taken off soft ink: its noise would be ink around a stroke."""
    full_ink_percentile: float = 90.0
    """Of the pixels of strokes, where they are stronger than full ink was measured."""
    rim_px: int = 2
    """Pixels of soft ink around a stroke: what a lens or the resizing of a page makes of its edge."""


STROKES = StrokeParameters()


def find_strokes(
    bare: Floats, level: float, noise: float, shadow: Shadow | None, parameters: StrokeParameters = STROKES
) -> Bools:
    """Find weak ink that is connected to strong ink, unless it is the edge of a shadow.

    Parameters
    ----------
    bare
        float32 of shape (height, width): 0 for paper, up to 1 for ink; without rulings.
    level, noise
        How strong full ink is, and the standard deviation of bare paper, in the same unit.
    shadow
        What tells the edge of a shadow; None if there is no such edge.

    Returns
    -------
    bool of shape (height, width).

    Examples
    --------
    >>> find_strokes(np.array([[0.4, 0.9, 0.0, 0.4]], np.float32), 0.9, 0.0, None).tolist()
    [[True, True, False, False]]
    """
    p = parameters
    weak, count = ndimage.label(bare > max(p.weak_share_of_ink * level, p.weak_from_sigmas * noise), EIGHT_NEIGHBOURS)
    holds_strong = np.zeros(count + 1, bool)
    holds_strong[weak[bare > p.strong_share_of_ink * level]] = True
    if shadow is not None:
        shadowy = shadow.below_paper < p.darker_share_of_ink * level * shadow.ground
        areas, shadows = (np.bincount(chosen, minlength=count + 1) for chosen in (weak.ravel(), weak[shadowy]))
        holds_strong &= shadows <= p.most_shadow_share * areas
    holds_strong[0] = False
    return holds_strong[weak]
