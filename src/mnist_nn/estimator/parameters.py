"""Translates the parameters of `mnist_nn.estimator` into those of the library, checks them, and decides when to stop.

Parameters are named as in scikit-learn's MLPClassifier if it has them too, and otherwise as in the library.
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
from mnist_nn.errors import ConfigError, DataError, quote
from mnist_nn.nn.config import ACTIVATIONS, NetworkConfig, TrainingConfig, drop_unused, fit_data
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
"""The parameters whose names differ from the fields of a configuration."""

MOST_BYTE = 255
BLOCK = 2**18  # numbers that are looked at together
ROUNDING = 1e-4  # of a step of pixels: six times what float32 loses

NAMED = re.compile(rf"(?<![a-z_])(?:unknown )?({'|'.join(PARAMETERS)})(?= is | ')")
"""The pattern that finds the name of a field in a message."""

FROM_DATA = ("inputs", "outputs")
"""Fields that follow from the data."""

OWN = ("class_weight",)
"""Fields that keep their defaults, because the estimator turns class weights into sample weights."""

ACTIVATION_NAMES = (*ACTIVATIONS, "logistic")
TRUTH = (bool, np.bool_)

Values = Mapping[str, Any]
Config = TypeVar("Config", NetworkConfig, TrainingConfig)


def check_settings(values: Values) -> None:
    """Reject wrong values, including those of parameters that are not used this time."""
    n, batch, verbose, callback = (values[k] for k in ("n_iter_no_change", "batch_size", "verbose", "callback"))
    for name, is_right, valid in (
        ("early_stopping", isinstance(values["early_stopping"], TRUTH), "True or False"),
        ("warm_start", isinstance(values["warm_start"], TRUTH), "True or False"),
        ("verbose", isinstance(verbose, TRUTH) or _is_count(verbose, 0), "True, False, or a non-negative whole number"),
        ("callback", callback is None or callable(callback), "a function that takes an Epoch, or None"),
        ("n_iter_no_change", n is None or _is_infinite(n) or _is_count(n, 1), "a positive whole number, or None"),
        (
            "class_weight",
            _is_class_weight(values["class_weight"]),
            "'balanced', a dictionary from class to weight, or None",
        ),
        ("batch_size", _is_auto(batch) or _is_count(batch, 1), "a positive whole number, or 'auto'"),
    ):
        if not is_right:
            raise ConfigError(f"{name} is {quote(values[name])}; give {valid}")
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
            f"validation_fraction is {values['validation_fraction']}, but early_stopping needs held-out "
            "samples; give a share below 1, such as 0.1, or a number of samples"
        )


def is_table(X: Any, classes: npt.NDArray[Any], *, pixels: bool) -> bool:
    """Say whether a network of this data needs its estimator: its inputs are not pixels, or its classes have names.

    Otherwise a network takes bytes, which it divides by 255, and its classes are 0 to n - 1. So numbers are pixels if
    each is a byte divided by 255; a table that was scaled to 0 to 1 has other numbers. ``pixels`` says that the samples
    already are bytes.

    Examples
    --------
    >>> is_table(np.array([[0.0, 1.0, 7 / 255]]), np.array([0, 1]), pixels=False)
    False
    >>> is_table(np.array([[0.0, 1.0, 0.5]]), np.array([0, 1]), pixels=False)
    True
    """
    numbers = X.data if hasattr(X, "indptr") else X
    return not (pixels or _are_bytes(numbers)) or not np.array_equal(classes, np.arange(len(classes)))


def _are_bytes(numbers: npt.NDArray[Any]) -> bool:
    """Whether numbers are whole multiples of 1/255 from 0 to 1, as far as they are exact; a block of rows at a time."""
    rows = max(BLOCK // max(math.prod(numbers.shape[1:]), 1), 1)
    for start in range(0, len(numbers), rows):
        scaled = MOST_BYTE * numbers[start : start + rows]
        whole = np.rint(scaled)
        if not ((np.abs(scaled - whole) < ROUNDING) & (whole >= 0) & (whole <= MOST_BYTE)).all():
            return False
    return True


def make_network_config(values: Values, inputs: int, outputs: int) -> NetworkConfig:
    """Return the network configuration for an estimator's parameters."""
    given = _take_fields(NetworkConfig, values)
    hidden = given["hidden"]
    given["hidden"] = (hidden,) if isinstance(hidden, Integral) else hidden
    given["activation"] = _read_activations(given["activation"])
    return fit_data(_build(NetworkConfig, given), inputs, outputs)


def make_training_config(
    values: Values, count: int, weight: float, seed: int, epochs: int, *, holds_out: bool
) -> TrainingConfig:
    """Return the training configuration for an estimator's parameters.

    Parameters
    ----------
    values
        The estimator's parameters, checked by `check_settings`.
    count, weight
        Number of samples, and their total weight.
    seed
        The seed, drawn from ``random_state``.
    epochs
        Number of epochs of the whole run, including those already done.
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
    if values["teacher"] is None:
        given |= {"teacher_share": 0.0, "teacher_temperature": 1.0}
    return _build(TrainingConfig, drop_unused(given))


def continue_from(at: Checkpoint, shape: NetworkConfig, config: TrainingConfig) -> Checkpoint:
    """Return the checkpoint to continue from, with the optimizer's state if the optimizer is the same."""
    before, now = vars(at.shape), vars(shape)
    for name in before:
        if before[name] != now[name]:
            raise ConfigError(
                f"{PARAMETERS.get(name, name)} is {quote(now[name])}, but the network was trained with "
                f"{quote(before[name])}; set it back to continue, or start again with warm_start=False"
            )
    afresh = Checkpoint.start(at.selected, replace(config, prune_from=()))  # wider units would be new ones
    is_same = set(at.state.slots) == set(afresh.state.slots)
    state = at.state if is_same else afresh.state
    return replace(
        afresh,
        state=state,
        epoch=at.epoch,
        history=at.history,
        engines=at.engines,
        preparation=at.preparation,
        prune_to=at.prune_to,
    )


def read_patience(epochs: Any) -> int | None:
    """Return how many epochs to wait for an improvement; MLPClassifier's infinity is our None."""
    return None if epochs is None or _is_infinite(epochs) else int(epochs)


def find_classes(labels: Any) -> npt.NDArray[Any]:
    """Return the different labels in sorted order; raise DataError if they cannot be sorted.

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
            f"labels of several types ({kinds}) cannot be sorted; give them all one type, for example with "
            "y.astype(str), and leave out samples without a label"
        ) from error


def as_images(X: Any) -> npt.NDArray[np.uint8]:
    """Convert rows of whole numbers from 0 to 255 to square pictures."""
    rows = as_inputs(X, "float64")
    side = math.isqrt(rows.shape[1])
    if side * side != rows.shape[1] or not np.isin(rows, np.arange(256)).all():
        raise DataError(
            f"augmentation needs square pictures of whole numbers from 0 to 255, but X has {rows.shape[1]} "
            f"features from {rows.min():g} to {rows.max():g}; give such pictures, or set augmentation to "
            "'none'"
        )
    return rows.astype(np.uint8).reshape(-1, side, side)


@dataclass
class Plateau:
    """Detects when neither the best nor the mean loss of ``patience`` epochs is at least ``tol`` better than before.

    MLPClassifier only looks at the best epoch, and so may stop while the loss oscillates, as it does if features are
    large and an epoch is a single update. The mean is compared with that of the same number of epochs before.

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
        """Add the loss of another epoch, and return whether training has stopped improving."""
        self.losses.append(loss)
        n = self.patience
        if n is None or len(self.losses) < 2 * n:
            return False
        last, before = self.losses[-n:], self.losses[:-n]
        return min(last) > min(before) - self.tol and sum(last) > sum(before[-n:]) - n * self.tol


def _take_fields(cls: type, values: Values) -> dict[str, Any]:
    """Extract the fields of one configuration from the parameters."""
    names = [one.name for one in fields(cls) if one.name not in (*FROM_DATA, *OWN)]
    return {name: values[PARAMETERS.get(name, name)] for name in names}


def _build(cls: Callable[..., Config], given: dict[str, Any]) -> Config:
    """Build a configuration; errors name the estimator's parameter."""
    try:
        return cls(**given)
    except ConfigError as error:
        said = NAMED.sub(lambda found: found[0].replace(found[1], PARAMETERS[found[1]]), str(error))
        raise ConfigError(said.replace("images", "samples")) from error


def _read_activations(names: Any) -> Any:
    """Translate activations; MLPClassifier calls the sigmoid ``logistic``."""
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
    return not isinstance(value, bool) and isinstance(value, Integral) and int(value) >= low


def _is_infinite(value: object) -> bool:
    return isinstance(value, Real) and float(value) == math.inf
