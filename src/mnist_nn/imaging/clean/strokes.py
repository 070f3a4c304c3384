"""Decides which pixels are ink: weak ink connected to strong ink, unless it is the edge of a shadow.

The strength of ink on the page was measured earlier (`mnist_nn.imaging.clean.threshold`).
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
    """Parameters for strokes and their soft edges.

    They were chosen on pages of MNIST's training digits (docs/explanation/reading.md).
    """

    weak_share_of_ink: float = 0.3
    """A pixel of at least this share of full ink may belong to a stroke whose pen was light or whose edge is soft."""
    weak_from_sigmas: float = 3.0
    """Such a pixel is also at least this many standard deviations of the paper above it."""
    strong_share_of_ink: float = 0.55
    """A stroke contains at least one pixel above this share of full ink."""
    darker_share_of_ink: float = 0.25
    """A pixel that is not at least this much darker than the paper near it may be a shadow."""
    most_shadow_share: float = 0.8
    """At most this share of a stroke may be such pixels, as of pencil at the edge of a shadow."""
    veil_bins: int = 14
    """Number of steps from weak to full ink in which pixels are counted. A second, fainter kind of ink is print that
    shows through from the back."""
    widest_valley_bin: int = 9
    """The gap between the two kinds of ink is below this step."""
    least_veil_peak: float = 4.0
    """The commonest strength of the fainter ink is this many times as common as the strengths in the gap. In other
    pictures, it is at most 2.1 times."""
    least_veiled_px: int = 400
    """Fewer pixels than this prove nothing."""
    least_ink_peak: float = 2.0
    """The commonest strength of the stronger ink is this many times as common as those in the gap. Pencil and fading
    ink have only one kind."""
    floor_sigmas: float = 2.5
    """This many standard deviations of the paper are subtracted from soft ink; otherwise its noise would be ink
    around a stroke."""
    full_ink_percentile: float = 90.0
    """Full ink is at least this percentile of the strokes' pixels, even if it was measured as weaker."""
    rim_px: int = 2
    """Width of the soft ink around a stroke, which a lens or the resizing of a page causes."""


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
        The data for recognizing the edge of a shadow; None if there is no such edge.

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
        ink = weak > 0
        label = weak[ink]
        shadowy = shadow.below_paper[ink] < p.darker_share_of_ink * level * shadow.ground[ink]
        areas, shadows = (np.bincount(chosen, minlength=count + 1) for chosen in (label, label[shadowy]))
        holds_strong &= shadows <= p.most_shadow_share * areas
    holds_strong[0] = False
    return holds_strong[weak]


def find_front_strokes(
    bare: Floats, level: float, noise: float, shadow: Shadow | None, parameters: StrokeParameters = STROKES
) -> tuple[Bools, Floats]:
    """Find strokes as `find_strokes` does, without those that show through from the back of the paper.

    Returns
    -------
    The strokes, and the page without what shows through (unchanged if nothing does).
    """
    strokes = find_strokes(bare, level, noise, shadow, parameters)
    veil = measure_veil(bare[strokes], level, parameters)
    if not veil:
        return strokes, bare
    front = np.where(bare > veil, bare, np.float32(0))
    return find_strokes(front, level, noise, shadow, parameters), front


def measure_veil(ink: Floats, level: float, parameters: StrokeParameters = STROKES) -> float:
    """Measure the strength of print that shows through from the back of the paper, a second, much fainter kind of ink.

    Parameters
    ----------
    ink
        float32 of shape (n,): the pixels of strokes.
    level
        How strong full ink is, in the same unit.
    parameters
        The parameters of a second kind of ink.

    Returns
    -------
    Its highest strength, in the unit of ``level``; 0 if all ink is of one kind.

    Examples
    --------
    >>> written, behind = np.full(400, 0.8, np.float32), np.full(300, 0.3, np.float32)
    >>> 0.3 < measure_veil(np.concatenate([written, behind]), 0.8) < 0.8, measure_veil(written, 0.8)
    (True, 0.0)
    """
    p = parameters
    counts, edges = np.histogram(np.minimum(ink, level), p.veil_bins, (p.weak_share_of_ink * level, level))
    smooth = np.convolve(counts, [0.25, 0.5, 0.25], "same")
    valley = 2 + int(smooth[2 : p.widest_valley_bin].argmin())
    between = max(float(smooth[valley]), 1.0)
    fainter, stronger = float(smooth[: valley + 1].max()), float(smooth[valley:].max())
    is_veil = fainter >= p.least_veil_peak * between and stronger >= p.least_ink_peak * between
    if len(ink) < p.least_veiled_px:
        return 0.0
    return float(edges[valley]) if is_veil else 0.0
