"""Parts of one's own: they learn, their gradients are checked, and nothing pretends to carry them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_nn import (
    Model,
    Network,
    NetworkConfig,
    Samples,
    TrainingConfig,
    check_gradients,
    evaluate,
    load_model,
    predict,
    save_model,
    train,
)
from mnist_nn.errors import ConfigError, ModelFileError
from mnist_nn.export import export
from mnist_nn.nn import config
from mnist_nn.nn.activations import ACTIVATIONS
from mnist_nn.nn.losses import LOSSES
from mnist_nn.nn.optimizers import OPTIMIZERS
from mnist_nn.nn.own import add_activation, add_loss, add_optimizer, add_schedule, forget
from mnist_nn.nn.schedules import SCHEDULES


@pytest.fixture(autouse=True)
def leave_nothing() -> Iterator[None]:
    """Leave the lists of parts as they were."""
    lists: tuple[dict[Any, Any], ...] = (ACTIVATIONS, LOSSES, OPTIMIZERS, SCHEDULES)
    before = [dict(one) for one in lists]
    yield
    forget()
    assert [dict(one) for one in lists] == before
    assert not any(config.OWN.values())


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def add_swish() -> None:
    add_activation("swish", lambda z: z * sigmoid(z), lambda z: sigmoid(z) * (1 + z * (1 - sigmoid(z))))


def lion(p: Any, g: Any, slots: Any, _t: int, eta: float) -> None:
    (m,) = slots
    p -= eta * np.sign(0.9 * m + 0.1 * g)
    m *= 0.99
    m += 0.01 * g


SHAPE: dict[str, Any] = {"inputs": 4, "hidden": (8,), "outputs": 3, "dtype": "float64"}


def test_all_of_it_together_learns(clouds: Callable[..., Samples]) -> None:
    add_swish()
    add_loss("absolute", lambda o, l: abs(o - l).sum(axis=1), lambda o, l: np.sign(o - l))
    add_optimizer("lion", lion, ["m"])
    add_schedule("warmup", lambda p: np.minimum(1, 4 * p) * (1 - p))
    training = TrainingConfig(
        loss="absolute", optimizer="lion", schedule="warmup", learning_rate=0.01, epochs=20, batch_size=10
    )
    *_, last = train(Network.create(NetworkConfig(activation="swish", **SHAPE), 1), clouds(300), training)
    assert last.checkpoint.engines == ("reference",)
    assert last.scores.loss < last.checkpoint.history[0].loss / 2
    assert evaluate(last.network, clouds(100)).accuracy > 0.85
    assert len(predict(last.network, clouds(5)).label) == 5
    assert 0 < last.scores.rate < 0.001, "the schedule ends near zero"


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
def test_gradients_are_checked_in_one_line(output: str, clouds: Callable[..., Samples]) -> None:
    add_swish()
    add_loss("cubic", lambda o, l: (abs(o - l) ** 3).sum(axis=1), lambda o, l: 3 * (o - l) * abs(o - l))
    shape = NetworkConfig(activation="swish", output=output, **SHAPE)
    training = TrainingConfig(loss="cubic", learning_rate=1.0)
    report = check_gradients(shape, training, clouds(6))
    assert report.passed
    assert report.descends == "cubic"
    add_activation("swish", lambda z: z * sigmoid(z), sigmoid)
    assert not check_gradients(shape, training, clouds(6)).passed
    add_swish()
    add_loss("cubic", lambda o, l: (abs(o - l) ** 3).sum(axis=1), lambda o, l: 3 * (o - l) ** 2)
    assert not check_gradients(shape, training, clouds(6)).passed


def test_parts_of_ones_own_equal_those_that_are_built_in(clouds: Callable[..., Samples]) -> None:
    add_activation("own_tanh", np.tanh, lambda z: 1 - np.tanh(z) ** 2)
    add_loss("own_mse", lambda o, l: ((o - l) ** 2).mean(axis=1), lambda o, l: 2 * (o - l) / o.shape[1])

    def descend(p: Any, g: Any, _slots: Any, _t: int, eta: float) -> None:
        p -= eta * g

    add_optimizer("own_sgd", descend)
    add_schedule("own_linear", lambda p: 1 - p)
    results = []
    for own in ("", "own_"):
        training = TrainingConfig(
            loss=f"{own}mse", optimizer=f"{own}sgd", schedule=f"{own}linear", learning_rate=0.5, epochs=3, batch_size=7
        )
        start = Network.create(NetworkConfig(activation=f"{own}tanh", **SHAPE), 1)
        results.append([*train(start, clouds(60), training)][-1].network)
    for p, q in zip(*(one.parameters for one in results), strict=True):
        np.testing.assert_allclose(p, q, rtol=1e-9, atol=1e-12)


def test_what_cannot_be_carried_says_so(clouds: Callable[..., Samples], tmp_path: Path) -> None:
    add_swish()
    network = Network.create(NetworkConfig(activation="swish", **SHAPE))
    with pytest.raises(ModelFileError, match="activation 'swish' is your own function, which a model file cannot"):
        save_model(tmp_path / "m", network)
    with pytest.raises(ConfigError, match="activation 'swish' is your own function of Python, which no exported file"):
        export(network, "npz")
    add_schedule("late", lambda p: p)
    training = TrainingConfig(schedule="late", epochs=1)
    *_, last = train(Network.create(NetworkConfig(inputs=4, outputs=3)), clouds(30), training)
    assert last.checkpoint.engines == ("reference",)
    with pytest.raises(ModelFileError, match=r"schedule 'late' is your own function.*save_model\(path, epoch.network"):
        save_model(tmp_path / "m", Model.of(last, training))
    save_model(tmp_path / "m", last.network)
    assert load_model(tmp_path / "m").network.config.inputs == 4
    with pytest.raises(ConfigError, match="schedule 'late' is your own, which the compiled engine cannot run"):
        next(train(last.network, clouds(30), training, engine="compiled"))


@pytest.mark.parametrize(
    ("add", "said"),
    [
        (lambda: add_activation("relu", np.tanh, np.tanh), "activation 'relu' cannot be added; give a name of letters"),
        (lambda: add_activation("a b", np.tanh, np.tanh), "activation 'a b' cannot be added"),
        (lambda: add_activation("a", lambda z: z.sum(), np.tanh), r"the activation 'a' is float64 of shape \(\)"),
        (lambda: add_activation("a", np.tanh, lambda z: z[1:]), "the derivative of the activation 'a' is"),
        (lambda: add_loss("a", lambda o, l: o - l, np.subtract), r"return finite numbers of shape \(2,\)"),
        (
            lambda: add_loss("a", lambda o, l: (o - l).sum(axis=1), lambda o, l: (o - l)[0]),
            "the derivative of the loss 'a'",
        ),
        (lambda: add_optimizer("a", lambda *_: None), "does not change the parameter; change it in place"),
        (lambda: add_schedule("a", lambda p: p - 1), "the schedule 'a' returns -1; return factors of 0 or more"),
        (lambda: add_schedule("a", lambda p: p / 0), "not finite"),
        (lambda: NetworkConfig(activation="swish"), "unknown activation 'swish'"),
    ],
)
@np.errstate(all="ignore")
def test_what_cannot_be_a_part_is_refused(add: Callable[[], None], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        add()


def test_settings_that_a_part_needs_are_named() -> None:
    add_swish()
    add_optimizer("lion", lion, ["m"])
    with pytest.raises(ConfigError, match=r"activation 'swish' is your own, and only the reference engine .*float64"):
        NetworkConfig(activation="swish")
    with pytest.raises(ConfigError, match="optimizer 'lion' is your own, so there is no default learning_rate"):
        TrainingConfig(optimizer="lion")
