"""Ink cut into segments, and what the candidates for digits cost."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from mnist_nn.imaging.segment.segments import CANDIDATES, cut_digits, offer_candidates, segment_number

Bools = npt.NDArray[np.bool_]


def two_rings(scale: int) -> Bools:
    y, x = np.mgrid[0 : 20 * scale, 0 : 36 * scale] / scale
    mask: Bools = (
        (abs(np.hypot(x - 9, y - 10) - 8) < 1.2)
        | (abs(np.hypot(x - 27, y - 10) - 8) < 1.2)
        | ((abs(y - 10) < 0.6) & (abs(x - 18) < 2))
    )
    return mask


def test_segments_of_touching_rings_can_be_joined_to_either() -> None:
    labels = two_rings(2).astype(np.int32)
    segments, between = cut_digits(labels, 1, 40.0)
    offers = {run: cuts + height for run, cuts, height, _ in offer_candidates(segments, between, 40.0, 40.0)}
    count = len(between) + 1
    assert offers[0, count] == 0  # as it lies
    assert all(cost > 0 for candidate, cost in offers.items() if candidate != (0, count))
    middle = [start for start in range(1, count) if (0, start) in offers and (start, count) in offers]
    assert any(offers[0, start] + offers[start, count] < 2 for start in middle)
    np.testing.assert_array_equal(segments > 0, labels > 0)


def test_the_segmentation_holds_all_ink_and_a_cost_for_each_candidate() -> None:
    labels = two_rings(2).astype(np.int32)
    found = segment_number(labels, 1, 40.0, 40.0)
    assert found.count == found.labels.max() > 1
    assert len(found.costs) == len(found.candidates)
    assert {(start, start + 1) for start in range(found.count)} <= set(found.candidates)


def test_what_a_join_costs_is_a_parameter() -> None:
    digits = np.zeros((20, 20), np.int32)
    digits[:, 2:4], digits[:, 10:12] = 1, 2
    dear = segment_number(digits, 2, 20.0, 20.0, parameters=replace(CANDIDATES, join_cost=5.0))
    usual = segment_number(digits, 2, 20.0, 20.0)
    joined = usual.candidates.index((0, 2))
    assert dear.costs[joined] - usual.costs[joined] == 4


def row_of_marks(*marks: Bools) -> tuple[npt.NDArray[np.int32], int]:
    """Put marks, all 40 rows high, side by side as the digits of one number."""
    digits = np.concatenate([np.pad(mark, ((0, 0), (4, 4))) * (i + 1) for i, mark in enumerate(marks)], axis=1)
    return digits.astype(np.int32), len(marks)


def ring(top: int, height: int, *, gap: int = 0) -> Bools:
    y, x = np.mgrid[0:40, 0:height]
    middle = top + height / 2 - 0.5
    mask: Bools = abs(np.hypot(x - height / 2 + 0.5, y - middle) - (height / 2 - 2)) < 1.5
    mask[: int(middle), height // 2 : height // 2 + gap] = False
    return mask


def stroke(top: int, bottom: int, *, width: int = 4, lean: int = 0) -> Bools:
    mask = np.zeros((40, width + abs(lean)), bool)
    for row in range(top, bottom):
        left = round(lean * (bottom - row) / (bottom - top))
        mask[row, left : left + width] = True
    return mask


def cost_of(place: int, *marks: Bools) -> float:
    """What the mark at a place costs, as it lies."""
    digits, count = row_of_marks(*marks)
    found = segment_number(digits, count, 40.0, 40.0)
    own = found.labels[digits == place + 1]
    return dict(zip(found.candidates, found.costs, strict=True))[int(own.min()) - 1, int(own.max())]


ONE = stroke(0, 40)


def test_a_small_ring_in_the_line_is_a_zero_and_costs_nothing() -> None:
    for top in (12, 22):
        assert cost_of(1, ONE, ring(top, 18), ONE) == 0
    assert cost_of(1, ONE, ring(12, 18, gap=2), ONE) == 0
    assert cost_of(1, ring(12, 18), ring(12, 18), ring(12, 18)) == 0


def test_low_marks_that_are_no_rings_or_stand_above_the_line_still_cost() -> None:
    assert cost_of(1, ONE, stroke(26, 40), ONE) > 1  # a comma
    assert cost_of(1, ONE, np.pad(np.ones((8, 8), bool), ((32, 0), (0, 0))), ONE) > 1  # a blot
    assert cost_of(1, ONE, ring(0, 15), ONE) > 1  # a degree sign
    assert cost_of(1, ONE, ring(12, 18, gap=8), ONE) > 0.5


def test_a_one_between_small_zeros_is_no_slash_and_a_slash_is_one() -> None:
    middle = stroke(6, 34)
    assert cost_of(1, ring(14, 18), ONE, ring(14, 18)) == 0
    assert cost_of(1, middle, stroke(0, 40, lean=8), middle) == CANDIDATES.beyond_cost


def test_a_nine_with_a_loop_is_no_slash() -> None:
    middle, nine = stroke(6, 34), np.zeros((40, 18), bool)
    nine[:, 14:] = nine[:22, :4] = nine[:4] = nine[18:22] = True
    assert cost_of(1, middle, nine, middle) == 0


def test_an_upright_much_higher_than_its_number_may_be_the_side_of_a_box() -> None:
    digits, count = row_of_marks(stroke(0, 40), *[stroke(10, 30, width=6)] * 3)
    found = segment_number(digits, count, 20.0, 20.0)
    assert [dict(zip(found.candidates, found.costs, strict=True))[i, i + 1] for i in range(4)] == [
        CANDIDATES.beyond_cost, 0, 0, 0,
    ]  # fmt: skip


def test_halves_of_a_broken_digit_hold_no_mark_and_a_digit_with_a_comma_does() -> None:
    halves, comma = np.zeros((2, 40, 60), np.int32)
    halves[:, 2:12], halves[:, 15:25] = 1, 2
    comma[:, 2:20], comma[32:, 24:28] = 1, 2
    for digits, misfits in ((halves, frozenset()), (comma, frozenset({(0, 2), (1, 2)}))):
        assert segment_number(digits, 2, 40.0, 40.0).misfits == misfits
