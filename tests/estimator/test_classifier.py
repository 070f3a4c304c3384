"""The classifier: what it takes, what it learns, how it goes on, and when it stops."""

import math
import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.sparse

pytest.importorskip("sklearn", reason="scikit-learn is in the extra 'sklearn'")

from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mnist_nn import Dataset
from mnist_nn.data.class_weights import balance
from mnist_nn.errors import ConfigError, DataError, DivergedError
from mnist_nn.estimator import MLPDigitClassifier
from mnist_nn.training.loop import Epoch

X, Y = load_iris(return_X_y=True)
BRIEF: dict[str, Any] = {"hidden_layer_sizes": (8,), "max_iter": 5, "random_state": 0, "n_iter_no_change": None}
NOT_CONVERGED = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # checks fit few epochs


# What is learned: small tables, digits, layers of every kind, classes and samples that weigh more


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
    with pytest.raises(DivergedError, match="try a smaller learning rate"):
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


def test_balanced_classes_are_the_librarys() -> None:
    y = np.repeat([0, 1, 2], [100, 30, 20])
    by_class = MLPDigitClassifier(**BRIEF, class_weight="balanced").fit(X, y)
    by_sample = MLPDigitClassifier(**BRIEF).fit(X, y, sample_weight=balance(y))
    assert np.array_equal(by_class.coefs_[0], by_sample.coefs_[0])


def test_frozen_layers_stay_while_the_rest_goes_on() -> None:
    model = MLPDigitClassifier(**BRIEF, warm_start=True).fit(X, Y)
    before = model.coefs_
    after = model.set_params(freeze=1).fit(X, Y).coefs_
    assert np.array_equal(before[0], after[0])
    assert not np.array_equal(before[1], after[1])


def test_class_weights_are_sample_weights() -> None:
    by_class = MLPDigitClassifier(**BRIEF, class_weight={0: 1.0, 1: 2.0, 2: 0.5}).fit(X, Y)
    by_sample = MLPDigitClassifier(**BRIEF).fit(X, Y, sample_weight=np.array([1.0, 2.0, 0.5])[Y])
    assert np.array_equal(by_class.coefs_[0], by_sample.coefs_[0])
    both = MLPDigitClassifier(**BRIEF, class_weight={1: 2.0}).fit(X, Y, sample_weight=np.array([1.0, 1.0, 0.5])[Y])
    assert np.array_equal(both.coefs_[0], by_sample.coefs_[0])


# What it takes: labels of any kind, tables with names, sparse matrices, pictures


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
    with pytest.raises(DataError, match=rf"labels of several types \({kinds}\) cannot be sorted"):
        MLPDigitClassifier(**BRIEF).fit(X, labels)
    with pytest.raises(DataError, match="labels of several types"):
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


@pytest.mark.parametrize("engine", ["reference", pytest.param("compiled", marks=pytest.mark.slow)])
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
    turned = clone(model).set_params(augment={"rotation": 3}).fit(images, labels)
    assert not np.array_equal(plain.coefs_[0], distorted.coefs_[0])
    assert not np.array_equal(distorted.coefs_[0], turned.coefs_[0])
    assert turned.score(images, labels) > 0.5
    assert distorted.score(images.astype(float), labels) > 0.5
    with pytest.raises(DataError, match=r"augmentation needs square pictures .*X has 4 features"):
        model.set_params(augmentation="affine").fit(X, Y)


# Going on with what was learned, and when to stop: warm_start, partial_fit, early stopping, callbacks, Ctrl-C


def test_warm_start_goes_on() -> None:
    model = MLPDigitClassifier(**{**BRIEF, "warm_start": True}).fit(X, Y)
    first = model.coefs_[0]
    model.fit(X, Y)
    assert (model.n_iter_, len(model.loss_curve_)) == (10, 10)
    in_one = MLPDigitClassifier(**{**BRIEF, "max_iter": 10}).fit(X, Y)
    assert np.array_equal(model.coefs_[0], in_one.coefs_[0])
    assert not np.array_equal(model.coefs_[0], first)
    assert MLPDigitClassifier(**BRIEF).fit(X, Y).fit(X, Y).n_iter_ == 5
    with pytest.raises(DataError, match="warm_start needs the same classes as the last fit"):
        model.fit(X[:100], Y[:100])
    with pytest.raises(ConfigError, match=re.escape("is (9,), but the network was trained with (8,)")):
        model.set_params(hidden_layer_sizes=(9,)).fit(X, Y)
    model.set_params(hidden_layer_sizes=(8,), solver="momentum").fit(X, Y)  # a solver without memory of the other's
    assert model.n_iter_ == 15


def test_partial_fit_is_one_epoch_at_a_time() -> None:
    model = MLPDigitClassifier(**BRIEF)
    for _ in range(5):
        model.partial_fit(X, Y, classes=[0, 1, 2])
    assert np.array_equal(model.coefs_[0], MLPDigitClassifier(**BRIEF).fit(X, Y).coefs_[0])
    model.partial_fit(X[:20], Y[:20], sample_weight=np.ones(20))
    assert model.n_iter_ == 6
    assert MLPDigitClassifier(**BRIEF).partial_fit(X[:20], Y[:20], classes=[2, 0, 1]).classes_.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("again", "why"),
    [
        ({"classes": [0, 1]}, "in the first call they were"),
        ({"y": np.full(150, 7)}, r"label 7 is not one of the classes, \[0, 1, 2\]; name all"),
    ],
)
def test_partial_fit_keeps_its_classes(again: dict[str, Any], why: str) -> None:
    model = MLPDigitClassifier(**BRIEF).partial_fit(X, Y, classes=[0, 1, 2])
    with pytest.raises(DataError, match=why):
        model.partial_fit(**{"X": X, "y": Y, **again})
    with pytest.raises(DataError, match="first call of partial_fit needs classes"):
        MLPDigitClassifier().partial_fit(X, Y)
    with pytest.raises(DataError, match="'balanced' needs all samples at once"):
        MLPDigitClassifier(class_weight="balanced").partial_fit(X, Y, classes=[0, 1, 2])


@NOT_CONVERGED
@pytest.mark.parametrize("early_stopping", [False, True])
def test_a_single_class_is_learned_as_mlp_classifier_learns_it(early_stopping: bool) -> None:
    model = MLPDigitClassifier(max_iter=3, early_stopping=early_stopping, random_state=0).fit(X[:50], ["only"] * 50)
    assert model.predict(X).tolist() == ["only"] * len(X)
    np.testing.assert_array_equal(model.predict_proba(X), np.ones((len(X), 1)))
    assert (model.classes_.tolist(), model.n_outputs_) == (["only"], 1)


@NOT_CONVERGED
def test_two_classes_have_the_attributes_of_mlp_classifier_and_predict_what_they_say() -> None:
    x, y = X[:100], Y[:100]
    theirs = MLPClassifier((8,), max_iter=3).fit(x, y)
    ours = MLPDigitClassifier(**BRIEF).fit(x, y)
    assert (ours.n_outputs_, ours.out_activation_) == (theirs.n_outputs_, theirs.out_activation_) == (1, "logistic")
    assert [W.shape for W in ours.coefs_] == [W.shape for W in theirs.coefs_]
    assert [b.shape for b in ours.intercepts_] == [b.shape for b in theirs.intercepts_]
    theirs.coefs_, theirs.intercepts_ = ours.coefs_, ours.intercepts_  # MLPClassifier's own forward pass
    np.testing.assert_allclose(ours.predict_proba(x), theirs.predict_proba(x), rtol=1e-4)
    each = MLPDigitClassifier(**BRIEF, output="sigmoid").fit(x, y)
    assert (each.n_outputs_, each.out_activation_) == (2, "logistic")


def test_early_stopping_keeps_the_best_and_the_history() -> None:
    model = MLPDigitClassifier(
        early_stopping=True, validation_fraction=0.3, n_iter_no_change=5, random_state=0, learning_rate_init=0.01
    ).fit(X, Y)
    assert len(model.validation_scores_) == len(model.validation_loss_curve_) == len(model.loss_curve_) == model.n_iter_
    best = int(np.argmax(model.validation_scores_))
    assert model.n_iter_ == best + 1 + 5 < 200
    assert model.best_validation_score_ == model.validation_scores_[best]
    for kept, best_one in zip(model.network_.parameters, model.checkpoint_.best.network.parameters, strict=True):
        np.testing.assert_array_equal(kept, best_one)
    history = MLPDigitClassifier(**BRIEF, early_stopping=True).fit(X, Y)  # n_iter_no_change None: nothing stops
    assert len(history.validation_scores_) == 5


def test_a_loss_that_no_longer_falls_stops() -> None:
    model = MLPDigitClassifier(random_state=0, tol=0.01, n_iter_no_change=3, max_iter=500).fit(X, Y)
    assert model.n_iter_ < 500
    losses = model.loss_curve_
    assert np.mean(losses[-6:-3]) - np.mean(losses[-3:]) < 0.01
    assert min(losses[:-3]) - min(losses[-3:]) < 0.01
    assert (model.loss_, model.best_loss_) == (losses[-1], min(losses))
    assert model.best_validation_score_ is None


def test_callback_sees_every_epoch_and_may_stop() -> None:
    seen: list[Epoch] = []

    def watch(epoch: Epoch) -> bool:
        seen.append(epoch)
        return epoch.scores.epoch == 3

    model = MLPDigitClassifier(**BRIEF, callback=watch).fit(X, Y)
    assert [epoch.scores.epoch for epoch in seen] == [1, 2, 3]
    assert model.n_iter_ == 3
    assert all(map(np.array_equal, model.network_.parameters, seen[-1].network.parameters))
    model.partial_fit(X, Y)
    assert len(seen) == 4


def warns(model: Any) -> bool:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X, Y)
    assert {warning.category for warning in caught} <= {ConvergenceWarning}
    return bool(caught)


@pytest.mark.parametrize(
    "settings",
    [
        {"max_iter": 3},
        {"max_iter": 3, "n_iter_no_change": math.inf},
        {"max_iter": 3, "early_stopping": True},
        {"max_iter": 500, "tol": 0.01, "n_iter_no_change": 3},
        {"max_iter": 200, "early_stopping": True, "n_iter_no_change": 3, "learning_rate_init": 0.01},
    ],
)
def test_it_warns_where_mlp_classifier_does(settings: dict[str, Any]) -> None:
    expected = settings["max_iter"] == 3
    assert warns(MLPClassifier(random_state=0, **settings)) == expected
    assert warns(MLPDigitClassifier(random_state=0, **settings)) == expected


def test_it_warns_of_no_end_that_was_asked_for() -> None:
    with pytest.warns(ConvergenceWarning, match="training has not converged after max_iter = 2 epochs") as caught:
        MLPDigitClassifier(max_iter=2).fit(X, Y)
    assert caught[0].filename == __file__
    assert not warns(MLPDigitClassifier(max_iter=2, n_iter_no_change=None))
    assert not warns(MLPDigitClassifier(max_iter=2, callback=lambda epoch: epoch.scores.epoch == 2))
    MLPDigitClassifier(max_iter=1).partial_fit(X, Y, classes=[0, 1, 2])
    last = {"early_stopping": True, "n_iter_no_change": 2, "random_state": 0}
    ended = MLPDigitClassifier(**last).fit(X, Y).n_iter_
    assert not warns(MLPDigitClassifier(**last, max_iter=ended))  # enough, and in the last epoch that it might have


def test_verbose_prints_what_mlp_classifier_does(capsys: pytest.CaptureFixture[str]) -> None:
    printed = []
    for kind, never in ((MLPDigitClassifier, None), (MLPClassifier, 10)):
        model = kind(verbose=True, early_stopping=True, max_iter=2, n_iter_no_change=never, random_state=0)
        warns(model)
        printed.append(re.sub(r"\d\.\d", "", re.sub(r"\d{2,}", "", capsys.readouterr().out)))
    assert printed[0] == printed[1]
    assert len(printed[0].splitlines()) == 4
    MLPDigitClassifier(**BRIEF, verbose=1).partial_fit(X, Y, classes=[0, 1, 2])
    assert re.fullmatch(r"Iteration 1, loss = \d\.\d{8}\n", capsys.readouterr().out)


def test_what_was_learned_before_ctrl_c_is_kept() -> None:
    def interrupt(epoch: Epoch) -> None:
        if epoch.scores.epoch == 2:
            raise KeyboardInterrupt

    model = MLPDigitClassifier(**BRIEF, callback=interrupt)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y)
    assert (model.n_iter_, model.predict(X).shape) == (2, (150,))
