"""Write what the library computes, for the playground's JavaScript to be held to.

Run it as ``python tests/playground/page/golden.py``.

`test_golden.py` proves that the files in ``golden/`` are what this program makes today; the JavaScript tests compare
with them.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.ndimage import affine_transform

from mnist_nn.data import Samples, hold_out, load, subset
from mnist_nn.data.deskewing import deskew
from mnist_nn.engines import reference
from mnist_nn.engines.base import Plan, as_inputs
from mnist_nn.imaging.framing import frame
from mnist_nn.imaging.thicken import thicken
from mnist_nn.model_file.storage import Model, to_bytes
from mnist_nn.nn.config import NetworkConfig, TrainingConfig, dropout_rates, resolve_learning_rate
from mnist_nn.nn.dropout import dropout_mask, keep_threshold
from mnist_nn.nn.losses import get_loss
from mnist_nn.nn.network import Network
from mnist_nn.nn.optimizers import initial_state
from mnist_nn.training.diagnosis.diagnose import apply_rules, export_rules
from mnist_nn.training.diagnosis.quantities import compute_quantities
from mnist_nn.training.diagnosis.signs import measure
from mnist_nn.training.loop import train
from mnist_nn.util import randomness

FOLDER = Path(__file__).with_name("golden")
RULES = Path(__file__).parents[3] / "src" / "mnist_nn" / "playground" / "page" / "core" / "rules.js"
Array = np.ndarray[Any, Any]

SHAPE: dict[str, Any] = {"inputs": 12, "hidden": (5,), "outputs": 3}
DEEP: dict[str, Any] = {"inputs": 12, "hidden": (5, 4), "outputs": 3}
SOFTMAX: dict[str, Any] = {"output": "softmax"}
CROSS: dict[str, Any] = {"loss": "cross_entropy"}

CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "classic": (SHAPE, {}),
    "classic in batches": (SHAPE, {"batch_size": 8}),
    "mse, tanh, L2, in batches": (SHAPE | {"activation": "tanh"}, {"loss": "mse", "l2": 0.05, "batch_size": 8}),
    "mse of softmax, relu": (SHAPE | SOFTMAX | {"activation": "relu"}, {"loss": "mse"}),
    "sigmoid cross-entropy, leaky relu, dropout, in batches": (
        SHAPE | {"activation": "leaky_relu"},
        CROSS | {"dropout": 0.3, "batch_size": 8},
    ),
    "two layers, dropout and L2, one at a time": (
        DEEP | SOFTMAX | {"activation": ("relu", "tanh")},
        CROSS | {"dropout": (0.3, 0.5), "l2": 0.02, "learning_rate": 0.1},
    ),
    "two layers, dropout and L2, in batches": (
        DEEP | SOFTMAX | {"activation": ("sigmoid", "leaky_relu")},
        CROSS | {"dropout": (0.5, 0.2), "l2": 0.02, "learning_rate": 0.1, "batch_size": 8},
    ),
    "identity": (SHAPE | SOFTMAX | {"activation": "identity"}, CROSS | {"batch_size": 8, "seed": 2**40 + 3}),
    "no hidden layer": (SHAPE | SOFTMAX | {"hidden": ()}, CROSS | {"l2": 0.01}),
    "whole set at once": (SHAPE, {"batch_size": 20}),
    "momentum": (SHAPE, {"optimizer": "momentum", "momentum": 0.8, "l2": 0.03, "batch_size": 8}),
    "nesterov": (SHAPE | SOFTMAX, CROSS | {"optimizer": "nesterov", "l2": 0.03}),
    "adam": (SHAPE | SOFTMAX, CROSS | {"optimizer": "adam", "l2": 0.03, "learning_rate": 0.01}),
    "adamw": (
        SHAPE | SOFTMAX,
        CROSS | {"optimizer": "adamw", "l2": 0.3, "learning_rate": 0.01, "batch_size": 8, "beta2": 0.9},
    ),
    "max-norm": (DEEP, {"max_norm": 0.9, "learning_rate": 0.5}),
    "max-norm under adam": (DEEP | SOFTMAX, CROSS | {"optimizer": "adam", "max_norm": 0.9, "dropout": 0.2}),
}


def build() -> dict[str, Any]:
    """Compute the contents of every file, by its name."""
    return {
        "random": random_numbers(),
        "networks": networks(),
        "updates": {f"{name} ({dtype})": update_case(*CASES[name], dtype) for name in CASES for dtype in DTYPES},
        "framing": framing(),
        "deskewing": deskewing(),
        "thickening": thickening(),
        "training": {
            f"{name} ({dtype})": short_training(changes, dtype) for name, changes in SHORT for dtype in DTYPES
        },
        "models": models(),
        "diagnosis": {name: diagnosis_case(*FAILING[name]) for name in FAILING},
        "components": components(),
        "distortions": distortions(),
    }


DTYPES = ("float64", "float32")


def plain(array: Array) -> list[Any]:
    """Return nested lists, float32 with the nine digits that it has."""
    if array.dtype == np.float32:
        return [float(f"{value:.9g}") for value in array.ravel()]
    return array.ravel().tolist()


# Random numbers


def random_numbers() -> dict[str, Any]:
    k = randomness.fold(randomness.key(2**63 + 12345), randomness.DROPOUT, 2**35 + 7)
    counters = [(0, 0), (1, 0), (0, 1), (2**32 - 1, 2**31), (123456789, 987654321)]
    rows = np.array([0, 5, 59_999, 2**31 + 1])
    labels = load("mnist").train.labels[:1000]
    chosen, held_out = hold_out(labels, 0.125, randomness.fold(k, randomness.HOLD_OUT))
    return {
        "seed": str(2**63 + 12345),
        "key": list(k),
        "threefry": [[*pair, *map(int, randomness.threefry(k, *pair))] for pair in counters],
        "uniform": plain(randomness.uniform(k, 7)),
        "normal": plain(randomness.normal(k, 7)),
        "permutation": plain(randomness.permutation(k, 100)),
        "thresholds": [[rate, keep_threshold(rate)] for rate in (0.0, 0.1, 0.5, 0.3, 2.5 / 2**32, 1 - 2**-40)],
        "dropout": [
            {
                "layer": layer,
                "units": units,
                "rate": rate,
                "rows": plain(rows),
                "keeps": dropout_mask(k, rows, layer, units, rate).astype(int).tolist(),
            }
            for layer, units, rate in ((0, 20, 0.3), (1, 9, 0.5), (200, 3, 0.9))
        ],
        "subset": plain(subset(labels, 33, randomness.fold(k, randomness.SUBSET))),
        "held_out": [len(chosen), plain(held_out)],
    }


# Networks, forward passes and updates


def pixels() -> tuple[Array, Array]:
    """Make 20 images of 3×4 pixels, of which half are 0, and labels of three classes."""
    words = randomness.permutation(randomness.key(5), 240).reshape(20, 3, 4)
    return np.where(words % 2, words, 0).astype(np.uint8), (words[:, 0].sum(axis=1) % 3).astype(np.int64)


def networks() -> dict[str, Any]:
    initializers = ("auto", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal", "uniform",
                    "normal", "zeros")  # fmt: skip
    return {
        name: forward_case(NetworkConfig(**DEEP, activation=("relu", "tanh"), initializer=name))
        for name in initializers
    }


def forward_case(config: NetworkConfig) -> dict[str, Any]:
    network = Network.create(config, seed=2**53 - 7)
    x = as_inputs(pixels()[0][:1].reshape(1, -1), "float32")
    z, a = reference.forward(config, network.weights, network.biases, x)
    return {
        "network": config.to_dict(),
        "weights": [plain(W) for W in network.weights],
        "image": plain(pixels()[0][0]),
        "z": [plain(array) for array in z],
        "a": [plain(array) for array in a],
        "probabilities": plain(network.probabilities(z[-1])),
    }


def update_case(shape: dict[str, Any], settings: dict[str, Any], dtype: str) -> dict[str, Any]:
    """One epoch over 20 images: both passes of its first sample, its first update, and all its updates."""
    config, training = NetworkConfig(**shape, dtype=dtype), TrainingConfig(**settings, epochs=1)
    samples = Samples(*pixels())
    network = Network.create(config, seed=training.seed)
    key = randomness.key(training.seed)
    order = randomness.permutation(randomness.fold(key, randomness.SHUFFLE, 0), len(samples))
    dropout_key = randomness.fold(key, randomness.DROPOUT, 0)
    plan = Plan.of(
        config, training, order[: training.batch_size], np.array([resolve_learning_rate(config, training)]), dropout_key
    )
    engine = reference.ReferenceEngine()
    placed = engine.place(samples.images, samples.labels)
    once, _, _ = engine.epoch(network, initial_state(training.optimizer, network.parameters), placed, plan)
    (epoch,) = train(network, samples, training, engine="reference")
    return {
        "network": config.to_dict(),
        "training": playground_settings(training),
        "eta": resolve_learning_rate(config, training),
        "images": plain(samples.images),
        "labels": plain(samples.labels),
        "order": plain(order),
        "sample": first_sample(network, samples, plan, training),
        "first_update": [plain(p) for p in once.parameters],
        "epoch": [plain(p) for p in epoch.network.parameters],
        "scores": epoch.scores.to_dict() | {"seconds": 0},
    }


def playground_settings(training: TrainingConfig) -> dict[str, Any]:
    names = ("loss", "optimizer", "learning_rate", "batch_size", "dropout", "l2", "max_norm", "subset", "seed",
             "momentum", "beta1", "beta2", "epsilon")  # fmt: skip
    return {name: training.to_dict()[name] for name in names}


def first_sample(network: Network, samples: Samples, plan: Plan, training: TrainingConfig) -> dict[str, Any]:
    """Return both passes of the sample that is learned first; a bias has the gradient delta."""
    config, row = network.config, plan.order[:1]
    masks = [
        dropout_mask(plan.dropout_key, row, layer, units, rate) / np.array(1.0 - rate, config.dtype)
        for layer, (units, rate) in enumerate(zip(config.hidden, dropout_rates(config, training), strict=True))
        if training.drops_units
    ]
    descended = get_loss(training.loss, config.output)
    x = as_inputs(samples.images[row].reshape(len(row), -1), config.dtype)
    l = np.eye(config.outputs, dtype=config.dtype)[samples.labels[row]]
    z, a = reference.forward(config, network.weights, network.biases, x, masks)
    g, z_o = reference.gradients(config, network.weights, network.biases, x, l, descended, masks, plan.coupled_decay)
    o = network.output(z_o)
    return {
        "z": [plain(array) for array in z],
        "a": [plain(array) for array in a],
        "o": plain(o),
        "delta": [plain(array) for array in g[1::2]],
        "dW": [plain(array) for array in g[0::2]],
        "reported": float(descended.reported(z_o, o, l)[0]),
        "descended": float(descended.descended(z_o, o, l)[0]),
    }


# Short trainings on MNIST itself

SHORT: Sequence[tuple[str, dict[str, Any]]] = (
    ("batch 1, dropout", {"dropout": 0.3}),
    ("batch 16, dropout", {"dropout": 0.3, "batch_size": 16}),
    ("batch 7 of a subset, L2", {"batch_size": 7, "l2": 0.001, "subset": 200, "seed": 4}),
)
THIN = 29  # every so many weights are kept; 29 and 784 have no common factor, so all pixels have their turn


def short_training(changes: dict[str, Any], dtype: str) -> dict[str, Any]:
    config, training = NetworkConfig(dtype=dtype), TrainingConfig(**changes, epochs=2)
    samples = load("mnist").train.take(range(600))
    *_, last = train(Network.create(config, training.seed), samples, training, engine="reference")
    weights, biases = last.network.weights, last.network.biases
    return {
        "network": config.to_dict(),
        "training": playground_settings(training),
        "images": 600,
        "epochs": 2,
        "thin": THIN,
        "weights": [plain(W.ravel()[::THIN]) for W in weights],
        "biases": [plain(b) for b in biases],
        "history": [row.to_dict() | {"seconds": 0} for row in last.checkpoint.history],
    }


# Framing

STROKES: dict[str, list[tuple[float, float]]] = {
    "two": [(0.2, 0.25), (0.5, 0.1), (0.8, 0.3), (0.2, 0.9), (0.85, 0.88)],
    "seven": [(0.1, 0.1), (0.9, 0.15), (0.4, 0.95)],
    "dot": [(0.5, 0.5), (0.5, 0.5)],
    "dash": [(0.05, 0.5), (0.95, 0.45)],
}
SIZES = ((1, 1), (2, 3), (7, 3), (9, 31), (10, 10), (19, 20), (21, 13), (37, 53), (64, 64), (101, 60), (80, 127))


def framing() -> dict[str, Any]:
    cases = [(*glyph(name, *size), 1.0) for name in STROKES for size in (SIZES if name == "two" else SIZES[1::3])]
    cases += [(*glyph("two", 45, 38), 0.4), (*glyph("seven", 33, 90), 1.7)]
    digits = load("mnist").test.images[:5]
    return {
        name: {
            "width": ink.shape[1],
            "height": ink.shape[0],
            "ink": text_of(ink),
            "scale": scale,
            "framed": text_of(frame(ink if scale == 1.0 else ink / 255.0 * scale)),
        }
        for name, ink, scale in [*cases, *((f"test digit {i}", digit, 1.0) for i, digit in enumerate(digits))]
    }


def deskewing() -> dict[str, Any]:
    """Digits, noise, one grey, a dash, and two blocks whose moments are as large as they can be."""
    rng, blocks, dash = np.random.default_rng(5), np.zeros((28, 28), np.uint8), np.zeros((28, 28), np.uint8)
    blocks[:14, :14] = blocks[14:, 14:] = 255
    dash[14, 3:25] = 200
    noise = rng.integers(0, 256, (3, 28, 28), dtype=np.uint8)
    flat = [np.full((28, 28), grey, np.uint8) for grey in (0, 255)]
    small = rng.integers(0, 256, (4, 4), dtype=np.uint8)
    pictures = [*load("mnist").test.images[:10], *noise, *flat, blocks, blocks[:, ::-1], dash, small]
    return {
        f"picture {i}": {"pixels": text_of(picture), "upright": text_of(deskew(picture[None])[0])}
        for i, picture in enumerate(pictures)
    }


def thickening() -> dict[str, Any]:
    """Pens on both sides of what is thin, small ones and one that is made smaller first; a dot, and MNIST digits."""
    sizes = ((45, 38), (90, 60), (161, 80))
    cases = [glyph("two", *size, pen * max(size)) for size in sizes for pen in (0.005, 0.012, 0.022, 0.05)]
    cases += [
        glyph("seven", 400, 90, 1.5),
        glyph("seven", 120, 90, 0.6),
        glyph("dash", 20, 90, 0.8),
        glyph("dot", 9, 9, 0.8),
    ]
    cases += [(f"test digit {i}", digit) for i, digit in enumerate(load("mnist").test.images[:2])]
    return {
        name: {
            "width": ink.shape[1],
            "height": ink.shape[0],
            "ink": text_of(ink),
            "framed": text_of(frame(thicken(ink))),
        }
        for name, ink in cases
    }


def glyph(name: str, height: int, width: int, pen: float | None = None) -> tuple[str, Array]:
    """Draw a stroke with a soft edge."""
    points = np.array(STROKES[name]) * (width, height)
    y, x = np.mgrid[:height, :width] + 0.5
    pen = 0.06 * max(height, width) + 0.5 if pen is None else pen
    nearest = np.full((height, width), np.inf)
    for a, b in pairwise(points):
        along = ((x - a[0]) * (b - a)[0] + (y - a[1]) * (b - a)[1]) / max(((b - a) ** 2).sum(), 1e-9)
        t = along.clip(0, 1)
        nearest = np.minimum(nearest, np.sqrt((x - a[0] - t * (b - a)[0]) ** 2 + (y - a[1] - t * (b - a)[1]) ** 2))
    ink = ((pen - nearest).clip(0, 1) * 255).round().astype(np.uint8)
    return f"{name} {width}x{height} {pen:.2f}", ink


def text_of(array: Array) -> str:
    return base64.b64encode(array.astype(np.uint8).tobytes()).decode()


# Views of a layer, and of a picture that is not as it was


def components() -> dict[str, Any]:
    """Find principal components by singular values: of a layer's activations, of nearly equal ones, and of a line."""
    network = Network.create(NetworkConfig(), seed=3)
    images = load("mnist").test.images[:60].reshape(60, -1)
    z = np.asarray(images / 255 @ np.asarray(network.weights[0], np.float64).T)
    normal = randomness.normal(randomness.key(8), 30 * 6).reshape(30, 6)
    return {
        "the hidden activations of 60 digits": component_case(np.round(1 / (1 + np.exp(-z)), 6), 2),
        "nearly equal variances": component_case(np.round(normal * (1, 1.01, 0.99, 1.005, 0.2, 0.1), 6), 3),
        "points on a line": component_case(np.outer(np.arange(9.0), (1, -2, 0.5)), 1),
    }


def component_case(rows: Array, wanted: int) -> dict[str, Any]:
    apart = rows - rows.mean(axis=0)
    _, s, axes = np.linalg.svd(apart, full_matrices=False)
    variances = s**2 / (len(rows) - 1)
    signs = np.array([np.sign(axis[np.abs(axis).argmax()]) for axis in axes])
    return {
        "rows": plain(rows),
        "size": rows.shape[1],
        "mean": plain(rows.mean(axis=0)),
        "axes": [plain(axis) for axis in (axes * signs[:, None])[:wanted]],
        "variances": plain(variances[:wanted]),
        "shares": plain(variances[:wanted] / variances.sum()),
    }


def distortions() -> dict[str, Any]:
    cases = {
        "turned by 30 degrees": {"turn": 30},
        "turned by -90 degrees": {"turn": -90},
        "shifted": {"right": 3, "down": -4},
        "shifted by parts of a pixel": {"right": 0.25, "down": 0.5},
        "turned and shifted": {"turn": -17, "right": -2.5, "down": 1},
    }
    return {name: {"distortion": one, "pixels": text_of(distorted(**one))} for name, one in cases.items()}


def distorted(turn: float = 0.0, right: float = 0.0, down: float = 0.0) -> Array:
    digit = load("mnist").test.images[0].astype(np.float64)
    angle, middle = np.deg2rad(turn), np.full(2, 13.5)
    back = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    start = middle - back @ (middle + np.array((down, right)))
    found: Array = affine_transform(digit, back, start, order=1, mode="grid-constant")
    return found.round().clip(0, 255)


# Model files


def models() -> dict[str, Any]:
    """Three files: never trained; trained for an epoch under adam in float64; with a seed that no float holds."""
    samples = Samples(*pixels())
    config = NetworkConfig(**DEEP, activation="tanh", dtype="float64")
    training = TrainingConfig(optimizer="adam", batch_size=8, epochs=3, seed=2**64 - 1, dropout=0.25)
    first, second, third = train(Network.create(config, training.seed), samples, training, engine="reference")
    fresh = Model(Network.create(NetworkConfig(**SHAPE)), versions={})
    trained = Model.of(second.checkpoint, training, versions={}, scores={"test_accuracy": 0.5}, data={"name": "some"})
    trained = replace(trained, checkpoint=replace(second.checkpoint, history=still(second.checkpoint.history)))
    return {
        "fresh": {"bytes": base64.b64encode(to_bytes(fresh)).decode(), **flat(fresh.network)},
        "trained": {
            "bytes": base64.b64encode(to_bytes(trained)).decode(),
            **flat(second.network),
            "images": plain(samples.images),
            "labels": plain(samples.labels),
            "next_epoch": [plain(p) for p in third.network.parameters],
            "first_loss": first.scores.loss,
        },
    }


def still(history: tuple[Any, ...]) -> tuple[Any, ...]:
    """Take the time out of the history, which no two runs have in common."""
    return tuple(replace(row, seconds=0.0) for row in history)


def flat(network: Network) -> dict[str, Any]:
    return {"network": network.config.to_dict(), "parameters": [plain(p) for p in network.parameters]}


# What goes wrong in a training

FAILING: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "sound": (SHAPE | SOFTMAX, CROSS | {"epochs": 30, "learning_rate": 0.1}),
    "units that die": (SHAPE | {"activation": "relu"}, {"epochs": 3, "learning_rate": 20, "validation": 0.25}),
    "a rate that is too low": (DEEP, {"epochs": 2, "learning_rate": 1e-6, "batch_size": 4}),
    "equal weights": (DEEP | {"activation": "tanh", "initializer": "zeros"}, {"epochs": 3}),
    "saturated units": (DEEP | {"activation": "tanh"}, {"epochs": 3, "learning_rate": 9, "loss": "mse"}),
    "a gradient that vanishes": (SHAPE | {"hidden": (4, 4, 4, 4, 4, 4)}, {"epochs": 3}),
    "a penalty that is too strong": (SHAPE | SOFTMAX, CROSS | {"epochs": 3, "l2": 2.0, "learning_rate": 0.1}),
    "too much dropout": (DEEP | {"activation": "relu"}, {"epochs": 2, "dropout": 0.8, "learning_rate": 0.1}),
    "learned by heart": (
        SHAPE | SOFTMAX | {"hidden": (60,), "activation": "relu"},
        CROSS | {"epochs": 90, "validation": 0.5, "learning_rate": 0.05, "subset": 16},
    ),
    "no hidden layer": (SHAPE | {"hidden": ()}, {"epochs": 1, "batch_size": 7}),
}


def diagnosis_case(shape: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """A training, what is measured of its network at the end, and what is said of both."""
    config, training = NetworkConfig(**shape), TrainingConfig(**settings)
    samples = Samples(*pixels())
    *_, last = train(Network.create(config, training.seed), samples, training, engine="reference")
    first = measure(Network.create(config, training.seed), samples, training, 0)
    signs = [first, measure(last.network, samples, training, last.checkpoint.epoch)]
    quantities = compute_quantities(config, training, last.checkpoint.history, signs)
    return {
        "network": config.to_dict(),
        "training": playground_settings(training),
        "images": plain(samples.images),
        "labels": plain(samples.labels),
        "parameters": [plain(p) for p in last.network.parameters],
        "history": [row.to_dict() | {"seconds": 0} for row in last.checkpoint.history],
        "signs": [one.to_dict() for one in signs],
        "quantities": quantities,
        "findings": [{"name": one.name, "setting": dict(one.setting)} for one in apply_rules(quantities)],
    }


def rules() -> str:
    """Return the rules of the diagnosis as a module of the page."""
    entries = (f"  {json.dumps(rule, ensure_ascii=False)},\n" for rule in export_rules()["rules"])
    head = (
        "The rules of the diagnosis, the surest signs first. tests/playground/page/golden.py writes this module",
        "from the library's rules.toml; it is not edited by hand.",
    )
    comment = "\n".join(["/**", *(f" * {line}" for line in head), " */"])
    kind = '/** @type {readonly import("./diagnosis.js").Rule[]} */'
    return f"{comment}\n\n{kind}\nexport const RULES = [\n{''.join(entries)}];\n"


def text(content: dict[str, Any]) -> str:
    """Return JSON with a line for each entry."""
    rows = (f"{json.dumps(name)}: {json.dumps(value)}" for name, value in content.items())
    return "{\n" + ",\n".join(rows) + "\n}\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, content in build().items():
        (FOLDER / f"{name}.json").write_text(text(content), encoding="utf-8")
    RULES.write_text(rules(), encoding="utf-8")


if __name__ == "__main__":
    main()
