"""From the parameters of `mnist_nn.estimator` to the two configurations of the library, and when to stop.

Parameters have the names that scikit-learn's MLPClassifier gives to the same thing, and the library's own elsewhere.
scikit-learn itself is not needed here.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from numbers import Integral, Real
from typing import Any, TypeVar

from mnist_nn.checkpoints import Checkpoint
from mnist_nn.config import NetworkConfig, TrainingConfig
from mnist_nn.errors import ConfigError

PARAMETERS = {
    "hidden": "hidden_layer_sizes",
    "optimizer": "solver",
    "l2": "alpha",
    "schedule": "learning_rate",
    "rate": "learning_rate_init",
    "epochs": "max_iter",
    "seed": "random_state",
    "validation": "validation_fraction",
    "patience": "n_iter_no_change",
    "beta1": "beta_1",
    "beta2": "beta_2",
}
"""Field of a configuration -> parameter, where the names differ."""

FROM_DATA = ("inputs", "outputs")
"""Fields that the data decide."""

SMALL_WORK = 300_000_000  # multiplications of a fit; NumPy has done them before the compiled engine would be loaded
MANY_UPDATES = 20_000  # beyond this, what NumPy costs at each update adds up to more than that

Values = Mapping[str, Any]
Config = TypeVar("Config", NetworkConfig, TrainingConfig)


def network_config(values: Values, inputs: int, outputs: int) -> NetworkConfig:
    """Return the shape that an estimator's parameters ask for."""
    given = _given(NetworkConfig, values)
    hidden = given["hidden"]
    given["hidden"] = (hidden,) if isinstance(hidden, Integral) else hidden
    names = given["activation"]
    given["activation"] = _sigmoid(names) if isinstance(names, str) else tuple(map(_sigmoid, names))
    return _checked(NetworkConfig, given | {"inputs": inputs, "outputs": outputs})


def training_config(
    values: Values, count: int, weight: float, seed: int, epochs: int, *, holds_out: bool
) -> TrainingConfig:
    """Return the training that an estimator's parameters ask for.

    Parameters
    ----------
    values
        The estimator's parameters.
    count, weight
        Number of samples, and what they weigh together.
    seed
        Drawn from ``random_state``.
    epochs
        Of the whole run, those that are done already included.
    holds_out
        Whether to hold samples out for early stopping.
    """
    given = _given(TrainingConfig, values)
    batch, l2 = 200 if given["batch_size"] == "auto" else given["batch_size"], given["l2"]
    batch = min(int(batch), count) if isinstance(batch, Integral) else batch
    if isinstance(l2, Real) and isinstance(batch, int) and batch > 0 and weight > 0:
        l2 = float(l2) * count / (batch * weight)  # MLPClassifier divides the penalty by what a batch weighs
    given |= {"batch_size": batch, "l2": l2, "seed": seed, "epochs": epochs}
    if not holds_out:
        given |= {"validation": 0, "patience": None}
    if given["optimizer"] not in ("momentum", "nesterov"):
        given["momentum"] = None
    return _checked(TrainingConfig, given)


def continued(at: Checkpoint, shape: NetworkConfig, config: TrainingConfig) -> Checkpoint:
    """Return where to go on from: the network to use, with its optimiser's memory if the optimiser is the same."""
    if at.network.config != shape:
        raise ConfigError(f"to go on, the network must keep its shape, {at.network.config}; {shape} needs a new fit")
    afresh = Checkpoint.start(at.chosen, config)
    is_same = set(at.state.slots) == set(afresh.state.slots)
    return replace(afresh, state=at.state if is_same else afresh.state, epoch=at.epoch, history=at.history)


def engine_name(wanted: str, shape: NetworkConfig, training: TrainingConfig, count: int) -> str:
    """Choose an engine: ``auto`` takes NumPy for small work, by figures that are the same in every process.

    Examples
    --------
    >>> engine_name("auto", NetworkConfig(inputs=4, outputs=3), TrainingConfig(epochs=200, batch_size=150), 150)
    'reference'
    """
    weights = sum(a * b for a, b in pairwise(shape.sizes))
    updates = training.epochs * math.ceil(count / training.batch_size)
    is_small = training.epochs * count * weights < SMALL_WORK and updates < MANY_UPDATES
    return "reference" if wanted == "auto" and is_small else wanted


@dataclass
class Plateau:
    """Says when neither the best nor the mean loss of ``patience`` epochs is at least ``tol`` better than before.

    MLPClassifier looks at the best epochs alone, and so may stop while the loss swings, as it does where features are
    large and an epoch is a single update. The mean is compared with that of as many epochs before.

    Examples
    --------
    >>> plateau = Plateau(tol=0.1, patience=2)
    >>> [plateau.reached_by(loss) for loss in (1.0, 0.3, 0.6, 0.4, 0.4, 0.5)]
    [False, False, False, False, True, True]
    """

    tol: float
    patience: int | None
    losses: list[float] = field(default_factory=list)

    def reached_by(self, loss: float) -> bool:
        """Take in the loss of one more epoch."""
        self.losses.append(loss)
        n = self.patience
        if n is None or len(self.losses) < 2 * n:
            return False
        last, before = self.losses[-n:], self.losses[:-n]
        return min(last) > min(before) - self.tol and sum(last) > sum(before[-n:]) - n * self.tol


def _given(cls: type, values: Values) -> dict[str, Any]:
    """Take the fields of one configuration out of the parameters."""
    names = [one.name for one in fields(cls) if one.name not in FROM_DATA]
    return {name: values[PARAMETERS.get(name, name)] for name in names}


def _checked(cls: Callable[..., Config], given: dict[str, Any]) -> Config:
    """Build a configuration; what is wrong is said in the name of the parameter."""
    try:
        return cls(**given)
    except ConfigError as error:
        said = str(error)
        for name, parameter in PARAMETERS.items():
            said = said.replace(f"unknown {name} ", f"unknown {parameter} ").replace(f"{name} is ", f"{parameter} is ")
        raise ConfigError(said) from error


def _sigmoid(name: Any) -> Any:
    """MLPClassifier's name for the sigmoid is ``logistic``."""
    return "sigmoid" if name == "logistic" else name
