"""Trainings drawn by a seeded generator: bad ones, each with the fault that was put into it, and good ones.

Which fault a training has is decided here, before anything is trained, and never by looking at the rules. Run it with a
seed to print a table of thirty bad and thirty good ones: python tests/shared/drawn_trainings.py 4.
"""

import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from mnist_nn import Checkpoint, Network, NetworkConfig, Samples, TrainingConfig, load_data, train
from mnist_nn.errors import DivergedError
from mnist_nn.nn.config import resolve_learning_rate
from mnist_nn.training.diagnosis.diagnose import diagnose

Draw = np.random.Generator
Settings = dict[str, Any]


class Training(NamedTuple):
    """A training to run: its settings, what is done to the data, and the name of its fault; empty for a good one."""

    fault: str
    network: Settings
    training: Settings
    change: Callable[[Samples, Draw], Samples]


def keep(samples: Samples, _draw: Draw) -> Samples:
    return samples


ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu")
OUTPUTS = (("sigmoid", "classic_mse"), ("softmax", "cross_entropy"), ("sigmoid", "cross_entropy"))


def _base(draw: Draw, activations: tuple[str, ...] = ACTIVATIONS) -> tuple[Settings, Settings]:
    hidden = tuple(int(draw.integers(20, 80)) for _ in range(draw.integers(1, 3)))
    output, loss = OUTPUTS[draw.integers(3)]
    network = {"hidden": hidden, "activation": str(draw.choice(activations)), "output": output}
    batch = int(draw.choice([4, 8, 16, 32]))
    optimizer = str(draw.choice(["sgd", "sgd", "momentum", "adam"]))
    training = {"loss": loss, "batch_size": batch, "epochs": int(draw.integers(5, 9)), "optimizer": optimizer}
    return network, training | {"seed": int(draw.integers(1000))}


def _rate(network: Settings, training: Settings) -> float:
    return resolve_learning_rate(NetworkConfig(**network), TrainingConfig(**training))


def good(draw: Draw) -> Training:
    network, training = _base(draw)
    training["learning_rate"] = float(_rate(network, training) * draw.uniform(0.6, 1.7))
    if draw.random() < 0.3:
        training["l2"] = float(10 ** draw.uniform(-6, -4))
    if draw.random() < 0.3:
        training["dropout"] = float(draw.uniform(0.05, 0.3))
    if draw.random() < 0.3:
        training["validation"] = 0.15
    if draw.random() < 0.2:
        training["augmentation"] = "affine"
    return Training("", network, training, keep)


def rate_too_high(draw: Draw) -> Training:
    network, training = _base(draw, ("sigmoid", "tanh"))
    training["optimizer"] = "sgd"
    training["learning_rate"] = float(_rate(network, training) * 10 ** draw.uniform(1.7, 2.5))
    return Training("rate_too_high", network, training, keep)


def dead_units(draw: Draw) -> Training:
    network, training = _base(draw, ("relu",))
    training["optimizer"] = "sgd"
    training["learning_rate"] = float(_rate(network, training) * 10 ** draw.uniform(1.3, 2.3))
    return Training("dead_units", network, training, keep)


def rate_too_low(draw: Draw) -> Training:
    network, training = _base(draw)
    training["learning_rate"] = float(_rate(network, training) * 10 ** draw.uniform(-4, -2.2))
    return Training("rate_too_low", network, training, keep)


def decay_too_strong(draw: Draw) -> Training:
    network, training = _base(draw)
    training["optimizer"] = "sgd"
    training["l2"] = float(10 ** draw.uniform(-0.7, 0.5))
    return Training("decay_too_strong", network, training, keep)


def dropout_too_strong(draw: Draw) -> Training:
    network, training = _base(draw, ("sigmoid", "tanh", "relu"))
    training["dropout"] = float(draw.uniform(0.93, 0.98))
    return Training("dropout_too_strong", network, training, keep)


def weights_equal(draw: Draw) -> Training:
    network, training = _base(draw)
    return Training("weights_equal", network | {"initializer": "zeros"}, training, keep)


def inputs_unscaled(draw: Draw) -> Training:
    network, training = _base(draw)
    factor = float(draw.choice([1.0, 0.3]))

    def multiply(samples: Samples, _draw: Draw) -> Samples:
        return Samples(samples.images.reshape(len(samples), -1).astype(np.float32) * factor, samples.labels)

    return Training("inputs_unscaled", network, training, multiply)


def labels_unrelated(draw: Draw) -> Training:
    network, training = _base(draw)

    def shuffle(samples: Samples, draw: Draw) -> Samples:
        return Samples(samples.images, draw.permutation(samples.labels))

    return Training("labels_unrelated", network, training | {"epochs": 4}, shuffle)


def labels_constant(draw: Draw) -> Training:
    network, training = _base(draw)
    label = int(draw.integers(10))
    return Training("labels_constant", network, training, lambda s, _d: Samples(s.images, np.full(len(s), label)))


def overfitting(draw: Draw) -> Training:
    network, training = _base(draw, ("relu", "tanh"))
    network["hidden"] = (int(draw.integers(60, 150)),)
    return Training(
        "overfitting", network, training | {"epochs": 60, "optimizer": "adam", "validation": 0.4},
        lambda s, _d: s.take(range(300)),
    )  # fmt: skip


def vanishing_gradients(draw: Draw) -> Training:
    network, training = _base(draw, ("sigmoid",))
    network["hidden"] = tuple(int(draw.integers(20, 40)) for _ in range(draw.integers(5, 8)))
    return Training("vanishing_gradients", network, training | {"optimizer": "sgd"}, keep)


def bottleneck(draw: Draw) -> Training:
    network, training = _base(draw)
    network["hidden"] = (int(draw.integers(1, 4)), *network["hidden"][1:])
    return Training("bottleneck", network, training, keep)


def frozen_layers(draw: Draw) -> Training:
    network, training = _base(draw)
    network["hidden"] = tuple(int(draw.integers(6, 12)) for _ in range(draw.integers(2, 4)))
    return Training("frozen_layers", network, training | {"freeze": len(network["hidden"])}, keep)


def inputs_constant(draw: Draw) -> Training:
    network, training = _base(draw)
    return Training("inputs_constant", network, training, lambda s, _d: Samples(s.images[[0] * len(s)], s.labels))


def distortion_too_strong(draw: Draw) -> Training:
    network, training = _base(draw)
    rotation, shift = int(draw.integers(120, 181)), float(draw.integers(7, 11))
    return Training(
        "distortion_too_strong", network, training | {"augment": f"rotation={rotation},shift={shift}"}, keep
    )


FAULTS = (
    rate_too_high, dead_units, rate_too_low, decay_too_strong, dropout_too_strong, weights_equal, inputs_unscaled,
    labels_unrelated, labels_constant, overfitting, vanishing_gradients, bottleneck, frozen_layers, inputs_constant,
    distortion_too_strong,
)  # fmt: skip


BLAMED = {
    "smaller learning rate": "rate_too_high", "scale the inputs": "inputs_unscaled", "is so strong": "decay_too_strong",
}  # fmt: skip
"""What the error of a training that diverges says, and the fault that it blames so."""


def draw_trainings(seed: int, bad: int, right: int) -> Iterator[Training]:
    """Draw bad trainings, every fault in its turn, and good ones."""
    draw = np.random.default_rng(seed)
    for number in range(bad):
        yield FAULTS[number % len(FAULTS)](draw)
    for _ in range(right):
        yield good(draw)


def run(training: Training, seed: int) -> tuple[Checkpoint | None, list[str]]:
    """Train, and return the checkpoint with the names of what is found; if it diverges, of what the error blames."""
    draw = np.random.default_rng(seed)
    rows = draw.choice(60_000, 2500, replace=False)
    samples = training.change(load_data("mnist").train.take(rows), draw)
    config = TrainingConfig(**training.training)
    network = Network.create(NetworkConfig(**training.network), config.seed)
    try:
        *_, last = train(network, samples, config, engine="reference")
    except DivergedError as error:
        return None, [name for words, name in BLAMED.items() if words in str(error)]
    return last.checkpoint, [finding.name for finding in diagnose(last, config)]


def write_table(seed: int, bad: int = 30, right: int = 30) -> Iterator[str]:
    """Write what is found in each training, and how many were named rightly."""
    yield f"# Trainings drawn with seed {seed}\n"
    yield f"`python tests/shared/drawn_trainings.py {seed}` draws and trains them, 2,500 images each.\n"
    yield "| | fault | found | settings |\n|---|---|---|---|"
    named = alarms = 0
    for number, training in enumerate(draw_trainings(seed, bad, right)):
        _, found = run(training, 1000 * seed + number)
        named += bool(training.fault) and training.fault in found[:2]
        alarms += not training.fault and bool(found)
        settings = ", ".join(f"{name} {value}" for name, value in (training.network | training.training).items())
        yield f"| {number + 1} | {training.fault or 'none'} | {', '.join(found[:2]) or 'nothing'} | {settings} |"
    yield f"\nNamed among the first two lines: {named} of {bad}. False alarms: {alarms} of {right}."


if __name__ == "__main__":
    for line in write_table(int(sys.argv[1])):
        print(line, flush=True)  # noqa: T201
