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
    offers = dict(offer_candidates(segments, between, 40.0, 40.0))
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
