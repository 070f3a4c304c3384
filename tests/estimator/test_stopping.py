"""Going on with what was learned, and when to stop: warm_start, partial_fit, early stopping, callbacks, Ctrl-C."""

import math
import re
import warnings
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is in the extra 'sklearn'")

from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from mnist_nn.errors import ConfigError, DataError
from mnist_nn.estimator import MLPDigitClassifier
from mnist_nn.training.loop import Epoch

X, Y = load_iris(return_X_y=True)
BRIEF: dict[str, Any] = {"hidden_layer_sizes": (8,), "max_iter": 5, "random_state": 0, "n_iter_no_change": None}


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
