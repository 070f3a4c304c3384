"""The living definition: one update by hand, the seed's own trajectory, and what an engine promises about its plan."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mnist_nn import Dataset, Network, NetworkConfig, TrainingConfig
from mnist_nn.engines import reference
from mnist_nn.engines.base import Plan
from mnist_nn.engines.reference import ReferenceEngine, draw_masks, gradients
from mnist_nn.errors import ConfigError
from mnist_nn.nn.config import resolve_learning_rate
from mnist_nn.nn.losses import get_loss
from mnist_nn.nn.optimizers import OptimizerState, initial_state
from mnist_nn.util.randomness import key

ENGINE = ReferenceEngine()


def plan_of(shape: NetworkConfig, training: TrainingConfig, order: np.ndarray, rates: np.ndarray | None = None) -> Plan:
    updates = -(-len(order) // training.batch_size)
    return Plan.of(
        shape,
        training,
        order,
        np.full(updates, resolve_learning_rate(shape, training)) if rates is None else rates,
        key(3),
    )


def drawn_samples(count: int, inputs: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(8)
    return rng.random((count, inputs)), rng.integers(0, classes, count)


def bits(network: Network, state: OptimizerState) -> list[bytes]:
    slots = [array for arrays in state.slots.values() for array in arrays]
    return [array.tobytes() for array in (*network.parameters, *slots)]


# One update by hand

# x = (1, 0.5), l = (1, 0), eta = 0.5
W_ih = [[0.1, 0.2], [0.3, -0.4]]
b_ih = [0.1, -0.2]
W_ho = [[0.5, -0.6], [-0.7, 0.8]]
b_ho = [0.3, 0.1]


def test_one_update_of_the_seed_by_hand() -> None:
    # z_h = W_ih x + b_ih = (0.1 + 0.1 + 0.1, 0.3 - 0.2 - 0.2)  = ( 0.3,               -0.1)
    # h   = sigma(z_h)                                           = ( 0.57444251681166,   0.47502081252106)
    # z_o = W_ho h + b_ho                                        = ( 0.30220877089319,   0.07790688824869)
    # o   = sigma(z_o)                                           = ( 0.57498238022780,   0.51946687690113)
    # MSE = ((o_1 - 1)² + o_2²) / 2                              =   0.22524290665712
    # BCE = -ln o_1 - ln(1 - o_2)                                =   1.28627500003499
    # delta_o = o - l                                            = (-0.42501761977220,   0.51946687690113)
    # W_ho^T delta_o: 0.5 · -0.42502 - 0.7 · 0.51947             =  -0.57613562371689
    #                -0.6 · -0.42502 + 0.8 · 0.51947             =   0.67058407338422
    # h (1 - h)                                                  = ( 0.24445831169075,   0.24937604019289)
    # delta_h = (W_ho^T delta_o) * h (1 - h)                     = (-0.14084114187873,   0.16722760083698)
    #
    # W_ih - eta delta_h x^T:  0.1 + 0.5 · 0.14084 · 1, 0.2 + 0.5 · 0.14084 · 0.5, and so on
    expected = [
        [[0.17042057093936, 0.23521028546968], [0.21638619958151, -0.44180690020924]],
        [0.17042057093936, -0.28361380041849],  # b_ih - eta delta_h
        [[0.62207409559562, -0.49905389246002], [-0.84920193008369, 0.67662121102832]],  # W_ho - eta delta_o h^T
        [0.51250880988610, -0.15973343845056],  # b_ho - eta delta_o
    ]
    shape = NetworkConfig(inputs=2, hidden=(2,), outputs=2, dtype="float64")
    start = Network.of(shape, [W_ih, b_ih, W_ho, b_ho])
    placed = ENGINE.place(np.array([[1.0, 0.5]]), np.array([0]))
    plan = plan_of(shape, TrainingConfig(learning_rate=0.5), np.array([0]))
    after, state, tally = ENGINE.epoch(start, initial_state("sgd", start.parameters), placed, plan)
    for found, by_hand in zip(after.parameters, expected, strict=True):
        np.testing.assert_allclose(found, by_hand, rtol=0, atol=1e-13)
    assert state.updates == 1
    assert (tally.samples, tally.correct) == (1, 1)
    assert tally.reported == pytest.approx(0.22524290665712, abs=1e-13)
    assert tally.descended == pytest.approx(1.28627500003499, abs=1e-13)


def test_forward_by_hand() -> None:
    shape = NetworkConfig(inputs=2, hidden=(2,), outputs=2, dtype="float64")
    z_o = ENGINE.forward(Network.of(shape, [W_ih, b_ih, W_ho, b_ho]), ENGINE.place(np.array([[1.0, 0.5]])))
    np.testing.assert_allclose(z_o, [[0.30220877089319, 0.07790688824869]], rtol=0, atol=1e-13)


# The seed's trajectory


def sigma(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def seed_run(parameters: list[np.ndarray], images: np.ndarray, labels: np.ndarray, eta: float) -> list[np.ndarray]:
    """The seed document's formulas as it prints them, with column vectors."""
    W_ih, b_ih, W_ho, b_ho = (np.array(p) for p in parameters)
    b_ih, b_ho = b_ih.reshape(-1, 1), b_ho.reshape(-1, 1)
    for image, label in zip(images, labels, strict=True):
        x = image.reshape(784, 1) / 255
        l = np.zeros((10, 1))
        l[label] = 1
        z_h = W_ih @ x + b_ih
        h = sigma(z_h)
        z_o = W_ho @ h + b_ho
        o = sigma(z_o)
        delta_o = o - l
        delta_h = (W_ho.T @ delta_o) * (h * (1 - h))
        W_ih = W_ih - eta * (delta_h @ x.T)
        b_ih = b_ih - eta * delta_h
        W_ho = W_ho - eta * (delta_o @ h.T)
        b_ho = b_ho - eta * delta_o
    return [W_ih, b_ih.ravel(), W_ho, b_ho.ravel()]


def test_a_thousand_updates_on_mnist_follow_the_seeds_formulas(mnist: Dataset) -> None:
    training, shape = TrainingConfig(learning_rate=0.1), NetworkConfig(dtype="float64")
    assert (training.loss, training.optimizer, training.batch_size, shape.sizes) == (
        "classic_mse",
        "sgd",
        1,
        (784, 20, 10),
    )
    rng = np.random.default_rng(1)
    start = Network.of(shape, [rng.normal(0, 0.1, p) for p in [(20, 784), 20, (10, 20), 10]])
    order = rng.permutation(60_000)[:1000]
    placed = ENGINE.place(mnist.train.images, mnist.train.labels)
    after, _, _ = ENGINE.epoch(start, initial_state("sgd", start.parameters), placed, plan_of(shape, training, order))
    images, labels = mnist.train.images[order], mnist.train.labels[order]
    expected = seed_run(list(start.parameters), images, labels, 0.1)
    for found, literal, before in zip(after.parameters, expected, start.parameters, strict=True):
        np.testing.assert_allclose(found, literal, rtol=0, atol=1e-12)
        assert np.abs(found - before).max() > 0.1


# What an engine promises

SHAPE = NetworkConfig(inputs=6, hidden=(5, 4), outputs=3, activation=("tanh", "relu"), output="softmax")
RUN = TrainingConfig(loss="cross_entropy", batch_size=4, l2=0.01, dropout=0.3, max_norm=2.0)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "adamw"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_cutting_an_epoch_into_stretches_changes_no_bit(optimizer: str, dtype: str) -> None:
    shape, training = replace(SHAPE, dtype=dtype), replace(RUN, optimizer=optimizer)
    samples, labels = drawn_samples(30, 6, 3)
    placed, order = ENGINE.place(samples.astype(dtype), labels), np.random.default_rng(2).permutation(30)
    rates, network = np.linspace(0.3, 0.1, 8), Network.create(shape, 1)
    state = initial_state(optimizer, network.parameters)
    whole = ENGINE.epoch(network, state, placed, plan_of(shape, training, order, rates))
    total = None
    for first, last in [(0, 1), (1, 4), (4, 8)]:
        plan = plan_of(shape, training, order[4 * first : 4 * last], rates[first:last])
        network, state, tally = ENGINE.epoch(network, state, placed, plan)
        total = total.plus(tally) if total else tally
    assert bits(network, state) == bits(*whole[:2])
    assert state.updates == whole[1].updates == 8
    assert (total.samples, total.correct) == (whole[2].samples, whole[2].correct)
    assert total.descended == pytest.approx(whole[2].descended, rel=1e-6)


def test_a_smaller_last_batch_takes_the_mean_over_its_own_samples() -> None:
    shape = NetworkConfig(inputs=3, hidden=(), outputs=2, output="softmax", dtype="float64")
    samples, labels = drawn_samples(5, 3, 2)
    start, order = Network.create(shape, 0), np.array([4, 1, 0, 3, 2])
    plan = plan_of(shape, TrainingConfig(loss="cross_entropy", learning_rate=0.5, batch_size=3), order)
    found, state, tally = ENGINE.epoch(
        start, initial_state("sgd", start.parameters), ENGINE.place(samples, labels), plan
    )
    W, b = start.parameters
    for rows in ([4, 1, 0], [3, 2]):
        e = np.exp(samples[rows] @ W.T + b)
        delta = e / e.sum(axis=1, keepdims=True) - np.eye(2)[labels[rows]]
        W = W - 0.5 * sum(np.outer(d, x) for d, x in zip(delta, samples[rows], strict=True)) / len(rows)
        b = b - 0.5 * delta.sum(axis=0) / len(rows)
    np.testing.assert_allclose(found.weights[0], W, rtol=1e-12)
    np.testing.assert_allclose(found.biases[0], b, rtol=1e-12)
    assert (state.updates, tally.samples) == (2, 5)


def test_arguments_stay_as_they_are() -> None:
    training = replace(RUN, optimizer="adam")
    samples, labels = drawn_samples(20, 6, 3)
    network, order = Network.create(SHAPE, 1), np.arange(20)
    placed, plan = ENGINE.place(samples.astype(np.float32), labels), plan_of(SHAPE, training, order)
    state = initial_state("adam", network.parameters)
    before = bits(network, state), placed.x.tobytes(), placed.t.tobytes(), order.tobytes(), plan.rates.tobytes()
    after, moved, _ = ENGINE.epoch(network, state, placed, plan)
    assert before == (
        bits(network, state),
        placed.x.tobytes(),
        placed.t.tobytes(),
        order.tobytes(),
        plan.rates.tobytes(),
    )
    assert state.updates == 0
    assert bits(after, moved) != bits(network, state)
    assert all(not p.flags.writeable for p in after.parameters)


def test_masks_are_zero_for_dropped_units_and_scale_those_that_stay() -> None:
    order = np.arange(4000)
    masks = draw_masks(SHAPE, plan_of(SHAPE, replace(RUN, dropout=(0.25, 0.5)), order))
    assert [m.shape for m in masks] == [(4000, 5), (4000, 4)]
    assert [sorted(set(m.ravel().tolist())) for m in masks] == [[0.0, pytest.approx(1 / 0.75)], [0.0, 2.0]]
    assert [m.dtype for m in masks] == [np.float32, np.float32]
    for mask, rate, units in zip(masks, (0.25, 0.5), (5, 4), strict=True):
        deviation = np.sqrt(rate * (1 - rate) / (4000 * units))
        assert abs((mask == 0).mean() - rate) < 4 * deviation


def test_no_masks_without_dropout() -> None:
    assert draw_masks(SHAPE, plan_of(SHAPE, replace(RUN, dropout=0.0), np.arange(4))) == []


def test_a_dropped_unit_learns_nothing_and_teaches_nothing() -> None:
    network = Network.create(replace(SHAPE, dtype="float64", activation="tanh"), 1)
    samples, labels = drawn_samples(3, 6, 3)
    masks = [np.array([[0, 2.0, 2, 2, 2]] * 3), np.array([[2.0, 2, 0, 2]] * 3)]
    l = np.eye(3)[labels]
    g, _ = gradients(
        network.config, network.weights, network.biases, samples, l, get_loss("cross_entropy", "softmax"), masks
    )
    W1, b1, W2, b2, W3, _ = g
    assert not any(part.any() for part in (W1[0], b1[:1], W2[:, 0], W2[2], b2[2:3], W3[:, 2]))
    assert all(part.any() for part in (W1[1], b1[1:2], W2[1:2, 1], W2[3], b2[3:], W3[:, 3]))


def test_dropout_leaves_the_forward_pass_for_answers_alone() -> None:
    network = Network.create(SHAPE, 1)
    samples, _ = drawn_samples(3, 6, 3)
    z = np.array(samples, dtype=np.float32)
    for W, b, f in zip(network.weights, network.biases, (np.tanh, lambda z: z * (z > 0), lambda z: z), strict=True):
        z = f(z @ W.T + b)
    np.testing.assert_allclose(
        ENGINE.forward(network, ENGINE.place(samples.astype(np.float32))), z, rtol=1e-5, atol=1e-6
    )


def test_samples_are_counted_before_the_update_that_they_cause() -> None:
    shape = NetworkConfig(inputs=3, hidden=(), outputs=2, output="softmax", dtype="float64", initializer="zeros")
    start, order = Network.create(shape), np.zeros(2, np.int64)
    plan = plan_of(shape, TrainingConfig(loss="cross_entropy", learning_rate=5.0), order)
    placed = ENGINE.place(np.ones((1, 3)), np.array([1]))
    _, _, tally = ENGINE.epoch(start, initial_state("sgd", start.parameters), placed, plan)
    # The first time z = (0, 0): the answer is 0, wrong, and the loss ln 2. Then W = ±2.5 and b = ±2.5, so z = ±10.
    assert tally.correct == 1
    assert tally.descended == pytest.approx(np.log(2) + np.log1p(np.exp(-20)), rel=1e-9)


def test_pixels_count_as_shares_of_255() -> None:
    network = Network.create(NetworkConfig(inputs=4, hidden=(3,), outputs=2, dtype="float64"), 1)
    pixels = np.array([[[0, 51], [102, 255]]], np.uint8)
    shares = np.array([[0.0, 0.2, 0.4, 1.0]])
    found, expected = (ENGINE.forward(network, ENGINE.place(x)) for x in (pixels, shares))
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_forward_over_many_chunks_is_that_of_single_samples() -> None:
    network = Network.create(replace(SHAPE, dtype="float64"), 1)
    samples, _ = drawn_samples(2 * reference.CHUNK + 3, 6, 3)
    z = ENGINE.forward(network, ENGINE.place(samples))
    assert z.shape == (len(samples), 3)
    for row in (0, reference.CHUNK - 1, reference.CHUNK, 2 * reference.CHUNK + 2):
        np.testing.assert_allclose(
            z[row : row + 1], ENGINE.forward(network, ENGINE.place(samples[row : row + 1])), rtol=1e-12
        )


@pytest.mark.parametrize("verb", ["forward", "epoch"])
def test_samples_of_another_width_are_refused(verb: str) -> None:
    network = Network.create(SHAPE)
    placed = ENGINE.place(np.zeros((2, 7), np.float32), np.zeros(2, np.int64))
    rest = (initial_state("sgd", network.parameters), placed, plan_of(SHAPE, RUN, np.arange(2)))
    with pytest.raises(ConfigError, match="a sample has 7 values, but the network has 6 inputs"):
        ENGINE.epoch(network, *rest) if verb == "epoch" else ENGINE.forward(network, placed)


def test_the_definition_is_short_enough_to_read() -> None:
    assert len(Path(reference.__file__).read_text(encoding="utf-8").splitlines()) < 200
