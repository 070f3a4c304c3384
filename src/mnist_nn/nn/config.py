"""The configuration of a network and of a training run: two frozen records, and the one place that validates them.

All other code may assume that a configuration it receives is valid. There are no numerics here; the names listed below
are those of the registries in activations, losses, initializers, optimizers, schedules and augmentation.
"""

import math
import numbers
from collections.abc import Mapping, Sized
from dataclasses import asdict, dataclass, fields, replace
from itertools import pairwise
from typing import Any, Self

from mnist_nn.errors import ConfigError, quote, unknown
from mnist_nn.nn.preparation import Steps
from mnist_nn.util import checks
from mnist_nn.util.calls import shows_call

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "identity")
OUTPUTS = ("sigmoid", "softmax")
LOSSES = ("classic_mse", "mse", "cross_entropy")
INITIALIZERS = ("auto", "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform",
                "lecun_normal", "uniform", "normal", "zeros")  # fmt: skip
OPTIMIZERS = ("sgd", "momentum", "nesterov", "adam", "adamw")
SCHEDULES = ("constant", "step", "cosine", "linear")
AUGMENTATIONS = ("none", "affine", "elastic", "reading")
ELASTIC = ("elastic", "reading")  # those of them with elastic displacement
FIGURES = {"rotation": (0, 180), "slant": (0, 10), "stretch": (0, 10), "shift": (0, 1000), "alpha": (0, 10_000),
           "sigma": (0.1, 1000), "blur": (0, 100), "weight": (0, 10)}  # fmt: skip
"""The values of a distortion and their bounds; `mnist_nn.data.augmentation.Distortion` explains them."""
CLASS_WEIGHTS = ("none", "balanced")
DTYPES = ("float32", "float64")
OWN: dict[str, dict[str, None]] = {"activation": {}, "loss": {}, "optimizer": {}, "schedule": {}}
"""Names that `mnist_nn.nn.own` has added, by the kind of part; they are as valid as those above."""
DIGIT_SHAPE, DIGIT_CLASSES = (28, 28), 10  # of MNIST's images and labels, and of whatever is to read digits
USED_BY = {
    "momentum": ("momentum", "nesterov"),
    "beta1": ("adam", "adamw"),
    "beta2": ("adam", "adamw"),
    "epsilon": ("adam", "adamw"),
}
"""Constants of optimizers, and the optimizers that use each of them."""
MAX_UNITS = 2**24  # dropout counters give a unit's number 24 bits
MAX_LAYERS = 255  # and a layer's number 8
MAX_WEIGHTS = 2**32 - 1  # initial weights are drawn by a counter of 32 bits
MAX_SAMPLES = 2**32  # and a sample's number 32
LAST_SEED = 2**64 - 1


@shows_call("NetworkConfig(hidden=(20,)), with any of inputs, outputs, activation, output, initializer, dtype, prepare")
@dataclass(frozen=True, kw_only=True)
class NetworkConfig:
    """The shape of a network.

    Parameters
    ----------
    inputs, outputs
        Number of inputs and number of classes. There is an input for every pixel, unless ``prepare`` leaves fewer, see
        `fit_data`.
    hidden
        Width of each hidden layer; empty for no hidden layer (logistic or softmax regression).
    activation
        Activation of the hidden layers: one name for all layers, or one for each.
    output
        Activation of the output layer: ``sigmoid`` or ``softmax``.
    initializer
        How weights are initialized; ``auto`` uses Glorot for sigmoid and tanh, and He for the ReLU family.
    dtype
        ``float32`` or ``float64``.
    prepare
        The preparation of pictures before the first layer, such as ``"deskew,crop=24,pool=2,standardize"``: steps of
        `mnist_nn.nn.preparation.Steps`, kept as text; empty for none. A trained network has only ``deskew`` left,
        because everything else becomes part of its first layer.

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
    prepare: str = ""

    def __post_init__(self) -> None:
        hidden = checks.sequence("hidden", self.hidden)
        activation = checks.per_layer("activation", self.activation, len(hidden))
        if len(hidden) > MAX_LAYERS:
            raise ConfigError(f"hidden has {len(hidden)} layers; use at most {MAX_LAYERS}")
        _set(
            self,
            inputs=checks.integer("inputs", self.inputs, 1, MAX_UNITS),
            hidden=tuple(checks.integer("hidden", width, 1, MAX_UNITS) for width in hidden),
            outputs=checks.integer("outputs", self.outputs, 2, MAX_UNITS),
            activation=tuple(
                checks.choice("activation", name, (*ACTIVATIONS, *OWN["activation"])) for name in activation
            ),
            output=checks.choice("output", self.output, OUTPUTS),
            initializer=checks.choice("initializer", self.initializer, INITIALIZERS),
            dtype=checks.choice("dtype", self.dtype, DTYPES),
            prepare=Steps.parse(self.prepare).text,
        )
        if self.dtype != "float64" and (own := find_own(self)):
            raise ConfigError(
                f"{own[0]} is your own, and only the reference engine can compute it; add dtype 'float64', which this "
                "engine takes"
            )
        for a, b in pairwise(self.sizes):
            if a * b > MAX_WEIGHTS:
                raise ConfigError(
                    f"a layer of {b} units with {a} inputs has {a * b:,} weights; use at most {MAX_WEIGHTS:,}"
                )

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of units in each layer, from the input to the output."""
        return (self.inputs, *self.hidden, self.outputs)

    @property
    def parameter_count(self) -> int:
        """Number of weights and biases.

        Examples
        --------
        >>> NetworkConfig().parameter_count
        15910
        """
        return sum((a + 1) * b for a, b in pairwise(self.sizes))

    @property
    def layer_activations(self) -> tuple[str, ...]:
        """Activation of every layer after the input."""
        return (*self.activation, self.output)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values that `from_dict` takes back; ``prepare`` only if there is a preparation."""
        plain = {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}
        return {name: v for name, v in plain.items() if name != "prepare" or v}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build a configuration from plain values; an unknown name raises a ConfigError."""
        return cls(**_known(cls, values))


@shows_call("TrainingConfig(epochs=3, batch_size=16, learning_rate=0.1); help(TrainingConfig) lists all settings")
@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """How a network is trained. The defaults are those of the classic network: its loss, and one update per sample.

    Parameters
    ----------
    loss
        ``classic_mse`` (delta_o = o - l, reports the MSE), ``mse`` (its true gradient) or ``cross_entropy``
        (binary over sigmoid outputs, categorical over softmax).
    optimizer, momentum, beta1, beta2, epsilon
        How an update uses the gradient, and the constants for that; ``momentum`` (0.9 if not given) belongs to
        ``momentum`` and ``nesterov``.
    learning_rate
        The learning rate η; None uses the default, see `resolve_learning_rate`.
    schedule
        How the learning rate falls during training.
    epochs, batch_size
        Number of passes over the data, and samples per update (the gradient is their mean).
    dropout
        Probability that a hidden unit is dropped: one number for all hidden layers, or one for each.
    l2
        λ of the penalty λ/2 · ΣW² (without biases); ``adamw`` uses it as decoupled weight decay.
    max_norm
        Largest allowed norm of the weights into a hidden unit; None for no limit.
    label_smoothing
        Share of every label that is spread evenly over all classes; 0 for none.
    teacher_share
        Share of a teacher's answers in the targets, from 0 to 1; 0 without a teacher.
    teacher_temperature
        The teacher's weighted sums are divided by this; above 1, its answers become less certain.
    prune_from
        Begin with hidden layers of this width, or of these, and leave out the units that matter least in steps over the
        first half of the epochs, until the network has the widths that it was given with; empty for no pruning.
    ema_decay
        Use the exponential moving average of the weights, taken after every epoch, with this decay; 0 for none.
    augmentation
        Train on distorted copies of the images, new ones in every epoch: ``none``, or a kind of distortion
        (`mnist_nn.data.augmentation`).
    augment
        Values of the distortion that replace those of ``augmentation``: a dictionary, or text such as
        ``"rotation=15,alpha=38,sigma=5.5"``, the form in which they are stored; empty for none.
    subset
        Train on this many images, with the classes in the same proportions; None for all.
    validation
        How many training images to hold out: a share below 1 or a number of images; 0 for none.
    patience
        Stop after this many epochs without a better validation accuracy, and restore the best weights; None for never.
    freeze
        Number of layers to freeze, from the first: neither their weights nor their biases are updated. The output layer
        always learns. Frozen layers have no dropout.
    class_weight
        ``balanced`` multiplies the weight of each sample by n_samples / (n_classes · n_samples of its class), so that
        all classes count the same, in the losses and in the validation accuracy too; ``none`` does not.
    seed
        Random seed for initial weights, dropout and distortions, and for the data unless ``order_seed`` is given.
    order_seed
        Random seed for the order of samples, the subset and the held-out images; None for ``seed``.
    """

    loss: str = "classic_mse"
    optimizer: str = "sgd"
    learning_rate: float | None = None
    schedule: str = "constant"
    epochs: int = 10
    batch_size: int = 1
    dropout: float | tuple[float, ...] = 0.0
    l2: float = 0.0
    max_norm: float | None = None
    label_smoothing: float = 0.0
    teacher_share: float = 0.0
    teacher_temperature: float = 1.0
    prune_from: int | tuple[int, ...] = ()
    ema_decay: float = 0.0
    augmentation: str = "none"
    augment: str | Mapping[str, float] = ""
    subset: int | None = None
    validation: float = 0
    patience: int | None = None
    freeze: int = 0
    class_weight: str = "none"
    seed: int = 0
    order_seed: int | None = None
    momentum: float | None = None
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        several = not isinstance(self.dropout, numbers.Real)
        dropout = checks.sequence("dropout", self.dropout) if several else (self.dropout,)
        shares = tuple(checks.share("dropout", rate) for rate in dropout)
        _set(
            self,
            loss=checks.choice("loss", self.loss, (*LOSSES, *OWN["loss"])),
            optimizer=checks.choice("optimizer", self.optimizer, (*OPTIMIZERS, *OWN["optimizer"])),
            learning_rate=None if self.learning_rate is None else checks.positive("learning_rate", self.learning_rate),
            schedule=checks.choice("schedule", self.schedule, (*SCHEDULES, *OWN["schedule"])),
            epochs=checks.integer("epochs", self.epochs, 1),
            batch_size=checks.integer("batch_size", self.batch_size, 1, MAX_SAMPLES),
            dropout=shares if several else shares[0],
            l2=checks.non_negative("l2", self.l2),
            max_norm=None if self.max_norm is None else checks.positive("max_norm", self.max_norm),
            label_smoothing=checks.share("label_smoothing", self.label_smoothing),
            teacher_share=_up_to_one("teacher_share", self.teacher_share),
            teacher_temperature=checks.positive("teacher_temperature", self.teacher_temperature),
            prune_from=_widths(self.prune_from),
            ema_decay=checks.share("ema_decay", self.ema_decay),
            augmentation=checks.choice("augmentation", self.augmentation, AUGMENTATIONS),
            augment=_figures(self.augment),
            subset=None if self.subset is None else checks.integer("subset", self.subset, 1),
            validation=_validation(self.validation),
            patience=None if self.patience is None else checks.integer("patience", self.patience, 1),
            freeze=checks.integer("freeze", self.freeze, 0, MAX_LAYERS),
            class_weight=checks.choice("class_weight", self.class_weight, CLASS_WEIGHTS),
            seed=checks.integer("seed", self.seed, 0, LAST_SEED),
            order_seed=None if self.order_seed is None else checks.integer("order_seed", self.order_seed, 0, LAST_SEED),
            momentum=None if self.momentum is None else checks.share("momentum", self.momentum),
            beta1=checks.share("beta1", self.beta1),
            beta2=checks.share("beta2", self.beta2),
            epsilon=checks.positive("epsilon", self.epsilon),
        )
        if self.learning_rate is None and (own := [name for name in find_own(self) if "schedule" not in name]):
            raise ConfigError(f"{own[0]} is your own, so there is no default learning_rate for it; give one")
        for name, why in without_effect(vars(self)).items():
            if getattr(self, name) != getattr(TrainingConfig, name):  # the default counts as not given
                raise ConfigError(f"{name} {why}")

    @property
    def figures(self) -> dict[str, float]:
        """The values in ``augment``, by name.

        Examples
        --------
        >>> TrainingConfig(augment="rotation=15,alpha=38").figures
        {'rotation': 15.0, 'alpha': 38.0}
        """
        return {name: float(value) for name, value in _split_figures(str(self.augment))}

    @property
    def data_seed(self) -> int:
        """The seed that decides which samples are learned and held out, and in which order.

        Examples
        --------
        >>> TrainingConfig(seed=3).data_seed, TrainingConfig(seed=3, order_seed=0).data_seed
        (3, 0)
        """
        return self.seed if self.order_seed is None else self.order_seed

    @property
    def first_widths(self) -> tuple[int, ...]:
        """The widths of the hidden layers that pruning begins with; empty for no pruning."""
        return self.prune_from if isinstance(self.prune_from, tuple) else (self.prune_from,)

    @property
    def distorts(self) -> bool:
        """Whether the images are distorted."""
        return self.augmentation != "none" or any(self.figures.values())

    @property
    def drops_units(self) -> bool:
        """Whether any layer has dropout."""
        return any(self.dropout) if isinstance(self.dropout, tuple) else self.dropout > 0

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values that `from_dict` takes back."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build a configuration from plain values; an unknown name raises a ConfigError."""
        return cls(**_known(cls, values))


def fit_data(network: NetworkConfig, pixels: int, classes: int) -> NetworkConfig:
    """Return a network for data of so many pixels and classes, with the inputs that are left after its preparation.

    Raises
    ------
    ConfigError
        If such pictures cannot be prepared in this way.

    Examples
    --------
    >>> fit_data(NetworkConfig(prepare="crop=24,pool=2"), 784, 10).sizes
    (144, 20, 10)
    """
    return replace(network, inputs=Steps.parse(network.prepare).count_inputs(pixels), outputs=classes)


MOMENTUM = 0.9  # of the optimizers that have one, unless told otherwise


def momentum(training: TrainingConfig) -> float | None:
    """Return μ: the momentum given, or else the default; None if the optimizer has none.

    Examples
    --------
    >>> momentum(TrainingConfig(optimizer="momentum")), momentum(TrainingConfig())
    (0.9, None)
    """
    if training.optimizer not in ("momentum", "nesterov"):
        return None
    return MOMENTUM if training.momentum is None else training.momentum


def resolve_learning_rate(network: NetworkConfig, training: TrainingConfig) -> float:
    """Return η: the rate given, or else a default tuned on held-out training images (docs/reference/training.md).

    The gradient of the mean squared error is 10 to 20 times smaller than that of the cross-entropy. Momentum makes
    every step longer by the factor 1 / (1 - 0.9). A larger batch has less noise and allows longer steps. ReLU and
    similar activations pass the error back undiminished and need shorter steps.

    Examples
    --------
    >>> resolve_learning_rate(NetworkConfig(), TrainingConfig())
    0.03
    >>> resolve_learning_rate(NetworkConfig(), TrainingConfig(loss="mse"))
    0.6
    """
    if training.learning_rate is not None:
        return training.learning_rate
    batch = training.batch_size
    if training.optimizer in ("adam", "adamw"):
        return 0.001 * math.pow(min(batch, 128), 0.4)
    rate = 0.6 if training.loss == "mse" else 0.03
    rectified = any("relu" in name for name in network.activation)
    rate *= math.pow(min(batch, 32), 0.9) / 3 if rectified else math.pow(min(batch, 128), 0.7)
    return rate / 10 if training.optimizer in ("momentum", "nesterov") else rate


def find_own(config: NetworkConfig | TrainingConfig) -> list[str]:
    """Name the parts of a configuration that `mnist_nn.nn.own` has added, such as ``optimizer 'lion'``.

    Examples
    --------
    >>> find_own(TrainingConfig())
    []
    """
    found = []
    for kind, names in OWN.items():
        value = getattr(config, kind, ())
        values = (value,) if isinstance(value, str) else value
        found += [f"{kind} {name!r}" for name in dict.fromkeys(values) if name in names]
    return found


def check(network: NetworkConfig, training: TrainingConfig) -> None:
    """Raise ConfigError if two configurations, of a network and of its training, contradict each other.

    Examples
    --------
    >>> check(NetworkConfig(output="softmax"), TrainingConfig(loss="cross_entropy"))
    """
    if training.loss == "classic_mse" and network.output != "sigmoid":
        raise ConfigError(
            f"loss classic_mse needs sigmoid outputs, not {network.output}; choose output sigmoid, or loss "
            "mse or cross_entropy"
        )
    if not network.hidden and (training.drops_units or training.max_norm):
        name = "dropout" if training.drops_units else "max_norm"
        raise ConfigError(f"{name} {without_effect(vars(network))[name]}")
    if training.freeze > len(network.hidden):
        layers = f"{len(network.hidden)} hidden layer{'' if len(network.hidden) == 1 else 's'}"
        raise ConfigError(
            f"freeze is {training.freeze}, but the network has {layers}, and its output layer has to learn; give at "
            f"most {len(network.hidden)}"
        )
    check_pruning(network, training)
    dropout_rates(network, training)


def check_pruning(network: NetworkConfig, training: TrainingConfig) -> None:
    """Raise ConfigError unless a network can be pruned to its widths, if it is to be."""
    start, goal = training.first_widths, network.hidden
    if start and len(start) != len(goal):
        raise ConfigError(
            f"prune_from is {','.join(map(str, start))}, but the network has {len(goal)} hidden "
            f"layer{'s' * (len(goal) != 1)}; give a width for each"
        )
    for layer, (before, after) in enumerate(zip(start, goal, strict=False), 1):
        if before < after:
            raise ConfigError(
                f"prune_from has {before} units for hidden layer {layer}, which is to have {after} in the end; give at "
                f"least {after}"
            )


def reads_digits(network: NetworkConfig) -> bool:
    """Say whether a network takes 28×28 pictures and knows ten classes, as one trained on MNIST does.

    Examples
    --------
    >>> reads_digits(NetworkConfig()), reads_digits(NetworkConfig(outputs=26))
    (True, False)
    """
    return (network.inputs, network.outputs) == (math.prod(DIGIT_SHAPE), DIGIT_CLASSES)


def check_reads_digits(network: NetworkConfig, name: str = "the model") -> None:
    """Raise ConfigError unless a network reads digits; ``name`` says in the message which network it is."""
    if not reads_digits(network):
        raise ConfigError(
            f"{name} has {network.inputs} inputs and {network.outputs} outputs, but reading digits needs "
            f"{math.prod(DIGIT_SHAPE)} inputs and {DIGIT_CLASSES} outputs; use a model trained on MNIST"
        )


def without_effect(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the settings that have no effect in combination with these, each with what to do about it.

    Parameters
    ----------
    values
        Settings by name. Only ``optimizer``, ``validation``, ``prune_from`` and ``hidden`` are used, as far as they are
        there.

    Examples
    --------
    >>> without_effect({"optimizer": "adam"})
    {'momentum': 'has no effect with adam; leave it out, or choose optimizer momentum or nesterov'}
    >>> list(without_effect({"hidden": ()}))
    ['activation', 'dropout', 'max_norm']
    """
    found = {}
    if "optimizer" in values:
        for name, optimizers in USED_BY.items():
            if checks.find_name(values["optimizer"], optimizers) is None:
                choose = " or ".join(optimizers)
                found[name] = f"has no effect with {values['optimizer']}; leave it out, or choose optimizer {choose}"
    if "teacher_share" in values and not values["teacher_share"]:
        found["teacher_temperature"] = (
            "has no effect without a teacher; leave it out, or give a teacher and a teacher_share above 0"
        )
    if values.get("prune_from") and values.get("freeze"):
        found["freeze"] = "has no effect with prune_from, which changes all hidden layers; leave one of them out"
    if "validation" in values and not values["validation"]:
        found["patience"] = (
            "has no effect without validation; leave it out, or hold images out, for example with validation 0.1"
        )
    if "sigma" in figure_names(values.get("augment")):
        elastic = checks.find_name(values.get("augmentation"), ELASTIC) is not None
        if not (elastic or "alpha" in figure_names(values["augment"])):
            found["augment"] = "has sigma, which has no effect without alpha; give alpha too, such as alpha=34"
    if "hidden" in values and isinstance(values["hidden"], Sized) and not len(values["hidden"]):
        why = "has no effect without hidden layers; leave it out, or add a hidden layer"
        found |= dict.fromkeys(("activation", "dropout", "max_norm"), why)
    return found


def figure_names(augment: Any) -> list[str]:
    """Return the names in ``augment`` in either of its forms.

    Examples
    --------
    >>> figure_names("alpha=38,sigma=5.5"), figure_names({"shift": 1})
    (['alpha', 'sigma'], ['shift'])
    """
    return [name for name, _ in _split_figures(augment)] if isinstance(augment, str) else list(augment or ())


def drop_unused(values: Mapping[str, Any]) -> dict[str, Any]:
    """Remove constants that the optimizer does not use, which model files of earlier versions may contain.

    Examples
    --------
    >>> drop_unused({"optimizer": "sgd", "beta1": 0.8, "epochs": 3})
    {'optimizer': 'sgd', 'epochs': 3}
    """
    unused = without_effect({"optimizer": values.get("optimizer", TrainingConfig.optimizer)})
    return {name: value for name, value in values.items() if name not in unused}


def dropout_rates(network: NetworkConfig, training: TrainingConfig) -> tuple[float, ...]:
    """Return the dropout rate of each hidden layer."""
    return tuple(float(rate) for rate in checks.per_layer("dropout", training.dropout, len(network.hidden)))


def _split_figures(text: str) -> list[tuple[str, str]]:
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    return [(name.strip(), value.strip()) for name, _, value in pairs]


def _figures(given: Any) -> str:
    """Check the values of a distortion, and write them as text in a fixed order."""
    if not isinstance(given, str | Mapping):
        raise ConfigError(f"augment is {quote(given)}; give figures, such as rotation=15,alpha=38")
    figures: dict[str, float] = {}
    for name, value in _split_figures(given) if isinstance(given, str) else given.items():
        figure = checks.choice("augment", name, FIGURES)
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        low, high = FIGURES[figure]
        if not low <= number <= high or isinstance(value, bool):
            raise ConfigError(f"augment has {figure} {quote(value)}; give a number from {low} to {high:,}")
        if figure in figures:
            raise ConfigError(f"augment has {figure} twice; give it once")
        figures[figure] = number
    return ",".join(f"{name}={repr(figures[name]).removesuffix('.0')}" for name in FIGURES if name in figures)


def _widths(value: Any) -> tuple[int, ...]:
    """Check the widths that pruning begins with, and return them as a tuple."""
    widths = (value,) if isinstance(value, numbers.Integral) else checks.sequence("prune_from", value)
    return tuple(checks.integer("prune_from", width, 1, MAX_UNITS) for width in widths)


def _up_to_one(name: str, value: Any) -> float:
    """Check that a value is a number from 0 to 1, and return it as a float."""
    if not checks.is_number(value) or not 0 <= value <= 1:
        raise ConfigError(f"{name} is {quote(value)}; give a number from 0 to 1")
    return float(value)


def _validation(value: Any) -> float:
    """Check the validation setting: a share below 1, or a whole number of images."""
    checked = checks.non_negative("validation", value)
    if checked >= 1 and not checked.is_integer():
        raise ConfigError(f"validation is {value}; give a share below 1 or a whole number of images")
    return int(checked) if checked >= 1 else checked


def _set(record: object, **values: Any) -> None:
    """Set the checked values of a frozen record; only its own constructor does this."""
    for name, value in values.items():
        object.__setattr__(record, name, value)


def _known(cls: type, values: Mapping[str, Any]) -> dict[str, Any]:
    names = [field.name for field in fields(cls)]
    for name in values:
        if name not in names:
            raise unknown("setting", name, names)
    return dict(values)
