"""Weights of classes: scikit-learn's, and the same sum for every class."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.data.class_weights import balance
from mnist_nn.errors import DataError

LABELS = st.lists(st.integers(0, 40), min_size=1, max_size=60).map(np.array)


@given(LABELS)
def test_every_class_weighs_the_same(labels: np.ndarray) -> None:
    weights = balance(labels)
    sums = [weights[labels == label].sum() for label in np.unique(labels)]
    np.testing.assert_allclose(sums, len(labels) / len(sums))
    assert len(weights) == len(labels)


def test_they_are_those_of_scikit_learn() -> None:
    theirs = pytest.importorskip("sklearn.utils.class_weight", reason="scikit-learn is in the extra 'sklearn'")
    labels = np.random.default_rng(0).choice([0, 1, 3, 9], 200, p=[0.7, 0.2, 0.06, 0.04])
    np.testing.assert_allclose(balance(labels), theirs.compute_sample_weight("balanced", labels), rtol=1e-15)


def test_what_are_no_labels_is_refused() -> None:
    for wrong in (np.array([0.5]), np.zeros((2, 2), int)):
        with pytest.raises(DataError, match="give integers of shape"):
            balance(wrong)
