"""Reasons to doubt a number because of the ink in it and beside it, whatever a network reads.

For example, ink was left out that may be one of its digits, the picture may end in the middle of it, or one of its
strokes may be printed. Nothing is changed here: the reasons are passed to the code that decides.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mnist_nn.imaging.clean.ink import Ink
from mnist_nn.imaging.components import Bools, Components, find_components, grow, measure_widths, weighted_median

LEFT_OUT_AT_EDGE = "ink beside it was left out because it touches the edge of the picture"
LEFT_OUT_BY_SIZE = "ink beside it was left out because it is too thin or too large for a digit"
LEFT_OUT_AS_LINE = "a line beside it was left out, but may be a 1"
CUT = "it touches the edge of the picture and may be cut off"
SEVERAL_LINES = "there is more than one line of ink in the field"
MAY_BE_PRINTED = "one of its strokes ends at printed lines and may itself be printed"

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class DoubtParameters:
    """Parameters for doubts, chosen on generated fields around the digits that training holds out."""

    beside_heights: float = 1.0
    """Ink within this distance of a number, in heights of its digits, may be another digit."""
    least_heights: float = 0.5
    """Such ink stands beside the number for at least this share of the height of its digits."""
    least_width_share: float = 0.5
    """Such ink is at least this wide, as a share of the typical stroke width. Splinters of printed lines are
    thinner."""
    longest_line_heights: float = 1.5
    """A line that was left out may be a digit if it is at most this long."""
    longest_crossing_heights: float = 1.2
    """Limit for a line from edge to edge of the picture, where digits may also reach both edges."""
    filled_share_of_width: float = 0.8
    """A picture whose numbers fill at least this share of its width was cropped around them, so ink touches its
    edges."""
    filled_share_of_height: float = 0.6
    """The same for the height."""
    touching_px: int = 3
    """Ink within this distance of a printed line touches it."""
    slender_share_of_height: float = 0.1
    """A printed line may be this share of its height broader than it is thick, because it leans."""
    tick_share_of_height: float = 0.8
    """A tick on a printed line is lower than this share of the height of digits."""
    straight_px: float = 1.5
    """A tick is upright: at most this many pixels broader than it is thick."""


DOUBTS = DoubtParameters()


class Doubts:
    """The ink of a page that may count against its numbers, examined once for all of them.

    Examples
    --------
    >>> from mnist_nn.imaging.clean.ink import find_ink
    >>> page = np.full((80, 160), 220, np.uint8)
    >>> page[20:60, 20:26] = page[20:60, 44:50] = page[0:66, 70:76] = 30  # the last one leaves the picture
    >>> ink = find_ink(page)
    >>> Doubts(ink, find_components(ink.strokes)).find((20, 20, 50, 60), 40.0, np.array([0, 1]))
    ('ink beside it was left out because it touches the edge of the picture',)
    """

    def __init__(self, ink: Ink, strokes: Components, parameters: DoubtParameters = DOUBTS) -> None:
        self._parameters, self._strokes = parameters, strokes
        self._shape = ink.mask.shape
        self._left_out = find_components(ink.specks)
        self._at_edge = _touch_edge(self._left_out.boxes, self._shape).any(axis=1)
        least_width = parameters.least_width_share * weighted_median(measure_widths(strokes), strokes.areas)
        self._is_wide = measure_widths(self._left_out) >= least_width
        self._lines = _find_loose_lines(ink.rulings, least_width, parameters)
        self._is_printed = _find_printed(ink.rulings, strokes, parameters)
        self._cut = _touch_edge(strokes.boxes, self._shape)
        self._cut &= ~_fills(strokes.boxes, self._shape, parameters)

    def find(self, box: Box, height_px: float, components: npt.NDArray[np.intp]) -> tuple[str, ...]:
        """Return the reasons to doubt a number.

        Parameters
        ----------
        box
            Left, top, right, bottom in pixels, the last two exclusive.
        height_px
            Height of its digits.
        components
            The strokes that belong to it.
        """
        beside = self._find_beside(box, height_px)
        reasons = {
            LEFT_OUT_AT_EDGE: (beside & self._at_edge).any(),
            LEFT_OUT_BY_SIZE: (beside & ~self._at_edge).any(),
            LEFT_OUT_AS_LINE: self._has_line_beside(box, height_px),
            CUT: self._cut[components].any(),
            MAY_BE_PRINTED: self._is_printed[components].any(),
        }
        return tuple(reason for reason, there in reasons.items() if there)

    def _find_beside(self, box: Box, height: float) -> Bools:
        """Which components that were left out are as high as a digit, beside a number and near to it."""
        found = np.zeros(len(self._left_out.areas), bool)
        left, top, right, bottom = box
        reach = round(self._parameters.beside_heights * height)
        window = self._left_out.labels[top:bottom, max(0, left - reach) : right + reach]
        rows = [np.unique(row) for row in window] if window.any() else []
        labels, seen = np.unique(np.concatenate(rows), return_counts=True) if rows else (np.array([0]), np.array([0]))
        chosen = (labels > 0) & (seen >= self._parameters.least_heights * height)
        found[labels[chosen] - 1] = True
        return found & self._is_wide & ~_enclose(self._left_out.boxes, box)

    def _has_line_beside(self, box: Box, height: float) -> bool:
        left, top, right, bottom = box
        p, boxes = self._parameters, self._lines
        tall = boxes[:, 3] - boxes[:, 1]
        near = (boxes[:, 0] < right + p.beside_heights * height) & (boxes[:, 2] > left - p.beside_heights * height)
        shared = np.minimum(boxes[:, 3], bottom) - np.maximum(boxes[:, 1], top)
        crossing = _touch_edge(boxes, self._shape)[:, [1, 3]].all(axis=1)
        longest = np.where(crossing, p.longest_crossing_heights, p.longest_line_heights) * height
        as_high = (shared >= p.least_heights * height) & (tall <= longest)
        return bool((near & as_high).any())


def _enclose(boxes: npt.NDArray[np.float64], box: Box) -> Bools:
    """Which boxes have another one inside: a frame around a number is not beside it."""
    return np.asarray((boxes[:, :2] <= box[:2]).all(axis=1) & (boxes[:, 2:] >= box[2:]).all(axis=1))


def _touch_edge(boxes: npt.NDArray[np.float64], shape: tuple[int, ...]) -> Bools:
    """Which boxes touch which edges, shape (n, 4): left, top, right, bottom."""
    return np.asarray(boxes == [0, 0, shape[1], shape[0]]) if len(boxes) else np.zeros((0, 4), bool)


def _fills(boxes: npt.NDArray[np.float64], shape: tuple[int, ...], p: DoubtParameters) -> Bools:
    """Whether ink fills the picture so that it has to touch its edges: left, top, right, bottom."""
    if not len(boxes):
        return np.zeros(4, bool)
    wide, tall = boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0)
    across, down = wide >= p.filled_share_of_width * shape[1], tall >= p.filled_share_of_height * shape[0]
    return np.array([across, down, across, down])


def _find_loose_lines(rulings: Bools, least_width: float, p: DoubtParameters) -> npt.NDArray[np.float64]:
    """The boxes of upright lines that meet no others, and are as wide as strokes."""
    found = find_components(rulings)
    return found.boxes[_find_slender(found, p) & (measure_widths(found) >= least_width)]


def _find_printed(rulings: Bools, strokes: Components, p: DoubtParameters) -> Bools:
    """Which strokes are slender and upright, and both begin and end at a printed line; or low, straight, at one."""
    printed = np.zeros(len(strokes.areas), bool)
    if not rulings.any():
        return printed
    near = grow(rulings, p.touching_px)
    low = strokes.heights <= p.tick_share_of_height * weighted_median(strokes.heights, strokes.areas)
    low &= strokes.boxes[:, 2] - strokes.boxes[:, 0] <= strokes.areas / strokes.heights + p.straight_px
    for index in np.flatnonzero(_find_slender(strokes, p)).tolist():
        left, top, right, bottom = strokes.boxes[index].astype(int)
        own = strokes.labels[top:bottom, left:right] == index + 1
        touches = (own & near[top:bottom, left:right]).any(axis=1)
        ends = touches[: p.touching_px].any(), touches[-p.touching_px :].any()
        printed[index] = all(ends) or (low[index] and any(ends))
    return printed


def _find_slender(found: Components, p: DoubtParameters) -> Bools:
    """Which components are higher than wide, and hardly wider than they are thick."""
    wide = found.boxes[:, 2] - found.boxes[:, 0]
    thick = found.areas / np.maximum(found.heights, 1)
    return np.asarray((found.heights > wide) & (wide <= thick + 2 + p.slender_share_of_height * found.heights))
