"""Training with weights: what they change, what they must not, and sparse samples through the whole library."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse

from mnist_nn import Network, NetworkConfig, Samples, TrainingConfig, evaluate, train
from mnist_nn.data import check_samples
from mnist_nn.data.class_weights import balance
from mnist_nn.errors import DataError
from mnist_nn.training.loop import Epoch
from mnist_nn.training.placement import split

Array = npt.NDArray[Any]
SHAPE = NetworkConfig(inputs=4, outputs=3, output="softmax")
TRAINING = TrainingConfig(loss="cross_entropy", learning_rate=0.1, epochs=3, batch_size=4, validation=0.2)


@pytest.fixture(scope="module")
def samples(clouds: Callable[..., Samples]) -> Samples:
    return clouds(90, noise=0.7)


def last(samples: Samples, config: TrainingConfig = TRAINING) -> Epoch:
    *_, epoch = train(Network.create(SHAPE, 1), samples, config, engine="reference")
    return epoch


def bits(epoch: Epoch) -> list[Any]:
    scores = [{**row.to_dict(), "seconds": 0} for row in epoch.checkpoint.history]
    return [[p.tobytes() for p in epoch.network.parameters], scores]


def weighted(samples: Samples, weights: Array) -> Samples:
    return Samples(samples.images, samples.labels, weights)


@pytest.mark.parametrize("weight", [1.0, 0.1, 1e6])
def test_equal_weights_are_none(samples: Samples, weight: float) -> None:
    assert bits(last(weighted(samples, np.full(90, weight)))) == bits(last(samples))


def test_only_what_weights_are_beside_each_other_counts(samples: Samples) -> None:
    weights = np.linspace(0, 1, 90)
    few, many = (last(weighted(samples, weights * times)) for times in (1, 1024))
    assert bits(few) == bits(many) != bits(last(samples))


def test_the_heavier_class_is_learned_at_the_cost_of_the_others(samples: Samples) -> None:
    labels = samples.labels
    for heavy in range(3):
        network = last(weighted(samples, np.where(labels == heavy, 50.0, 0.5))).network
        recall, plain = (evaluate(one, samples).recall for one in (network, last(samples).network))
        assert recall[heavy] > 0.9
        assert recall.sum() < plain.sum() + 0.5
        assert (evaluate(network, samples).confusion.sum(axis=0)[heavy]) > np.count_nonzero(labels == heavy)


def test_scores_are_weighted_means(samples: Samples) -> None:
    weights = np.random.default_rng(0).exponential(size=90)
    given = weighted(samples, weights)
    # Nothing is learned at a rate this small, so that the first network's losses can be taken by themselves.
    epoch = last(given, TrainingConfig(loss="cross_entropy", learning_rate=1e-30, epochs=1, validation=0.2))
    network = Network.create(SHAPE, 1)
    parts = split(given, TRAINING)
    scores = epoch.scores
    for part, loss in zip(parts, (scores.loss, scores.validation_loss), strict=True):
        assert part is not None
        z = part.images @ network.weights[0].T + network.biases[0]
        z = 1 / (1 + np.exp(-z)) @ network.weights[1].T + network.biases[1]
        losses = np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(part)), part.labels]
        assert loss == pytest.approx(np.average(losses, weights=part.weights), rel=1e-5)
        right = z.argmax(axis=1) == part.labels
    assert scores.validation_accuracy == pytest.approx(np.average(right, weights=parts[1].weights))


def test_weights_follow_their_samples() -> None:
    samples = Samples(np.zeros((3, 2)), np.array([0, 1, 0]), np.array([1.0, 2.0, 3.0]))
    assert samples.take([2, 0]).weights.tolist() == [3.0, 1.0]
    assert samples.take([1]).labels.tolist() == [1]


@pytest.mark.parametrize(
    ("weights", "why"),
    [
        (np.array([1j, 2]), r"weights are complex128 of shape \(2,\); give floats of shape \(2,\)"),
        (np.array([1.0]), r"weights are float64 of shape \(1,\); give floats of shape \(2,\)"),
        (np.array([1.0, -1.0]), "weight -1.0 in row 1 is not valid; give finite numbers"),
        (np.array([np.nan, 1.0]), "weight nan in row 0"),
        (np.array([np.inf, 1.0]), "weight inf in row 0"),
    ],
)
def test_weights_that_cannot_be_used_are_refused(weights: Array, why: str) -> None:
    with pytest.raises(DataError, match=why):
        Samples(np.zeros((2, 4)), np.array([0, 1]), weights)


@pytest.mark.parametrize("own", [False, True])
def test_balanced_classes_are_weights_of_the_samples(samples: Samples, own: bool) -> None:
    rare = samples.take(np.r_[np.flatnonzero(samples.labels != 1), np.flatnonzero(samples.labels == 1)[:5]])
    own_weights = np.random.default_rng(0).exponential(size=len(rare)) if own else np.ones(len(rare))
    given = weighted(rare, own_weights) if own else rare
    config = replace(TRAINING, class_weight="balanced", validation=0.2)
    found = last(given, config)
    expected = last(weighted(rare, own_weights * balance(rare.labels)), replace(config, class_weight="none"))
    assert bits(found) == bits(expected)
    assert found.scores.validation_accuracy == expected.scores.validation_accuracy


def test_weights_that_are_all_zero_are_refused(samples: Samples) -> None:
    with pytest.raises(DataError, match="are 0; give at least one weight above 0"):
        last(weighted(samples, np.zeros(90)))


# The compiled engine compiles its kernels once more for floats in pairs.
@pytest.mark.parametrize("engine", ["reference", pytest.param("auto", marks=pytest.mark.slow)])
def test_sparse_samples_learn_what_dense_ones_do(samples: Samples, engine: str) -> None:
    images = np.where(np.abs(samples.images) > 0.5, samples.images, 0)
    dense, sparse = Samples(images, samples.labels), Samples(scipy.sparse.csr_array(images), samples.labels)
    assert (sparse.inputs, len(sparse), repr(sparse)) == (4, 90, "Samples(90 of 4, float64)")
    results = [[*train(Network.create(SHAPE, 1), one, TRAINING, engine=engine)][-1] for one in (dense, sparse)]
    for a, b in zip(*(result.network.parameters for result in results), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    assert (
        evaluate(results[0].network, sparse).confusion.tolist()
        == evaluate(results[0].network, dense).confusion.tolist()
    )


@pytest.mark.parametrize(
    ("images", "why"),
    [
        (scipy.sparse.csc_array(np.eye(2)), r"float64 of shape \(2, 2\) in csc form; give .* dense or CSR"),
        (scipy.sparse.csr_array(np.eye(2, dtype=np.uint8)), r"uint8 of shape \(2, 2\) in csr form"),
        (scipy.sparse.csr_array(np.array([[0, 0, 1.0], [0, np.nan, 2]])), "image 1 contains NaN or infinity"),
        (scipy.sparse.csr_array(np.array([[np.inf, 0], [0, 1.0]])), "image 0 contains NaN or infinity"),
        (scipy.sparse.csr_array((2, 0)), r"images of shape \(2, 0\) contain no pixels"),
        (scipy.sparse.csr_array(np.eye(3)), "there are 3 images but 2 labels"),
    ],
)
def test_sparse_samples_that_cannot_be_used_are_refused(images: Any, why: str) -> None:
    with pytest.raises(DataError, match=why):
        check_samples(images, [0, 1])


def test_a_sparse_matrix_of_zeros_is_sound() -> None:
    assert len(check_samples(scipy.sparse.csr_array((2, 5)), [0, 1])) == 2
