"""The known faults as data: each replaces steps of the equations, and gives the wrong equation in symbols.

Faults that the playground's race has too are named as there. To recognize a new fault, add it to one of the lists
below; nothing else has to change.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from mnist_nn.evaluation.student.equations import Equations, Step, softmax_loss_error
from mnist_nn.evaluation.student.quantities import SQUARED, Array, Case, Quantity, symbol
from mnist_nn.nn.activations import ACTIVATIONS, OUTPUTS, sigmoid, softmax

Wrap = Callable[[Step], Step]
SIGNS = {"sigmoid": "σ", "tanh": "tanh", "relu": "ReLU", "leaky_relu": "leaky ReLU", "identity": "identity"}
OUTPUT_SIGNS = {"sigmoid": "σ", "softmax": "softmax"}


@dataclass(frozen=True, eq=False)
class Fault:
    """One known fault.

    ``name`` is its kind, and ``quantity`` the first one whose equation it changes. ``equation`` is the wrong equation,
    and ``cause`` describes it in words. ``wraps`` has replacements for steps of `Equations`, as functions of the
    original steps, so that two faults can be combined; ``flags`` are fields to set.
    """

    name: str
    quantity: Quantity
    equation: str
    cause: str
    wraps: Mapping[str, Wrap] = field(default_factory=dict)
    flags: Mapping[str, bool] = field(default_factory=dict)


def combine(faults: Iterable[Fault]) -> Equations:
    """Replace the steps that some faults change."""
    steps = Equations()
    for fault in faults:
        changed: dict[str, Any] = {name: wrap(getattr(steps, name)) for name, wrap in fault.wraps.items()}
        steps = replace(steps, **(changed | dict(fault.flags)))
    return steps


@lru_cache(maxsize=256)
def known_faults(case: Case) -> tuple[Fault, ...]:
    """List every fault that makes sense for a case, the most common first within each equation.

    Examples
    --------
    >>> from mnist_nn import NetworkConfig
    >>> from mnist_nn.evaluation.student.quantities import draw_case
    >>> case = draw_case(NetworkConfig(inputs=4, hidden=(3,), outputs=2), "classic_mse", batch=5, seed=0)
    >>> [fault.equation for fault in known_faults(case) if fault.name == "no_derivative"]
    ['δ_h = W_hoᵀ δ_o']
    """
    kinds = (_forward, _loss, _output, _hidden, _gradient, _update)
    return tuple(fault for kind in kinds for fault in kind(case, _Names(case)))


@dataclass(frozen=True)
class _Names:
    """Symbols of a case, for the equations of faults."""

    case: Case

    def __call__(self, kind: str, layer: int) -> str:
        if kind == "a" and layer == 0:
            return "x"
        return symbol(Quantity(kind, layer), self.case.layers)

    def f(self, layer: int) -> str:
        config = self.case.config
        return OUTPUT_SIGNS[config.output] if layer == self.case.layers else _sign(config.activation[layer - 1])


def _sign(activation: str) -> str:
    """Write an activation; one that was added at run time has no sign but its name."""
    return SIGNS.get(activation, activation)


def right_equation(case: Case, quantity: Quantity) -> str:
    """Write the right equation of a quantity in symbols.

    Examples
    --------
    >>> from mnist_nn import NetworkConfig
    >>> from mnist_nn.evaluation.student.quantities import draw_case
    >>> case = draw_case(NetworkConfig(inputs=4, hidden=(3,), outputs=2), "mse", batch=5, seed=0)
    >>> right_equation(case, Quantity("delta", 2))
    'δ_o = (2/n) (o - l) ⊙ o ⊙ (1 - o)'
    """
    n, k = _Names(case), quantity.layer
    factor, o_delta = SQUARED.get(case.loss_name), "o - l"
    if factor is not None:
        softmax_delta = f"o ⊙ (g - Σ g ⊙ o) with g = {factor}(o - l)"
        o_delta = f"{factor}(o - l) ⊙ o ⊙ (1 - o)" if case.config.output == "sigmoid" else softmax_delta
    losses = {
        "half_squared_error": "½ Σ (o - l)²",
        "squared_error": "Σ (o - l)²",
        "mse": "(1/n) Σ (o - l)²",
        "classic_mse": "(1/n) Σ (o - l)²",
        "cross_entropy": "-Σ l ln o" if case.config.output == "softmax" else "-Σ [l ln o + (1 - l) ln (1 - o)]",
    }
    derivative = f"{n.f(k)}'({n('z', k)})"
    right = {
        "z": lambda: f"{n('W', k)} {n('a', k - 1)} + {n('b', k)}",
        "a": lambda: f"{n.f(k)}({n('z', k)})",
        "L": lambda: f"{losses[case.loss_name]}, mean over the batch",
        "delta": lambda: o_delta if k == case.layers else f"({n('W', k + 1)}ᵀ {n('delta', k + 1)}) ⊙ {derivative}",
        "e": lambda: f"{n('W', k + 1)}ᵀ {n('delta', k + 1)}",
        "dW": lambda: f"{n('delta', k)} {n('a', k - 1)}ᵀ, mean over the batch",
        "db": lambda: f"{n('delta', k)}, mean over the batch",
        "W": lambda: f"{n('W', k)} - η {n('dW', k)}",
        "b": lambda: f"{n('b', k)} - η {n('db', k)}",
    }
    arrow = "←" if quantity.kind in {"W", "b"} else "="
    return f"{n(*quantity)} {arrow} {right[quantity.kind]()}"


def _at(layers: Iterable[int], change: Callable[..., Any]) -> Wrap:
    """Replace a step in some layers only; ``change`` takes the step that was there, and its arguments."""
    chosen = frozenset(layers)

    def wrap(before: Step) -> Step:
        def step(case: Case, k: int, *rest: Any) -> Any:
            return change(before, case, k, *rest) if k in chosen else before(case, k, *rest)

        return step

    return wrap


def _groups(layers: int) -> list[tuple[int, ...]]:
    """Choose all layers together, then each alone."""
    return [tuple(range(1, layers + 1)), *((k,) for k in range(1, layers + 1) if layers > 1)]


def _hidden_groups(layers: int) -> list[tuple[int, ...]]:
    return list(_groups(layers - 1)) if layers > 1 else []


def _forward(case: Case, n: _Names) -> list[Fault]:
    L = case.layers
    found = []
    if any(b.any() for b in case.b):
        found += [
            Fault(
                "no_bias", Quantity("z", g[0]), f"{n('z', g[0])} = {n('W', g[0])} {n('a', g[0] - 1)}",
                f"the bias {_and(n('b', k) for k in g)} is forgotten in the forward pass",
                {"weighted_input": _at(g, lambda s, c, k, a: s(c, k, a) - c.b[k - 1])},
            )
            for g in _groups(L)
        ]  # fmt: skip
    found += [
        Fault(
            "transposed_product", Quantity("z", g[0]), f"{n('z', g[0])} = {n('W', g[0])}ᵀ {n('a', g[0] - 1)} + {n('b', g[0])}",
            f"the product with {_and(n('W', k) for k in g)} is transposed in the forward pass",
            {"weighted_input": _at(g, lambda _s, c, k, a: a @ c.W[k - 1] + c.b[k - 1])},
        )
        for g in _groups(L)
        if all(case.W[k - 1].shape[0] == case.W[k - 1].shape[1] for k in g)
    ]  # fmt: skip
    found.append(
        Fault("scaled_twice", Quantity("z", 1), f"{n('z', 1)} = {n('W', 1)} (x / 255) + {n('b', 1)}",
              "the inputs are divided by 255 again, although x is already between 0 and 1",
              {"take_inputs": lambda _s: lambda c: c.x / 255.0})
    )  # fmt: skip
    for g in _hidden_groups(L):
        k = g[0]
        own = case.config.activation[k - 1]
        found.append(_activation("no_activation", n, g, f"{n('z', k)}", "the activation is left out", lambda z: z))
        if own == "sigmoid":
            found.append(
                _activation(
                    "wrong_sign", n, g, f"σ(-{n('z', k)})", "the minus in exp(-z) is missing", lambda z: sigmoid(-z)
                )
            )
        if own not in {"relu", "identity"}:  # ReLU of ReLU is ReLU
            found.append(
                _activation(
                    "double_activation",
                    n,
                    g,
                    f"{n.f(k)}({n.f(k)}({n('z', k)}))",
                    "the activation is applied twice",
                    _twice(ACTIVATIONS[own].f),
                )
            )
        found += [_other_activation(n, g, name) for name in SIGNS if name not in {own, "identity"}]
    return found + _output_activation(case, n)


def _twice(f: Callable[[Array], Array]) -> Callable[[Array], Array]:
    return lambda z: f(f(z))


def _at_a(f: Callable[[Array], Array]) -> Callable[[Array, Array], Array]:
    return lambda _z, a: f(a)


def _activation(name: str, n: _Names, g: tuple[int, ...], right: str, cause: str, f: Callable[[Array], Array]) -> Fault:
    """Apply something else than the activation; its derivative stays, and takes what comes out."""
    return Fault(
        name, Quantity("a", g[0]), f"{n('a', g[0])} = {right}", cause, {"activate": _at(g, lambda _s, _c, _k, z: f(z))}
    )


def _other_activation(n: _Names, g: tuple[int, ...], name: str) -> Fault:
    other = ACTIVATIONS[name]
    wraps = {
        "activate": _at(g, lambda _s, _c, _k, z: other.f(z)),
        "slope": _at(g, lambda _s, _c, _k, _z, a: other.derivative(a)),
    }
    cause = f"the activation is {SIGNS[name]}, with its own derivative"
    return Fault(
        "other_activation", Quantity("a", g[0]), f"{n('a', g[0])} = {SIGNS[name]}({n('z', g[0])})", cause, wraps
    )


def _output_activation(case: Case, n: _Names) -> list[Fault]:
    L, own = case.layers, case.config.output
    z, o = n("z", L), Quantity("a", L)

    def fault(name: str, right: str, cause: str, f: Callable[[Array], Array]) -> Fault:
        return Fault(name, o, f"o = {right}", cause, {"activate": _at([L], lambda _s, _c, _k, z: f(z))})

    found = [fault("no_output_activation", z, "the activation of the output layer is left out", lambda z: z)]
    (other,) = set(OUTPUTS) - {own}
    found.append(
        fault(
            "other_activation",
            f"{OUTPUT_SIGNS[other]}({z})",
            f"the outputs are {other} instead of {own}",
            OUTPUTS[other],
        )
    )
    if own == "sigmoid":
        found.append(
            fault("double_activation", f"σ(σ({z}))", "the sigmoid is applied twice", lambda z: sigmoid(sigmoid(z)))
        )
        found.append(fault("wrong_sign", f"σ(-{z})", "the minus in exp(-z) is missing", lambda z: sigmoid(-z)))
        return found
    if case.loss_name == "cross_entropy":
        found.append(
            Fault("double_softmax", Quantity("delta", L), "δ_o = ∂(-ln softmax(o))/∂z_o with o = softmax(z_o)",
                  "the loss applies softmax itself, but it is given outputs to which softmax has already been applied",
                  {"output_error": lambda _s: lambda c, _z, o: softmax_loss_error(o, c.l),
                   "through_output": lambda _s: lambda _c, e, _z, o: o * (e - (e * o).sum(axis=-1, keepdims=True))})
        )  # fmt: skip
        found.append(
            Fault("double_softmax", Quantity("delta", L), "δ_o = softmax(o) - l with o = softmax(z_o)",
                  "softmax is applied again to outputs to which it has already been applied",
                  {"output_error": lambda _s: lambda c, _z, o: softmax_loss_error(o, c.l)})
        )  # fmt: skip
    found.append(
        fault("double_softmax", f"softmax(softmax({z}))", "softmax is applied twice", lambda z: softmax(softmax(z)))
    )
    if len(case.x) > 1:
        found.append(fault("softmax_axis", f"exp({z}) / Σ over the samples", "softmax sums over the samples instead of the classes",
                           lambda z: softmax(z.T).T))  # fmt: skip
        found.append(fault("softmax_axis", f"exp({z}) / Σ over the whole batch", "softmax sums over the whole batch instead of each sample",
                           lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum()))  # fmt: skip
    found.append(fault("other_activation", f"exp({z})", "the sum below the exponential is missing", np.exp))
    return found


def _loss(case: Case, _n: _Names) -> list[Fault]:
    """What may be wrong with the number that is reported; nothing else depends on it."""
    L, units, B = Quantity("L", case.layers), case.units(case.layers), len(case.x)
    right = right_equation(case, L).removeprefix("L = ").removesuffix(", mean over the batch")

    def fault(name: str, equation: str, cause: str, change: Callable[[Array], Any]) -> Fault:
        return Fault(
            name, L, f"L = {equation}", cause, {"report_loss": lambda s: lambda c, z, o: np.asarray(change(s(c, z, o)))}
        )

    found = [
        fault(
            "wrong_sign",
            right.removeprefix("-") if right.startswith("-") else f"-{right}",
            "the sign of the loss is reversed",
            lambda v: -v,
        ),
        fault(
            "summed",
            f"{right}, sum over the batch",
            "sum for mean: the loss is the sum over the batch",
            lambda v: v.sum(),
        ),
    ]
    if case.loss_name in SQUARED or case.loss_name == "classic_mse":
        mean = {"half_squared_error": 2 / units, "squared_error": 1 / units}.get(case.loss_name, 1.0)
        found += [
            fault("summed", "Σ (o - l)²", "sum for mean: the squares are added up over the outputs", lambda v: v * mean * units),
            fault("wrong_factor", "½ Σ (o - l)²", "this is half of the sum over the outputs", lambda v: v * mean * units / 2),
            fault("wrong_factor", "½ (1/n) Σ (o - l)²", "the mean squared error is halved", lambda v: v * mean / 2),
            *([fault("wrong_factor", "(1/n) Σ (o - l)²", "this is the mean over the outputs", lambda v: v * mean)] if mean != 1 else []),
            fault("loss_for_error", "√ of the mean of (o - l)²", "the root is not part of the loss", lambda v: np.sqrt((v * mean).mean())),
            fault("summed", "Σ (o - l)² over outputs and batch", "sum for mean: the squares are added up over outputs and batch",
                  lambda v: (v * mean * units).sum()),
        ]  # fmt: skip
    else:
        found.append(
            fault(
                "averaged_twice",
                f"(1/n) {right}",
                "the loss is divided by the number of outputs too",
                lambda v: v / units,
            )
        )
        if case.config.output == "sigmoid":
            found.append(Fault("half_loss", L, "L = -Σ l ln o", "the term (1 - l) ln (1 - o) of the outputs that should be 0 is missing",
                               {"report_loss": lambda _s: lambda c, _z, o: -(c.l * np.log(o)).sum(axis=-1)}))  # fmt: skip
    return found if B > 1 else [one for one in found if "batch" not in one.equation]


def _output(case: Case, n: _Names) -> list[Fault]:
    L, mse = case.layers, case.loss_name in SQUARED
    units = case.units(L)
    delta = Quantity("delta", L)
    d, z = n(*delta), n("z", L)
    end = right_equation(case, delta).split(" = ", 1)[1]

    def error(name: str, right: str, cause: str, change: Callable[..., Array]) -> Fault:
        return Fault(
            name, delta, f"{d} = {right}", cause, {"output_error": lambda s: lambda c, z, o: change(s, c, z, o)}
        )

    def through(name: str, right: str, cause: str, change: Callable[..., Array]) -> Fault:
        return Fault(
            name, delta, f"{d} = {right}", cause, {"through_output": lambda s: lambda c, e, z, o: change(s, c, e, z, o)}
        )

    def times(name: str, factor: float, right: str, cause: str) -> Fault:
        return error(name, right, cause, lambda s, c, z, o: factor * s(c, z, o))

    found = [
        times(
            "wrong_sign",
            -1.0,
            end.replace("o - l", "l - o"),
            "the sign of the error is reversed: it must be o - l for an update that subtracts",
        )
    ]
    if mse:
        found += [
            *_factors(case, times, end),
            through("no_output_derivative", f"{SQUARED[case.loss_name]}(o - l)", "the derivative of the output activation is left out", lambda _s, _c, e, _z, _o: e),
            Fault("raw_error", Quantity("delta", L - 1), f"{n('delta', L - 1)} = ({n('W', L)}ᵀ (o - l)) ⊙ …" if L > 1 else "",
                  f"the error that goes back is o - l instead of {d}", {}, {"raw": True}),
        ]  # fmt: skip
        found = [fault for fault in found if fault.equation]
    else:
        found += [
            times("wrong_factor", 2.0, "2 (o - l)", "there is a factor 2 too many"),
            times("wrong_factor", 1.0 / units, "(1/n) (o - l)", "there is a factor 1/n too many: the loss is a sum over the outputs"),
            times("wrong_factor", 2.0 / units, "(2/n) (o - l)", "there is a factor 2/n too many"),
            through("extra_derivative", "(o - l) ⊙ o ⊙ (1 - o)",
                    "the derivative of the output activation has cancelled, and is multiplied once more", lambda s, c, e, z, o: s(c, e, z, o) * o * (1 - o)),
            error("no_output_derivative", "∂L/∂o", "the derivative of the output activation is left out",
                  (lambda _s, c, _z, o: -c.l / o) if case.config.output == "softmax" else (lambda _s, c, _z, o: (o - c.l) / (o * (1 - o)))),
        ]  # fmt: skip
    return found + _output_steps(mse, case, error, through, z)


def _output_steps(
    mse: bool, case: Case, error: Callable[..., Fault], through: Callable[..., Fault], z: str
) -> list[Fault]:
    """Say what may be wrong with the derivative of the outputs, and with what it is taken of."""
    found: list[Fault] = []
    slopes = _slopes("sigmoid", z, "o") if mse else []
    found += [
        through(name, f"{SQUARED[case.loss_name]}(o - l) ⊙ {right}", cause, lambda _s, _c, e, z, o, f=f: e * f(z, o))
        for name, right, cause, f in slopes
    ]
    if mse and case.config.output == "softmax":
        found.append(
            through("no_jacobian", f"{SQUARED[case.loss_name]}(o - l) ⊙ o ⊙ (1 - o)", "each output of softmax depends on every z_o: its derivative is a matrix",
                    lambda _s, _c, e, _z, o: e * o * (1 - o))
        )  # fmt: skip
    found += [
        error(
            "loss_for_error",
            "(o - l)²",
            "this is the square itself, not its derivative",
            lambda _s, c, _z, o: (o - c.l) ** 2,
        ),
        error("loss_for_error", "o", "the label is not subtracted", lambda _s, _c, _z, o: o),
    ]
    return found


def _factors(case: Case, times: Callable[..., Fault], end: str) -> list[Fault]:
    """Take the factor of another loss made of squares, or half of the right one."""
    units, own = case.units(case.layers), case.loss_name
    factors = {"mse": 2 / units, "half_squared_error": 1.0, "squared_error": 2.0}
    causes = {
        "mse": "this is the gradient of the mean, (1/n) Σ (o - l)²",
        "half_squared_error": "this is the gradient of ½ Σ (o - l)²",
        "squared_error": "this is the gradient of Σ (o - l)²",
    }
    if own == "mse":
        causes["squared_error"] = "sum for mean: the factor 1/n of the mean squared error is missing"
        causes["half_squared_error"] += ": the factor 2/n is missing"
    found = [
        times("summed" if (own, other) == ("mse", "squared_error") else "wrong_factor", factors[other] / factors[own],
              end.replace(f"{SQUARED[own]}(o - l)", f"{SQUARED[other]}(o - l)"), causes[other])
        for other in factors if other != own
    ]  # fmt: skip
    if own == "mse":
        found.append(
            times("wrong_factor", 0.5, end.replace("(2/n)", "(1/n)"), "the 2 of the derivative of a square is missing")
        )
    return found


def _slopes(name: str, z: str, a: str) -> list[tuple[str, str, str, Callable[[Array, Array], Array]]]:
    """List wrong derivatives of an activation: fault, what is multiplied instead, cause, and the function of z and a."""
    sign = _sign(name)
    derivative, f = ACTIVATIONS[name].derivative, ACTIVATIONS[name].f
    in_a = {"sigmoid": f"{a} ⊙ (1 - {a})", "tanh": f"1 - {a}²"}
    found: list[tuple[str, str, str, Callable[[Array, Array], Array]]] = []
    if name in in_a:  # those of ReLU are the same at z and at a
        found += [
            ("derivative_of_activation", f"{sign}'({a})", f"the derivative is taken at {a} instead of {z}", lambda _z, a: derivative(f(a))),
            ("derivative_at_z", in_a[name].replace(a, z), f"the derivative {in_a[name]} is written for {a}, and is given {z}", lambda z, _a: derivative(z)),
        ]  # fmt: skip
    if name == "sigmoid":
        found += [
            ("half_derivative", a, f"the factor 1 - {a} of the derivative is missing", lambda _z, a: a),
            ("half_derivative", f"(1 - {a})", f"the factor {a} of the derivative is missing", lambda _z, a: 1 - a),
            ("derivative_sign", f"{a} ⊙ ({a} - 1)", "the derivative has the wrong sign", lambda _z, a: a * (a - 1)),
            (
                "other_derivative",
                f"{a} ⊙ (1 + {a})",
                "the derivative has a plus instead of a minus",
                lambda _z, a: a * (1 + a),
            ),
        ]
    if name == "tanh":
        found += [
            ("half_derivative", f"(1 - {a})", f"the square of {a} is missing in the derivative", lambda _z, a: 1 - a),
            ("other_derivative", f"1 + {a}²", "the derivative has a plus instead of a minus", lambda _z, a: 1 + a * a),
        ]
    found += [
        ("other_derivative", f"{SIGNS[other]}' at {a}", f"the derivative is that of {SIGNS[other]}, the activation is {sign}",
         _at_a(ACTIVATIONS[other].derivative))
        for other in SIGNS if other not in {name, "identity"} and not (name == "sigmoid" and "relu" in other)  # that is 1
    ]  # fmt: skip
    if name in {"relu", "leaky_relu"}:
        found.append(("half_derivative", a, f"the factor is {a} instead of the derivative", lambda _z, a: a))
    return found


def _hidden(case: Case, n: _Names) -> list[Fault]:
    found: list[Fault] = []
    for g in _hidden_groups(case.layers):
        k = g[0]
        e = f"{n('W', k + 1)}ᵀ {n('delta', k + 1)}"
        q, d, name = Quantity("delta", k), n("delta", k), case.config.activation[k - 1]
        if name != "identity":
            found.append(
                Fault("no_derivative", q, f"{d} = {e}", f"{n.f(k)}'({n('z', k)}) is left out",
                      {"slope": _at(g, lambda _s, _c, _k, _z, a: np.ones_like(a))})
            )  # fmt: skip
        found.append(
            Fault("wrong_sign", q, f"{d} = -({e}) ⊙ {n.f(k)}'({n('z', k)})", "the sign of the hidden error is reversed",
                  {"carry_back": _at(g, lambda s, c, k, d, W: -s(c, k, d, W))})
        )  # fmt: skip
        found += [
            Fault(fault, q, f"{d} = ({e}) ⊙ {right}", cause, {"slope": _at(g, lambda _s, _c, _k, z, a, f=f: f(z, a))})
            for fault, right, cause, f in _slopes(name, n("z", k), n("a", k))
        ]
        if name not in {"relu", "identity"}:  # the square of 1 is 1
            found.append(
                Fault("derivative_twice", q, f"{d} = ({e}) ⊙ {n.f(k)}'({n('z', k)}) ⊙ {n.f(k)}'({n('z', k)})", "the derivative is multiplied twice",
                      {"slope": _at(g, lambda s, c, k, z, a: s(c, k, z, a) ** 2)})
            )  # fmt: skip
        if all(case.units(one) == case.units(one + 1) for one in g):
            found.append(
                Fault("transposed_product", q, f"{d} = ({n('W', k + 1)} {n('delta', k + 1)}) ⊙ {n.f(k)}'({n('z', k)})",
                      f"{n('W', k + 1)} is not transposed on the way back", {"carry_back": _at(g, lambda _s, _c, _k, d, W: d @ W.T)})
            )  # fmt: skip
    if case.layers > 1:
        k = case.layers - 1
        found.append(
            Fault("updated_weights", Quantity("delta", k), f"{n('delta', k)} = (new {n('W', k + 1)}ᵀ {n('delta', k + 1)}) ⊙ {n.f(k)}'({n('z', k)})",
                  f"{n('W', k + 1)} is updated before the error goes back through it", {}, {"after_update": True})
        )  # fmt: skip
    return found


def _scaled(n: _Names, name: str, kinds: str, g: tuple[int, ...], factor: float, right: str, cause: str) -> Fault:
    """Multiply the gradients of some parameters by a factor."""
    q = Quantity("d" + kinds[0], max(g))
    wraps = {"average": _at(g, lambda s, c, k, kind, v: s(c, k, kind, v) * (factor if kind in kinds else 1.0))}
    return Fault(name, q, right.format(q=n(*q), d=n("delta", max(g)), a=n("a", max(g) - 1)), cause, wraps)


def _gradient(case: Case, n: _Names) -> list[Fault]:
    L, B = case.layers, len(case.x)
    found: list[Fault] = []

    whole = tuple(range(1, L + 1))
    if B > 1:
        found += [
            _scaled(n, "summed", "Wb", whole, B, "{q} = Σ {d} {a}ᵀ over the batch", "sum for mean: the gradient is the sum over the batch"),
            _scaled(n, "summed", "W", whole, B, "{q} = Σ {d} {a}ᵀ over the batch", "sum for mean: weights have sums over the batch as gradients, biases have means"),
            _scaled(n, "summed", "b", whole, B, "{q} = Σ {d} over the batch", "sum for mean: biases have sums over the batch as gradients, weights have means"),
            _scaled(n, "averaged_twice", "Wb", whole, 1 / B, "{q} = (1/B²) Σ {d} {a}ᵀ", "the gradient is divided by the batch size twice"),
            _scaled(n, "averaged_twice", "W", whole, 1 / B, "{q} = (1/B²) Σ {d} {a}ᵀ", "the gradients of the weights are divided by the batch size twice"),
            _scaled(n, "averaged_twice", "b", whole, 1 / B, "{q} = (1/B²) Σ {d}", "the gradients of the biases are divided by the batch size twice"),
        ]  # fmt: skip
        found += [
            _scaled(n, "summed", kinds, (k,), B, "{q} = Σ over the batch", f"sum for mean in layer {k} alone")
            for k in whole if L > 1 for kinds in ("Wb", "W", "b")
        ]  # fmt: skip
        found.append(
            Fault("last_sample", Quantity("dW", L), f"{n('dW', L)} = {n('delta', L)} {n('a', L - 1)}ᵀ of the last sample",
                  "the gradients of a batch are overwritten instead of added up: only the last sample counts",
                  {"weight_gradient": lambda s: lambda c, k, d, a, z: s(c, k, d[-1:], a[-1:], z[-1:]),
                   "bias_gradient": lambda s: lambda c, k, d: s(c, k, d[-1:])})
        )  # fmt: skip
        found.append(
            Fault("last_sample", Quantity("dW", L), f"{n('dW', L)} = (1/B) {n('delta', L)} {n('a', L - 1)}ᵀ of the last sample",
                  "the gradients of a batch are overwritten instead of added up: only the last sample counts, divided by the batch size",
                  {"weight_gradient": lambda s: lambda c, k, d, a, z: s(c, k, d[-1:], a[-1:], z[-1:]) / len(d),
                   "bias_gradient": lambda s: lambda c, k, d: s(c, k, d[-1:]) / len(d)})
        )  # fmt: skip
    return found + _products(case, n)


def _products(case: Case, n: _Names) -> list[Fault]:
    """Say what may be wrong with the products themselves, in all layers or in one."""
    L = case.layers
    found: list[Fault] = []
    for g in _groups(L):
        k = max(g)
        found += [
            _scaled(n, "no_bias_update", "b", g, 0.0, "{q} = 0", f"the bias {_and(n('b', one) for one in g)} is never updated"),
            _scaled(n, "no_update", "W", g, 0.0, "{q} = 0", f"the weights {_and(n('W', one) for one in g)} are never updated"),
            _scaled(n, "no_update", "Wb", g, 0.0, "{q} = 0", f"{_and(n(kind, one) for one in g for kind in 'Wb')} are never updated"),
            Fault("sum_over_units", Quantity("db", k), f"{n('db', k)} = Σ over the batch and the units",
                  f"one number is added up for all of {_and(n('b', one) for one in g)}: the sum needs an axis",
                  {"bias_gradient": _at(g, lambda s, c, k, d: np.full(d.shape[1], s(c, k, d).sum()))}),
            Fault("sum_over_units", Quantity("db", k), f"{n('db', k)} = mean over the batch and the units",
                  f"one number is averaged for all of {_and(n('b', one) for one in g)}: the mean needs an axis",
                  {"bias_gradient": _at(g, lambda s, c, k, d: np.full(d.shape[1], s(c, k, d).mean()))}),
            Fault("transposed_product", Quantity("dW", k), f"{n('dW', k)} = {n('a', k - 1)} {n('delta', k)}ᵀ",
                  f"the gradient of {_and(n('W', one) for one in g)} is transposed",
                  {"weight_gradient": _at(g, lambda s, c, k, d, a, z: s(c, k, d, a, z).T)}),
        ]  # fmt: skip
    found += [
        Fault("wrong_input", Quantity("dW", k), f"{n('dW', k)} = {n('delta', k)} {n('z', k - 1)}ᵀ",
              f"the input of the layer is {n('a', k - 1)}, not {n('z', k - 1)}",
              {"weight_gradient": _at([k], lambda s, c, k, d, _a, z: s(c, k, d, z, z))})
        for k in range(2, L + 1)
    ]  # fmt: skip
    found.append(
        Fault("wrong_input", Quantity("dW", 1), f"{n('dW', 1)} = {n('delta', 1)} times the mean of x",
              "errors and inputs are averaged over the batch before they are multiplied",
              {"weight_gradient": lambda s: lambda c, k, d, a, z: s(c, k, d.mean(0, keepdims=True), a.mean(0, keepdims=True), z)})
    )  # fmt: skip
    return found


def _update(case: Case, n: _Names) -> list[Fault]:
    L = case.layers
    found: list[Fault] = []

    def stepping(
        name: str, kinds: str, g: tuple[int, ...], right: str, cause: str, change: Callable[..., Array]
    ) -> Fault:
        q = Quantity(kinds[0], max(g))
        wraps = {
            "update": _at(
                g, lambda s, c, k, kind, p, v: change(s, c, k, kind, p, v) if kind in kinds else s(c, k, kind, p, v)
            )
        }
        gradient = n("d" + kinds[0], max(g))
        return Fault(name, q, right.format(p=n(*q), g=gradient), cause, wraps)

    for g in _groups(L):
        for kinds in ("Wb", "W", "b"):
            what = _and(n(kind, k) for k in g for kind in kinds)
            found += [
                stepping("wrong_sign", kinds, g, "{p} ← {p} + η {g}", f"the update of {what} adds the gradient instead of subtracting it",
                         lambda s, c, k, kind, p, v: s(c, k, kind, p, -v)),
                stepping("no_learning_rate", kinds, g, "{p} ← {p} - {g}", f"the learning rate is missing in the update of {what}",
                         lambda s, c, k, kind, p, v: s(c, k, kind, p, v / c.eta)),
                stepping("learning_rate_twice", kinds, g, "{p} ← {p} - η² {g}", f"the update of {what} is multiplied by the learning rate twice",
                         lambda s, c, k, kind, p, v: s(c, k, kind, p, v * c.eta)),
                stepping("overwritten", kinds, g, "{p} ← -η {g}", f"{what} is replaced by the step, not moved by it",
                         lambda s, c, k, kind, p, v: s(c, k, kind, p, v) - p),
            ]  # fmt: skip
    return found


def _and(names: Iterable[str]) -> str:
    """Join names for a sentence."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
