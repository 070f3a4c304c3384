"""The quantities of one update, with their usual symbols and their right values.

The right numbers come from the reference engine alone. The numbers of wrong equations come from
`mnist_nn.evaluation.student.equations`.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.engines import reference
from mnist_nn.nn.activations import OUTPUTS
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.losses import Loss, get_loss, half_squared_error

Array = npt.NDArray[Any]

KINDS = ("z", "a", "L", "delta", "dW", "db", "W", "b")
"""The kinds of quantity in the order of the equations; W and b are the parameters after the update."""
OF_SAMPLES = ("z", "a", "delta", "e")
"""Kinds with one row for each sample; e is ∂L/∂a, which some programs keep."""


SQUARED = {"mse": "(2/n) ", "half_squared_error": "", "squared_error": "2 "}
"""The losses that are sums of squares, with the factor before o - l in their derivatives."""


class Quantity(NamedTuple):
    """A kind of number and the layer it belongs to, counted from 1; the loss belongs to the last layer."""

    kind: str
    layer: int


Numbers = Mapping[Quantity, Array]


@dataclass(frozen=True, eq=False)
class Case:
    """One batch on which a program is tried: a network, samples as rows, and a learning rate.

    ``x`` is (batch, inputs), ``l`` (batch, outputs) and one-hot; ``W`` and ``b`` have the reference engine's shapes.
    """

    config: NetworkConfig
    loss_name: str
    W: tuple[Array, ...]
    b: tuple[Array, ...]
    x: Array
    l: Array
    eta: float

    @property
    def loss(self) -> Loss:
        """The loss; besides those of training, ½ Σ (o - l)² and Σ (o - l)², which books and videos use."""
        name, output = self.loss_name, self.config.output
        if name not in SQUARED or name == "mse":
            return get_loss(name, output)
        mse, double = get_loss("mse", output), 2.0 if name == "squared_error" else 1.0
        return replace(
            mse,
            reported_name=name,
            reported=lambda z, o, l: double * half_squared_error(z, o, l),
            output_delta=lambda o, l: double * mse.output_delta(o, l) * o.shape[-1] / 2.0,
        )

    @property
    def layers(self) -> int:
        """The number of layers that have weights."""
        return len(self.W)

    def units(self, layer: int) -> int:
        """Return the width of a layer; layer 0 is the input."""
        return self.config.sizes[layer]

    def take(self, rows: slice) -> "Case":
        """Keep some of the samples."""
        return replace(self, x=self.x[rows], l=self.l[rows])


@lru_cache(maxsize=256)
def first_sample(case: Case) -> Case:
    """Keep only the first sample; this is always the same object, so that its numbers are computed once."""
    return case.take(slice(0, 1))


@lru_cache(maxsize=256)
def draw_case(
    config: NetworkConfig, loss_name: str, batch: int, seed: int, *, biases: bool = True, eta: float = 0.37
) -> Case:
    """Draw weights, biases and samples on which different faults give different numbers.

    No bias is zero, the labels differ as far as there are enough classes, and weighted sums are of the order of 1.
    """
    rng = np.random.default_rng(seed)
    sizes = config.sizes
    pairs = list(itertools.pairwise(sizes))
    W = tuple(rng.normal(0.0, 1.5 / np.sqrt(fan_in), (units, fan_in)) for fan_in, units in pairs)
    b = tuple(rng.normal(0.0, 0.5, units) if biases else np.zeros(units) for _, units in pairs)
    x = rng.uniform(0.0, 1.0, (batch, sizes[0]))
    labels = rng.permutation(max(sizes[-1], batch))[:batch] % sizes[-1]
    return Case(replace(config, dtype="float64"), loss_name, W, b, x, np.eye(sizes[-1])[labels], eta)


@lru_cache(maxsize=256)
def right_numbers(case: Case) -> dict[Quantity, Array]:
    """Compute every quantity of one update of plain SGD with the reference engine.

    Examples
    --------
    >>> case = draw_case(NetworkConfig(inputs=4, hidden=(3,), outputs=2), "classic_mse", batch=5, seed=0)
    >>> numbers = right_numbers(case)
    >>> numbers[Quantity("delta", 1)].shape, numbers[Quantity("dW", 1)].shape
    ((5, 3), (3, 4))
    """
    loss = case.loss
    z, a = reference.forward(case.config, case.W, case.b, case.x)
    o = OUTPUTS[case.config.output](z[-1])
    g, _ = reference.gradients(case.config, case.W, case.b, case.x, case.l, loss)
    rows = [case.take(slice(i, i + 1)) for i in range(len(case.x))]
    single = [reference.gradients(r.config, r.W, r.b, r.x, r.l, loss)[0][1::2] for r in rows]
    found: dict[Quantity, Array] = {Quantity("L", case.layers): loss.reported(z[-1], o, case.l)}
    for k in range(1, case.layers + 1):
        dW, db = g[2 * k - 2 : 2 * k]
        found |= {
            Quantity("z", k): z[k - 1],
            Quantity("a", k): o if k == case.layers else a[k],
            Quantity("delta", k): np.stack([of_row[k - 1] for of_row in single]),  # of one sample, db is delta
            Quantity("dW", k): dW,
            Quantity("db", k): db,
            Quantity("W", k): case.W[k - 1] - case.eta * dW,
            Quantity("b", k): case.b[k - 1] - case.eta * db,
        }
    for k in range(1, case.layers):
        found[Quantity("e", k)] = found[Quantity("delta", k + 1)] @ case.W[k]
    return found


def order(quantity: Quantity, layers: int) -> tuple[int, int]:
    """Sort quantities in the order of the equations: forward from the first layer, backward from the last."""
    kind, layer = ("delta", quantity.layer) if quantity.kind == "e" else quantity
    if kind in ("z", "a"):
        return (0, 2 * layer + (kind == "a"))
    return (KINDS.index(kind), layers - layer)


def symbol(quantity: Quantity, layers: int) -> str:
    """Name a quantity: by the seed document's symbols for one hidden layer, by numbers for others.

    Examples
    --------
    >>> [symbol(Quantity(kind, 1), 2) for kind in KINDS]
    ['z_h', 'h', 'L', 'δ_h', '∂L/∂W_ih', '∂L/∂b_ih', 'W_ih', 'b_ih']
    >>> symbol(Quantity("delta", 2), 2), symbol(Quantity("delta", 2), 3), symbol(Quantity("a", 3), 3)
    ('δ_o', 'δ_2', 'o')
    """
    kind, layer = quantity
    last, classic = layer == layers, layers == len(("hidden", "output"))
    if kind == "L":
        return "L"
    if kind == "a":
        return "o" if last else ("h" if classic else f"a_{layer}")
    unit = ("h", "o")[last] if classic else str(layer)
    pair = ("ih", "ho")[last] if classic else str(layer)
    return {
        "z": f"z_{unit}", "delta": f"δ_{unit}", "e": f"∂L/∂{symbol(Quantity('a', layer), layers)}",
        "dW": f"∂L/∂W_{pair}", "db": f"∂L/∂b_{pair}", "W": f"W_{pair}", "b": f"b_{pair}",
    }[kind]  # fmt: skip
