"""Adds a margin to a picture that was cropped so tightly that its digit or number touches the edges.

Later steps would mistake whatever covers an edge for paper, a shadow or a table. This module checks whether the grey
levels of the whole picture form two classes, which of them is the paper, and whether the other consists of strokes. If
so, it continues the paper beyond the edges. It does not decide exactly what is ink.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from mnist_nn.imaging.clean.otsu import GREY_LEVELS, otsu_split
from mnist_nn.imaging.components import EIGHT_NEIGHBOURS

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Page = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class MarginParameters:
    """Parameters for tight crops, chosen on MNIST's training digits and generated shadows, lamps, sheets and noise.

    In brackets: the values for 99 % of cropped digits and rows of digits, at 1 to 6 times their size.
    """

    side_px: int = 128
    """Larger pictures are examined in reduced size, in which grain and rulings fade and strokes that are thick
    enough remain."""
    least_separability: float = 0.76
    """Share of the variance that lies between the two classes (≥ 0.81). A gradient of light reaches at most 0.75."""
    least_thickness_share_of_side: float = 0.04
    """Least thickness of the ink where it is thickest, as a share of the longer side. Between thinner strokes, most
    of every cell of the light step (`mnist_nn.imaging.clean.light`) is paper, and no margin is needed."""
    most_holes_per_digit: int = 2
    """Holes in that ink for every digit that the picture has room for, and one more: an 8 has two. A lit part of a
    page is full of holes, because the writing on it counts as holes."""
    least_hole_px: int = 3
    """Smaller holes, in reduced size, are noise."""
    scene_from_px: int = 128
    """A picture whose longer side is at least this may show a sheet on a table, or a shadow with an edge, and not
    only ink."""
    least_area_in_thicknesses: float = 1.15
    """Area of the ink at the edges over the square of its thickness (≥ 1.3). A stroke is longer than it is thick; what
    a shadow or a lamp covers goes on beyond the edge, so that its area is small for the thickness it seems to have."""
    most_outline_at_edge: float = 0.42
    """Share of the outline of that ink that lies on the edge (≤ 0.35). For a strip of table or shadow, it is half."""
    most_of_box: float = 0.65
    """Largest share of its bounding box that ink may fill (≤ 0.59). A sheet of paper on a table fills nearly all of
    it."""
    upright_from: float = 2.0
    """A picture that is filled more than that shows an upright 1 if it is this many times as high as wide. Photos
    are not that narrow."""
    most_of_a_side: float = 0.9
    """Largest share of a side of the picture that may be ink (≤ 0.8). A shadow or a table covers whole sides."""
    paper_share_of_contrast: float = 0.1
    """Pixels that differ from the paper's median by less than this share of the distance between the two classes are
    continued as paper. The edge of a stroke differs more."""
    full_side: float = 0.95
    """A side of the picture of which at least this share is dark may be a printed line of a field."""
    framed_thicknesses: float = 1.2
    """If there is such a side, the lighter class is the paper between printed lines if it is this many times as thick
    as the darker one (≥ 1.7 for fields, ≤ 0.8 for light digits on dark paper)."""
    margin_share_of_longer_side: float = 0.3
    """Width of the margin, so that even bold ink covers less than half of the whole. With half this width, upright
    1s are lost."""


MARGIN = MarginParameters()


def add_margin(page: Page, parameters: MarginParameters = MARGIN) -> tuple[Page, int]:
    """Continue the paper of a picture beyond its edges if the picture was cropped tightly.

    Parameters
    ----------
    page
        Grey levels, uint8 of shape (height, width).
    parameters
        The parameters of tight crops.

    Returns
    -------
    The picture, and the width of the margin on all sides in pixels, which is 0 if the picture is unchanged.

    Examples
    --------
    >>> digit = np.full((40, 30), 220, np.uint8)
    >>> digit[:8, 2:28] = digit[:, 20:28] = 30  # a bold 7
    >>> larger, margin_px = add_margin(digit)
    >>> margin_px, larger.shape, int(larger[0, 0]), int(larger[14, 34])
    (12, (64, 54), 220, 30)
    >>> add_margin(larger)[1]
    0
    """
    p = parameters
    step = -(-max(page.shape) // p.side_px)
    small = np.asarray(Image.fromarray(page).reduce(step))
    paper = _find_paper(small, scene=max(page.shape) >= p.scene_from_px, p=p)
    if paper is None:
        return page, 0
    margin = max(1, round(p.margin_share_of_longer_side * max(page.shape)))
    return _surround(page, *_fit_light(small, paper), margin), margin


def _find_paper(small: Page, *, scene: bool, p: MarginParameters) -> Bools | None:
    """What is surely paper, if the rest is strokes that touch the edge."""
    counts = np.bincount(small.ravel(), minlength=GREY_LEVELS)
    light = small > otsu_split(counts)
    ink = ~light if _share_of_edge(light) >= 1 / 2 or _is_framed(light, p) else light
    if not ink.any() or _separate(small, ink) < p.least_separability:
        return None
    touching = _keep_touching(ink)
    thickness = _measure_thickness(touching)
    if not _is_writing(touching, thickness, p) or (scene and _is_scenery(touching, thickness, p)):
        return None
    level = float(np.median(small[~ink]))
    apart = abs(float(small[ink].mean()) - level)
    return np.asarray(abs(small - np.float32(level)) <= p.paper_share_of_contrast * apart)


def _is_framed(light: Bools, p: MarginParameters) -> bool:
    """Whether a field was cut out along its printed lines, so that most of the edge is dark, but the paper is light."""
    sides = (light[0], light[-1], light[:, 0], light[:, -1])
    is_upright = len(light) >= p.upright_from * light.shape[1]  # a 1 is bold in its narrow picture
    if is_upright or 1 - min(float(side.mean()) for side in sides) < p.full_side:
        return False
    return _measure_thickness(light) > p.framed_thicknesses * _measure_thickness(~light)


def _share_of_edge(mask: Bools) -> float:
    """The share of the picture's outermost pixels that are set: a digit covers less than half of them, however bold."""
    inner = mask[1:-1, 1:-1]
    return float((mask.sum() - inner.sum()) / (mask.size - inner.size))


def _separate(small: Page, ink: Bools) -> float:
    """The share of the variance that lies between ink and paper: Otsu's measure of how well two classes part."""
    share = float(ink.mean())
    apart = float(small[ink].mean()) - float(small[~ink].mean())
    return share * (1 - share) * apart**2 / max(float(small.var()), 1e-9)


def _is_writing(ink: Bools, thickness: float, p: MarginParameters) -> bool:
    """Whether ink is thick, and still shaped like the strokes of a few digits."""
    room = -(-max(ink.shape) // min(ink.shape))
    return bool(
        thickness >= p.least_thickness_share_of_side * max(ink.shape)
        and _count_holes(ink, p.least_hole_px) <= p.most_holes_per_digit * room + 1
    )


def _is_scenery(ink: Bools, thickness: float, p: MarginParameters) -> bool:
    """Whether what looks like ink is a sheet of paper, a table or a shadow: straight edges, full sides."""
    sides = [float(side.sum()) for side in (ink[0], ink[-1], ink[:, 0], ink[:, -1])]
    outline = sum(sides) + sum(int(np.count_nonzero(np.diff(ink, axis=axis))) for axis in (0, 1))
    height, width = ink.shape
    return (
        float(ink.sum()) < p.least_area_in_thicknesses * thickness**2
        or sum(sides) > p.most_outline_at_edge * outline
        or (_fill_box(ink) > p.most_of_box and height < p.upright_from * width)
        or max(*sides[:2]) > p.most_of_a_side * width
        or max(*sides[2:]) > p.most_of_a_side * height
    )


def _measure_thickness(ink: Bools) -> float:
    """The greatest thickness of ink in pixels, as if it went on beyond the edge."""
    depth = ndimage.distance_transform_edt(np.pad(ink, 1, mode="edge"))
    return 2 * float(depth[1:-1, 1:-1].max())


def _fill_box(ink: Bools) -> float:
    """The share of its bounding box that is ink."""
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    return float(ink.sum()) / float(np.ptp(rows) + 1) / float(np.ptp(columns) + 1)


def _count_holes(ink: Bools, least_px: int) -> int:
    labels, _ = ndimage.label(ndimage.binary_fill_holes(ink) & ~ink)
    return int((np.bincount(labels.ravel())[1:] >= least_px).sum())


def _keep_touching(ink: Bools) -> Bools:
    """The components of ink that touch the edge of the picture."""
    labels, count = ndimage.label(ink, EIGHT_NEIGHBOURS)
    chosen = np.zeros(count + 1, bool)
    for side in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        chosen[side] = True
    chosen[0] = False
    return np.asarray(chosen[labels])


def _surround(page: Page, light: Floats, grain: Floats, margin: int) -> Page:
    """The page on paper whose light is even or slopes, with the grain that its own paper has."""
    height, width = (side + 2 * margin for side in page.shape)
    y, x = (_along(side, margin) for side in page.shape)
    ground = light[0] + light[1] * y[:, None] + light[2] * x + np.resize(grain, (height, width))
    whole: Page = ground.round().clip(0, GREY_LEVELS - 1).astype(np.uint8)
    whole[margin : margin + page.shape[0], margin : margin + page.shape[1]] = page
    return whole


def _fit_light(small: Page, paper: Bools) -> tuple[Floats, Floats]:
    """The even slope of light on the paper, and what its pixels differ from it."""
    y, x = (_along(side) for side in small.shape)
    terms = np.stack([np.ones(small.shape), np.broadcast_to(y[:, None], small.shape), np.broadcast_to(x, small.shape)])
    inside, values = terms[:, paper].T, small[paper].astype(np.float64)
    light = np.linalg.lstsq(inside, values, rcond=None)[0]
    return np.asarray(light, np.float64), np.asarray(values - inside @ light, np.float64)


def _along(side: int, margin: int = 0) -> Floats:
    """Where the pixels of a side are, from -1 to 1, and so on beyond; a slope is not continued beyond."""
    places = (np.arange(-margin, side + margin) + 0.5) / side * 2 - 1
    return np.asarray(places.clip(-1, 1))
