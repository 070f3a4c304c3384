"""What is read off a fitted estimator, against a checkpoint whose numbers are known."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is in the extra 'sklearn'")

from mnist_nn import Checkpoint, Network, NetworkConfig, TrainingConfig
from mnist_nn.estimator import attributes
from mnist_nn.training.checkpoint import Scores
from mnist_nn.training.early_stopping import Best

SHAPE = NetworkConfig(inputs=4, hidden=(5, 6), outputs=3, activation=("tanh", "relu"), output="softmax")
LAST, BETTER = Network.create(SHAPE, 1), Network.create(SHAPE, 2)
ROWS = tuple(
    Scores(epoch, loss, 0.0, 0.0, 0.1, 1.0, loss + 1, accuracy)
    for epoch, loss, accuracy in [(1, 0.9, 0.5), (2, 0.4, 0.8), (3, 0.6, 0.7)]
)


def read(at: Checkpoint) -> attributes.FittedAttributes:
    fitted = attributes.FittedAttributes()
    fitted.checkpoint_ = at
    return fitted


@pytest.fixture
def at() -> Checkpoint:
    return replace(Checkpoint.start(LAST, TrainingConfig()), epoch=3, history=ROWS)


def test_the_network_is_the_one_to_use(at: Checkpoint) -> None:
    assert read(at).network_ is LAST
    assert read(replace(at, best=Best(BETTER, 2, 0.8))).network_ is BETTER


def test_layers_are_as_mlp_classifier_has_them(at: Checkpoint) -> None:
    fitted = read(at)
    for found, expected in zip(fitted.coefs_, LAST.weights, strict=True):
        np.testing.assert_array_equal(found, expected.T)
    assert [W.shape for W in fitted.coefs_] == [(4, 5), (5, 6), (6, 3)]
    for found, expected in zip(fitted.intercepts_, LAST.biases, strict=True):
        np.testing.assert_array_equal(found, expected)
    assert (fitted.n_layers_, fitted.n_outputs_, fitted.out_activation_) == (4, 3, "softmax")


def test_curves_are_the_history(at: Checkpoint) -> None:
    fitted = read(at)
    assert (fitted.history_, fitted.n_iter_) == (ROWS, 3)
    assert fitted.loss_curve_ == [0.9, 0.4, 0.6]
    assert (fitted.loss_, fitted.best_loss_) == (0.6, 0.4)
    assert fitted.validation_loss_curve_ == [1.9, 1.4, 1.6]
    assert fitted.validation_scores_ == [0.5, 0.8, 0.7]
    assert fitted.best_validation_score_ == 0.8


def test_without_a_hold_out_there_is_no_best_score(at: Checkpoint) -> None:
    unknown = tuple(replace(row, validation_loss=None, validation_accuracy=None) for row in ROWS)
    fitted = read(replace(at, history=unknown))
    assert fitted.validation_scores_ == fitted.validation_loss_curve_ == [None] * 3
    assert fitted.best_validation_score_ is None
