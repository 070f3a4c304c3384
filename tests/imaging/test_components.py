"""Connected components of ink, and groups of whatever is linked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from mnist_nn.imaging.components import find_components, group_linked, grow, measure_widths, weighted_median


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


def test_strokes_are_as_wide_as_they_are_thick_whatever_their_length() -> None:
    mask = np.zeros((60, 90), bool)
    mask[5:55, 5:9] = mask[30:34, 5:60] = mask[2:58, 80] = True
    np.testing.assert_allclose(measure_widths(find_components(mask)), [1.0, 3.8], atol=0.1)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.floats(0.05, 0.6), st.integers(0, 3))
def test_widths_are_told_by_the_sides_that_have_no_ink_beside_them(seed: int, density: float, dropped: int) -> None:
    found = find_components(np.random.default_rng(seed).random((12, 17)) < density)
    found = found.keep(np.arange(len(found.areas))[dropped:])
    padded = np.pad(found.labels, 1)
    outline = [
        sum(int(((padded == one) & (np.roll(padded, by, axis) == 0)).sum()) for by in (1, -1) for axis in (0, 1))
        for one in range(1, len(found.areas) + 1)
    ]
    np.testing.assert_array_equal(measure_widths(found), 2 * found.areas / np.array(outline))


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(1, 9), st.integers(0, 4), st.booleans())
def test_growing_is_a_maximum_filter(seed: int, height: int, width: int, px: int, labelled: bool) -> None:
    values = np.random.default_rng(seed).integers(-5, 3, (height, width)).clip(0)
    values = values.astype(np.int32) if labelled else values > 0
    before = values.copy()
    grown = grow(values, px)
    np.testing.assert_array_equal(grown, ndimage.maximum_filter(values, 2 * px + 1))
    assert grown.dtype == values.dtype
    np.testing.assert_array_equal(values, before)
