"""Looking inside: are the gradients right, which loss does the update really descend, how long is each layer's step?

Arrays and plain records only; the command line and the browser draw them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data import Samples, check_labels
from mnist_nn.engines import reference
from mnist_nn.engines.base import Plan, check_width
from mnist_nn.nn import losses
from mnist_nn.nn.activations import OUTPUTS
from mnist_nn.nn.config import NetworkConfig, TrainingConfig, check
from mnist_nn.nn.network import Network
from mnist_nn.nn.optimizers import initial_state
from mnist_nn.util import randomness

Array = npt.NDArray[Any]
TOLERANCE = 1e-6
STEP = 1e-3  # with five points the truncation error is of the order of STEP**4, well below the tolerance

CANDIDATES: dict[str, tuple[tuple[str, Callable[[Array, Array, Array], Array]], ...]] = {
    "sigmoid": (losses.MSE, ("half the summed squared error", losses.half_squared_error), losses.BCE),
    "softmax": (losses.MSE, ("half the summed squared error", losses.half_squared_error), losses.CCE),
}


@dataclass(frozen=True, eq=False)
class GroupCheck:
    """One parameter group: probed entries, each derivative taken in both ways, and their relative distance.

    ``entries`` holds flat indices into the array; ``analytic`` and ``numeric`` the derivatives there, shape (probed,).
    ``skipped`` entries lay so near a kink of ReLU that no difference quotient exists.
    """

    name: str
    shape: tuple[int, ...]
    entries: npt.NDArray[np.int64]
    analytic: npt.NDArray[np.float64]
    numeric: npt.NDArray[np.float64]
    skipped: int

    @property
    def error(self) -> float:
        """‖analytic - numeric‖ / (‖analytic‖ + ‖numeric‖), 0 where both vanish."""
        return relative_error(self.analytic, self.numeric)


@dataclass(frozen=True, eq=False)
class GradientReport:
    """What `check_gradients` found.

    ``groups`` compares with the loss that the update is said to descend. ``candidates`` gives the relative distance
    between the update and the gradient of every loss that might be meant; ``descends`` is the one that it matches.
    """

    reported_name: str
    said_to_descend: str
    groups: tuple[GroupCheck, ...]
    candidates: dict[str, float]

    @property
    def descends(self) -> str | None:
        """Name of the loss whose gradient the update follows, None if it is none of the candidates."""
        name = min(self.candidates, key=self.candidates.__getitem__)
        return name if self.candidates[name] < TOLERANCE else None

    @property
    def passed(self) -> bool:
        """Whether every group is within the tolerance and the loss is the one that was said."""
        return self.descends == self.said_to_descend and all(group.error < TOLERANCE for group in self.groups)


def check_gradients(
    network: NetworkConfig,
    training: TrainingConfig,
    x: Array,
    labels: npt.NDArray[np.int64],
    *,
    probes: int = 100,
) -> GradientReport:
    """Compare one real update with derivatives taken numerically.

    The update is made by the reference engine in float64 as one batch of plain SGD, with the configuration's loss,
    L2 and dropout; the difference it makes to the weights is the analytic side. The numeric side is a central
    difference of five points on the mean loss of the batch plus λ/2 · ΣW², with the same dropout masks.

    Parameters
    ----------
    network, training
        Any configuration; dtype, optimiser, rate and batch size are replaced as said above.
    x, labels
        A few samples, shape (n, …), and their labels, shape (n,).
    probes
        Entries checked in each parameter group, drawn by the configuration's seed; smaller groups are checked whole.

    Raises
    ------
    ConfigError
        If network, training and samples do not fit together.
    DataError
        If a label has no output.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x, labels = rng.random((4, 6)), np.array([0, 1, 2, 1])
    >>> shape = NetworkConfig(inputs=6, hidden=(5,), outputs=3)
    >>> check_gradients(shape, TrainingConfig(loss="classic_mse"), x, labels).descends
    'summed binary cross-entropy'
    >>> check_gradients(shape, TrainingConfig(loss="mse"), x, labels).descends
    'mean squared error'
    """
    check(network, training)
    labels = check_labels(labels, network.outputs)
    shape = replace(network, dtype="float64")
    config = _plain(training, len(x))
    start = Network.create(shape, training.seed)
    placed = reference.ReferenceEngine().place(x, labels)
    check_width(shape, placed.x.shape[1])
    analytic, plan = _update(start, config, placed)
    objective = _Objective(shape, placed.inputs(slice(None), "float64"), np.eye(shape.outputs)[labels], plan)
    loss = losses.get_loss(config.loss, shape.output)
    probed = [
        _probe(objective, start, group, _entries(p.size, probes, config.seed, group))
        for group, p in enumerate(analytic)
    ]
    names = [name for name, _ in CANDIDATES[shape.output]]
    said = names.index(loss.descended_name)
    groups = tuple(
        GroupCheck(name, p.shape, kept, p.ravel()[kept], numeric[:, said], skipped)
        for name, p, (kept, numeric, skipped) in zip(start.parameter_names, analytic, probed, strict=True)
    )
    flat = np.concatenate([group.analytic for group in groups])
    numeric = np.concatenate([numeric for _, numeric, _ in probed])
    candidates = {name: relative_error(flat, numeric[:, i]) for i, name in enumerate(names)}
    return GradientReport(loss.reported_name, loss.descended_name, groups, candidates)


def gradient_norms(network: Network, training: TrainingConfig, samples: Samples) -> npt.NDArray[np.float64]:
    """Measure how long the gradient of every layer is: far shorter than the others means hardly learning.

    The gradient is what one real update of the reference engine follows: in float64, over all samples as one batch,
    with the configuration's loss and L2, and without dropout, so that it depends on the network alone.

    Parameters
    ----------
    network
        The network as it stands, at the start of a training, in its midst or at its end.
    training
        How it is trained.
    samples
        Some of the training images.

    Returns
    -------
    For each layer √(‖∂L/∂W‖² + ‖∂L/∂b‖²), float64 of shape (layers,).

    Examples
    --------
    >>> from mnist_nn import load_data
    >>> few = load_data("mnist").train.take(range(100))
    >>> gradient_norms(Network.create(), TrainingConfig(), few).shape
    (2,)
    """
    shape = replace(network.config, dtype="float64")
    check_labels(samples.labels, shape.outputs)
    placed = reference.ReferenceEngine().place(samples.images, samples.labels)
    l2 = 0.0 if training.optimizer == "adamw" else training.l2  # AdamW's decay is no part of its gradient
    config = replace(_plain(training, len(samples)), dropout=0.0, l2=l2)
    gradient, _ = _update(Network.of(shape, network.parameters), config, placed)
    squares = np.array([float((g * g).sum()) for g in gradient])
    return np.asarray(np.sqrt(squares[0::2] + squares[1::2]))


def relative_error(a: Array, b: Array) -> float:
    """‖a - b‖ / (‖a‖ + ‖b‖), 0 where both vanish.

    Examples
    --------
    >>> relative_error(np.array([1.0]), np.array([3.0]))
    0.5
    """
    scale = float(np.linalg.norm(a) + np.linalg.norm(b))
    return float(np.linalg.norm(a - b)) / scale if scale else 0.0


def _plain(training: TrainingConfig, samples: int) -> TrainingConfig:
    """The same loss, learned by plain SGD at rate 1 with all samples in one batch."""
    return TrainingConfig(
        loss=training.loss,
        learning_rate=1.0,
        batch_size=samples,
        dropout=training.dropout,
        l2=training.l2,
        seed=training.seed,
    )


def _update(start: Network, config: TrainingConfig, placed: reference.Placed) -> tuple[list[Array], Plan]:
    """Make one update at rate 1; what it took off each parameter is the gradient that it followed."""
    order = np.arange(len(placed.x))
    dropout_key = randomness.fold(randomness.key(config.seed), randomness.DROPOUT, 0)
    plan = Plan.of(start.config, config, order, np.ones(1), dropout_key)
    after, _, _ = reference.ReferenceEngine().epoch(start, initial_state("sgd", start.parameters), placed, plan)
    return [p - q for p, q in zip(start.parameters, after.parameters, strict=True)], plan


def _entries(size: int, probes: int, seed: int, group: int) -> npt.NDArray[np.int64]:
    key = randomness.fold(randomness.key(seed), randomness.PROBE, group)
    return np.sort(randomness.permutation(key, size)[:probes])


@dataclass(frozen=True, eq=False)
class _Objective:
    """The value of every candidate loss for given parameters, and the signs that tell where kinks lie."""

    shape: NetworkConfig
    x: Array
    l: Array
    plan: Plan

    def __call__(self, p: Sequence[Array]) -> tuple[Array, list[Array]]:
        masks = reference.draw_masks(self.shape, self.plan)
        z, _ = reference.forward(self.shape, p[0::2], p[1::2], self.x, masks)
        penalty = 0.5 * self.plan.coupled_decay * sum(float((W * W).sum()) for W in p[0::2])
        o = OUTPUTS[self.shape.output](z[-1])
        values = [float(f(z[-1], o, self.l).mean()) + penalty for _, f in CANDIDATES[self.shape.output]]
        kinked = [z[k] > 0 for k, name in enumerate(self.shape.activation) if "relu" in name]
        return np.array(values), kinked


def _probe(
    objective: _Objective, start: Network, group: int, entries: npt.NDArray[np.int64]
) -> tuple[Array, Array, int]:
    """Differentiate numerically: the entries kept, their derivatives (kept, candidates), and how many were skipped."""
    kept, found = [], []
    for entry in entries.tolist():
        values, signs = zip(*(objective(_moved(start, group, entry, s * STEP)) for s in (-2, -1, 1, 2)), strict=True)
        if all(np.array_equal(a, b) for other in signs[1:] for a, b in zip(signs[0], other, strict=True)):
            kept.append(entry)
            found.append((8.0 * (values[2] - values[1]) - (values[3] - values[0])) / (12.0 * STEP))
    candidates = len(CANDIDATES[objective.shape.output])
    return np.array(kept, np.int64), np.array(found).reshape(-1, candidates), len(entries) - len(kept)


def _moved(start: Network, group: int, entry: int, step: float) -> list[Array]:
    parameters = list(start.parameters)
    parameters[group] = parameters[group].copy()
    parameters[group].flat[entry] += step
    return parameters
