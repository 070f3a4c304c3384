"""What is learned: small tables, digits, layers of every kind, classes and samples that weigh more."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is in the extra 'sklearn'")

from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mnist_nn.errors import DivergedError
from mnist_nn.estimator import MLPDigitClassifier

X, Y = load_iris(return_X_y=True)
BRIEF: dict[str, Any] = {"hidden_layer_sizes": (8,), "max_iter": 5, "random_state": 0, "n_iter_no_change": None}
NOT_CONVERGED = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # checks fit few epochs


@NOT_CONVERGED
@pytest.mark.parametrize("data", [load_iris, load_wine, load_breast_cancer], ids=lambda data: data.__name__)
@pytest.mark.parametrize("is_scaled", [True, False])
def test_small_tables_are_learned_with_defaults(data: Callable[..., Any], is_scaled: bool) -> None:
    # Unscaled, features run up to 4,000 and the first losses into the hundreds.
    x, x_test, y, y_test = train_test_split(*data(return_X_y=True), random_state=0)
    model = MLPDigitClassifier(random_state=2, engine="reference")
    model = make_pipeline(StandardScaler(), model) if is_scaled else model
    assert model.fit(x, y).score(x_test, y_test) >= (0.94 if is_scaled else 0.85)


def test_a_run_that_diverges_says_so() -> None:
    with pytest.raises(DivergedError, match="try a smaller rate"):
        MLPDigitClassifier(solver="sgd", learning_rate_init=1e12, activation="identity", random_state=0).fit(X, Y)


def test_inputs_that_are_far_too_large_are_named() -> None:
    with pytest.raises(DivergedError, match=r"scale the inputs, which go up to 7.9e\+30\d, to about 1"):
        MLPDigitClassifier(**BRIEF).fit(X * 1e300, Y)


def test_digits_with_the_compiled_engine() -> None:
    x, x_test, y, y_test = train_test_split(*load_digits(return_X_y=True), random_state=0)
    model = MLPDigitClassifier(
        (20,), learning_rate_init=0.01, max_iter=30, n_iter_no_change=None, random_state=0, engine="compiled"
    )
    assert model.fit(x / 16, y).score(x_test / 16, y_test) > 0.95
    on_numpy = clone(model).set_params(engine="reference").fit(x / 16, y)
    np.testing.assert_allclose(model.predict_proba(x_test / 16), on_numpy.predict_proba(x_test / 16), atol=1e-3)


def test_layers_of_different_kinds() -> None:
    model = MLPDigitClassifier(**{**BRIEF, "hidden_layer_sizes": (8, 6)}, activation=("leaky_relu", "logistic"))
    model.set_params(dropout=(0.1, 0.0)).fit(X, Y)
    assert model.network_.config.activation == ("leaky_relu", "sigmoid")
    assert [W.shape for W in model.coefs_] == [(4, 8), (8, 6), (6, 3)]
    assert [b.shape for b in model.intercepts_] == [(8,), (6,), (3,)]
    assert (model.n_layers_, model.n_outputs_, model.out_activation_) == (4, 3, "softmax")
    for given, hidden in [(5, (5,)), ((), ())]:
        model = MLPDigitClassifier(**{**BRIEF, "hidden_layer_sizes": given}).fit(X, Y)
        assert model.network_.config.hidden == hidden


def test_balanced_classes_help_the_rare_one() -> None:
    rng = np.random.default_rng(0)
    y = (rng.random(1000) < 0.05).astype(int)
    x = rng.standard_normal((1000, 2)) + y[:, None]
    model = MLPDigitClassifier(random_state=0, max_iter=100, n_iter_no_change=None)
    recalls = [clone(model).set_params(class_weight=w).fit(x, y).predict(x)[y == 1].mean() for w in (None, "balanced")]
    assert recalls[0] < 0.5 < recalls[1]


def test_class_weights_are_sample_weights() -> None:
    by_class = MLPDigitClassifier(**BRIEF, class_weight={0: 1.0, 1: 2.0, 2: 0.5}).fit(X, Y)
    by_sample = MLPDigitClassifier(**BRIEF).fit(X, Y, sample_weight=np.array([1.0, 2.0, 0.5])[Y])
    assert np.array_equal(by_class.coefs_[0], by_sample.coefs_[0])
    both = MLPDigitClassifier(**BRIEF, class_weight={1: 2.0}).fit(X, Y, sample_weight=np.array([1.0, 1.0, 0.5])[Y])
    assert np.array_equal(both.coefs_[0], by_sample.coefs_[0])
