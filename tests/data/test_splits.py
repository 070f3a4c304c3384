"""Subsets and hold-outs: every class in its share, nothing lost or twice, equal rows for equal keys."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.data import hold_out, load, subset
from mnist_nn.errors import DataError
from mnist_nn.util.randomness import HOLD_OUT, SUBSET, fold, key

LABELS = st.lists(st.integers(-2, 7), min_size=1, max_size=60).map(lambda labels: np.array(labels, np.int64))
SEEDS = st.integers(0, 2**64 - 1)


def assert_proportional(labels: np.ndarray, rows: np.ndarray) -> None:
    """Check the rows' classes against largest remainders, worked out in fractions."""
    classes, sizes = np.unique(labels, return_counts=True)
    got = {c: int((labels[rows] == c).sum()) for c in classes}
    exact = {c: Fraction(int(size) * len(rows), len(labels)) for c, size in zip(classes, sizes, strict=True)}
    spare = len(rows) - sum(int(share) for share in exact.values())
    by_remainder = sorted(classes, key=lambda c: (int(exact[c]) - exact[c], c))
    assert got == {c: int(exact[c]) + (c in by_remainder[:spare]) for c in classes}


@given(LABELS, SEEDS, st.data())
def test_a_subset_has_the_classes_in_proportion(labels: np.ndarray, seed: int, draw: st.DataObject) -> None:
    count = draw.draw(st.integers(1, len(labels)))
    rows = subset(labels, count, key(seed))
    assert rows.dtype == np.int64
    assert len(rows) == count
    assert (np.diff(rows) > 0).all()
    assert_proportional(labels, rows)
    assert np.array_equal(rows, subset(labels.astype(np.int8), np.int32(count), key(seed)))


@given(LABELS.filter(lambda labels: len(labels) > 1), SEEDS, st.data())
def test_a_hold_out_loses_nothing_and_has_nothing_twice(labels: np.ndarray, seed: int, draw: st.DataObject) -> None:
    count = draw.draw(st.integers(1, len(labels) - 1))
    training, validation = hold_out(labels, count, key(seed))
    assert len(validation) == count
    assert (np.diff(training) > 0).all()
    assert (np.diff(validation) > 0).all()
    assert sorted([*training, *validation]) == list(range(len(labels)))
    assert_proportional(labels, validation)


def test_a_share_of_mnist_is_that_share_of_every_class() -> None:
    labels = load("mnist").test.labels
    training, validation = hold_out(labels, 0.1, fold(key(0), HOLD_OUT))
    assert (len(training), len(validation)) == (9000, 1000)
    assert np.bincount(labels[validation]).tolist() == [98, 114, 103, 101, 98, 89, 96, 103, 97, 101]
    assert np.array_equal(validation, hold_out(labels, 1000, fold(key(0), HOLD_OUT))[1])


def test_the_rows_of_a_key_never_change() -> None:
    labels = np.arange(100) % 3
    assert subset(labels, 8, fold(key(42), SUBSET)).tolist() == [0, 7, 11, 24, 43, 72, 88, 95]
    assert hold_out(labels, 0.05, fold(key(42), HOLD_OUT))[1].tolist() == [11, 16, 54, 75, 85]


def test_another_seed_chooses_other_rows() -> None:
    labels = np.zeros(1000, np.int64)
    shared = np.intersect1d(subset(labels, 500, key(1)), subset(labels, 500, key(2)))
    assert 190 < len(shared) < 310  # a quarter of them, give or take five standard deviations


def test_each_row_of_a_class_is_as_likely_as_any_other() -> None:
    labels = np.array([0] * 10 + [1] * 5)
    counts = np.zeros(15)
    for seed in range(600):
        counts[subset(labels, 3, key(seed))] += 1
    assert (abs(counts - 600 / 5) < 50).all()  # five standard deviations of a binomial with p = 1/5


@pytest.mark.parametrize("count", [0, -1, 7, 2.0, 0.5, True, "3", None, np.nan])
def test_a_count_that_cannot_be_is_refused(count: Any) -> None:
    with pytest.raises(DataError, match=r"cannot choose .* of 6 samples; give a whole number from 1 to 6"):
        subset(np.arange(6), count, key(0))


@pytest.mark.parametrize("share", [0, -1, 6, 0.0, 1.0, 1.5, -0.1, 0.05, 0.95, True, "half", None, np.nan, np.inf])
def test_a_share_that_cannot_be_is_refused(share: Any) -> None:
    valid = r"give a fraction between 0 and 1, or a whole number from 1 to 5"
    with pytest.raises(DataError, match=rf"hold(ing)? out .*; {valid}"):
        hold_out(np.arange(6), share, key(0))


@pytest.mark.parametrize("split", [subset, hold_out])
@pytest.mark.parametrize("labels", [np.zeros(3), np.zeros((3, 1), int), np.array(3), np.array(["a", "b"])])
def test_labels_that_are_no_integers_are_refused(split: Callable[..., Any], labels: np.ndarray) -> None:
    with pytest.raises(DataError, match=r"give integers of shape \(n,\)"):
        split(labels, 1, key(0))


@pytest.mark.parametrize("split", [subset, hold_out])
def test_nothing_can_be_chosen_from_nothing(split: Callable[..., Any]) -> None:
    with pytest.raises(DataError, match="of 0 samples"):
        split(np.array([], np.int64), 1, key(0))


def test_one_sample_cannot_be_split() -> None:
    with pytest.raises(DataError, match="of 1 samples; give at least two"):
        hold_out(np.array([3]), 1, key(0))
