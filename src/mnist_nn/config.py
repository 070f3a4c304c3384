"""What a network and a training run are made of: two frozen records, and the one place that validates them.

Everything downstream may assume that a configuration it receives makes sense. No numerics live here; the names
listed below are those of the registries in activations, losses, initializers, optimizers and schedules.
"""

import math
import numbers
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from importlib.resources import files
from typing import Any, Self

from mnist_nn.errors import ConfigError, unknown

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "identity")
OUTPUTS = ("sigmoid", "softmax")
LOSSES = ("seed_mse", "mse", "cross_entropy")
INITIALIZERS = ("auto", "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform",
                "lecun_normal", "uniform", "normal", "zeros")  # fmt: skip
OPTIMIZERS = ("sgd", "momentum", "nesterov", "adam", "adamw")
SCHEDULES = ("constant", "step", "cosine", "linear")
DTYPES = ("float32", "float64")
MAX_UNITS = 2**24  # dropout counters give a unit's number 24 bits
MAX_LAYERS = 255  # and a layer's number 8
MAX_SAMPLES = 2**32  # and a sample's number 32


@dataclass(frozen=True, kw_only=True)
class NetworkConfig:
    """The shape of a network.

    Parameters
    ----------
    inputs, outputs
        Number of pixels and of classes.
    hidden
        Width of each hidden layer; empty for none at all (logistic or softmax regression).
    activation
        Activation of the hidden layers: one name for all, or one for each.
    output
        Activation of the output layer: ``sigmoid`` or ``softmax``.
    initializer
        How weights start; ``auto`` takes Glorot for sigmoid and tanh, He for the ReLU family.
    dtype
        ``float32`` or ``float64``.

    Examples
    --------
    >>> NetworkConfig(hidden=(64, 32), activation="relu").activation
    ('relu', 'relu')
    """

    inputs: int = 784
    hidden: tuple[int, ...] = (20,)
    outputs: int = 10
    activation: str | tuple[str, ...] = "sigmoid"
    output: str = "sigmoid"
    initializer: str = "auto"
    dtype: str = "float32"

    def __post_init__(self) -> None:
        _integer("inputs", self.inputs, 1, MAX_UNITS)
        _integer("outputs", self.outputs, 2, MAX_UNITS)
        object.__setattr__(self, "hidden", _tuple("hidden", self.hidden))
        for width in self.hidden:
            _integer("hidden", width, 1, MAX_UNITS)
        if len(self.hidden) > MAX_LAYERS:
            raise ConfigError(f"hidden has {len(self.hidden)} layers; use at most {MAX_LAYERS}")
        object.__setattr__(self, "activation", _per_layer("activation", self.activation, len(self.hidden)))
        for name in self.activation:
            _choice("activation", name, ACTIVATIONS)
        _choice("output", self.output, OUTPUTS)
        _choice("initializer", self.initializer, INITIALIZERS)
        _choice("dtype", self.dtype, DTYPES)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units in every layer, from the input to the output."""
        return (self.inputs, *self.hidden, self.outputs)

    @property
    def layer_activations(self) -> tuple[str, ...]:
        """Activation of every layer after the input."""
        return (*self.activation, self.output)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values that `from_dict` takes back."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build from plain values; an unknown name is a ConfigError."""
        return cls(**_known(cls, values))


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """How a network is trained. The defaults are the seed's: its rule, one update a sample.

    Parameters
    ----------
    loss
        ``seed_mse`` (the seed's delta_o = o - l, reports the MSE), ``mse`` (its true gradient) or ``cross_entropy``
        (binary over sigmoid outputs, categorical over softmax).
    optimizer, momentum, beta1, beta2, epsilon
        The update rule and its constants; ``momentum`` (0.9 if not given) belongs to ``momentum`` and ``nesterov``.
    rate
        The learning rate eta; None takes the default of this loss, optimiser and batch size, see `eta`.
    schedule
        How the rate falls over the run.
    epochs, batch_size
        Passes over the data, and samples an update (the gradient is their mean).
    dropout
        Probability with which a hidden unit is dropped: one number for all hidden layers, or one for each.
    l2
        λ of the penalty λ/2 · ΣW² (biases excepted); ``adamw`` takes it as decoupled weight decay.
    max_norm
        Longest allowed vector of weights into a hidden unit, None for no limit.
    subset
        Train on this many images, every class in its proportion; None for all.
    validation
        Held out of the training images: a share below 1 or a number of images; 0 for none.
    patience
        Stop after this many epochs without a better validation accuracy and restore the best weights; None never.
    seed
        Decides initial weights, order, dropout, subset and hold-out.
    """

    loss: str = "seed_mse"
    optimizer: str = "sgd"
    rate: float | None = None
    schedule: str = "constant"
    epochs: int = 10
    batch_size: int = 1
    dropout: float | tuple[float, ...] = 0.0
    l2: float = 0.0
    max_norm: float | None = None
    subset: int | None = None
    validation: float = 0
    patience: int | None = None
    seed: int = 0
    momentum: float | None = None
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        _choice("loss", self.loss, LOSSES)
        _choice("optimizer", self.optimizer, OPTIMIZERS)
        _choice("schedule", self.schedule, SCHEDULES)
        if self.rate is not None:
            _real("rate", self.rate, low=0.0, low_open=True)
        _integer("epochs", self.epochs, 1)
        _integer("batch_size", self.batch_size, 1, MAX_SAMPLES)
        rates = self.dropout if isinstance(self.dropout, numbers.Real) else _tuple("dropout", self.dropout)
        object.__setattr__(self, "dropout", rates)
        for rate in (rates,) if isinstance(rates, numbers.Real) else rates:
            _real("dropout", rate, low=0.0, high=1.0, high_open=True)
        _real("l2", self.l2, low=0.0)
        if self.max_norm is not None:
            _real("max_norm", self.max_norm, low=0.0, low_open=True)
        if self.subset is not None:
            _integer("subset", self.subset, 1)
        self._check_validation()
        _integer("seed", self.seed, 0, 2**64 - 1)
        self._check_constants()

    def _check_validation(self) -> None:
        _real("validation", self.validation, low=0.0)
        if self.validation >= 1:
            _integer("validation", self.validation, 1)
        if self.patience is None:
            return
        _integer("patience", self.patience, 1)
        if not self.validation:
            raise ConfigError("patience needs images to judge by; hold some out, as with validation 0.1")

    def _check_constants(self) -> None:
        if self.momentum is not None:
            _real("momentum", self.momentum, low=0.0, high=1.0, high_open=True)
            if self.optimizer not in ("momentum", "nesterov"):
                raise ConfigError(
                    f"momentum has no part in {self.optimizer}; leave it out, or choose optimizer momentum or nesterov"
                )
        _real("beta1", self.beta1, low=0.0, high=1.0, high_open=True)
        _real("beta2", self.beta2, low=0.0, high=1.0, high_open=True)
        _real("epsilon", self.epsilon, low=0.0, low_open=True)

    @property
    def eta(self) -> float:
        """The learning rate: the one given, or else the default of this loss, optimiser and batch size."""
        return self.rate if self.rate is not None else default_rate(self.loss, self.optimizer, self.batch_size)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values that `from_dict` takes back."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build from plain values; an unknown name is a ConfigError."""
        return cls(**_known(cls, values))


def presets() -> dict[str, dict[str, Any]]:
    """Read the presets: name to settings, with the reason for each under ``why``.

    Examples
    --------
    >>> presets()["seed"]["hidden"]
    [20]
    """
    return tomllib.loads(files("mnist_nn").joinpath("presets.toml").read_text(encoding="utf-8"))


def preset(name: str) -> tuple[NetworkConfig, TrainingConfig]:
    """Return the network and the training of a preset; an unknown name is a ConfigError.

    Examples
    --------
    >>> network, training = preset("seed")
    >>> network == NetworkConfig() and training == TrainingConfig()
    True
    """
    return configure(name, {})


def configure(name: str, settings: Mapping[str, Any]) -> tuple[NetworkConfig, TrainingConfig]:
    """Join a preset with settings of either record, which win over it, and check the pair.

    Examples
    --------
    >>> network, training = configure("seed", {"hidden": (64,), "epochs": 2})
    >>> network.hidden, training.epochs, training.loss
    ((64,), 2, 'seed_mse')
    """
    known = presets()
    if name not in known:
        raise unknown("preset", name, known)
    joined = {**known[name], **settings}
    del joined["why"]
    names = {field.name for field in fields(NetworkConfig)}
    network = NetworkConfig.from_dict({key: value for key, value in joined.items() if key in names})
    training = TrainingConfig.from_dict({key: value for key, value in joined.items() if key not in names})
    check(network, training)
    return network, training


def default_rate(loss: str, optimizer: str, batch_size: int) -> float:
    """Choose a learning rate that trains well, tuned on held-out training images (docs/training.md).

    The true MSE gradient is 10 to 20 times shorter than that of the cross-entropy, momentum lengthens every step
    by 1 / (1 - 0.9), and a larger batch has less noise and takes longer steps, up to a limit.

    Examples
    --------
    >>> default_rate("mse", "sgd", 1) > default_rate("seed_mse", "sgd", 1)
    True
    """
    if optimizer in ("adam", "adamw"):
        return 0.001 * math.sqrt(math.sqrt(min(batch_size, 32)))
    base = (1.0 if loss == "mse" else 0.05) * math.sqrt(min(batch_size, 64))
    return base / 10 if optimizer in ("momentum", "nesterov") else base


def check(network: NetworkConfig, training: TrainingConfig) -> None:
    """Raise ConfigError where a network and a training, each sound by itself, contradict each other.

    Examples
    --------
    >>> check(NetworkConfig(output="softmax"), TrainingConfig(loss="cross_entropy"))
    """
    if training.loss == "seed_mse" and network.output != "sigmoid":
        raise ConfigError(
            f"loss seed_mse is the seed's rule for sigmoid outputs, not for {network.output}; "
            "choose output sigmoid, or loss mse or cross_entropy"
        )
    if not network.hidden:
        for name, value in (("dropout", training.dropout), ("max_norm", training.max_norm)):
            if value:
                raise ConfigError(f"{name} acts on hidden layers and there are none; leave it out or add a layer")
    dropout_rates(network, training)


def dropout_rates(network: NetworkConfig, training: TrainingConfig) -> tuple[float, ...]:
    """Return the dropout rate of each hidden layer."""
    return tuple(float(rate) for rate in _per_layer("dropout", training.dropout, len(network.hidden)))


def _per_layer(name: str, value: Any, layers: int) -> tuple[Any, ...]:
    values = (value,) if isinstance(value, (str, numbers.Real)) else _tuple(name, value)
    if len(values) == 1:
        return values * layers
    if len(values) != layers:
        raise ConfigError(
            f"{name} has {len(values)} values for {layers} hidden layers; give one, or one for each layer"
        )
    return values


def _tuple(name: str, value: Any) -> tuple[Any, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ConfigError(f"{name} is {value!r}; give a sequence of values, one for each hidden layer")
    return tuple(value)


def _choice(name: str, value: object, valid: tuple[str, ...]) -> None:
    if value not in valid:
        raise unknown(name, value, valid)


def _integer(name: str, value: Any, low: int, high: int | None = None) -> None:
    if not _is_number(value) or value != int(value):
        raise ConfigError(f"{name} is {value!r}; give a whole number")
    if value < low or (high is not None and value > high):
        bound = f"at least {low}" if high is None else f"from {low} to {high}"
        raise ConfigError(f"{name} is {value}; give a whole number {bound}")


def _real(
    name: str,
    value: object,
    *,
    low: float,
    high: float = math.inf,
    low_open: bool = False,
    high_open: bool = False,
) -> None:
    if not _is_number(value):
        raise ConfigError(f"{name} is {value!r}; give a finite number")
    too_low = value <= low if low_open else value < low
    too_high = value >= high if high_open else value > high
    if too_low or too_high:
        lower = f"above {low:g}" if low_open else f"at least {low:g}"
        upper = "" if high == math.inf else f" and {'below' if high_open else 'at most'} {high:g}"
        raise ConfigError(f"{name} is {value}; give a number {lower}{upper}")


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value)


def _known(cls: type, values: Mapping[str, Any]) -> dict[str, Any]:
    names = [field.name for field in fields(cls)]
    for name in values:
        if name not in names:
            raise unknown("setting", name, names)
    return dict(values)
