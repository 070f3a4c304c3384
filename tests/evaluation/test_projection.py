import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from mnist_nn.errors import DataError
from mnist_nn.evaluation.projection import project

ROWS = arrays(float, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.integers(-9, 9).map(float))


@given(ROWS)
def test_the_map_keeps_all_that_its_axes_explain(rows: np.ndarray) -> None:
    found, whole = project(rows, 2), project(rows, 6)
    assert found.points.shape == (len(rows), 2)
    np.testing.assert_allclose(whole.points[:, :2], found.points, atol=1e-9)
    np.testing.assert_allclose((whole.points**2).sum(), ((rows - rows.mean(axis=0)) ** 2).sum(), rtol=1e-9, atol=1e-9)
    assert found.explains[0] >= found.explains[1] >= 0
    np.testing.assert_allclose(project(rows + 5, 2).points, found.points, atol=1e-9)


def test_it_is_scikit_learns() -> None:
    theirs = pytest.importorskip("sklearn.decomposition", reason="scikit-learn is in the extra 'sklearn'").PCA(2)
    rows = np.random.default_rng(0).standard_normal((50, 5)) * np.arange(1, 6)
    points, found = theirs.fit_transform(rows), project(rows)
    np.testing.assert_allclose(abs(found.points), abs(points), rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(found.explains, theirs.explained_variance_ratio_, rtol=1e-9)


@pytest.mark.parametrize("wrong", [np.zeros(3), np.zeros((0, 3)), np.array([[np.nan, 1.0]])])
def test_what_is_no_table_of_numbers_is_refused(wrong: np.ndarray) -> None:
    with pytest.raises(DataError, match=r"finite numbers of shape \(n, features\)"):
        project(wrong)
