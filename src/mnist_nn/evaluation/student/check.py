"""Says which equation of a student's own network code is wrong, and which known fault it has.

The right numbers come from the reference engine. The numbers for every known fault, and for every pair of faults, come
from the equations with some steps replaced. The program's numbers are compared with all of these, on several small
random networks.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError, DataError, quote
from mnist_nn.evaluation.student.evidence import Evidence, Observation
from mnist_nn.evaluation.student.layouts import flatten
from mnist_nn.evaluation.student.programs import SIZES, Program, as_program, check_function
from mnist_nn.evaluation.student.quantities import Array, Case, Quantity
from mnist_nn.evaluation.student.report import StudentReport, find_zero_weights, write_report
from mnist_nn.evaluation.student.trial import Settings, Trial, explain, try_square
from mnist_nn.util import checks

WEIGHTS_NDIM = 2
STEPS = {
    "forward": ("forward", ("z", "a")),
    "loss": ("cost", ("L",)),
    "output_delta": ("backward", ("delta", 2)),
    "hidden_delta": ("backward", ("delta", 1)),
    "update": ("update", ("W", "b")),
}
"""The steps that `check_equation` knows: the role of the function, and the results that count."""


def check_student(
    program: Any,
    backward: Callable[..., Any] | None = None,
    update: Callable[..., Any] | None = None,
    *,
    cost: Callable[..., Any] | None = None,
    initialize: Callable[..., Any] | None = None,
    activation: str = "sigmoid",
    output: str = "sigmoid",
    loss: str = "classic_mse",
    layers: Sequence[int] | None = None,
    biases: bool = True,
    samples: str = "any",
    meant: Mapping[str, str] | None = None,
    seed: int = 0,
) -> StudentReport:
    """Run a student's code on small networks, and say which of its equations are wrong.

    The code runs in this process with the rights of this process, so check only code that you would run yourself. Its
    layout is found by trying: weights of shape (out, in) or (in, out), samples as rows, as columns or one at a time,
    one-hot labels or integers. Parameters of functions are understood by their names, such as ``W1``, ``hidden_bias``,
    ``y`` or ``lr``. Functions may return activations, errors, gradients or new weights, or change arrays in place.

    Parameters
    ----------
    program
        The path of a file, a module, a class or an object with methods such as ``forward`` and ``backward``, or the
        function of the forward pass. If it is the only function, it makes a whole update.
    backward, update
        The functions of the backward pass and of the update, if these are separate functions.
    cost, initialize
        The functions that compute the loss and draw the weights, if there are any.
    activation, output, loss
        The activations and the loss that the code should compute, as in `NetworkConfig` and `TrainingConfig`; ``loss``
        may also be ``half_squared_error`` or ``squared_error``.
    layers
        Widths of the layers, from the inputs to the outputs; by default 12, 7 and 10. They must differ from each other.
    biases
        Whether the network should have biases.
    samples
        ``one`` if the code is meant for one sample at a time. Otherwise it is tried with four at once, and an update
        that sums over a batch is a fault.
    meant
        The meaning of names that are not understood, such as ``{"spam": "W1"}``.
    seed
        Decides the weights and samples.

    Raises
    ------
    ConfigError
        If it is not clear how to call the code, or a setting is unknown.

    Examples
    --------
    >>> def forward(x, W1, b1, W2, b2):
    ...     h = 1 / (1 + np.exp(-(x @ W1 + b1)))
    ...     return h, 1 / (1 + np.exp(-(h @ W2 + b2)))
    >>> def backward(x, y, h, o, W2):
    ...     delta_o = (o - y) / len(x)
    ...     delta_h = delta_o @ W2.T
    ...     return x.T @ delta_h, delta_h.sum(axis=0), h.T @ delta_o, delta_o.sum(axis=0)
    >>> report = check_student(forward, backward)
    >>> report.faults, report.findings[0].yours, report.findings[0].right
    (('no_derivative',), 'δ_h = W_hoᵀ δ_o', "δ_h = (W_hoᵀ δ_o) ⊙ σ'(z_h)")
    """
    settings = Settings(activation, output, loss, biases, seed, checks.choice("samples", samples, ("any", "one")))
    runs = as_program(program, backward, update, cost, initialize, meant)
    chosen = _check_layers(layers) if layers is not None else None
    ladder = [chosen] if chosen else [runs.sizes] if runs.sizes else list(SIZES)
    silence = ""
    for sizes in ladder:
        trial = Trial(runs, settings, sizes)
        silence = silence or trial.silence()
        if trial.seen:
            return trial.report()
    if runs.flexible and not chosen and (found := try_square(runs, settings, silence)):
        return found
    return StudentReport(False, (), (), None, "", (), (silence,))


def _check_layers(layers: Any) -> tuple[int, ...]:
    if isinstance(layers, str) or not isinstance(layers, Iterable) or len(chosen := tuple(layers)) < len(("in", "out")):
        raise ConfigError(
            f"layers is {quote(layers)}; give the widths from the inputs to the outputs, as in (12, 7, 10)"
        )
    return tuple(checks.integer("a width in layers", units, 2) for units in chosen)


def check_update(
    before: Any,
    after: Any,
    x: npt.ArrayLike,
    labels: npt.ArrayLike,
    learning_rate: float,
    *,
    activation: str = "sigmoid",
    output: str = "sigmoid",
    loss: str = "classic_mse",
) -> StudentReport:
    """Say which equation is wrong, from a student's weights before and after one update.

    Parameters
    ----------
    before, after
        All weights and biases, from the first layer to the last, as W1, b1, W2, b2, … in a list or a dictionary. The
        weights are (out, in) or (in, out), biases of any shape with one number for each unit.
    x, labels
        The samples of the update, shape (batch, inputs), scaled as the code saw them, or (inputs,) for one sample; and
        their labels, shape (batch,), or one-hot, (batch, outputs).
    learning_rate
        η of the update.
    activation, output, loss
        As for `check_student`.

    Raises
    ------
    DataError
        If the arrays are not those of a network, or the samples and labels do not fit it.
    ConfigError
        If a setting is unknown.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> before = [rng.normal(size=(5, 6)), rng.normal(size=5), rng.normal(size=(3, 5)), rng.normal(size=3)]
    >>> x, label = rng.random(6), [2]
    >>> h = 1 / (1 + np.exp(-(before[0] @ x + before[1])))
    >>> o = 1 / (1 + np.exp(-(before[2] @ h + before[3])))
    >>> delta_o = np.eye(3)[2] - o
    >>> delta_h = before[2].T @ delta_o * h * (1 - h)
    >>> steps = np.outer(delta_h, x), delta_h, np.outer(delta_o, h), delta_o
    >>> check_update(before, [p - 0.1 * step for p, step in zip(before, steps)], x, label, 0.1).findings[0].cause
    'the sign of the error is reversed: it must be o - l for an update that subtracts'
    """
    old, new = ([np.asarray(p) for _, p in flatten(arrays)] for arrays in (before, after))
    if [p.shape for p in old] != [p.shape for p in new] or not any(_is_matrix(p) for p in old):
        raise DataError(
            f"the weights before have shapes {[p.shape for p in old]}, those after {[p.shape for p in new]}; give the "
            "same arrays before and after one update, as W1, b1, W2, b2, …"
        )
    checks.positive("learning_rate", learning_rate)
    rows = np.atleast_2d(_as_numbers("the samples", x))
    settings = Settings(activation, output, loss, any(not _is_matrix(p) for p in old), 0)
    weights = _orientation([p for p in old if _is_matrix(p)], rows.shape[1])
    case = _as_case(old, rows, np.atleast_1d(_as_numbers("the labels", labels)), learning_rate, settings, weights)
    evidence = []
    for kind, arrays in (("W", [p for p in new if _is_matrix(p)]), ("b", [p for p in new if not _is_matrix(p)])):
        evidence += [Evidence("after the update", (Quantity(kind, k + 1),), p) for k, p in enumerate(arrays)]
    seen = Observation(case, weights, tuple(evidence))
    return write_report(seen, explain(seen), find_zero_weights(list(case.W)), ())


def _as_numbers(what: str, values: Any) -> Array:
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise DataError(f"{what} are {checks.describe(values)}, not an array of numbers; give one") from None


def _is_matrix(p: Array) -> bool:
    return p.ndim == WEIGHTS_NDIM and min(p.shape) > 1


def _orientation(matrices: list[Array], inputs: int) -> str:
    """Say how weights are laid out: those of layers that follow each other share a width."""
    shapes = [p.shape for p in matrices]
    for weights, chain in (("out,in", [shape[::-1] for shape in shapes]), ("in,out", shapes)):
        if chain[0][0] == inputs and all(a[1] == b[0] for a, b in itertools.pairwise(chain)):
            return weights
    raise DataError(f"weights of shapes {shapes} do not fit samples of {inputs} inputs; give x as (batch, inputs)")


def _as_case(old: list[Array], rows: Array, labels: Array, eta: float, settings: Settings, weights: str) -> Case:
    """Bring weights and samples into the reference engine's layout."""
    W = tuple(np.asarray(p if weights == "out,in" else p.T, dtype=float) for p in old if _is_matrix(p))
    sizes = (W[0].shape[1], *(len(p) for p in W))
    b = tuple(np.asarray(p, dtype=float).reshape(-1) for p in old if not _is_matrix(p))
    b = b or tuple(np.zeros(units) for units in sizes[1:])
    if [p.shape for p in b] != [(units,) for units in sizes[1:]]:
        given = [p.size for p in b]
        raise DataError(
            f"the biases have {given} numbers for layers of {list(sizes[1:])} units; give one for each unit"
        )
    return Case(settings.config(sizes), settings.loss, W, b, rows, _one_hot(labels, len(rows), sizes[-1]), eta)


def _one_hot(labels: Array, batch: int, classes: int) -> Array:
    if labels.size == batch * classes:
        return labels.reshape(batch, classes)
    if labels.size != batch or not np.isin(labels, np.arange(classes)).all():
        raise DataError(
            f"the labels have shape {labels.shape}; give {batch} whole numbers from 0 to {classes - 1}, or one-hot rows"
        )
    return np.asarray(np.eye(classes)[labels.reshape(-1).astype(int)])


def check_equation(name: str, function: Callable[..., Any], *, activation: str = "sigmoid", output: str = "sigmoid",
                   loss: str = "classic_mse", seed: int = 0) -> StudentReport:  # fmt: skip
    """Check a function that computes one step of the classic network, from right results of all steps before it.

    Parameters
    ----------
    name
        The step that it computes: ``forward``, ``loss``, ``output_delta``, ``hidden_delta`` or ``update``.
    function
        The function; its parameters are named as for `check_student`.
    activation, output, loss, seed
        As for `check_student`.

    Raises
    ------
    ConfigError
        If the name is unknown, or it is not clear how to call the function.

    Examples
    --------
    >>> check_equation("hidden_delta", lambda W_ho, delta_o, h: delta_o @ W_ho * h * (1 - h)).passed
    True
    >>> print(check_equation("output_delta", lambda o, l: l - o).findings[0].yours)
    δ_o = l - o
    """
    role, wanted = STEPS[checks.choice("step", name, STEPS)]
    check_function(name, function)
    runs = Program(((role, function),))
    return Trial(runs, Settings(activation, output, loss, True, seed), SIZES[0], wanted).report()
