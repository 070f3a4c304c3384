"""The split of a histogram leaves the least variance within its two classes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn.imaging.clean.otsu import otsu_split


@settings(deadline=None)
@given(st.lists(st.integers(0, 50), min_size=3, max_size=20).filter(lambda counts: sum(map(bool, counts)) > 1))
def test_the_split_leaves_the_least_variance_within_both_classes(counts: list[int]) -> None:
    values = np.repeat(np.arange(len(counts)), counts)

    def within(last: int) -> float:
        parts = values[values <= last], values[values > last]
        return float(sum(part.size * part.var() for part in parts if part.size))

    least = min(within(last) for last in range(len(counts) - 1))
    assert within(otsu_split(np.array(counts))) == pytest.approx(least, abs=1e-6)
