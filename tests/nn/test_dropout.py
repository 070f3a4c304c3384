"""Dropout masks: one for a sample whatever its batch, dropped at the rate, and the same in every version."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn.nn.dropout import dropout_mask, keep_threshold
from mnist_nn.util.randomness import key

BOUNDED = settings(deadline=None, max_examples=50)


@BOUNDED
@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=20), st.integers(0, 255), st.integers(1, 20))
def test_the_mask_of_a_sample_does_not_depend_on_its_batch(samples: list[int], layer: int, units: int) -> None:
    rows = np.array(samples, dtype=np.int64)
    together = dropout_mask(key(3), rows, layer, units, 0.5)
    assert together.shape == (len(samples), units)
    for row, mask in zip(rows, together, strict=True):
        assert np.array_equal(dropout_mask(key(3), row[None], layer, units, 0.5)[0], mask)
    assert np.array_equal(dropout_mask(key(3), rows[::-1], layer, units, 0.5), together[::-1])


def test_the_mask_of_a_unit_does_not_depend_on_the_width_of_its_layer() -> None:
    narrow, wide = (dropout_mask(key(3), np.arange(50), 1, units, 0.5) for units in (7, 30))
    assert np.array_equal(narrow, wide[:, :7])


def test_layers_and_keys_have_masks_of_their_own() -> None:
    first, second, other = (
        dropout_mask(k, np.arange(1000), layer, 10, 0.5) for k, layer in [(key(3), 0), (key(3), 1), (key(4), 0)]
    )
    deviation = math.sqrt(0.25 / 10_000)
    assert abs((first == second).mean() - 0.5) < 4 * deviation
    assert abs((first == other).mean() - 0.5) < 4 * deviation


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5, 0.9])
def test_units_are_dropped_at_the_rate(rate: float) -> None:
    dropped = ~dropout_mask(key(3), np.arange(2000), 0, 50, rate)
    assert abs(dropped.mean() - rate) <= 4 * math.sqrt(rate * (1 - rate) / 100_000)


def test_a_higher_rate_drops_what_a_lower_one_dropped_and_more() -> None:
    low, high = (dropout_mask(key(3), np.arange(200), 0, 20, rate) for rate in (0.2, 0.6))
    assert not (high & ~low).any()


def test_no_rate_below_one_drops_everything() -> None:
    assert keep_threshold(math.nextafter(1, 0)) == 2**32 - 1
    assert keep_threshold(0.0) == 0
    assert keep_threshold(0.25) == 2**30


# Saved runs are resumed with these numbers: if one of them changes, every saved run is broken

PINNED_MASK = ["100110001001", "100011101011", "010011000001"]


def test_pinned_masks() -> None:
    mask = dropout_mask(key(7), np.array([0, 1, 59_999]), 1, 12, 0.5)
    assert ["".join("01"[int(keep)] for keep in row) for row in mask] == PINNED_MASK
