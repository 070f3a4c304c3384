"""Turns the history, signs and settings of a training run into plain numbers, which the rules compare with thresholds.

Each number has one definition here, and any other program can compute it from a model file.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

from mnist_nn.data.augmentation import DISTORTIONS, Distortion, make_distortion
from mnist_nn.nn.config import NetworkConfig, TrainingConfig, dropout_rates, resolve_learning_rate
from mnist_nn.training.checkpoint import Scores
from mnist_nn.training.diagnosis.signs import Signs

Quantities = dict[str, float]


def compute_quantities(
    shape: NetworkConfig, config: TrainingConfig, history: Sequence[Scores], signs: Sequence[Signs]
) -> Quantities:
    """Compute every number that the rules use; numbers that cannot be known are left out.

    Parameters
    ----------
    shape, config
        The settings of the network and of its training.
    history
        A row for each epoch, at least one.
    signs
        The measurements, in the order of epochs, at least one.

    Returns
    -------
    By name: ``advantage`` is how far the accuracy lies between that of always naming the largest class (0) and 1;
    ``rate_ratio`` the rate by the default for these settings; ``loss_peak`` the last loss by the least one before,
    ``loss_fall`` the share by which the last epoch lowered it; ``decay`` λ·η·updates of an epoch; ``first_gradient``
    the gradient of the first layer by that of the last; ``weight_growth`` the weights by those drawn at the start, of
    the layer that has shrunk most; ``validation_peak`` the last validation loss by the least; ``distortion`` the
    largest figure of the augmentation by the largest of any preset. The others are named as in `Signs`. Layers that are
    frozen are counted as ``frozen``, and in no other number about layers.
    """
    last, now = history[-1], signs[-1]
    updates = math.ceil(now.samples / config.batch_size)
    rate = resolve_learning_rate(shape, config)
    accuracy = max(last.accuracy, last.validation_accuracy or 0.0, now.accuracy if now.epoch == last.epoch else 0.0)
    found: Quantities = {
        "epochs": float(last.epoch),
        "updates": float(updates * last.epoch),
        "classes": float(now.classes),
        "label_kinds": float(now.label_kinds),
        "accuracy": accuracy,
        "advantage": (accuracy - now.largest_class) / max(1 - now.largest_class, 1e-9),
        "rate": rate,
        "rate_ratio": rate / _default_rate(shape, config),
        "input_rms": now.input_rms,
        "input_spread": now.input_spread,
        "unnamed": float(now.unnamed),
        "decay": config.l2 * rate * updates,
        "l2": config.l2,
        "distortion": _compare_distortions(config),
        "dropout": max(dropout_rates(shape, config), default=0.0),
        "narrowest": float(min(shape.hidden, default=shape.inputs)),
        "layers": float(len(shape.hidden) - config.freeze),
        "frozen": float(config.freeze),
        "weight_growth": _grow(shape, now, config.freeze),
    }
    found |= _compare_losses(history)
    found |= _look_at_layers(shape, now, config.freeze)
    found["first_equal"] = max(signs[0].equal[config.freeze :], default=0.0)
    if last.validation_accuracy is not None:
        found["gap"] = last.accuracy - last.validation_accuracy
        losses = [row.validation_loss for row in history if row.validation_loss is not None]
        found["validation_peak"] = losses[-1] / max(min(losses), 1e-12)
    return {name: value for name, value in found.items() if math.isfinite(value)}


def _default_rate(shape: NetworkConfig, config: TrainingConfig) -> float:
    values = config.to_dict() | {"learning_rate": None}
    return resolve_learning_rate(shape, TrainingConfig.from_dict(values))


def _compare_distortions(config: TrainingConfig) -> float:
    """How far images are distorted, by how far the strongest preset goes; 0 without augmentation."""
    chosen = make_distortion(config.augmentation, config.figures)
    if chosen is None:
        return 0.0
    by_preset = [_measure_distortion(preset) for preset in DISTORTIONS.values()]
    largest = [max(figures) for figures in zip(*by_preset, strict=True)]
    ratios: list[float] = [f / most for f, most in zip(_measure_distortion(chosen), largest, strict=True)]
    return max(ratios)


def _measure_distortion(d: Distortion) -> tuple[float, ...]:
    return (d.rotation, d.slant, d.stretch, d.shift, d.alpha / d.sigma**2, d.blur, d.weight)


def _compare_losses(history: Sequence[Scores]) -> Quantities:
    losses = [row.descended for row in history]
    if len(losses) == 1:
        return {}
    least = min(losses[:-1])
    return {
        "loss_peak": losses[-1] / max(least, 1e-12),
        "loss_fall": 1 - losses[-1] / max(losses[-2], 1e-12),
    }


def _look_at_layers(shape: NetworkConfig, now: Signs, frozen: int) -> Quantities:
    dead, saturated = now.dead[frozen:], now.saturated[frozen:]
    found = {"dead": max(dead, default=0.0), "saturated": max(saturated, default=0.0)}
    found["dead_layer"] = float(dead.index(found["dead"]) + 1 + frozen) if dead else 0.0
    found["saturated_layer"] = float(saturated.index(found["saturated"]) + 1 + frozen) if saturated else 0.0
    found["dead_units"] = round(found["dead"] * shape.hidden[int(found["dead_layer"]) - 1]) if dead else 0
    if now.gradients[-1]:
        found["first_gradient"] = now.gradients[frozen] / now.gradients[-1]
    return found


def _start_rms(shape: NetworkConfig) -> list[float]:
    """Root mean square of weights as Glorot would draw them, which all the rules for drawing come near."""
    return [math.sqrt(2 / (a + b)) for a, b in pairwise(shape.sizes)]


def _grow(shape: NetworkConfig, now: Signs, frozen: int) -> float:
    """Weights by those drawn at the start, of the layer that has shrunk most."""
    return min(rms / start for rms, start in list(zip(now.weights, _start_rms(shape), strict=True))[frozen:])
