"""Connected components of ink, and groups of whatever is linked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn.imaging.components import find_components, group_linked, weighted_median


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 12), st.integers(0, 2**32 - 1), st.floats(0, 0.4))
def test_groups_are_the_connected_parts_of_a_graph(count: int, seed: int, density: float) -> None:
    linked = np.random.default_rng(seed).random((count, count)) < density
    reach = np.linalg.matrix_power((linked | linked.T | np.eye(count, dtype=bool)).astype(float), count) > 0
    group = group_linked(linked)
    np.testing.assert_array_equal(group[:, None] == group, reach)
    assert set(group.tolist()) == set(range(len(set(group.tolist()))))


def test_components_come_with_their_boxes() -> None:
    mask = np.zeros((200, 300), bool)
    mask[4:20, 3:10] = mask[60, 50] = True
    found = find_components(mask)
    assert found.boxes.tolist() == [[3, 4, 10, 20], [50, 60, 51, 61]]
    assert found.areas.tolist() == [112, 1]
    assert found.lengths.tolist() == [16, 1]


def test_the_largest_components_are_kept_and_numbered_anew() -> None:
    mask = np.zeros((9, 30), bool)
    mask[1:3, 1:3] = mask[4, 8] = mask[1:8, 20:25] = True
    kept = find_components(mask).keep_largest(2)
    assert kept.areas.tolist() == [4, 35]
    assert kept.labels.max() == 2
    assert kept.labels[4, 8] == 0
    assert find_components(mask).keep_largest(3).areas.tolist() == [4, 35, 1]


def test_nothing_has_no_components_and_no_groups() -> None:
    assert find_components(np.zeros((3, 4), bool)).boxes.shape == (0, 4)
    assert group_linked(np.zeros((0, 0), bool)).tolist() == []


@pytest.mark.parametrize(("weights", "median"), [([1, 1, 1], 5), ([1, 1, 3], 9), ([4, 1, 1], 2)])
def test_the_median_is_where_half_of_the_weight_is_reached(weights: list[int], median: int) -> None:
    assert weighted_median(np.array([9.0, 5.0, 2.0])[::-1], np.array(weights, float)) == median
