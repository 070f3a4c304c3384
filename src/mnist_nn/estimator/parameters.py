"""From the parameters of `mnist_nn.estimator` to what the library takes, what is wrong with them, and when to stop.

Parameters have the names that scikit-learn's MLPClassifier gives to the same thing, and the library's own elsewhere.
scikit-learn itself is not needed here.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from numbers import Integral, Real
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from mnist_nn.engines.base import as_inputs
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.nn.config import ACTIVATIONS, NetworkConfig, TrainingConfig, drop_unused
from mnist_nn.training.checkpoint import Checkpoint
from mnist_nn.util import checks

PARAMETERS = {
    "hidden": "hidden_layer_sizes",
    "optimizer": "solver",
    "l2": "alpha",
    "schedule": "learning_rate",
    "learning_rate": "learning_rate_init",
    "epochs": "max_iter",
    "seed": "random_state",
    "validation": "validation_fraction",
    "patience": "n_iter_no_change",
    "beta1": "beta_1",
    "beta2": "beta_2",
}
"""Field of a configuration -> parameter, where the names differ."""

NAMED = re.compile(rf"(?<![a-z_])(?:unknown )?({'|'.join(PARAMETERS)})(?= is | ')")
"""Where a message names a field."""

FROM_DATA = ("inputs", "outputs")
"""Fields that the data decide."""

ACTIVATION_NAMES = (*ACTIVATIONS, "logistic")
TRUTH = (bool, np.bool_)

Values = Mapping[str, Any]
Config = TypeVar("Config", NetworkConfig, TrainingConfig)


def check_settings(values: Values) -> None:
    """Refuse wrong values as they were given, those too that nothing uses this time."""
    n, batch, verbose, callback = (values[k] for k in ("n_iter_no_change", "batch_size", "verbose", "callback"))
    for name, is_right, valid in (
        ("early_stopping", isinstance(values["early_stopping"], TRUTH), "True or False"),
        ("warm_start", isinstance(values["warm_start"], TRUTH), "True or False"),
        ("verbose", isinstance(verbose, TRUTH) or _is_count(verbose, 0), "True, False, or a whole number from 0 on"),
        ("callback", callback is None or callable(callback), "a function that takes an Epoch, or None"),
        ("n_iter_no_change", n is None or _is_infinite(n) or _is_count(n, 1), "a whole number from 1 on, or None"),
        (
            "class_weight",
            _is_class_weight(values["class_weight"]),
            "'balanced', a dictionary from class to weight, or None",
        ),
        ("batch_size", _is_auto(batch) or _is_count(batch, 1), "a whole number from 1 on, or 'auto'"),
    ):
        if not is_right:
            raise ConfigError(f"{name} is {values[name]!r}; give {valid}")
    checks.non_negative("tol", values["tol"])
    if values["momentum"] is not None:
        checks.share("momentum", values["momentum"])
    given, elsewhere = _take_fields(TrainingConfig, values), ("patience", "batch_size", "momentum", "seed")
    used_by_adam = {name: given[name] for name in ("beta1", "beta2", "epsilon")}
    _build(TrainingConfig, {"optimizer": "adam", **used_by_adam})
    rest = {name: value for name, value in given.items() if name not in elsewhere}
    config = _build(TrainingConfig, drop_unused(rest))
    if values["early_stopping"] and not config.validation:
        raise ConfigError(
            f"validation_fraction is {values['validation_fraction']}, and early_stopping needs samples to judge by; "
            "give a share below 1, as 0.1, or a whole number of samples"
        )


def make_network_config(values: Values, inputs: int, outputs: int) -> NetworkConfig:
    """Return the shape that an estimator's parameters ask for."""
    given = _take_fields(NetworkConfig, values)
    hidden = given["hidden"]
    given["hidden"] = (hidden,) if isinstance(hidden, Integral) else hidden
    given["activation"] = _read_activations(given["activation"])
    return _build(NetworkConfig, given | {"inputs": inputs, "outputs": outputs})


def make_training_config(
    values: Values, count: int, weight: float, seed: int, epochs: int, *, holds_out: bool
) -> TrainingConfig:
    """Return the training that an estimator's parameters ask for.

    Parameters
    ----------
    values
        The estimator's parameters, which `check_settings` has passed.
    count, weight
        Number of samples, and what they weigh together.
    seed
        Drawn from ``random_state``.
    epochs
        Of the whole run, those that are done already included.
    holds_out
        Whether to hold samples out for early stopping.
    """
    given = _take_fields(TrainingConfig, values)
    batch, l2 = min(200 if _is_auto(given["batch_size"]) else int(given["batch_size"]), count), float(given["l2"])
    if weight > 0:
        l2 = l2 * count / (batch * weight)  # MLPClassifier divides the penalty by what a batch weighs
    given |= {
        "batch_size": batch,
        "l2": l2,
        "seed": seed,
        "epochs": epochs,
        "patience": read_patience(given["patience"]),
    }
    if not holds_out:
        given |= {"validation": 0, "patience": None}
    return _build(TrainingConfig, drop_unused(given))


def continue_from(at: Checkpoint, shape: NetworkConfig, config: TrainingConfig) -> Checkpoint:
    """Return where to go on from: the network to use, with its optimiser's memory if the optimiser is the same."""
    before, now = vars(at.network.config), vars(shape)
    for name in before:
        if before[name] != now[name]:
            raise ConfigError(
                f"{PARAMETERS.get(name, name)} is {now[name]!r}, and what was learned has {before[name]!r}; "
                "to go on, leave it as it was; to begin anew, fit with warm_start=False"
            )
    afresh = Checkpoint.start(at.chosen, config)
    is_same = set(at.state.slots) == set(afresh.state.slots)
    state = at.state if is_same else afresh.state
    return replace(afresh, state=state, epoch=at.epoch, history=at.history, engines=at.engines)


def read_patience(epochs: Any) -> int | None:
    """Return how long to wait for something better; MLPClassifier's infinity is our None."""
    return None if epochs is None or _is_infinite(epochs) else int(epochs)


def find_classes(labels: Any) -> npt.NDArray[Any]:
    """Return the different labels in their order; DataError if they have none.

    Examples
    --------
    >>> find_classes(["b", "a", "b"]).tolist()
    ['a', 'b']
    """
    try:
        return np.unique(labels)
    except TypeError as error:
        kinds = ", ".join(sorted({type(label).__name__ for label in labels}))
        raise DataError(
            f"labels of several kinds ({kinds}) have no order; give them all one kind, as with y.astype(str), and "
            "leave out samples without a label"
        ) from error


def as_images(X: Any) -> npt.NDArray[np.uint8]:
    """Take rows of whole numbers from 0 to 255 as square pictures."""
    rows = as_inputs(X, "float64")
    side = math.isqrt(rows.shape[1])
    if side * side != rows.shape[1] or not np.isin(rows, np.arange(256)).all():
        raise DataError(
            f"augmentation needs square pictures, and X has {rows.shape[1]} features from {rows.min():g} to "
            f"{rows.max():g}; give whole numbers from 0 to 255, or augmentation 'none'"
        )
    return rows.astype(np.uint8).reshape(-1, side, side)


@dataclass
class Plateau:
    """Says when neither the best nor the mean loss of ``patience`` epochs is at least ``tol`` better than before.

    MLPClassifier looks at the best epochs alone, and so may stop while the loss swings, as it does where features are
    large and an epoch is a single update. The mean is compared with that of as many epochs before.

    Examples
    --------
    >>> plateau = Plateau(tol=0.1, patience=2)
    >>> [plateau.update(loss) for loss in (1.0, 0.3, 0.6, 0.4, 0.4, 0.5)]
    [False, False, False, False, True, True]
    """

    tol: float
    patience: int | None
    losses: list[float] = field(default_factory=list)

    def update(self, loss: float) -> bool:
        """Take in the loss of one more epoch, and return whether training stands still."""
        self.losses.append(loss)
        n = self.patience
        if n is None or len(self.losses) < 2 * n:
            return False
        last, before = self.losses[-n:], self.losses[:-n]
        return min(last) > min(before) - self.tol and sum(last) > sum(before[-n:]) - n * self.tol


def _take_fields(cls: type, values: Values) -> dict[str, Any]:
    """Take the fields of one configuration out of the parameters."""
    names = [one.name for one in fields(cls) if one.name not in FROM_DATA]
    return {name: values[PARAMETERS.get(name, name)] for name in names}


def _build(cls: Callable[..., Config], given: dict[str, Any]) -> Config:
    """Build a configuration; what is wrong is said in the name of the parameter."""
    try:
        return cls(**given)
    except ConfigError as error:
        said = NAMED.sub(lambda found: found[0].replace(found[1], PARAMETERS[found[1]]), str(error))
        raise ConfigError(said.replace("images", "samples")) from error


def _read_activations(names: Any) -> Any:
    """MLPClassifier's name for the sigmoid is ``logistic``."""
    if isinstance(names, str) or not isinstance(names, Iterable):
        names = (names,)
    names = [checks.choice("activation", name, ACTIVATION_NAMES) for name in names]
    return tuple("sigmoid" if name == "logistic" else name for name in names)


def _is_class_weight(given: object) -> bool:
    if isinstance(given, Mapping):
        return all(checks.is_number(weight) and weight >= 0 for weight in given.values())
    return given is None or (isinstance(given, str) and given == "balanced")


def _is_auto(batch: object) -> bool:
    return isinstance(batch, str) and batch == "auto"


def _is_count(value: object, low: int) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= low


def _is_infinite(value: object) -> bool:
    return isinstance(value, Real) and float(value) == math.inf
