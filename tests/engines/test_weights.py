"""Weights of samples, and sparse matrices as they are: both engines do the same, and weights of one change no bit."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse

from mnist_nn import Network, NetworkConfig, TrainingConfig
from mnist_nn.engines import select
from mnist_nn.engines.base import Engine, Plan, Tally
from mnist_nn.nn.losses import LOSSES
from mnist_nn.nn.optimizers import OptimizerState, initial_state
from mnist_nn.util.randomness import key, permutation

Array = npt.NDArray[Any]
COUNT, INPUTS = 700, 50
NAMES = ["reference", "compiled"]


def drawn() -> tuple[Array, Array, Array]:
    """Mostly zeros, some rows without anything, labels, and weights of which a tenth are zero."""
    rng = np.random.default_rng(4)
    x = rng.standard_normal((COUNT, INPUTS)) * (rng.random((COUNT, INPUTS)) < 0.2)
    x[::50] = 0
    weights = rng.exponential(size=COUNT) * (rng.random(COUNT) < 0.9)
    return x.astype(np.float32), rng.integers(0, 10, COUNT), weights


X, LABELS, WEIGHTS = drawn()
BYTES = (np.abs(X) * 80).astype(np.uint8)
FORMS = {"bytes": BYTES, "floats": X, "sparse": scipy.sparse.csr_array(X)}


def learn(
    engine: Engine, x: Any, weights: Array | None, training: TrainingConfig, pair: tuple[str, str] = ("mse", "softmax")
) -> tuple[Network, OptimizerState, Tally]:
    shape = NetworkConfig(inputs=INPUTS, activation="tanh", output=pair[1])
    network = Network.create(shape, 1)
    rates = np.full(-(-COUNT // training.batch_size), 0.01)
    plan = Plan.of(shape, training, permutation(key(1), COUNT), rates, key(2))
    state = initial_state(training.optimizer, network.parameters)
    return engine.epoch(network, state, engine.place(x, LABELS, weights), plan)


def bits(result: tuple[Network, OptimizerState, Tally]) -> list[Any]:
    network, state, tally = result
    slots = [array for arrays in state.slots.values() for array in arrays]
    return [[array.tobytes() for array in (*network.parameters, *slots)], tally]


def assert_close(found: tuple[Network, OptimizerState, Tally], expected: tuple[Network, OptimizerState, Tally]) -> None:
    for a, b in zip(found[0].parameters, expected[0].parameters, strict=True):
        assert np.linalg.norm(a - b) < 1e-5 * np.linalg.norm(b)
    np.testing.assert_allclose(found[2][:3], expected[2][:3], rtol=1e-6)
    assert found[2].correct == expected[2].correct


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("batch", [1, 40, 600])
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["equal", "weighted"])
def test_both_engines_learn_the_same(form: str, batch: int, weights: Array | None) -> None:
    for optimizer, l2, max_norm in [("sgd", 0.0, None), ("sgd", 1e-3, 1.0), ("nesterov", 1e-3, None)]:
        training = TrainingConfig(loss="mse", optimizer=optimizer, batch_size=batch, l2=l2, max_norm=max_norm)
        found, expected = (learn(select.create(name), FORMS[form], weights, training) for name in NAMES[::-1])
        assert_close(found, expected)


@pytest.mark.parametrize("pair", LOSSES, ids=str)
def test_every_loss_is_weighted_by_both(pair: tuple[str, str]) -> None:
    training = TrainingConfig(loss=pair[0], batch_size=8)
    found, expected = (learn(select.create(name), BYTES, WEIGHTS, training, pair) for name in NAMES[::-1])
    assert_close(found, expected)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", FORMS)
def test_weights_of_one_change_no_bit(name: str, form: str) -> None:
    training = TrainingConfig(loss="mse", optimizer="adam", batch_size=8, dropout=0.2)
    with_ones = learn(select.create(name), FORMS[form], np.ones(COUNT), training)
    assert bits(with_ones) == bits(learn(select.create(name), FORMS[form], None, training))


def test_a_weight_of_two_is_the_sample_twice() -> None:
    shape = NetworkConfig(inputs=3, hidden=(4,), outputs=2, dtype="float64", output="softmax")
    network, rng = Network.create(shape, 1), np.random.default_rng(0)
    x, t, times = rng.random((5, 3)), np.array([0, 1, 0, 1, 1]), np.array([2, 1, 0, 3, 1])
    results = []
    for rows, weights in [(np.arange(5), times / times.mean()), (np.repeat(np.arange(5), times), None)]:
        training = TrainingConfig(loss="cross_entropy", batch_size=len(rows))
        plan = Plan.of(shape, training, np.arange(len(rows)), np.array([0.5]), key(0))
        engine = select.create("reference", "float64")
        placed = engine.place(x[rows], t[rows], weights)
        results.append(engine.epoch(network, initial_state("sgd", network.parameters), placed, plan))
    for a, b in zip(results[0][0].parameters, results[1][0].parameters, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
    (_, _, weighted), (_, _, repeated) = results
    assert weighted.reported / weighted.samples == pytest.approx(repeated.reported / repeated.samples, rel=1e-12)


def untidy() -> scipy.sparse.csr_array:
    """The same matrix, with entries out of order, in two parts, and zeros that are written out."""
    tidy = scipy.sparse.csr_array(X)
    rows = np.repeat(np.arange(COUNT), np.diff(tidy.indptr))
    shuffled = np.random.default_rng(1).permutation(tidy.nnz)
    rows = np.concatenate([rows[shuffled], rows[shuffled], [3, 3]])
    columns = np.concatenate([tidy.indices[shuffled], tidy.indices[shuffled], [0, 1]])
    values = np.concatenate([tidy.data[shuffled] / 4, tidy.data[shuffled] * 3 / 4, [0, 0]])
    order = np.argsort(rows, kind="stable")
    starts = np.searchsorted(rows[order], np.arange(COUNT + 1))
    return scipy.sparse.csr_array((values[order].astype(np.float32), columns[order], starts), shape=X.shape)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("batch", [1, 40])
def test_how_a_sparse_matrix_is_written_does_not_matter(name: str, batch: int) -> None:
    training, engine, given = TrainingConfig(loss="mse", batch_size=batch), select.create(name), untidy()
    before = (given.data.tobytes(), given.indices.tobytes(), given.indptr.tobytes())
    found, expected = (learn(engine, x, None, training) for x in (given, scipy.sparse.csr_array(X)))
    assert_close(found, expected)
    assert (given.data.tobytes(), given.indices.tobytes(), given.indptr.tobytes()) == before


@pytest.mark.parametrize("name", NAMES)
def test_a_sparse_matrix_gives_the_answers_of_its_dense_form(name: str) -> None:
    network, engine = Network.create(NetworkConfig(inputs=INPUTS), 1), select.create(name)
    for rows in (slice(0, 1), slice(0, 1), slice(0, COUNT)):
        sparse, dense = (engine.forward(network, engine.place(x[rows])) for x in (FORMS["sparse"], X))
        np.testing.assert_allclose(sparse, dense, rtol=0, atol=1e-5)


def test_more_than_65536_columns() -> None:
    x = scipy.sparse.random_array((60, 90_000), density=0.001, format="csr", dtype=np.float32, rng=2)
    shape, training = NetworkConfig(inputs=90_000), TrainingConfig(batch_size=40)
    network = Network.create(shape, 1)
    plan = Plan.of(shape, training, permutation(key(1), 60), np.full(2, 0.05), key(2))
    state, labels = initial_state("sgd", network.parameters), np.arange(60) % 10
    found, expected = (
        select.create(n).epoch(network, state, select.create(n).place(x, labels), plan) for n in NAMES[::-1]
    )
    assert_close(found, expected)


def test_images_of_more_than_65536_pixels() -> None:
    rng = np.random.default_rng(2)
    x = (rng.integers(1, 256, (60, 70_000)) * (rng.random((60, 70_000)) < 0.001)).astype(np.uint8)
    shape, training = NetworkConfig(inputs=70_000), TrainingConfig(batch_size=40)
    network = Network.create(shape, 1)
    plan = Plan.of(shape, training, permutation(key(1), 60), np.full(2, 0.05), key(2))
    state, labels = initial_state("sgd", network.parameters), np.arange(60) % 10
    engines = [select.create(name) for name in NAMES[::-1]]
    found, expected = (engine.epoch(network, state, engine.place(x, labels), plan) for engine in engines)
    assert_close(found, expected)
    forward = select.prepare_serving("compiled", network, 20)[1]
    z = engines[1].forward(network, engines[1].place(x))
    np.testing.assert_allclose(forward(x), z, rtol=0, atol=1e-5)
    assert select.prepare_single("compiled", network) is None, "it takes images of fewer pixels"
