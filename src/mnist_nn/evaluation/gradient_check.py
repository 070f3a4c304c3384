"""Checks of gradients: are they right, which loss does the update really descend, and how large are they?

It returns arrays and plain records; the command line and the browser display them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data import Samples, check_labels
from mnist_nn.doors import NetworkLike, as_network, as_samples
from mnist_nn.engines import reference
from mnist_nn.engines.base import Plan, check_width
from mnist_nn.engines.frozen import apply_frozen, take_rest
from mnist_nn.engines.preparation import Preparation, check_inputs, prepare_images
from mnist_nn.errors import ConfigError
from mnist_nn.imaging.windows import WINDOWS, cut_windows
from mnist_nn.nn import losses
from mnist_nn.nn.activations import OUTPUTS
from mnist_nn.nn.config import NetworkConfig, TrainingConfig, check, dropout_rates
from mnist_nn.nn.ctc import ctc_loss, ctc_posteriors, log_softmax
from mnist_nn.nn.network import Network
from mnist_nn.nn.optimizers import initial_state
from mnist_nn.nn.preparation import Steps
from mnist_nn.util import checks, randomness
from mnist_nn.util.calls import shows_call

Array = npt.NDArray[Any]
TOLERANCE = 1e-6
CALL = "check_gradients(config, TrainingConfig(), samples)"
CTC = "connectionist temporal classification"
STEP = 1e-3  # with five points the truncation error is of the order of STEP**4, well below the tolerance
POINTS = (-2, -1, 1, 2)  # steps from the parameter at which the loss is taken

CANDIDATES: dict[str, tuple[tuple[str, Callable[[Array, Array, Array], Array]], ...]] = {
    "sigmoid": (losses.MSE, ("half the summed squared error", losses.half_squared_error), losses.BCE),
    "softmax": (losses.MSE, ("half the summed squared error", losses.half_squared_error), losses.CCE),
}


@dataclass(frozen=True, eq=False)
class GroupCheck:
    """One parameter group: the entries checked, their derivatives computed in both ways, and the relative distance.

    ``entries`` contains flat indices into the array, and ``analytic`` and ``numeric`` the derivatives there, shape
    (probed,). ``skipped`` entries are so close to a kink of ReLU that there is no difference quotient.
    """

    name: str
    shape: tuple[int, ...]
    entries: npt.NDArray[np.int64]
    analytic: npt.NDArray[np.float64]
    numeric: npt.NDArray[np.float64]
    skipped: int

    @property
    def error(self) -> float:
        """‖analytic - numeric‖ / (‖analytic‖ + ‖numeric‖), or 0 if both are zero."""
        return relative_error(self.analytic, self.numeric)


@dataclass(frozen=True, eq=False)
class GradientReport:
    """The result of `check_gradients`.

    ``groups`` compares the update with the loss that it is supposed to descend. ``candidates`` gives the relative
    distance between the update and the gradient of every loss that might be meant; ``descends`` is the loss that it
    matches.
    """

    reported_name: str
    said_to_descend: str
    groups: tuple[GroupCheck, ...]
    candidates: dict[str, float]

    @property
    def descends(self) -> str | None:
        """The name of the loss whose gradient the update follows; None if it follows none of the candidates."""
        name = min(self.candidates, key=self.candidates.__getitem__)
        return name if self.candidates[name] < TOLERANCE else None

    @property
    def passed(self) -> bool:
        """Whether every group is within the tolerance and the loss is the expected one."""
        return self.descends == self.said_to_descend and all(group.error < TOLERANCE for group in self.groups)


@shows_call(CALL)
def check_gradients(
    network: NetworkConfig | NetworkLike,
    training: TrainingConfig,
    x: Any,
    labels: npt.ArrayLike | None = None,
    *,
    probes: int = 100,
) -> GradientReport:
    """Compare one real update with numerical derivatives.

    The reference engine makes the update in float64 as one batch of plain SGD, with the configuration's loss, L2 and
    dropout. How it changes the weights is the analytic side. The numeric side is a five-point central difference of the
    mean loss of the batch plus λ/2 · ΣW², with the same dropout masks. Layers that are frozen are left out.

    Parameters
    ----------
    network, training
        Any configurations; a network stands for its configuration. The type, optimizer, learning rate and batch size
        are replaced as described above.
    x, labels
        A few samples, shape (n, …), and their labels, shape (n,); or only `Samples`, which contain both.
        If the network prepares its inputs, the samples are prepared, and are themselves what is measured for that.
    probes
        Number of entries to check in each parameter group, drawn with the configuration's seed; smaller groups are
        checked completely.

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
    network = network if isinstance(network, NetworkConfig) else as_network(network, CALL).config
    checks.instance("the configuration of the training", training, TrainingConfig, CALL)
    check(network, training)
    samples = as_samples(x, labels, CALL, "train")
    known = check_labels(samples.labels, network.outputs)
    check_inputs(network, samples.inputs)
    if network.prepare:
        prepared = Preparation.measure(Steps.parse(network.prepare), samples.images).apply(samples.images, "float64")
        samples = Samples(prepared, samples.labels)
    shape = replace(network, dtype="float64", prepare="")
    config = _plain(training, len(known))
    start = Network.create(shape, training.seed)
    checked, images = start.parameter_names[2 * training.freeze :], samples.images
    if training.freeze:  # the layers behind are a network of their own
        images = apply_frozen(start, images, training.freeze)
        config = replace(config, dropout=dropout_rates(network, training)[training.freeze :] or 0.0)
        start = take_rest(start, training.freeze)
        shape = start.config
    targets = losses.smooth_labels(np.eye(shape.outputs)[known], config.label_smoothing)
    placed = reference.ReferenceEngine().place(images, targets)
    analytic, plan = _update(start, config, placed)
    loss = losses.get_loss(config.loss, shape.output)
    meant = dict(CANDIDATES[shape.output]) | {loss.descended_name: loss.descended}
    objective = _Objective(shape, placed.inputs(slice(None), "float64"), targets, plan, tuple(meant.values()))
    probed = [
        _probe(objective, start, group, _entries(p.size, probes, config.seed, group))
        for group, p in enumerate(analytic)
    ]
    names = list(meant)
    said = names.index(loss.descended_name)
    groups = tuple(
        GroupCheck(name, p.shape, kept, p.ravel()[kept], numeric[:, said], skipped)
        for name, p, (kept, numeric, skipped) in zip(checked, analytic, probed, strict=True)
    )
    flat = np.concatenate([group.analytic for group in groups])
    numeric = np.concatenate([numeric for _, numeric, _ in probed])
    candidates = {name: relative_error(flat, numeric[:, i]) for i, name in enumerate(names)}
    return GradientReport(loss.reported_name, loss.descended_name, groups, candidates)


def check_sequence_gradients(
    network: NetworkConfig,
    training: TrainingConfig,
    lines: Sequence[Array],
    labels: Sequence[Sequence[int]],
    *,
    probes: int = 100,
) -> GradientReport:
    """Do the same for a network that is slid along lines and trained with CTC.

    The analytic side of the first group, ``z``, is softmax(z) - γ. For the other groups it is what one real update with
    the soft targets γ subtracts from the weights. The numeric side differentiates the mean CTC loss of the lines, which
    does not use γ.

    Parameters
    ----------
    network
        A network with softmax outputs, the last of which is the blank, and one input for each pixel of a window.
    training
        The training configuration, of which only L2 and the seed are used.
    lines
        The ink of each line, uint8 of shape (32, width).
    labels
        The digits of each line.
    probes
        Number of entries to check in each group.

    Raises
    ------
    ConfigError
        If the network cannot read lines.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> lines = [rng.integers(0, 256, (32, width), dtype=np.uint8) for width in (20, 30)]
    >>> shape = NetworkConfig(inputs=1152, hidden=(4,), outputs=5, output="softmax")
    >>> report = check_sequence_gradients(shape, TrainingConfig(), lines, [[0, 3], [1, 1, 2]], probes=5)
    >>> report.passed, [group.name for group in report.groups]
    (True, ['z', 'W1', 'b1', 'W2', 'b2'])
    """
    check_width(network, WINDOWS.inputs)
    if network.output != "softmax":
        raise ConfigError(f"CTC needs softmax outputs, not {network.output}; choose output softmax")
    shape = replace(network, dtype="float64")
    start, engine = Network.create(shape, training.seed), reference.ReferenceEngine()
    steps = [WINDOWS.steps(line.shape[1]) for line in lines]
    windows = np.concatenate([cut_windows(line) for line in lines])
    objective = _LineObjective(shape, windows / 255, np.array(steps), labels, training.l2)
    z = engine.forward(start, engine.place(windows))
    by_line = zip(np.split(log_softmax(z), np.cumsum(steps)[:-1]), labels, strict=True)
    targets = np.concatenate([ctc_loss(y, digits)[1] for y, digits in by_line])
    weights = np.full(
        len(windows), len(windows) / len(lines)
    )  # the engine's mean is over windows, the loss's over lines
    config = replace(_plain(training, len(windows)), loss="cross_entropy", dropout=0.0)
    analytic, _ = _update(start, config, engine.place(windows, targets, weights))
    by_z = _check_z(objective, z, (np.exp(log_softmax(z)) - targets) / len(lines), probes, training.seed)
    groups = [by_z]
    for group, (name, p) in enumerate(zip(start.parameter_names, analytic, strict=True)):
        kept, numeric, skipped = _probe(objective, start, group, _entries(p.size, probes, training.seed, group))
        groups.append(GroupCheck(name, p.shape, kept, p.ravel()[kept], numeric[:, 0], skipped))
    flat, numeric = (np.concatenate([getattr(g, side) for g in groups]) for side in ("analytic", "numeric"))
    return GradientReport(CTC, CTC, tuple(groups), {CTC: relative_error(flat, numeric)})


def gradient_norms(network: Network, training: TrainingConfig, samples: Samples) -> npt.NDArray[np.float64]:
    """Measure the norm of every layer's gradient; a layer with a much smaller gradient than the others hardly learns.

    This is the gradient that one real update of the reference engine follows, in float64 and with all samples as one
    batch. It uses the configuration's loss and L2, but no dropout, so that it depends only on the network.

    Parameters
    ----------
    network
        The network at any time of its training.
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
    targets = losses.smooth_labels(np.eye(shape.outputs)[samples.labels], training.label_smoothing)
    placed = reference.ReferenceEngine().place(prepare_images(network.config, samples.images), targets)
    l2 = 0.0 if training.optimizer == "adamw" else training.l2  # AdamW's decay is no part of its gradient
    config = replace(_plain(training, len(samples)), dropout=0.0, l2=l2)
    gradient, _ = _update(Network.of(shape, network.parameters), config, placed)
    squares = np.array([float((g * g).sum()) for g in gradient])
    return np.asarray(np.sqrt(squares[0::2] + squares[1::2]))


def relative_error(a: Array, b: Array) -> float:
    """Return ‖a - b‖ / (‖a‖ + ‖b‖), or 0 if both are zero.

    Examples
    --------
    >>> round(relative_error(np.array([1.0]), np.array([3.0])), 12)
    0.5
    """
    largest = max(float(abs(a).max(initial=0)), float(abs(b).max(initial=0)))
    if not largest:
        return 0.0
    a, b = a / largest, b / largest  # whose squares do not overflow
    return float(np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b)))


def _plain(training: TrainingConfig, samples: int) -> TrainingConfig:
    """Return the same training, but with plain SGD at rate 1 and all samples in one batch."""
    return TrainingConfig(
        loss=training.loss,
        learning_rate=1.0,
        batch_size=samples,
        dropout=training.dropout,
        l2=training.l2,
        label_smoothing=training.label_smoothing,
        seed=training.seed,
    )


def _update(start: Network, config: TrainingConfig, placed: reference.Placed) -> tuple[list[Array], Plan]:
    """Make one update at rate 1; what it subtracts from each parameter is the gradient that it follows."""
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
    """The value of every candidate loss for given parameters, and the signs that show where kinks are."""

    shape: NetworkConfig
    x: Array
    l: Array
    plan: Plan
    losses: tuple[Callable[[Array, Array, Array], Array], ...]

    @property
    def candidates(self) -> int:
        return len(self.losses)

    def __call__(self, p: Sequence[Array]) -> tuple[Array, list[Array]]:
        masks = reference.draw_masks(self.shape, self.plan)
        z, _ = reference.forward(self.shape, p[0::2], p[1::2], self.x, masks)
        penalty = 0.5 * self.plan.coupled_decay * sum(float((W * W).sum()) for W in p[0::2])
        o = OUTPUTS[self.shape.output](z[-1])
        values = [float(f(z[-1], o, self.l).mean()) + penalty for f in self.losses]
        return np.array(values), _kinks(self.shape, z)


@dataclass(frozen=True, eq=False)
class _LineObjective:
    """The mean CTC loss of lines, whose windows are the rows of x, ``steps`` of them for each line.

    It is computed with the version for many lines, while the soft targets it is compared with come from the plain
    version.
    """

    shape: NetworkConfig
    x: Array
    steps: npt.NDArray[np.int64]
    labels: Sequence[Sequence[int]]
    l2: float
    candidates = 1

    def __call__(self, p: Sequence[Array]) -> tuple[Array, list[Array]]:
        z, _ = reference.forward(self.shape, p[0::2], p[1::2], self.x)
        penalty = 0.5 * self.l2 * sum(float((W * W).sum()) for W in p[0::2])
        return np.array([self.loss(z[-1]) + penalty]), _kinks(self.shape, z)

    def loss(self, z: Array) -> float:
        y = np.zeros((len(self.steps), int(self.steps.max()), self.shape.outputs))
        y[np.arange(y.shape[1]) < self.steps[:, None]] = log_softmax(z)
        lengths = np.array([len(digits) for digits in self.labels])
        labels = np.array([(*digits, *[0] * (int(lengths.max()) - len(digits))) for digits in self.labels])
        return float(ctc_posteriors(y, self.steps, labels, lengths)[0].mean())


def _check_z(objective: _LineObjective, z: Array, analytic: Array, probes: int, seed: int) -> GroupCheck:
    """Check the derivatives with respect to z itself, before any weight is involved."""
    entries = _entries(z.size, probes, seed, len(objective.shape.sizes) * 2)
    numeric = [
        _difference([objective.loss(z + _nudge(z, entry, s * STEP)) for s in POINTS]) for entry in entries.tolist()
    ]
    return GroupCheck("z", z.shape, entries, analytic.ravel()[entries], np.array(numeric), 0)


def _nudge(like: Array, entry: int, step: float) -> Array:
    nudge = np.zeros_like(like)
    nudge.flat[entry] = step
    return nudge


def _kinks(shape: NetworkConfig, z: Sequence[Array]) -> list[Array]:
    return [z[k] > 0 for k, name in enumerate(shape.activation) if "relu" in name]


def _difference(values: Sequence[Any]) -> Any:
    """Return the derivative, computed from the values at `POINTS`."""
    return (8.0 * (values[2] - values[1]) - (values[3] - values[0])) / (12.0 * STEP)


def _probe(
    objective: _Objective | _LineObjective, start: Network, group: int, entries: npt.NDArray[np.int64]
) -> tuple[Array, Array, int]:
    """Differentiate numerically; return the entries kept, their derivatives (kept, candidates), and skipped ones."""
    kept, found = [], []
    for entry in entries.tolist():
        values, signs = zip(*(objective(_moved(start, group, entry, s * STEP)) for s in POINTS), strict=True)
        if all(np.array_equal(a, b) for other in signs[1:] for a, b in zip(signs[0], other, strict=True)):
            kept.append(entry)
            found.append(_difference(values))
    return np.array(kept, np.int64), np.array(found).reshape(-1, objective.candidates), len(entries) - len(kept)


def _moved(start: Network, group: int, entry: int, step: float) -> list[Array]:
    parameters = list(start.parameters)
    parameters[group] = parameters[group].copy()
    parameters[group].flat[entry] += step
    return parameters
