"""What it takes: labels of any kind, tables with names, sparse matrices, pictures."""

from typing import Any

import numpy as np
import pytest
import scipy.sparse

pytest.importorskip("sklearn", reason="scikit-learn is in the extra 'sklearn'")

from sklearn.base import clone
from sklearn.datasets import load_iris

from mnist_nn import Dataset
from mnist_nn.errors import DataError
from mnist_nn.estimator import MLPDigitClassifier

X, Y = load_iris(return_X_y=True)
BRIEF: dict[str, Any] = {"hidden_layer_sizes": (8,), "max_iter": 5, "random_state": 0, "n_iter_no_change": None}


def test_strings_many_classes_and_two() -> None:
    names = np.array(["setosa", "versicolor", "virginica"])[Y]
    model = MLPDigitClassifier(random_state=0, max_iter=300, n_iter_no_change=None).fit(X, names)
    assert model.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    assert set(model.predict(X)) == set(names)
    assert model.score(X, names) > 0.95
    two = MLPDigitClassifier(**BRIEF).fit(X[:100], names[:100])
    assert two.predict_proba(X).shape == (150, 2)
    np.testing.assert_allclose(two.predict_proba(X).sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(np.exp(two.predict_log_proba(X)), two.predict_proba(X))
    many = np.arange(150) // 3
    assert MLPDigitClassifier(**BRIEF).fit(X, many).predict_proba(X).shape == (150, 50)


@pytest.mark.parametrize(("other", "kinds"), [(None, "NoneType, str"), (3, "int, str")])
def test_labels_without_an_order_are_refused(other: Any, kinds: str) -> None:
    labels = np.array(["a", "b", other] * 50, object)
    with pytest.raises(DataError, match=rf"labels of several kinds \({kinds}\) have no order; give them all one kind"):
        MLPDigitClassifier(**BRIEF).fit(X, labels)
    with pytest.raises(DataError, match="labels of several kinds"):
        MLPDigitClassifier(**BRIEF).partial_fit(
            X, np.array(["a", "b", "b"] * 50), classes=np.array(["a", "b", other], object)
        )


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_tables_with_names(library: str) -> None:
    frames = pytest.importorskip(library)
    columns = ["a", "b", "c", "d"]
    table = frames.DataFrame(dict(zip(columns, X.T, strict=True)))
    model = MLPDigitClassifier(**BRIEF).fit(table, frames.Series(Y))
    assert model.feature_names_in_.tolist() == columns
    assert np.array_equal(model.predict(table), MLPDigitClassifier(**BRIEF).fit(X, Y).predict(X))
    with pytest.raises(ValueError, match="feature names"):
        model.predict(table[["d", "c", "b", "a"]])


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_sparse_matrices(engine: str, mnist: Dataset) -> None:
    images = mnist.train.images[:600].reshape(600, -1) / np.float32(255)
    labels = mnist.train.labels[:600]
    model = MLPDigitClassifier(**{**BRIEF, "hidden_layer_sizes": (20,)}, batch_size=32, engine=engine)
    dense, sparse = (clone(model).fit(x, labels) for x in (images, scipy.sparse.csr_array(images)))
    np.testing.assert_allclose(sparse.coefs_[1], dense.coefs_[1], atol=1e-4)
    answers = sparse.predict(scipy.sparse.csc_array(images))
    assert (answers == dense.predict(images)).mean() > 0.99


def test_distorted_copies(mnist: Dataset) -> None:
    images, labels = mnist.train.images[:300].reshape(300, -1), mnist.train.labels[:300]
    model = MLPDigitClassifier(**{**BRIEF, "hidden_layer_sizes": (20,)}, batch_size=20, engine="reference")
    plain, distorted = (clone(model).set_params(augmentation=name).fit(x, labels)
                        for name, x in (("none", images / 255), ("affine", images)))  # fmt: skip
    assert not np.array_equal(plain.coefs_[0], distorted.coefs_[0])
    assert distorted.score(images.astype(float), labels) > 0.5
    with pytest.raises(DataError, match="augmentation needs square pictures, and X has 4 features"):
        model.set_params(augmentation="affine").fit(X, Y)
