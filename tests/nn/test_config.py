"""Settings: what is accepted comes back from JSON, what is not is refused in one line that says how to mend it."""

import json
import math
from dataclasses import FrozenInstanceError, asdict
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn import NetworkConfig, TrainingConfig
from mnist_nn.errors import ConfigError, MnistNNError
from mnist_nn.nn.config import (
    ACTIVATIONS,
    AUGMENTATIONS,
    CLASS_WEIGHTS,
    DTYPES,
    INITIALIZERS,
    LOSSES,
    MAX_LAYERS,
    MAX_SAMPLES,
    MAX_UNITS,
    OPTIMIZERS,
    OUTPUTS,
    SCHEDULES,
    check,
    check_reads_digits,
    dropout_rates,
    reads_digits,
    resolve_learning_rate,
)

BOUNDED = settings(deadline=None, max_examples=100)
POSITIVE = st.floats(0, exclude_min=True, allow_infinity=False)
SHARE = st.floats(0, 1, exclude_max=True)
WIDTHS = st.integers(1, 65_535)  # any two of them make a layer of at most MAX_WEIGHTS weights


@st.composite
def network_configs(draw: st.DrawFn) -> NetworkConfig:
    hidden = draw(st.lists(WIDTHS, max_size=5))
    one = st.sampled_from(ACTIVATIONS)
    each = st.lists(one, min_size=len(hidden), max_size=len(hidden))
    return NetworkConfig(
        inputs=draw(WIDTHS),
        hidden=hidden,
        outputs=draw(st.integers(2, 65_535)),
        activation=draw(st.one_of(one, each)),
        output=draw(st.sampled_from(OUTPUTS)),
        initializer=draw(st.sampled_from(INITIALIZERS)),
        dtype=draw(st.sampled_from(DTYPES)),
    )


@st.composite
def training_configs(draw: st.DrawFn) -> TrainingConfig:
    optimizer = draw(st.sampled_from(OPTIMIZERS))
    taught = draw(st.booleans())
    moving, adapts = optimizer in ("momentum", "nesterov"), optimizer in ("adam", "adamw")
    validation = draw(st.one_of(SHARE, st.integers(0, 10**6)))
    return TrainingConfig(
        loss=draw(st.sampled_from(LOSSES)),
        optimizer=optimizer,
        learning_rate=draw(st.none() | POSITIVE),
        schedule=draw(st.sampled_from(SCHEDULES)),
        epochs=draw(st.integers(1, 10**9)),
        batch_size=draw(st.integers(1, MAX_SAMPLES)),
        dropout=draw(SHARE | st.lists(SHARE, max_size=4).map(tuple)),
        l2=draw(st.just(0) | POSITIVE),
        max_norm=draw(st.none() | POSITIVE),
        label_smoothing=draw(SHARE),
        **({"teacher_share": draw(st.floats(0.01, 1)), "teacher_temperature": draw(POSITIVE)} if taught else {}),
        ema_decay=draw(SHARE),
        augmentation=draw(st.sampled_from(AUGMENTATIONS)),
        augment=draw(st.just("") | st.dictionaries(st.sampled_from(["rotation", "alpha", "shift"]), st.floats(0, 180))),
        freeze=draw(st.integers(0, MAX_LAYERS)),
        class_weight=draw(st.sampled_from(CLASS_WEIGHTS)),
        subset=draw(st.none() | st.integers(1, 10**9)),
        validation=validation,
        patience=draw(st.none() | st.integers(1, 100)) if validation else None,
        seed=draw(st.integers(0, 2**64 - 1)),
        order_seed=draw(st.none() | st.integers(0, 2**64 - 1)),
        momentum=draw(st.none() | SHARE) if moving else None,
        **({"beta1": draw(SHARE), "beta2": draw(SHARE), "epsilon": draw(POSITIVE)} if adapts else {}),
    )


@BOUNDED
@given(network_configs())
def test_network_settings_come_back_from_json(config: NetworkConfig) -> None:
    assert NetworkConfig.from_dict(json.loads(json.dumps(config.to_dict(), allow_nan=False))) == config


@BOUNDED
@given(training_configs())
def test_training_settings_come_back_from_json(config: TrainingConfig) -> None:
    assert TrainingConfig.from_dict(json.loads(json.dumps(config.to_dict(), allow_nan=False))) == config


@BOUNDED
@given(network_configs())
def test_every_layer_has_a_size_and_an_activation(config: NetworkConfig) -> None:
    assert config.sizes == (config.inputs, *config.hidden, config.outputs)
    assert len(config.activation) == len(config.hidden)
    assert config.layer_activations == (*config.activation, config.output)


def test_the_defaults_are_the_seeds() -> None:
    network, training = NetworkConfig(), TrainingConfig()
    assert network.sizes == (784, 20, 10)
    assert network.layer_activations == ("sigmoid", "sigmoid")
    assert (training.loss, training.optimizer, training.batch_size) == ("classic_mse", "sgd", 1)
    assert (training.schedule, training.dropout, training.l2, training.max_norm) == ("constant", 0, 0, None)
    assert (training.subset, training.validation, training.patience) == (None, 0, None)


def test_settings_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        NetworkConfig().inputs = 3
    with pytest.raises(FrozenInstanceError):
        TrainingConfig().learning_rate = 3


def test_numbers_of_numpy_become_plain_ones() -> None:
    network = NetworkConfig(inputs=np.int64(3), hidden=np.array([4, 5]), outputs=np.uint8(2))
    training = TrainingConfig(learning_rate=np.float32(0.5), seed=np.uint64(2**64 - 1), dropout=np.array([0.25, 0.5]))
    values = [
        network.inputs,
        *network.hidden,
        network.outputs,
        training.learning_rate,
        training.seed,
        *training.dropout,
    ]
    assert values == [3, 4, 5, 2, 0.5, 2**64 - 1, 0.25, 0.5]
    assert {type(value) for value in values} == {int, float}


# What is refused

NOT_WHOLE = [0.5, 1.0, "1", None, True, [1], math.nan, math.inf]
NOT_NUMBERS = ["0.1", True, [0.1], math.nan, math.inf, -math.inf, 1j, 10**400]
NOT_NAMES = ["", "Sigmoids", "none", None, 3, ["sigmoid", "x"], True]
MANY = [1] * (MAX_LAYERS + 1)

REFUSED_NETWORKS: dict[str, list[Any]] = {
    "inputs": [0, -1, MAX_UNITS + 1, *NOT_WHOLE],
    "hidden": [20, "20", None, [0], [-3], [20, 2.5], [MAX_UNITS + 1], [True], [None], ["20"], MANY],
    "outputs": [1, 0, -1, MAX_UNITS + 1, *NOT_WHOLE],
    "activation": ["", "softmax", "Tan h s", None, 3, (), ("tanh", "tanh"), ("linear",), (None,)],
    "output": ["tanh", "identity", *NOT_NAMES],
    "initializer": ["xavier", *NOT_NAMES],
    "dtype": ["float16", "int", *NOT_NAMES],
    "prepare": ["shear", "crop", "crop=0", "pool=-1", "pool=2.5", "deskew=1", "pool=2,pool=2", None, 3, ("deskew",)],
}
REFUSED_TRAININGS: dict[str, list[Any]] = {
    "loss": ["bce", *NOT_NAMES],
    "optimizer": ["rmsprop", *NOT_NAMES],
    "learning_rate": [0, 0.0, -1, *NOT_NUMBERS],
    "schedule": ["exponential", *NOT_NAMES],
    "epochs": [0, -1, *NOT_WHOLE],
    "batch_size": [0, -1, MAX_SAMPLES + 1, *NOT_WHOLE],
    "dropout": [1, 1.0, -0.1, "0.5", None, True, math.nan, math.inf, (0.5, 1.0), (0.5, None), ("0.5",), 10**400],
    "l2": [-1e-9, None, *NOT_NUMBERS],
    "max_norm": [0, -1.0, *NOT_NUMBERS],
    "prune_from": [0, -1, (0,), (3, 2.5), (None,), ("20",), True, 2.5, None, "20", MAX_UNITS + 1],
    "label_smoothing": [1, 1.0, -0.1, None, *NOT_NUMBERS],
    "teacher_share": [1.01, -0.1, None, *NOT_NUMBERS],
    "teacher_temperature": [0, -1.0, None, *NOT_NUMBERS],
    "ema_decay": [1, 1.0, -0.1, None, *NOT_NUMBERS],
    "freeze": [-1, MAX_LAYERS + 1, *NOT_WHOLE],
    "class_weight": ["balance me", "", None, 1],
    "subset": [0, -1, *(value for value in NOT_WHOLE if value is not None)],
    "validation": [-0.1, 1.5, None, *NOT_NUMBERS],
    "patience": [0, -1, *(value for value in NOT_WHOLE if value is not None)],
    "seed": [-1, 2**64, *NOT_WHOLE],
    "order_seed": [-1, 2**64, *(value for value in NOT_WHOLE if value is not None)],
    "momentum": [1, 1.0, -0.1, *NOT_NUMBERS],
    "beta1": [1, 1.0, -0.1, None, *NOT_NUMBERS],
    "beta2": [1, 1.0, -0.1, None, *NOT_NUMBERS],
    "epsilon": [0, -1e-8, None, *NOT_NUMBERS],
    "augmentation": ["rotate", "", None, 1],
    "augment": [
        None,
        1,
        "turn=3",
        "rotation",
        "rotation=",
        "rotation=x",
        "rotation=-1",
        "rotation=181",
        "sigma=0",
        "rotation=nan",
        "rotation=1,rotation=2",
        {"rotation": True},
        {"rotation": None},
        {"blur": 10**400},
        "sigma=5",
    ],
}


def cases(refused: dict[str, list[Any]]) -> list[Any]:
    return [
        pytest.param(name, value, id=f"{name}-{repr(value)[:30]}")
        for name, values in refused.items()
        for value in values
    ]


def refusal(kind: type, **values: Any) -> str:
    with pytest.raises(ConfigError) as error:
        kind(**values)
    message = str(error.value)
    assert "\n" not in message
    assert isinstance(error.value, MnistNNError)
    assert isinstance(error.value, ValueError)
    return message


def test_every_setting_is_tried_with_wrong_values() -> None:
    assert set(REFUSED_NETWORKS) == set(asdict(NetworkConfig()))
    assert set(REFUSED_TRAININGS) == set(asdict(TrainingConfig()))


@pytest.mark.parametrize(("name", "value"), cases(REFUSED_NETWORKS))
def test_a_wrong_network_setting_is_refused_by_its_name(name: str, value: Any) -> None:
    message = refusal(NetworkConfig, **{name: value})
    assert message.startswith((f"{name} ", f"unknown {name} "))
    assert any(word in message for word in ("; give ", "; choose one of: ", "; use "))


@pytest.mark.parametrize("sizes", [(MAX_UNITS, 256, 2), (65_536, 65_536, 2), (5, 65_536, 65_536)])
def test_a_layer_of_too_many_weights_is_refused(sizes: tuple[int, int, int]) -> None:
    inputs, hidden, outputs = sizes
    message = refusal(NetworkConfig, inputs=inputs, hidden=(hidden,), outputs=outputs)
    assert "has 4,294,967,296 weights; use at most 4,294,967,295" in message


def test_the_largest_layer_is_taken() -> None:
    assert NetworkConfig(inputs=65_535, hidden=(65_537,)).sizes == (65_535, 65_537, 10)


def test_a_temperature_without_a_teacher_is_refused() -> None:
    assert "no effect without a teacher" in refusal(TrainingConfig, teacher_temperature=2.0)
    assert TrainingConfig(teacher_temperature=2.0, teacher_share=1).teacher_share == 1.0


@pytest.mark.parametrize(("name", "value"), cases(REFUSED_TRAININGS))
def test_a_wrong_training_setting_is_refused_by_its_name(name: str, value: Any) -> None:
    adam = {"optimizer": "adam"}
    around = {"momentum": {"optimizer": "nesterov"}, "patience": {"validation": 0.5}, "beta1": adam, "epsilon": adam}
    message = refusal(TrainingConfig, **{**around.get(name, {}), name: value})
    assert message.startswith((f"{name} ", f"unknown {name} "))
    assert any(word in message for word in ("; give ", "; choose one of: "))


@pytest.mark.parametrize(
    ("kind", "name", "valid"),
    [
        (NetworkConfig, "activation", ACTIVATIONS),
        (NetworkConfig, "output", OUTPUTS),
        (NetworkConfig, "initializer", INITIALIZERS),
        (NetworkConfig, "dtype", DTYPES),
        (TrainingConfig, "loss", LOSSES),
        (TrainingConfig, "optimizer", OPTIMIZERS),
        (TrainingConfig, "schedule", SCHEDULES),
    ],
)
def test_a_wrong_name_is_answered_with_the_valid_ones(kind: type, name: str, valid: tuple[str, ...]) -> None:
    nearest = ". Did you mean sigmoid?" if "sigmoid" in valid else ""
    said = f"unknown {name} 'sigmod\\n'; choose one of: {', '.join(valid)}{nearest}"
    assert refusal(kind, **{name: "sigmod\n"}) == said


@pytest.mark.parametrize(
    ("kind", "name", "given", "meant"),
    [
        (NetworkConfig, "activation", "ReLU", ("relu",)),
        (NetworkConfig, "activation", ["leaky-relu"], ("leaky_relu",)),
        (NetworkConfig, "activation", "Leaky ReLU", ("leaky_relu",)),
        (NetworkConfig, "output", "SoftMax", "softmax"),
        (NetworkConfig, "initializer", "He-Normal", "he_normal"),
        (NetworkConfig, "dtype", "Float64", "float64"),
        (TrainingConfig, "loss", "cross-entropy", "cross_entropy"),
        (TrainingConfig, "loss", "CrossEntropy", "cross_entropy"),
        (TrainingConfig, "loss", "Classic MSE", "classic_mse"),
        (TrainingConfig, "optimizer", "AdamW", "adamw"),
        (TrainingConfig, "schedule", "Cosine", "cosine"),
        (TrainingConfig, "augmentation", "Elastic", "elastic"),
    ],
)
def test_a_name_is_taken_however_it_is_spelled(kind: type, name: str, given: Any, meant: Any) -> None:
    assert getattr(kind(**{name: given}), name) == meant


@pytest.mark.parametrize(
    ("kind", "values", "named"),
    [
        (NetworkConfig, {"inputs": -7}, "-7"),
        (NetworkConfig, {"hidden": (20, 0)}, "0"),
        (NetworkConfig, {"hidden": (5, 5), "activation": ("tanh",) * 3}, "3 values for 2 hidden layers"),
        (TrainingConfig, {"learning_rate": "fast"}, "'fast'"),
        (TrainingConfig, {"dropout": (0.1, 1.5)}, "1.5"),
        (TrainingConfig, {"validation": 2.5}, "2.5"),
        (TrainingConfig, {"seed": 2**64}, str(2**64)),
    ],
)
def test_the_wrong_value_is_in_the_message(kind: type, values: dict[str, Any], named: str) -> None:
    assert named in refusal(kind, **values)


@pytest.mark.parametrize("kind", [NetworkConfig, TrainingConfig])
def test_an_unknown_setting_is_refused_with_the_known_ones(kind: type) -> None:
    with pytest.raises(ConfigError, match="unknown setting 'lr'; choose one of: ") as error:
        kind.from_dict({"lr": 0.1})
    assert all(name in str(error.value) for name in asdict(kind()))


@BOUNDED
@given(
    st.sampled_from([*REFUSED_TRAININGS]),
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers() | st.floats()),
)
def test_any_value_is_taken_or_refused_in_one_line(name: str, value: Any) -> None:
    try:
        TrainingConfig(**{name: value})
    except ConfigError as error:
        assert "\n" not in str(error)  # noqa: PT017


# What does not go together


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"patience": 3}, "patience has no effect without validation; leave it out, or hold images out"),
        ({"momentum": 0.9}, "momentum has no effect with sgd; leave it out, or choose optimizer momentum or nesterov"),
        ({"momentum": 0.9, "optimizer": "adam"}, "momentum has no effect with adam"),
        ({"beta1": 0.8}, "beta1 has no effect with sgd; leave it out, or choose optimizer adam or adamw"),
        ({"beta2": 0.8, "optimizer": "nesterov"}, "beta2 has no effect with nesterov"),
        ({"epsilon": 1e-3, "optimizer": "momentum"}, "epsilon has no effect with momentum"),
    ],
)
def test_training_settings_that_contradict_each_other(values: dict[str, Any], named: str) -> None:
    assert named in refusal(TrainingConfig, **values)


@pytest.mark.parametrize(
    ("network", "training", "named"),
    [
        ({"output": "softmax"}, {"loss": "classic_mse"}, "classic_mse"),
        ({"hidden": ()}, {"dropout": 0.5}, "dropout has no effect without hidden layers"),
        ({"hidden": ()}, {"dropout": (0.5,)}, "dropout"),
        ({"hidden": ()}, {"max_norm": 2.0}, "max_norm"),
        ({"hidden": (4, 4)}, {"dropout": (0.1, 0.2, 0.3)}, "dropout has 3 values for 2 hidden layers"),
        (
            {"hidden": (4, 4)},
            {"freeze": 3},
            "freeze is 3, but the network has 2 hidden layers, and its output layer has",
        ),
        ({"hidden": (4,)}, {"freeze": 2}, "1 hidden layer, and its output layer has to learn; give at most 1"),
        ({"hidden": ()}, {"freeze": 1}, "0 hidden layers, and its output layer has to learn; give at most 0"),
        ({"hidden": (4, 4)}, {"dropout": ()}, "dropout has 0 values for 2 hidden layers"),
    ],
)
def test_network_and_training_that_contradict_each_other(
    network: dict[str, Any], training: dict[str, Any], named: str
) -> None:
    with pytest.raises(ConfigError) as error:
        check(NetworkConfig(**network), TrainingConfig(**training))
    assert named in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("network", "training"),
    [
        ({}, {}),
        ({"output": "softmax"}, {"loss": "mse"}),
        ({"output": "softmax"}, {"loss": "cross_entropy"}),
        ({"hidden": ()}, {"dropout": 0.0}),
        ({"hidden": (4, 4)}, {"dropout": (0.1, 0.2), "max_norm": 2.0}),
        ({}, {"patience": 1, "validation": 1}),
        ({"hidden": (4, 4)}, {"freeze": 2, "class_weight": "Balanced"}),
        ({}, {"optimizer": "momentum", "momentum": 0.0}),
    ],
)
def test_what_goes_together(network: dict[str, Any], training: dict[str, Any]) -> None:
    check(NetworkConfig(**network), TrainingConfig(**training))


# What follows from the settings


def test_one_dropout_rate_is_for_all_hidden_layers() -> None:
    three = NetworkConfig(hidden=(4, 4, 4))
    assert dropout_rates(three, TrainingConfig(dropout=0.5)) == (0.5, 0.5, 0.5)
    assert dropout_rates(three, TrainingConfig(dropout=(0.5, 0.25, 0))) == (0.5, 0.25, 0)
    assert dropout_rates(NetworkConfig(hidden=()), TrainingConfig()) == ()


def test_validation_below_one_is_a_share_and_else_a_number_of_images() -> None:
    assert [TrainingConfig(validation=v).validation for v in (0.25, 1, 5000.0)] == [0.25, 1, 5000]
    assert isinstance(TrainingConfig(validation=5000.0).validation, int)


def eta(loss: str = "classic_mse", optimizer: str = "sgd", batch_size: int = 1, activation: str = "sigmoid") -> float:
    training = TrainingConfig(loss=loss, optimizer=optimizer, batch_size=batch_size)
    return resolve_learning_rate(NetworkConfig(activation=activation), training)


def test_a_given_rate_wins_over_the_default() -> None:
    assert resolve_learning_rate(NetworkConfig(), TrainingConfig(learning_rate=0.123)) == 0.123
    assert resolve_learning_rate(NetworkConfig(), TrainingConfig()) != 0.123


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("batch_size", [1, 32, 512])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
def test_there_is_a_sound_default_rate_for_everything(
    loss: str, optimizer: str, batch_size: int, activation: str
) -> None:
    assert 1e-4 < eta(loss, optimizer, 1, activation) <= eta(loss, optimizer, batch_size, activation) < 20


def test_the_mse_takes_10_to_20_times_the_rate_of_the_cross_entropy() -> None:
    assert 10 <= eta("mse") / eta("cross_entropy") <= 20
    assert eta("classic_mse") == eta("cross_entropy")


def test_momentum_takes_a_tenth_of_the_rate() -> None:
    # In the long run a velocity with momentum 0.9 is 1 / (1 - 0.9) gradients long.
    assert eta(optimizer="momentum") == eta(optimizer="nesterov") == pytest.approx(eta() / 10)


def test_fractions_are_numbers() -> None:
    assert TrainingConfig(l2=Fraction(1, 4)).l2 == 0.25


@pytest.mark.parametrize(("inputs", "outputs"), [(784, 9), (64, 10), (784, 26)])
def test_what_does_not_read_digits_is_named_with_what_it_takes(inputs: int, outputs: int) -> None:
    other = NetworkConfig(inputs=inputs, outputs=outputs)
    assert reads_digits(NetworkConfig(hidden=(3,)))
    assert not reads_digits(other)
    check_reads_digits(NetworkConfig())
    with pytest.raises(ConfigError, match=f"'x' has {inputs} inputs and {outputs} outputs, but .* 784 inputs"):
        check_reads_digits(other, "'x'")
