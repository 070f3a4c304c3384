"""Gives functions their arguments by the names of their parameters, and sorts their results by quantity.

Numbers that a program has not computed itself are taken from the right ones, so that single functions can be tried too.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.student import names
from mnist_nn.evaluation.student.evidence import Evidence
from mnist_nn.evaluation.student.layouts import Layout, arrange, flatten
from mnist_nn.evaluation.student.quantities import Array, Case, Quantity, right_numbers, symbol
from mnist_nn.util.checks import describe

MOST_SHOWN = 4  # arrays that are described one by one
REQUIRED = inspect.Parameter.empty
ROLES = {
    "forward": ("z", "a"),
    "cost": ("L",),
    "backward": ("delta", "dW", "db", "W", "b"),
    "update": ("W", "b"),
}
"""Which kinds of quantity a function of each role may return, the most likely first."""


class Parameters(dict[str, Array]):
    """Parameters in a dictionary that understands other names for its keys."""

    def __init__(self, arrays: dict[str, Array], layers: int, first: int) -> None:
        super().__init__(arrays)
        self.layers, self.first = layers, first

    def __missing__(self, key: str) -> Array:
        known = names.parse(str(key), self.layers, first=self.first)
        if known and known[0] in {"W", "b"}:
            return self[f"{known[0]}{known[1] - 1 + self.first}"]
        raise KeyError(key)


@dataclass
class Workspace:
    """The inputs of a program in one run, in its layout, and the numbers that it has shown so far."""

    case: Case
    layout: Layout
    meant: Mapping[str, str] = field(default_factory=dict)
    first: int = 1
    ran: dict[str, bool] = field(default_factory=dict)
    made: dict[Quantity, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    returned: str = ""

    def __post_init__(self) -> None:
        case, layout = self.case, self.layout
        self.W = [layout.weight(W) for W in case.W]
        self.b = [layout.bias(b) for b in case.b]
        first = 0 if layout.parameters == "dict0" else 1
        keyed = {f"{kind}{k + first}": p[k] for k in range(case.layers) for kind, p in (("W", self.W), ("b", self.b))}
        self.together: Any = Parameters(keyed, case.layers, first)
        if layout.parameters == "list":
            self.together = [p for pair in zip(self.W, self.b, strict=True) for p in pair]
        elif layout.parameters == "pairs":
            self.together = [list(pair) for pair in zip(self.W, self.b, strict=True)]

    def call(self, role: str, function: Callable[..., Any]) -> Any:
        """Run a function of a program, and note what it returns."""
        arguments = self._arguments(role, function)
        self.ran[role] = any(value is self.together for value in arguments.values())
        result = function(**arguments) if _by_name(function) else function(*arguments.values())
        if inspect.iscoroutine(result):
            result.close()  # nobody will wait for it
        self.returned = describe_result(result) or self.returned
        self._note(role, getattr(function, "__name__", role), result)
        return result

    def note_parameters(self, W: list[Array], b: list[Array], source: str) -> None:
        """Note parameters as evidence of an update if any has changed."""
        before = [*map(self.layout.weight, self.case.W), *map(self.layout.bias, self.case.b)]
        now = [*W, *b]
        if all(np.shape(p) == np.shape(q) and (p == q).all() for p, q in zip(before, now, strict=True)):
            return
        for p, q in zip(before, now, strict=True):
            if np.shape(p) != np.shape(q):
                raise ValueError(f"an update changes the shape of a parameter from {np.shape(p)} to {np.shape(q)}")
        for kind, arrays in (("W", W), ("b", b)):
            for k, array in enumerate(arrays):
                self.evidence.append(Evidence(source, (Quantity(kind, k + 1),), array))

    def current(self) -> tuple[list[Array], list[Array]]:
        """Return the weights and biases as they are now, wherever the program has put them."""
        if not isinstance(self.together, Parameters):
            flat = [p for _, p in flatten(self.together)]
            return (
                (flat[0::2], flat[1::2])
                if len(flat) == 2 * self.case.layers and not _moved(self.W, self.case, self.layout)
                else (self.W, self.b)
            )
        if _moved(self.W, self.case, self.layout):
            return self.W, self.b
        W, b = list(self.W), list(self.b)
        for key, value in self.together.items():
            known = names.parse(key, self.case.layers, first=self.together.first)
            if known and known[0] in {"W", "b"}:
                (W if known[0] == "W" else b)[known[1] - 1] = value
        return W, b

    def _arguments(self, role: str, function: Callable[..., Any]) -> dict[str, Any]:
        found = {}
        parameters = names.parameters(function)
        numbered = [p.name for p in parameters]
        for p in parameters:
            name = p.name
            if role == "forward" and p.name in (numbered[:1] if len(numbered) == 1 else []) and p.default is REQUIRED:
                name = "x" if "params" not in names.meanings(p.name) else p.name
            value = self._lookup(name)
            if value is not REQUIRED:
                found[p.name] = value
            elif p.default is REQUIRED:
                name = getattr(function, "__name__", "the function")
                if p.name == "self":
                    raise ConfigError(f"{name} is a method without its object; give the class, or an object of it")
                raise ConfigError(
                    f"it is not clear what the parameter {p.name!r} of {name} is; say what it is, as in "
                    f"meant={{{p.name!r}: 'W1'}}, or give it a name such as x, l, W1, b1, z1, a1, delta2, dW1, eta"
                )
        return found

    def _lookup(self, name: str) -> Any:
        name = self.meant.get(name, name)
        case, layout = self.case, self.layout
        known = names.parse(name, case.layers, first=self.first)
        choices = names.meanings(name)
        if names.plain(name) == "p" and self.ran.get("forward") is False:
            choices = ("o",)  # probabilities, not parameters
        plain: dict[str, Callable[[], Any]] = {
            "x": lambda: layout.sample(case.x),
            "l": lambda: layout.label(case.l),
            "eta": lambda: case.eta,
            "weights": lambda: self.W,
            "biases": lambda: self.b,
            "params": lambda: self.together,
            "o": lambda: self._quantity(Quantity("a", case.layers)),
            "epochs": lambda: 1,
            "batch": lambda: len(case.x),
            "quiet": lambda: False,
            "case": lambda: case,
        }
        for kept in ("cache", "grads"):
            if kept in choices and kept in self.kept:
                return self.kept[kept]
        if known and not ("eta" in choices or "x" in choices):
            return self._quantity(Quantity(*known))
        for choice in choices:
            if choice in plain:
                return plain[choice]()
        return REQUIRED

    def _quantity(self, quantity: Quantity) -> Any:
        kind, k = quantity
        if kind in {"W", "b"}:
            return (self.W if kind == "W" else self.b)[k - 1]
        if quantity in self.made:
            return self.made[quantity]
        maker = {"z": "forward", "a": "forward", "delta": "backward", "dW": "backward", "db": "backward"}.get(kind)
        if maker in self.ran:
            raise ValueError(
                f"the {maker} function does not return {symbol(quantity, self.case.layers)}, which another one needs"
            )
        return self.layout.present(quantity, right_numbers(self.case)[quantity])

    def _note(self, role: str, source: str, result: Any) -> None:
        if role == "forward":
            rest = [one for one in result if not _numeric(one)] if isinstance(result, tuple) else []
            self.kept["cache"] = rest[0] if rest else result
        if role == "backward":
            self.kept["grads"] = result
        arrays = list(flatten(result))
        fits = [(name, value, self._candidates(role, name, value)) for name, value in arrays]
        if role == "backward":
            fits = _name_scalars(fits)
        if role == "forward":
            fits = _share(fits, self.case)
        for name, value, candidates in fits:
            if candidates:
                self.evidence.append(Evidence(f"{name} of {source}" if name else source, candidates, value.copy()))
                self.made.setdefault(candidates[0], value)
        for _, value, candidates in fits:
            for other in candidates[1:]:
                self.made.setdefault(other, value)

    def _candidates(self, role: str, name: str, value: Array) -> tuple[Quantity, ...]:
        case = self.case
        known = names.parse(name, case.layers) if name else None
        kinds = ROLES[role]
        if role == "backward" and _is_of_activation(name):
            kinds = ("e",)
        fits = [
            Quantity(kind, k)
            for kind in kinds
            for k in range(case.layers, 0, -1)
            if (kind != "L" or k == case.layers)
            and (value.ndim or kind == "L")
            and arrange(value, Quantity(kind, k), case, self.layout.weights) is not None
        ]
        if known and Quantity(*known) in fits:
            fits.sort(key=lambda q: q != Quantity(*known))
        if role == "forward":
            fits.sort(key=lambda q: q.kind != "a")
        return tuple(fits)


def describe_result(result: Any) -> str:
    """Describe in words what a function returned; empty if that is nothing.

    Examples
    --------
    >>> describe_result(np.zeros((4, 12))), describe_result({"a": 1.5, "b": np.zeros(3)}), describe_result("done")
    ('an array of shape (4, 12)', 'a number and an array of shape (3,)', "'done'")
    >>> describe_result(None)
    ''
    """
    if result is None:
        return ""
    found = [f"an array of shape {value.shape}" if value.ndim else "a number" for _, value in flatten(result)]
    if len(found) > MOST_SHOWN:
        return f"{len(found)} arrays"
    return " and ".join(found) or describe(result)


def _is_of_activation(name: str) -> bool:
    """Whether a name is that of ∂L/∂a."""
    return names.plain(name)[:2] in {"da", "dh"} or names.plain(name).startswith(("dlda", "dx"))


Fits = list[tuple[str, Array, tuple[Quantity, ...]]]


def _share(fits: Fits, case: Case) -> Fits:
    """Let the only array of a shape in a forward pass be the activation, and of two the first the weighted input.

    The last of softmax outputs may be z_o all the same: then the loss applies softmax.
    """
    shared = []
    by_count = _by_count([value for _, value, candidates in fits if candidates], case)
    for i, (name, value, found) in enumerate(fits):
        candidates = found
        if by_count and candidates:
            first = by_count.pop(0)
            shared.append((name, value, (first, *(q for q in candidates if q != first))))
            continue
        same = [at for at, (_, _, other) in enumerate(fits) if candidates and set(other) == set(candidates)]
        if len(same) == 1:
            logits = case.config.output == "softmax" and candidates[-1].layer == case.layers
            candidates = candidates if logits else tuple(q for q in candidates if q.kind == "a") or candidates
        elif len(same) == len(("z", "a")):
            candidates = tuple(sorted(candidates, key=lambda q: (q.kind == "a") == (i == same[0])))
        shared.append((name, value, candidates))
    return shared


def _by_count(arrays: list[Array], case: Case) -> list[Quantity]:
    """Name the arrays of a forward pass by their number, where all layers have one width and shapes say nothing."""
    if len(set(case.config.sizes)) > 1:
        return []
    activations = [Quantity("a", k) for k in range(1, case.layers + 1)]
    if len(arrays) == case.layers:
        return activations
    if len(arrays) == 2 * case.layers:
        return [q for one in activations for q in (Quantity("z", one.layer), one)]
    return []


def _name_scalars(fits: Fits) -> Fits:
    """Take a single number that follows the gradient of weights for that of the biases of the same layer."""
    named: Fits = []
    last: Quantity | None = None
    for name, value, found in fits:
        candidates = found
        if value.ndim == 0 and last is not None and not candidates:
            candidates, last = (Quantity("db", last.layer),), None
        named.append((name, value, candidates))
        last = next((q for q in candidates if q.kind == "dW"), None)
    return named


def _by_name(function: Callable[..., Any]) -> bool:
    return all(p.kind != p.POSITIONAL_ONLY for p in names.parameters(function))


def _numeric(value: Any) -> bool:
    return len(list(flatten(value))) == 1 and not isinstance(value, (dict, tuple))


def _moved(W: list[Array], case: Case, layout: Layout) -> bool:
    return any(
        one.shape != layout.weight(two).shape or (one != layout.weight(two)).any()
        for one, two in zip(W, case.W, strict=True)
    )
