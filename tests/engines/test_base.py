"""The plan of a stretch, the tally, and how samples become inputs."""

import numpy as np
import pytest

from mnist_nn import NetworkConfig, TrainingConfig
from mnist_nn.engines.base import Plan, Tally, as_inputs, as_rows, check_width, is_csr
from mnist_nn.errors import ConfigError
from mnist_nn.nn.losses import get_loss
from mnist_nn.util.randomness import key


@pytest.mark.parametrize(("optimizer", "coupled", "decoupled"), [("adam", 0.1, 0.0), ("adamw", 0.0, 0.1)])
def test_decay_goes_through_the_gradient_or_beside_it(optimizer: str, coupled: float, decoupled: float) -> None:
    config = TrainingConfig(optimizer=optimizer, l2=0.1, batch_size=3)
    plan = Plan.of(NetworkConfig(), config, np.arange(6), np.ones(2), key(0))
    assert (plan.coupled_decay, plan.decoupled_decay) == (coupled, decoupled)
    assert (plan.batch_size, plan.dropout) == (3, (0.0,))


def test_tallies_add_up() -> None:
    z, l = np.array([[2.0, -1.0], [0.0, 3.0], [1.0, 0.0]]), np.eye(2)[[0, 0, 0]]
    loss = get_loss("mse", "softmax")
    o = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    whole = Tally.of(loss, z, o, l, np.array([1.0, 2.0, 0.5]))
    first, rest = Tally.of(loss, z[:1], o[:1], l[:1]), Tally.of(loss, z[1:], o[1:], l[1:], np.array([2.0, 0.5]))
    assert first.plus(rest) == pytest.approx(whole)
    assert (whole.samples, whole.correct) == (3, 2)
    assert whole.reported == pytest.approx((((o - l) ** 2).mean(axis=1) * [1, 2, 0.5]).sum())


def test_pixels_are_scaled_and_floats_and_sparse_rows_are_taken_as_they_are() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    images = np.arange(8, dtype=np.uint8).reshape(2, 2, 2)
    rows = as_rows(images)
    assert rows.shape == (2, 4)
    np.testing.assert_array_equal(as_inputs(rows, "float32"), (rows / 255).astype(np.float32))
    floats = rows.astype(np.float32)
    assert as_inputs(floats, "float32") is floats
    matrix = sparse.csr_matrix(floats)
    assert is_csr(matrix)
    assert not is_csr(floats)
    assert as_rows(matrix) is matrix
    np.testing.assert_array_equal(as_inputs(matrix, "float64"), floats)


def test_samples_of_another_width_are_named() -> None:
    check_width(NetworkConfig(inputs=6), 6)
    with pytest.raises(ConfigError, match="a sample has 7 values, but the network has 6 inputs"):
        check_width(NetworkConfig(inputs=6), 7)
