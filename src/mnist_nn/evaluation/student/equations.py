"""The equations of one update, in which every step can be replaced to see the numbers of a wrong one.

Without replacements they give the numbers of the reference engine, which decides what is right; tests check that. The
faults that replace steps are in `mnist_nn.evaluation.student.faults`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mnist_nn.evaluation.student.quantities import SQUARED, Array, Case, Quantity
from mnist_nn.nn.activations import ACTIVATIONS, OUTPUTS, softmax

Step = Callable[..., Any]


def weighted_input(case: Case, k: int, a: Array) -> Array:
    """z_k = a_{k-1} W_kᵀ + b_k."""
    return a @ case.W[k - 1].T + case.b[k - 1]


def activate(case: Case, k: int, z: Array) -> Array:
    """a_k = f(z_k), and o at the last layer."""
    if k == case.layers:
        return OUTPUTS[case.config.output](z)
    return np.asarray(ACTIVATIONS[case.config.activation[k - 1]].f(z))


def output_error(case: Case, _z: Array, o: Array) -> Array:
    """Return the error of the outputs: o - l for the canonical pairs, ∂L/∂o for the squared error."""
    factor = {"mse": 2.0 / o.shape[-1], "squared_error": 2.0}.get(case.loss_name, 1.0)
    return np.asarray(factor * (o - case.l))


def through_output(case: Case, error: Array, _z: Array, o: Array) -> Array:
    """Carry ∂L/∂o through the output activation; for the canonical pairs, its derivative has cancelled out."""
    if case.loss_name not in SQUARED:
        return error
    if case.config.output == "sigmoid":
        return error * o * (1.0 - o)
    return np.asarray(o * (error - (error * o).sum(axis=-1, keepdims=True)))


def carry_back(_case: Case, _k: int, delta: Array, W: Array) -> Array:
    """∂L/∂a_k = δ_{k+1} W_{k+1}."""
    return delta @ W


def slope(case: Case, k: int, z: Array, a: Array) -> Array:
    """f'(z_k), from z_k or a_k."""
    return np.asarray(ACTIVATIONS[case.config.activation[k - 1]].slope(z, a))


def average(_case: Case, _k: int, _kind: str, g: Array) -> Array:
    """Turn the sum over the batch into the gradient to use; ``g`` is already divided, so this returns it unchanged."""
    return g


def weight_gradient(_case: Case, _k: int, delta: Array, a: Array, _z: Array) -> Array:
    """The mean of δ_k a_{k-1}ᵀ over the batch; ``_z`` is z_{k-1}, or x for the first layer."""
    return delta.T @ a / len(a)


def bias_gradient(_case: Case, _k: int, delta: Array) -> Array:
    """The mean of δ_k over the batch."""
    return np.asarray(delta.mean(axis=0))


def update(case: Case, _k: int, _kind: str, p: Array, g: Array) -> Array:
    """p ← p - η ∂L/∂p."""
    return p - case.eta * g


def take_inputs(case: Case) -> Array:
    """Return x unchanged."""
    return case.x


def report_loss(case: Case, z: Array, o: Array) -> Array:
    """The loss of each sample, shape (batch,)."""
    return case.loss.reported(z, o, case.l)


@dataclass(frozen=True)
class Equations:
    """Every step as a function; a fault replaces one or more.

    ``after_update`` means that the error goes back through weights that have already been updated. ``raw`` means that
    the plain difference o - l goes back instead of δ_o.
    """

    take_inputs: Step = take_inputs
    weighted_input: Step = weighted_input
    activate: Step = activate
    report_loss: Step = report_loss
    output_error: Step = output_error
    through_output: Step = through_output
    carry_back: Step = carry_back
    slope: Step = slope
    average: Step = average
    weight_gradient: Step = weight_gradient
    bias_gradient: Step = bias_gradient
    update: Step = update
    after_update: bool = False
    raw: bool = False


RIGHT = Equations()


def numbers(case: Case, steps: Equations = RIGHT) -> dict[Quantity, Array]:
    """Compute every quantity of one update with these steps.

    Shapes may come out wrong: a transposed gradient has the shape of the transposed weights.

    Raises
    ------
    ValueError
        If the steps do not fit together, such as a transposed product in a network that is not square.
    """
    found: dict[Quantity, Array] = {}
    x = steps.take_inputs(case)
    a, z = [x], [x]
    for k in range(1, case.layers + 1):
        z.append(steps.weighted_input(case, k, a[-1]))
        a.append(steps.activate(case, k, z[-1]))
        found |= {Quantity("z", k): z[k], Quantity("a", k): a[k]}
    found[Quantity("L", case.layers)] = steps.report_loss(case, z[-1], a[-1])
    error = steps.output_error(case, z[-1], a[-1])
    delta = steps.through_output(case, error, z[-1], a[-1])
    raw = a[-1] - case.l
    for k in reversed(range(1, case.layers + 1)):
        dW = steps.average(case, k, "W", steps.weight_gradient(case, k, delta, a[k - 1], z[k - 1]))
        db = steps.average(case, k, "b", steps.bias_gradient(case, k, delta))
        found |= {Quantity("delta", k): delta, Quantity("dW", k): dW, Quantity("db", k): db}
        W, b = case.W[k - 1], case.b[k - 1]
        new_W = steps.update(case, k, "W", W, dW) if dW.shape == W.shape else np.full(W.shape, np.nan)
        found |= {Quantity("W", k): new_W, Quantity("b", k): steps.update(case, k, "b", b, db)}
        if k > 1:
            back = steps.carry_back(case, k - 1, raw if steps.raw else delta, new_W if steps.after_update else W)
            raw = back
            found[Quantity("e", k - 1)] = back
            delta = back * steps.slope(case, k - 1, z[k - 1], a[k - 1])
    return found


def softmax_loss_error(o: Array, l: Array) -> Array:
    """Return ∂/∂o of the cross-entropy of softmax(o), the error of a loss that applies softmax itself."""
    return softmax(o) - l
