"""Confident learning: by hand, on labels that were made wrong, and on those of MNIST that people found wrong."""

import numpy as np
import pytest

from mnist_nn import Network, TrainingConfig, load_data, predict, train
from mnist_nn.errors import DataError
from mnist_nn.evaluation.label_errors import find_label_errors
from mnist_nn.nn.presets import configure

WRONG = (947, 1621, 1901, 2130, 2462, 2597, 2654, 3520, 3558, 5937, 6651, 6783, 8527, 9679, 9729)
"""MNIST's test images whose label fewer than three of five people confirmed: those of mturk/mnist_mturk.json in
github.com/cleanlab/label-errors, of C. Northcutt, A. Athalye and J. Mueller, Pervasive label errors (2021)."""


def test_the_confident_joint_by_hand() -> None:
    p = np.array([[0.9, 0.1], [0.6, 0.4], [0.3, 0.7], [0.2, 0.8], [0.39, 0.61], [0.45, 0.55]])
    labels = [0, 0, 0, 1, 1, 1]  # thresholds 0.6 and 0.65
    found = find_label_errors(p, labels)
    assert found.joint.tolist() == [[2, 1], [0, 1]]
    assert found.rows.tolist() == [2, 5, 1, 4, 3, 0]
    assert found.labels.tolist() == [0, 1, 0, 1, 1, 0]
    assert found.suggested.tolist() == [1, 0, 1, 0, 0, 1]
    assert found.confident.tolist() == [True, False, False, False, False, False]
    np.testing.assert_allclose(found.margin, [-0.4, 0.1, 0.2, 0.22, 0.6, 0.8])


def test_labels_that_were_made_wrong_come_first() -> None:
    digits = load_data("mnist")
    config = TrainingConfig(epochs=3, subset=5000)
    *_, last = train(Network.create(), digits, config, engine="reference")
    few = digits.test.take(range(1000))
    clean = np.flatnonzero(predict(last.network, few).label == few.labels)
    rows = np.random.default_rng(0).choice(clean, 30, replace=False)
    labels = few.labels.copy()
    labels[rows] = (labels[rows] + 1 + np.arange(30) % 9) % 10
    found = find_label_errors(predict(last.network, few).probabilities, labels)
    assert len(set(found.rows[:60].tolist()) & set(rows.tolist())) >= 25
    assert 15 <= found.confident.sum() <= 200


@pytest.mark.slow
def test_most_of_mnists_wrong_labels_are_among_the_first_hundred() -> None:
    digits = load_data("mnist")
    network, training = configure("wide", {"hidden": (300,), "dropout": 0.2, "augmentation": "affine", "epochs": 14})
    *_, last = train(Network.create(network, training.seed), digits, training)
    found = find_label_errors(predict(last.network, digits.test).probabilities, digits.test.labels)
    assert len(set(found.rows[:100].tolist()) & set(WRONG)) >= 10  # 12 were found; the last few depend on the seed


@pytest.mark.parametrize(
    ("p", "labels", "said"),
    [
        ([0.5, 0.5], [0], "give floats of shape"),
        ([[1, 0]], [0], "give floats of shape"),
        ([[1.0]], [0], "give floats of shape"),
        ([[0.9, 0.9]], [0], "do not sum to 1"),
        ([[1.5, -0.5]], [0], "negative"),
        ([[np.nan, 1.0]], [0], "do not sum to 1"),
        ([[0.5, 0.5]], [2], "label 2"),
        ([[0.5, 0.5]], [0, 1], "1 rows of probabilities but 2 labels"),
    ],
)
def test_what_are_no_probabilities_is_refused(p: list[list[float]], labels: list[int], said: str) -> None:
    with pytest.raises(DataError, match=said):
        find_label_errors(p, labels)
