"""scikit-learn's own checks, its tools around the estimator, and what the estimator adds to MLPClassifier."""

import math
import pickle
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse

pytest.importorskip("sklearn", reason="scikit-learn is in the extra 'sklearn'")

from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from mnist_nn import Dataset, Network, NetworkConfig, TrainingConfig, load_model, save_model
from mnist_nn.errors import ConfigError, DataError, DivergedError
from mnist_nn.estimator import MLPDigitClassifier
from mnist_nn.estimator_settings import FROM_DATA, PARAMETERS
from mnist_nn.storage import Model
from mnist_nn.training import Epoch

Array = npt.NDArray[Any]
X, Y = load_iris(return_X_y=True)
BRIEF: dict[str, Any] = {"hidden_layer_sizes": (8,), "max_iter": 5, "random_state": 0, "n_iter_no_change": None}

# scikit-learn's own checks

ROUNDING = "holds for dtype='float64'; the sums of float32 round differently in their seventh digit"
WEIGHTS = dict.fromkeys([f"check_sample_weight_equivalence_on_{kind}_data" for kind in ("dense", "sparse")], ROUNDING)


NOT_CONVERGED = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # checks fit few epochs


@NOT_CONVERGED
@parametrize_with_checks([MLPDigitClassifier()], expected_failed_checks=lambda _: WEIGHTS, xfail_strict=True)
def test_scikit_learns_checks(estimator: MLPDigitClassifier, check: Callable[..., None]) -> None:
    check(estimator)


@pytest.mark.slow
@NOT_CONVERGED
@parametrize_with_checks([MLPDigitClassifier(dtype="float64")])
def test_scikit_learns_checks_without_exception(estimator: MLPDigitClassifier, check: Callable[..., None]) -> None:
    check(estimator)


@NOT_CONVERGED
@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_are_worth_repetitions(name: str) -> None:
    checks = __import__("sklearn.utils.estimator_checks", fromlist=[name])
    getattr(checks, name)("MLPDigitClassifier", MLPDigitClassifier(dtype="float64"))


@pytest.mark.slow
@NOT_CONVERGED
@parametrize_with_checks(
    [MLPDigitClassifier(engine="compiled")], expected_failed_checks=lambda _: WEIGHTS, xfail_strict=True
)
def test_scikit_learns_checks_of_the_compiled_engine(estimator: MLPDigitClassifier, check: Callable[..., None]) -> None:
    check(estimator)


# Every option of the library


def configured(model: MLPDigitClassifier) -> tuple[NetworkConfig, TrainingConfig]:
    """Watch what `train` is asked for."""
    seen: list[Any] = []
    module = sys.modules["mnist_nn.estimator"]
    learn = module.train
    module.train = lambda network, samples, config, **rest: (
        seen.append((network.config, config)) or learn(network, samples, config, **rest)
    )
    try:
        model.fit(X, Y)
    finally:
        module.train = learn
    return seen[0]


OPTIONS: dict[str, tuple[Any, Any]] = {
    "hidden": ((7, 5), (7, 5)),
    "activation": (("leaky_relu",), ("leaky_relu",)),
    "output": ("sigmoid", "sigmoid"),
    "initializer": ("he_normal", "he_normal"),
    "dtype": ("float64", "float64"),
    "loss": ("mse", "mse"),
    "optimizer": ("nesterov", "nesterov"),
    "rate": (0.02, 0.02),
    "schedule": ("cosine", "cosine"),
    "epochs": (3, 3),
    "batch_size": (16, 16),
    "dropout": (0.25, 0.25),
    "l2": (0.4, 0.4 / 150),
    "max_norm": (2.0, 2.0),
    "subset": (90, 90),
    "validation": (0.3, 0.3),
    "patience": (4, 4),
    "beta1": (0.8, 0.8),
    "beta2": (0.99, 0.99),
    "epsilon": (1e-6, 1e-6),
}


@pytest.mark.parametrize("field", OPTIONS)
def test_an_option_reaches_the_library(field: str) -> None:
    given, expected = OPTIONS[field]
    holds_out = {"early_stopping": True} if field in ("validation", "patience") else {}
    model = MLPDigitClassifier(**{**BRIEF, **holds_out, PARAMETERS.get(field, field): given})
    found = {**vars(configured(model)[0]), **vars(configured(model)[1])}
    assert found[field] == pytest.approx(expected) if field == "l2" else found[field] == expected


def test_every_option_is_among_them() -> None:
    every = {field.name for config in (NetworkConfig, TrainingConfig) for field in fields(config)}
    elsewhere = {"seed", "augmentation", "momentum"}  # the tests below
    assert set(OPTIONS) | elsewhere | set(FROM_DATA) == every
    parameters = set(MLPDigitClassifier().get_params())
    assert {PARAMETERS.get(name, name) for name in every - set(FROM_DATA)} < parameters


def test_every_parameter_is_in_the_docs() -> None:
    page = Path(__file__).parents[1] / "docs" / "scikit-learn.md"
    section = page.read_text(encoding="utf-8").split("\n## ")[2]
    named = set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE))
    assert named == set(MLPDigitClassifier().get_params())


def test_shared_parameters_have_mlp_classifiers_defaults() -> None:
    ours, theirs = MLPDigitClassifier().get_params(), MLPClassifier().get_params()
    shared = ours.keys() & theirs.keys()
    assert len(shared) == 19
    assert {name: ours[name] for name in shared} == {name: theirs[name] for name in shared}


def test_momentum_belongs_to_two_solvers() -> None:
    for solver, expected in [("momentum", 0.5), ("nesterov", 0.5), ("sgd", None), ("adam", None)]:
        assert configured(MLPDigitClassifier(**BRIEF, solver=solver, momentum=0.5))[1].momentum == expected


def test_random_state_decides_everything() -> None:
    model = MLPDigitClassifier(**{**BRIEF, "dropout": 0.2})
    first, again, other = (clone(model).set_params(random_state=seed).fit(X, Y) for seed in (1, 1, 2))
    assert np.array_equal(first.coefs_[0], again.coefs_[0])
    assert not np.array_equal(first.coefs_[0], other.coefs_[0])
    free = [clone(model).set_params(random_state=None).fit(X, Y).coefs_[0] for _ in range(2)]
    assert not np.array_equal(*free)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"solver": "lbfgs"}, "unknown solver 'lbfgs'; choose one of: sgd, momentum"),
        ({"activation": "sigmod"}, "unknown activation 'sigmod'"),
        ({"hidden_layer_sizes": (0,)}, "hidden_layer_sizes is 0; give a whole number"),
        ({"learning_rate_init": -1}, "learning_rate_init is -1; give a number above 0"),
        ({"learning_rate": "adaptive"}, "unknown learning_rate 'adaptive'; choose one of: constant"),
        ({"activation": 3}, "unknown activation 3; choose one of: sigmoid, tanh, relu, leaky_relu, identity, logistic"),
        ({"alpha": -1.0}, "alpha is -1.0; give a number that is not negative"),
        ({"alpha": "much"}, "alpha is 'much'"),
        ({"max_iter": 0}, "max_iter is 0"),
        ({"max_iter": "x"}, "max_iter is 'x'; give a whole number"),
        ({"tol": "a"}, "tol is 'a'; give a number that is not negative"),
        ({"n_iter_no_change": 0}, "n_iter_no_change is 0; give a whole number from 1 on, or None"),
        ({"callback": 3}, "callback is 3; give a function that takes an Epoch, or None"),
        ({"early_stopping": "yes"}, "early_stopping is 'yes'; give True or False"),
        ({"warm_start": 3}, "warm_start is 3; give True or False"),
        ({"verbose": -1}, "verbose is -1; give True, False, or a whole number from 0 on"),
        ({"batch_size": 0}, "batch_size is 0; give a whole number from 1 on, or 'auto'"),
        ({"batch_size": "all"}, "batch_size is 'all'"),
        ({"momentum": 2}, "momentum is 2; give a number from 0"),
        ({"validation_fraction": 1.5}, "validation_fraction is 1.5; give a share below 1 or a whole number of samples"),
        ({"early_stopping": True, "validation_fraction": 0}, "validation_fraction is 0, and early_stopping needs"),
        ({"beta_1": 1.0}, "beta_1 is 1.0"),
        ({"engine": "fast"}, "unknown engine 'fast'"),
        ({"output": "softmax", "loss": "seed_mse"}, "loss seed_mse is the seed's rule for sigmoid outputs"),
        ({"dropout": (0.1, 0.2)}, "dropout has 2 values for 1 hidden layers"),
        ({"early_stopping": True, "validation_fraction": 200}, "holding out 200 of 150 samples"),
        ({"engine": "compiled", "dtype": "float64"}, "float32, not float64"),
    ],
)
def test_wrong_parameters_are_named(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)) as caught:
        MLPDigitClassifier(**{**BRIEF, **wrong}).fit(X, Y)
    assert "\n" not in str(caught.value)


def test_wrong_parameters_are_named_by_partial_fit_too() -> None:
    with pytest.raises(ConfigError, match="tol is None"):
        MLPDigitClassifier(tol=None).partial_fit(X, Y, classes=[0, 1, 2])  # type: ignore[arg-type]


# What is learned


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


def test_digits_with_the_compiled_engine() -> None:
    x, x_test, y, y_test = train_test_split(*load_digits(return_X_y=True), random_state=0)
    model = MLPDigitClassifier(
        (20,), learning_rate_init=0.01, max_iter=30, n_iter_no_change=None, random_state=0, engine="compiled"
    )
    assert model.fit(x / 16, y).score(x_test / 16, y_test) > 0.95
    on_numpy = clone(model).set_params(engine="reference").fit(x / 16, y)
    np.testing.assert_allclose(model.predict_proba(x_test / 16), on_numpy.predict_proba(x_test / 16), atol=1e-3)


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


# Weights


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


# Going on, and stopping


def test_warm_start_goes_on() -> None:
    model = MLPDigitClassifier(**{**BRIEF, "warm_start": True}).fit(X, Y)
    first = model.coefs_[0]
    model.fit(X, Y)
    assert (model.n_iter_, len(model.loss_curve_)) == (10, 10)
    in_one = MLPDigitClassifier(**{**BRIEF, "max_iter": 10}).fit(X, Y)
    assert np.array_equal(model.coefs_[0], in_one.coefs_[0])
    assert not np.array_equal(model.coefs_[0], first)
    assert MLPDigitClassifier(**BRIEF).fit(X, Y).fit(X, Y).n_iter_ == 5
    with pytest.raises(DataError, match="warm_start needs the classes of the last fit"):
        model.fit(X[:100], Y[:100])
    with pytest.raises(ConfigError, match=re.escape("hidden_layer_sizes is (9,), and what was learned has (8,)")):
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
        ({"y": np.full(150, 7)}, r"label 7 is none of the classes; they are: \[0, 1, 2\]; name all"),
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
    with pytest.raises(DataError, match="1 class"):
        MLPDigitClassifier().fit(X[:50], Y[:50])


def test_early_stopping_keeps_the_best_and_the_history() -> None:
    model = MLPDigitClassifier(
        early_stopping=True, validation_fraction=0.3, n_iter_no_change=5, random_state=0, learning_rate_init=0.01
    ).fit(X, Y)
    assert len(model.validation_scores_) == len(model.validation_loss_curve_) == len(model.loss_curve_) == model.n_iter_
    best = int(np.argmax(model.validation_scores_))
    assert model.n_iter_ == best + 1 + 5 < 200
    assert model.best_validation_score_ == model.validation_scores_[best]
    assert model.network_ is model.checkpoint_.best.network
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
    assert model.network_ is seen[-1].network
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
    with pytest.warns(ConvergenceWarning, match="max_iter is 2, and after as many epochs") as caught:
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


# Among scikit-learn's tools


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_grid_search_in_two_jobs_with_the_compiled_engine(backend: str) -> None:
    model = make_pipeline(
        StandardScaler(), MLPDigitClassifier(**{**BRIEF, "hidden_layer_sizes": (20,)}, engine="compiled")
    )
    grid = {"mlpdigitclassifier__dropout": [0.0, 0.5], "mlpdigitclassifier__activation": ["tanh", "leaky_relu"]}
    with joblib.parallel_backend(backend):
        search = GridSearchCV(model, grid, n_jobs=2, cv=2).fit(X, Y)
    alone = GridSearchCV(model, grid, cv=2).fit(X, Y)
    assert np.array_equal(search.cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"])


def test_cross_validation_and_calibration() -> None:
    model = make_pipeline(StandardScaler(), MLPDigitClassifier(random_state=0, max_iter=100, n_iter_no_change=None))
    assert cross_val_score(model, X, Y, cv=3).mean() > 0.8
    calibrated = CalibratedClassifierCV(model, cv=3).fit(X, Y)
    assert log_loss(Y, calibrated.predict_proba(X)) < 0.5


def test_copies_on_disk_and_in_memory_answer_alike(tmp_path: Path) -> None:
    model = MLPDigitClassifier(**BRIEF, early_stopping=True).fit(X, Y)
    joblib.dump(model, tmp_path / "model.joblib")
    copies = [pickle.loads(pickle.dumps(model)), joblib.load(tmp_path / "model.joblib")]  # noqa: S301  # our own
    for copy in copies:
        assert np.array_equal(copy.predict_proba(X), model.predict_proba(X))
        assert copy.history_ == model.history_
        copy.partial_fit(X, Y)
    with pytest.raises(NotFittedError):
        clone(model).predict(X)


def test_skops_keeps_it_without_pickle() -> None:
    io = pytest.importorskip("skops.io", reason="skops is in the dependency group 'test'")
    model = MLPDigitClassifier(**BRIEF).fit(X, Y)
    file = io.dumps(model)
    trusted = io.get_untrusted_types(data=file)
    assert all(name.startswith("mnist_nn.") for name in trusted), trusted
    copy = io.loads(file, trusted=trusted)
    assert np.array_equal(copy.predict_proba(X), model.predict_proba(X))
    assert copy.get_params() == model.get_params()


def test_the_network_is_the_librarys(tmp_path: Path) -> None:
    model = MLPDigitClassifier(**BRIEF).fit(X, Y)
    save_model(tmp_path / "iris.safetensors", Model(model.network_))
    network: Network = load_model(tmp_path / "iris.safetensors").network
    assert all(np.array_equal(a, b) for a, b in zip(network.parameters, model.network_.parameters, strict=True))


def test_without_scikit_learn_the_message_says_what_to_install() -> None:
    program = """
import sys
sys.modules["sklearn.base"] = None
from mnist_nn.errors import MissingExtraError
try:
    import mnist_nn.estimator
except MissingExtraError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "pip install 'mnist-nn[sklearn]'" in done.stdout


def test_scikit_learn_is_not_imported_before_it_is_needed() -> None:
    program = (
        "import sys, mnist_nn.training, mnist_nn.cli, mnist_nn.estimator_settings; print('sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
