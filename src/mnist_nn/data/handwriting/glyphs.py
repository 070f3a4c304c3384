"""A pool of digits that can be drawn at any size with any pen: people's digits (MNIST) and those of simulated hands.

Each glyph is a field of distances to its centre line. `lines` combines these single digits.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data.handwriting.centre_lines import (
    FIELD_SIDE,
    LEVELS_PER_PIXEL,
    distances_to_points,
    enlarge,
    follow,
    has_filled_loop,
    has_lost_loop,
    thin,
)
from mnist_nn.data.handwriting.forms.families import FORMS
from mnist_nn.data.handwriting.pen import resample, trace
from mnist_nn.data.handwriting.styles import Hands, draw_hands
from mnist_nn.util.processors import count_processors
from mnist_nn.util.randomness import Key, fold

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]

LABELS = 10
IMAGES_AT_ONCE = 512  # thinned together: some MB
PATHS_AT_ONCE = 16  # pen digits whose distances are found together: they stay in a core's cache
PATCHES_AT_ONCE = 32  # drawn together, likewise
LONGER_SIDE = 40.0  # field pixels of a pen digit's longer side, as the 20 pixels of a framed digit
POINT_GAP = 0.7  # field pixels between points of a path: the line between them is nowhere thinner by a twentieth
LEAST_BOX = 10.0  # field pixels that a centre line's height is at least taken for
LEAST_PEN = 1.5  # field pixels: a finer line, of a digit drawn large, would break up between the field's pixels
OUTSIDE = 255  # the rim of every field: whatever lies outside is far from the line


@dataclass(frozen=True)
class Pose:
    """How to draw glyphs; each value is float32 of shape (n,).

    Attributes
    ----------
    height_px
        From the top of the centre line to its foot; the width of the pen is added to it.
    width_ratio
        Horizontal stretch of the glyph.
    slant_tangent
        Tangent of the slant; above 0, the top leans to the right.
    turn_radians
        A small turn, clockwise.
    pen_px
        Width of the pen.
    grey
        Whether to draw MNIST's own picture instead of a line of the pen's width: bool, only for glyphs that have one.
    bend
        Waves that displace columns along a glyph's height, and rows along its width: float32 of shape (n, 2, 3),
        amplitude in pixels, radians per pixel, phase; None for none.
    """

    height_px: Array
    width_ratio: Array
    slant_tangent: Array
    turn_radians: Array
    pen_px: Array
    grey: Array
    bend: Array | None = None

    def take(self, rows: Array | slice) -> "Pose":
        """Return a copy of the poses with these row numbers."""
        return Pose(
            self.height_px[rows],
            self.width_ratio[rows],
            self.slant_tangent[rows],
            self.turn_radians[rows],
            self.pen_px[rows],
            self.grey[rows],
            None if self.bend is None else self.bend[rows],
        )


@dataclass(frozen=True, eq=False)
class GlyphPool:
    """A pool of digits that can be drawn.

    Attributes
    ----------
    images
        uint8 of shape (m, 28, 28): MNIST's pictures of the first m glyphs, moved by whole pixels so that each digit's
        box is in the middle.
    fields
        uint8 of shape (n, 56, 56): distances to the centre line, 20 levels for a pixel.
    boxes
        float32 of shape (n, 4): left, top, right and foot of the centre line in field pixels.
    ends
        float32 of shape (n, 2, 2): x and y in field pixels of where the pen began and ended; for MNIST's glyphs the
        highest point of the line, twice.
    filled
        bool of shape (n,): whether a loop is filled with ink. Such a digit is drawn unchanged, because its centre line
        looks like another digit.
    labels
        int64 of shape (n,).
    hands
        The number of simulated writers. Each has ``copies`` pen glyphs of each digit; they come after MNIST's, ordered
        by hand, then label.
    copies
        The number of pen glyphs for each hand and digit; 0 if there are none.
    """

    images: npt.NDArray[np.uint8]
    fields: npt.NDArray[np.uint8]
    boxes: Array
    ends: Array
    filled: npt.NDArray[np.bool_]
    labels: Rows
    hands: Hands
    copies: int

    @classmethod
    def of(
        cls, images: npt.NDArray[np.uint8], labels: Rows, key: Key, family: str, pen_digits: int = 20_000
    ) -> "GlyphPool":
        """Make a pool.

        Parameters
        ----------
        images, labels
            Framed digits, uint8 of shape (m, 28, 28), and int64 of shape (m,); every digit at least once, or none.
        key
            The random key for drawing hands.
        family
            The family of hands, one of FAMILIES.
        pen_digits
            Number of digits by simulated hands: 20 per hand, two of each digit. At least one hand is drawn.

        Raises
        ------
        ConfigError
            If there is no such family.

        Examples
        --------
        >>> from mnist_nn.util.randomness import key
        >>> pool = GlyphPool.of(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.int64), key(1), "test", pen_digits=40)
        >>> len(pool), len(pool.hands), pool.labels[:6].tolist()
        (40, 2, [0, 0, 1, 1, 2, 2])
        """
        copies = 2 if pen_digits else 0
        hands = draw_hands(max(pen_digits // (2 * LABELS), 1), fold(key, 0), family)
        images = _centre_boxes(images)
        people = [_in_threads(_thin_images, images, IMAGES_AT_ONCE)] if len(images) else []
        pen = [np.ravel(rows) for rows in np.indices((len(hands), LABELS, copies))]
        drawn = [_write_digits(hands, *pen)] if copies else []
        fields, boxes, ends, filled = (np.concatenate(parts) for parts in zip(*people, *drawn, strict=True))
        filled[: len(images)] |= has_lost_loop(fields[: len(images)], labels)
        return cls(images, fields, boxes, ends, filled, np.concatenate([labels, pen[1]]), hands, copies)

    @classmethod
    def of_single_digits(cls, count: int, key: Key, family: str) -> "GlyphPool":
        """Make a pool with one digit from each of ``count`` simulated hands, so that all digits are independent.

        The labels run from 0 to 9 again and again. Such a pool has no copies to choose from.

        Examples
        --------
        >>> from mnist_nn.util.randomness import key
        >>> pool = GlyphPool.of_single_digits(12, key(1), "test")
        >>> len(pool), len(pool.hands), pool.labels[:4].tolist()
        (12, 12, [0, 1, 2, 3])
        """
        hands, writers = draw_hands(count, fold(key, 0), family), np.arange(count)
        labels = writers % LABELS
        written = _write_digits(hands, writers, labels, np.zeros(count, np.int64))
        return cls(np.zeros((0, 28, 28), np.uint8), *written, labels, hands, 0)

    def __len__(self) -> int:
        return len(self.labels)

    def pen_glyphs(self, writers: Rows, labels: Rows, copies: Rows) -> Rows:
        """Return the numbers, shape (n,), of the glyphs of these simulated hands, labels and copies."""
        return np.asarray(len(self.images) + (writers * LABELS + labels) * self.copies + copies)

    def people_glyphs(self, labels: Rows, draws: Array) -> Rows:
        """Choose MNIST's glyphs of these labels by uniform draws from 0 to 1, and return their numbers, shape (n,).

        A glyph with a filled loop looks right only with its own pen, so it is chosen only if its label has no others.
        """
        order, counts = self._people
        return np.asarray(order[(np.cumsum(counts) - counts)[labels] + (draws * counts[labels]).astype(np.int64)])

    @cached_property
    def _people(self) -> tuple[Rows, Rows]:
        """Return the MNIST glyphs that can be chosen, ordered by label, and how many each label has."""
        labels, filled = self.labels[: len(self.images)], self.filled[: len(self.images)]
        has_others = np.bincount(labels[~filled], minlength=LABELS) > 0
        chosen = np.flatnonzero(~filled | ~has_others[labels])
        order = chosen[np.argsort(labels[chosen], kind="stable")]
        return order, np.bincount(labels[order], minlength=LABELS)

    def scales(self, glyphs: Rows, pose: Pose) -> tuple[Array, Array]:
        """Return how many pixels one field pixel covers, across and down."""
        box = self.boxes[glyphs]
        down = pose.height_px / np.maximum(box[:, 3] - box[:, 1], np.float32(LEAST_BOX))
        return down * pose.width_ratio, down

    def width_px(self, glyphs: Rows, pose: Pose) -> Array:
        """Return the width of the centre lines without slant and turn: float32 of shape (n,)."""
        return np.asarray((self.boxes[glyphs, 2] - self.boxes[glyphs, 0]) * self.scales(glyphs, pose)[0])

    def place(self, glyphs: Rows, pose: Pose, points: Array) -> Array:
        """Return x and y of points of the field, in pixels from the glyph's middle, without turn and bend."""
        across, down = self.scales(glyphs, pose)
        box = self.boxes[glyphs]
        y = (points[:, 1] - (box[:, 1] + box[:, 3]) / 2) * down
        x = (points[:, 0] - (box[:, 0] + box[:, 2]) / 2) * across
        return np.stack([x - pose.slant_tangent * y, y], axis=-1)

    def draw(self, glyphs: Rows, pose: Pose, centres: Array, shape: tuple[int, int]) -> npt.NDArray[np.float32]:
        """Draw glyphs, each in its own patch.

        Parameters
        ----------
        glyphs
            Their numbers, shape (n,).
        pose
            The pose of each glyph.
        centres
            float of shape (n, 2): the position (x, y) in the patch of the middle of the centre line's box; pixel
            centres are at whole numbers.
        shape
            Rows and columns of a patch.

        Returns
        -------
        Ink from 0 to 1: float32 of shape (n, rows, columns).

        Examples
        --------
        >>> from mnist_nn.util.randomness import key
        >>> pool = GlyphPool.of(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.int64), key(1), "train", pen_digits=20)
        >>> one = np.ones(20, np.float32)
        >>> pose = Pose(40 * one, one, 0 * one, 0 * one, 3 * one, one < 0)
        >>> ink = pool.draw(np.arange(20), pose, np.full((20, 2), 39.5), (80, 80))
        >>> ink.shape, float(ink.max()), np.flatnonzero(ink[0].any(axis=1))[[0, -1]].tolist()
        ((20, 80, 80), 1.0, [18, 61])
        """
        ink = np.zeros((len(glyphs), *shape), np.float32)
        as_it_is = pose.grey | self.filled[glyphs]
        for grey in np.unique(as_it_is):
            rows = np.flatnonzero(as_it_is == grey)
            for start in range(0, len(rows), PATCHES_AT_ONCE):
                some = rows[start : start + PATCHES_AT_ONCE]
                draw = self._draw_grey if grey else self._draw_pen
                ink[some] = draw(glyphs[some], pose.take(some), centres[some].astype(np.float32), shape)
        return ink

    def _draw_pen(self, glyphs: Rows, pose: Pose, centres: Array, shape: tuple[int, int]) -> Array:
        across, down = self.scales(glyphs, pose)
        away = _sample(self.fields[glyphs], *self._coordinates(glyphs, pose, centres, shape))
        scale = np.sqrt(across * down)
        away *= (-scale / LEVELS_PER_PIXEL)[:, None, None]
        away += np.maximum(pose.pen_px / 2 + np.float32(0.5), scale * np.float32(LEAST_PEN / 2))[:, None, None]
        return np.clip(away, 0, 1, out=away)

    def _draw_grey(self, glyphs: Rows, pose: Pose, centres: Array, shape: tuple[int, int]) -> Array:
        x, y = self._coordinates(glyphs, pose, centres, shape)
        return _sample(
            np.pad(self.images[glyphs], ((0, 0), (1, 1), (1, 1))), (x / 2 + 0.75), (y / 2 + 0.75)
        ) / np.float32(255)

    def _coordinates(self, glyphs: Rows, pose: Pose, centres: Array, shape: tuple[int, int]) -> tuple[Array, Array]:
        """Field coordinates of a patch's pixels: a part that follows the row and one that follows the column.

        From a pixel's place beside the glyph's middle: slanted upright, turned back, divided by the scale.
        """
        box, (across, down) = self.boxes[glyphs], self.scales(glyphs, pose)
        x = np.arange(shape[1], dtype=np.float32) - centres[:, :1]
        y = np.arange(shape[0], dtype=np.float32) - centres[:, 1:]
        slant, turn = pose.slant_tangent[:, None], pose.turn_radians[:, None]
        x_of_row, y_of_row = (slant + turn) * y, (1 - turn * slant) * y
        x_of_column, y_of_column = x, -turn * x
        if pose.bend is not None:
            x_of_row, y_of_column = (
                part + bend[:, :1] * np.sin(bend[:, 1:2] * at + bend[:, 2:])
                for part, at, bend in ((x_of_row, y, pose.bend[:, 0]), (y_of_column, x, pose.bend[:, 1]))
            )
        middle = (box[:, :2] + box[:, 2:])[:, :, None] / 2
        x_field = (x_of_row / across[:, None])[:, :, None] + (x_of_column / across[:, None] + middle[:, 0])[:, None]
        y_field = (y_of_row / down[:, None] + middle[:, 1])[:, :, None] + (y_of_column / down[:, None])[:, None]
        return x_field, y_field


def _sample(fields: npt.NDArray[np.uint8], x: Array, y: Array) -> Array:
    """Read fields of bytes between their pixels, bilinearly; beyond the rim it is as on the rim."""
    count, rows, columns = fields.shape
    np.clip(x, 0, np.float32(columns - 1.001), out=x)
    np.clip(y, 0, np.float32(rows - 1.001), out=y)
    left, top = x.astype(np.int32), y.astype(np.int32)
    x -= left
    y -= top
    first = (top * columns + left + (np.arange(count, dtype=np.int32) * (rows * columns))[:, None, None]).astype(
        np.intp
    )
    flat = fields.astype(np.float32).ravel()
    corners = [np.take(flat[offset:], first, mode="clip") for offset in (0, 1, columns, columns + 1)]
    upper, lower = (a + x * (b - a) for a, b in (corners[:2], corners[2:]))
    return np.asarray(upper + y * (lower - upper))


def _in_threads(work: Callable[[Any], Sequence[Array]], rows: Array, at_once: int) -> tuple[Array, ...]:
    """Do work on some rows at a time, in threads, and join what comes back."""
    with ThreadPoolExecutor(count_processors()) as threads:
        parts = list(threads.map(work, (rows[start : start + at_once] for start in range(0, len(rows), at_once))))
    return tuple(np.concatenate(part) for part in zip(*parts, strict=True))


def _centre_boxes(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Move digits by whole pixels, so that a bold pen has room on all sides."""
    side = images.shape[1]
    places = np.arange(side)
    ways = []
    for axis in (2, 1):
        flags = np.asarray(images.any(axis=axis))
        first, last = flags.argmax(axis=1), side - 1 - flags[:, ::-1].argmax(axis=1)
        ways.append(places + ((first + last - side + 1) // 2 + side)[:, None])
    wide = np.pad(images, ((0, 0), (side, side), (side, side)))
    return np.asarray(wide[np.arange(len(images))[:, None, None], ways[0][:, :, None], ways[1][:, None]])


def _thin_images(images: npt.NDArray[np.uint8]) -> tuple[Array, Array, Array, Array]:
    """Fields, boxes and ends of framed digits, and whether their loops have run full of ink."""
    ink = np.ascontiguousarray(enlarge(images))
    lines = thin(ink)
    points, counts = follow(lines)
    fields = np.empty((len(images), FIELD_SIDE, FIELD_SIDE), np.uint8)
    alike = np.argsort(counts, kind="stable")  # paths of about the same length have their distances found together
    for start in range(0, len(images), PATHS_AT_ONCE):
        some = alike[start : start + PATHS_AT_ONCE]
        fields[some] = distances_to_points(points[some, : counts[some].max()])
    highest = points[np.arange(len(points)), points[..., 1].argmin(axis=1)]
    return _close_rim(fields), _boxes(points), np.stack([highest, highest], axis=1), has_filled_loop(ink, lines)


def _boxes(points: Array) -> Array:
    return np.concatenate([points.min(axis=1), points.max(axis=1)], axis=1).astype(np.float32)


def _close_rim(fields: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    for rim in (0, -1):
        fields[:, rim] = fields[:, :, rim] = OUTSIDE
    return fields


def _write_digits(hands: Hands, writers: Rows, labels: Rows, copies: Rows) -> tuple[Array, Array, Array, Array]:
    """Fields, boxes and ends of digits, a row each for its hand, label and copy; none has a filled loop."""
    count, forms = len(writers), hands.forms[writers, labels]
    fields = np.empty((count, FIELD_SIDE, FIELD_SIDE), np.uint8)
    boxes, ends = np.empty((count, 4), np.float32), np.empty((count, 2, 2), np.float32)
    for label in range(LABELS):
        for form in range(len(FORMS[hands.family][label])):
            rows = np.flatnonzero((labels == label) & (forms == form))
            if len(rows):
                strokes = trace(hands, writers[rows], copies[rows], label, form)
                fields[rows], boxes[rows], ends[rows] = _field(strokes)
    return fields, boxes, ends, np.zeros(count, np.bool_)


def _field(strokes: list[Array]) -> tuple[Array, Array, Array]:
    """Fields, boxes and ends of paths: the longer side fills what a framed digit fills, in the middle."""
    whole = np.concatenate(strokes, axis=1)
    low, high = whole.min(axis=1), whole.max(axis=1)
    scale = LONGER_SIDE / (high - low).max(axis=1)
    middle = (FIELD_SIDE - 1) / 2
    placed = [middle + (path - (low + high)[:, None] / 2) * scale[:, None, None] for path in strokes]
    points = resample(placed, POINT_GAP)
    (fields,) = _in_threads(lambda some: [distances_to_points(some)], points, PATHS_AT_ONCE)
    return _close_rim(fields), _boxes(points), points[:, [0, -1]].astype(np.float32)
