"""Composes lines of handwritten digits for sequence readers, as lines look after they were found and scaled.

It composes many lines at once: digits side by side, touching or joined, with signs, remains of forms, and dirt from
scanning. It draws no pages; `line_ranges` has all ranges.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data.handwriting.draws import Draws, fold
from mnist_nn.data.handwriting.glyphs import LABELS, GlyphPool, Pose
from mnist_nn.data.handwriting.line_ranges import LINES, MAP_ROWS, MOST_DIGITS, LineRanges
from mnist_nn.data.handwriting.marks import Marks, draw_marks, paste
from mnist_nn.data.handwriting.scan import scan
from mnist_nn.data.handwriting.signs import Signs
from mnist_nn.util.processors import count_processors
from mnist_nn.util.randomness import Key

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]

LINES_AT_ONCE = 96  # composed together: their canvas stays in a core's cache
TAILED = (4, 7, 9)
REACH_PX = 5  # that turn and bend may move a digit's rim beyond its box
MOST_WIDTH_BY_HEIGHT = 1.25  # of a digit
HIGH, LOW = 0.35, 0.62  # of a digit's height: a small zero that is raised hangs between


@dataclass(frozen=True)
class Lines:
    """Composed lines.

    Attributes
    ----------
    maps
        uint8 of shape (n, 32, columns), 0 for paper, 255 for ink; there are as many columns as the widest line has.
    widths
        Number of columns of each line, always even: int32 of shape (n,). The columns beyond are 0.
    labels
        The digits from left to right, -1 after the last: int8 of shape (n, 12).
    lengths
        How many digits: int32 of shape (n,).
    centres
        The column of the middle of each digit: float32 of shape (n, 12). Entries after the last digit have no meaning.
    """

    maps: npt.NDArray[np.uint8]
    widths: npt.NDArray[np.int32]
    labels: npt.NDArray[np.int8]
    lengths: npt.NDArray[np.int32]
    centres: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.widths)


def compose_lines(count: int, key: Key, pool: GlyphPool, ranges: LineRanges = LINES) -> Lines:
    """Compose lines of digits; line i is always the same, however many lines are composed.

    Parameters
    ----------
    count
        How many.
    key
        Used as it is.
    pool
        The digits and hands to draw with.
    ranges
        The ranges that everything else is drawn from.

    Examples
    --------
    >>> from mnist_nn.util.randomness import key
    >>> pool = GlyphPool.of(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.int64), key(1), "train", pen_digits=20)
    >>> lines = compose_lines(3, key(2), pool)
    >>> lines.maps.shape[:2], lines.lengths.tolist(), lines.labels[0, : lines.lengths[0]].tolist()
    ((3, 32), [4, 4, 4], [8, 0, 0, 0])
    """
    lengths, labels = _draw_strings(count, fold(key, 0), ranges)
    alike = np.argsort(lengths, kind="stable")  # lines of about the same width are composed together
    groups = [alike[start : start + LINES_AT_ONCE] for start in range(0, count, LINES_AT_ONCE)]
    with ThreadPoolExecutor(count_processors()) as threads:
        composed = list(threads.map(lambda rows: _Composer(rows, labels[rows], key, pool, ranges).compose(), groups))
    widths, centres = np.zeros(count, np.int32), np.zeros((count, MOST_DIGITS), np.float32)
    for rows, (_, of_group, middles) in zip(groups, composed, strict=True):
        widths[rows], centres[rows] = of_group, middles
    maps = np.zeros((count, MAP_ROWS, widths.max(initial=0)), np.uint8)
    for rows, (of_lines, *_) in zip(groups, composed, strict=True):
        for row, line in zip(rows, of_lines, strict=True):
            maps[row, :, : widths[row]] = line[:, : widths[row]]  # beyond, noise and blur may lie
    return Lines(maps, widths, labels, lengths, centres)


def _draw_strings(count: int, key: Key, ranges: LineRanges) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int8]]:
    """Draw lengths and digits: evenly, with more zeros, repeated digits, and zeros at the end of round numbers."""
    draws = Draws(key, np.arange(count))
    shares = np.cumsum(ranges.length_shares) / np.sum(ranges.length_shares)
    lengths = 1 + np.minimum(np.searchsorted(shares, draws.even()), MOST_DIGITS - 1)
    labels = np.stack([draws.whole(LABELS) for _ in range(MOST_DIGITS)], axis=1)
    labels[draws.evens(MOST_DIGITS) < ranges.zero_share] = 0
    for place in range(1, MOST_DIGITS):
        labels[:, place] = np.where(draws.chance(ranges.repeat_share), labels[:, place - 1], labels[:, place])
    places = np.arange(MOST_DIGITS)
    last = (places >= lengths[:, None] - 3) & (places > 0)
    labels[
        last & draws.chance(ranges.round_line_share)[:, None] & (draws.evens(MOST_DIGITS) < ranges.round_digit_share)
    ] = 0
    labels[places >= lengths[:, None]] = -1
    return lengths.astype(np.int32), labels.astype(np.int8)


class _Composer:
    """Composes some lines: what holds for a line is drawn at first, then a digit of each line after another."""

    def __init__(self, rows: Rows, labels: npt.NDArray[np.int8], key: Key, pool: GlyphPool, ranges: LineRanges) -> None:
        self.key, self.pool, self.ranges, self.numbers = key, pool, ranges, rows
        self.labels = labels.astype(np.int64)
        self.lengths = (labels >= 0).sum(axis=1)
        self.draws = Draws(fold(key, 1), rows)
        self._draw_layout()
        self._draw_hand()
        columns = int(self._most_columns())
        self.ink = np.zeros((len(rows), MAP_ROWS, columns), np.float32)
        self.paper = np.zeros_like(self.ink)
        self.centres = np.zeros(labels.shape, np.float32)
        self.signs = Signs(self.ink, rows, self.middle, self.height, self.pen, self.slant, ranges.dash_px)

    def _draw_layout(self) -> None:
        draws, ranges = self.draws, self.ranges
        self.clean = draws.chance(ranges.clean_share)
        self.height = draws.even(*ranges.height_px)
        room = self.height / 2 + ranges.least_room_px
        self.middle = np.clip(draws.even(*ranges.middle_row), room, MAP_ROWS - 1 - room)
        self.climb = draws.even(*ranges.climb_px)
        touching = draws.chance(ranges.touching_share) & ~self.clean
        self.gap = np.where(touching, draws.even(*ranges.touching_gap_px), draws.even(*ranges.apart_gap_px))
        self.gap_wobble = draws.even(*ranges.gap_wobble_px)
        self.wide_place = np.where(draws.chance(ranges.wide_share), draws.whole(self.lengths), -1)
        self.cell = np.where(draws.chance(ranges.cell_share), self.height * draws.even(*ranges.cell_width), 0)
        self.ticked = (self.cell > 0) & draws.chance(ranges.tick_share) & ~self.clean
        self.grouped = draws.chance(ranges.grouped_share) & ~self.clean
        self.zero_size = np.where(draws.chance(ranges.small_zero_share), draws.even(*ranges.small_zero), 1)
        self.tailed = draws.chance(ranges.tail_share)
        self.joined_zeros = draws.chance(ranges.joined_zeros_share) & ~self.clean
        self.x = draws.even(*ranges.left_margin_px)

    def _draw_hand(self) -> None:
        """Choose who writes, and which of his digits are drawn and which are people's."""
        draws, ranges, pool = self.draws, self.ranges, self.pool
        hands = pool.hands
        self.writer = draws.whole(len(hands))
        self.one_hand = draws.chance(ranges.one_hand_share)
        self.slant = hands.slant_tangent[self.writer]
        self.pen = np.maximum(hands.pen_width[self.writer] * self.height, np.float32(ranges.least_pen_px))
        self.gap += ranges.pen_gap * np.maximum(self.pen - ranges.usual_pen_px, 0)
        self.width_ratio = draws.even(*ranges.width_ratio)
        kind = draws.even()
        mixed = np.stack([draws.chance(ranges.mixed_pen_share) for _ in range(LABELS)], axis=1)
        drawn = np.where((kind < ranges.all_pen_share)[:, None], True, mixed)
        drawn &= (kind < 1 - ranges.no_pen_share)[:, None]
        people, copies = len(pool.images) > 0, pool.copies > 0
        self.drawn = (drawn | (not people)) & copies
        self.grey = draws.chance(ranges.grey_share)
        self.same_glyph = draws.chance(ranges.same_glyph_share)
        self.glyph_draws = draws.evens(LABELS)

    def _most_columns(self) -> float:
        """Room for the longest of these lines; it is cut to each line's width in the end."""
        widest = np.maximum(self.height * MOST_WIDTH_BY_HEIGHT * 1.4 + np.maximum(self.gap, 0) + 8, self.cell)
        return float((self.lengths * widest).max()) + 160

    def compose(self) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """Return the maps and widths of the lines, and the middles of their digits."""
        self._write_before()
        self.cell_left = self.x.copy()
        last: dict[str, Array] = {"exit": np.zeros((len(self.numbers), 2)), "label": np.full(len(self.numbers), -1)}
        for place in range(self.lengths.max()):
            self._write_digit(place, last)
        self._write_closing()
        right = self.x + np.abs(self.slant) * 6 + self.draws.even(*self.ranges.right_margin_px)
        widths = np.clip(right, 24, self.ink.shape[2]).astype(np.int32) & ~1
        self._print_forms(widths)
        columns = int(widths.max())
        draws = Draws(fold(self.key, 3), self.numbers)
        maps = scan(self.ink[:, :, :columns], self.paper[:, :, :columns], widths, draws, self.ranges, self.clean)
        return maps, widths, self.centres

    # ---- digits ----

    def _write_digit(self, place: int, last: dict[str, Array]) -> None:
        """Write one digit of each line that has so many."""
        ranges = self.ranges
        rows = np.flatnonzero(self.lengths > place)
        draws = Draws(fold(self.key, 2, place), self.numbers[rows])
        label = self.labels[rows, place]
        height, foot = self._size(rows, place, label, draws)
        glyphs, slant, grey = self._choose_glyphs(rows, label, draws)
        pose = Pose(
            height,
            self.width_ratio[rows] * draws.even(*ranges.digit_width_ratio),
            slant,
            draws.even(*ranges.turn_radians),
            self.pen[rows],
            grey,
            _bend(draws, ranges),
        )
        wide = self.pool.width_px(glyphs, pose)
        shrink = np.minimum(1, MOST_WIDTH_BY_HEIGHT * height / np.maximum(wide, 1))
        pose, wide = replace(pose, width_ratio=pose.width_ratio * shrink), wide * shrink
        room = (self.cell[rows] - wide) / 2
        start = self.x[rows] + np.where(self.cell[rows] > 0, room * draws.even(0.5, 1.5), 0)
        middle = foot - height / 2
        centre = start + wide / 2 - self.slant[rows] * (middle - self.middle[rows])
        self._draw(rows, glyphs, pose, np.stack([centre, middle], axis=-1))
        self.centres[rows, place] = centre
        begin, end = (
            self.pool.place(glyphs, pose, self.pool.ends[glyphs, k]) + np.stack([centre, middle], axis=-1)
            for k in (0, 1)
        )
        self._join(rows, label, last, begin, draws)
        last["exit"][rows], last["label"][rows] = end, label
        self._step(rows, place, label, start, wide, draws)

    def _size(self, rows: Rows, place: int, label: Rows, draws: Draws) -> tuple[Array, Array]:
        """Height of digits and the row that they stand on."""
        ranges, full = self.ranges, self.height[rows]
        zero = label == 0
        height = full * draws.even(*ranges.digit_height)
        height = np.where(zero, height * self.zero_size[rows] * draws.even(0.9, 1.05), height)
        foot = self.middle[rows] + full / 2 + draws.even(*ranges.base_wobble_px)
        foot -= self.climb[rows] * (place / np.maximum(self.lengths[rows] - 1, 1) - 0.5)
        tail = np.where(self.tailed[rows] & np.isin(label, TAILED), draws.even(*ranges.tail), 1)
        raised = zero & (self.zero_size[rows] < 1) & draws.chance(ranges.raised_zero_share)
        foot = foot - raised * draws.even(0, 0.8) * (full - height) + (tail - 1) * height * 0.8
        return height * tail, foot

    def _choose_glyphs(self, rows: Rows, label: Rows, draws: Draws) -> tuple[Rows, Array, Array]:
        """Choose a glyph for each label, with the slant it gets and whether it is a picture as it is."""
        pool, hands = self.pool, len(self.pool.hands)
        drawn = self.drawn[rows, label]
        writer = np.where(self.one_hand[rows], self.writer[rows], draws.whole(hands))
        same, own, copy = self.glyph_draws[rows, label], draws.even(), draws.whole(max(pool.copies, 1))
        glyphs = np.zeros(len(rows), np.int64)
        if drawn.any():
            glyphs[drawn] = pool.pen_glyphs(writer, label, copy)[drawn]
        if not drawn.all():
            glyphs[~drawn] = pool.people_glyphs(label[~drawn], np.where(self.same_glyph[rows], same, own)[~drawn])
        return glyphs, self.slant[rows] * np.where(drawn, 1, self.ranges.people_slant), self.grey[rows] & ~drawn

    def _draw(self, rows: Rows, glyphs: Rows, pose: Pose, centres: Array) -> None:
        """Draw glyphs where they belong on the canvas, from whose columns each patch is a stretch."""
        reach = self.pool.width_px(glyphs, pose) / 2 + np.abs(pose.slant_tangent) * pose.height_px / 2 + pose.pen_px / 2
        columns = 2 * int(np.ceil(reach.max() + REACH_PX))
        left = np.floor(centres[:, 0] - columns / 2).astype(np.int64)
        inside = np.stack([centres[:, 0] - left, centres[:, 1]], axis=-1)
        paste(self.ink, rows, left, self.pool.draw(glyphs, pose, inside, (MAP_ROWS, columns)))

    def _join(self, rows: Rows, label: Rows, last: dict[str, Array], begin: Array, draws: Draws) -> None:
        """Join a digit to the one before by a stroke that sags a little."""
        both_zero = (label == 0) & (last["label"][rows] == 0)
        share = np.where(both_zero, 0.9 * self.joined_zeros[rows], self.ranges.joined_digits_share * ~self.clean[rows])
        sag = draws.even(*self.ranges.join_sag_px)
        joined = np.flatnonzero(draws.chance(share) & (last["label"][rows] >= 0))
        some = rows[joined]
        (x0, y0), (x1, y1) = last["exit"][some].T, begin[joined].T
        x, y = (x0 + x1) / 2, (y0 + y1) / 2 + sag[joined]
        for ends in ((x0, y0, x, y), (x, y, x1, y1)):
            draw_marks(self.ink, Marks(some, *ends, self.pen[some]))

    def _step(self, rows: Rows, place: int, label: Rows, start: Array, wide: Array, draws: Draws) -> None:
        """Go on to the next digit's place, past a point or comma where there is one."""
        ranges, pen = self.ranges, self.pen[rows]
        gap = self.gap[rows] + draws.normal() * self.gap_wobble[rows]
        gap = np.maximum(gap, -ranges.most_overlap * wide)
        following = self.labels[rows, min(place + 1, MOST_DIGITS - 1)]
        gap = np.where(
            (label == 1) | (following == 1), np.maximum(gap, pen * 0.7 + 0.5), gap
        )  # a 1 on a stroke is none
        gap = np.where(self.wide_place[rows] == place, draws.even(*ranges.wide_gap_px), gap)
        more = self.lengths[rows] - place - 1
        group = self.grouped[rows] & (more % 3 == 0) | draws.chance(ranges.point_share * ~self.clean[rows])
        right = start + wide
        pointed = np.flatnonzero(group & (more > 0) & (self.cell[rows] == 0))
        free = right + gap
        free[pointed] = np.maximum(
            free[pointed], self.signs.write_point(rows[pointed], right[pointed], fold(self.key, 5, place))
        )
        self.x[rows] = np.where(self.cell[rows] > 0, self.x[rows] + self.cell[rows], free)

    # ---- signs ----

    def _write_before(self) -> None:
        """Write a sign before some numbers: a dash, an equals sign, a $ or a #."""
        kind = np.where(self.draws.chance(self.ranges.before_share) & ~self.clean, self.draws.whole(4), -1)
        key, signs = fold(self.key, 6), self.signs
        writers: tuple[Callable[[Rows, Array, Key], Array], ...] = (
            partial(signs.write_dash, lines=1),
            partial(signs.write_dash, lines=2),
            signs.write_dollar,
            signs.write_hash,
        )
        for number, write in enumerate(writers):
            rows = np.flatnonzero(kind == number)
            if len(rows):
                self.x[rows] = write(rows, self.x[rows], key) + Draws(fold(key, 1), self.numbers[rows]).even(3, 9)

    def _write_closing(self) -> None:
        """Write a sign after some numbers: a point, a dash, an equals sign, or a point and a dash."""
        kind = np.where(self.draws.chance(self.ranges.closing_share) & ~self.clean, self.draws.whole(5), -1)
        after = self.x - np.maximum(self.gap, 0)
        for with_point, lines, kinds in ((True, 0, (0, 4)), (False, 1, (1, 4)), (False, 2, (2,)), (True, 2, (3,))):
            rows = np.flatnonzero(np.isin(kind, kinds))
            key = fold(self.key, 7, lines, with_point)
            if with_point:
                after[rows] = self.signs.write_point(rows, after[rows], key)
            if lines:
                after[rows] = self.signs.write_dash(rows, after[rows] + 3, fold(key, 1), lines)
        self.x = np.where(kind >= 0, after, self.x - np.maximum(self.gap, 0) + 1)

    # ---- leftovers of forms ----

    def _print_forms(self, widths: npt.NDArray[np.int32]) -> None:
        """Draw pieces of rulings, box sides, ticks and neighbouring lines."""
        draws, ranges = Draws(fold(self.key, 8), self.numbers), self.ranges
        free = ~self.clean
        below = np.where(draws.chance(0.8), self.middle + self.height / 2 + draws.even(-3, 5), draws.even(-1, 5))
        slope, zero = draws.even(-0.02, 0.02), np.zeros(len(self.numbers))
        start = np.where(draws.chance(0.6), zero, draws.even(0, 0.5) * widths)
        end = np.where(draws.chance(0.6), widths, draws.even(0.5, 1) * widths)
        self._print(draws.chance(ranges.ruling_share) & free, start, below, end, below + slope * widths, draws)
        side = np.where(draws.chance(0.5), draws.even(0, 4), widths - 1 - draws.even(0, 4))
        self._print(
            draws.chance(ranges.upright_share) & free, side, zero, side + draws.even(-1, 1), zero + MAP_ROWS, draws
        )
        self._print_cells(Draws(fold(self.key, 10), self.numbers))
        self._write_neighbours(draws, widths)

    def _print_cells(self, draws: Draws) -> None:
        """Draw comb ticks or box sides between cells."""
        first = self.cell_left + draws.even(-2, 2)
        tall, strength = np.where(draws.chance(0.3), 0, MAP_ROWS * (1 - draws.even(0.15, 0.5))), draws.chance(0.8)
        for place in range(int(self.lengths.max()) + 1):
            x = first + place * self.cell
            zero = np.zeros_like(x)
            self._print(self.ticked & strength & (place <= self.lengths), x, tall, x + zero, zero + MAP_ROWS, draws)

    def _print(self, flags: Array, x0: Array, y0: Array, x1: Array, y1: Array, draws: Draws) -> None:
        """Draw a printed stroke on the paper of the lines with a flag."""
        pen, strength = draws.even(*self.ranges.ruling_px), draws.even(*self.ranges.ruling_strength)
        rows = np.flatnonzero(flags)
        draw_marks(self.paper, Marks(rows, *(part[rows] for part in (x0, y0, x1, y1, pen, strength))))

    def _write_neighbours(self, draws: Draws, widths: npt.NDArray[np.int32]) -> None:
        """Draw bits of digits that belong to the text above or below."""
        rows = np.flatnonzero(draws.chance(self.ranges.neighbour_share) & ~self.clean)
        draws = Draws(fold(self.key, 9), self.numbers[rows])
        for _ in range(2):
            height = self.height[rows] * draws.even(0.8, 1)
            glyphs, slant, grey = self._choose_glyphs(rows, draws.whole(LABELS), draws)
            side, visible = np.where(draws.chance(0.5), 1, -1), draws.even(1, 5)
            middle = MAP_ROWS / 2 + side * (MAP_ROWS / 2 + height / 2 - visible)
            one = np.ones(len(rows), np.float32)
            pose = Pose(height, self.width_ratio[rows], slant, 0 * one, self.pen[rows], grey)
            if len(rows):
                self._draw(rows, glyphs, pose, np.stack([draws.even(0, widths[rows]), middle], axis=-1))


def _bend(draws: Draws, ranges: LineRanges) -> Array:
    """Waves that bend a digit: shape (n, 2, 3)."""
    waves = [
        (draws.even(*ranges.bend_px) * draws.even(-1, 1), draws.even(0.12, 0.35), draws.even(0, 6.3)) for _ in range(2)
    ]
    return np.stack([np.stack(wave, axis=-1) for wave in waves], axis=1)
