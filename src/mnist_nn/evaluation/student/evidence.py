"""The numbers that a program showed, and the equations that explain all of them.

An array's role follows from its shape and from the function that gave it. If more than one role is possible, each of
them counts as an explanation. Nothing runs here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mnist_nn.evaluation.student.equations import numbers
from mnist_nn.evaluation.student.faults import Fault, combine
from mnist_nn.evaluation.student.layouts import arrange
from mnist_nn.evaluation.student.quantities import Array, Case, Numbers, Quantity, order, right_numbers

TOLERANCE = 1e-6  # of the largest number of a quantity; programs add 1e-8 under a logarithm or clip at 1e-15
FLOAT32_TOLERANCE = 1e-3  # the same for numbers with 24 bits, which a difference of weights halves
SAME = 1e-12  # below it, a fault does not change a number
CONVENTIONS = {"delta": -1, "e": -1, "dW": 1, "db": 1}
"""The quantities that some programs keep with a factor or power of the batch size, or with the other sign."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """One array that a program showed: its name, and the quantities that it may be."""

    source: str
    candidates: tuple[Quantity, ...]
    value: Array


class Difference(NamedTuple):
    """The entry of a quantity in which a program is furthest from the right value; ``at`` is its index from 0."""

    quantity: Quantity
    source: str
    at: tuple[int, ...]
    yours: float
    right: float


@dataclass(frozen=True, eq=False)
class Observation:
    """Everything that one run of a program showed; ``returned`` describes what its functions returned, in words."""

    case: Case
    weights: str
    evidence: tuple[Evidence, ...]
    returned: str = ""

    @property
    def proves_update(self) -> bool:
        """Whether it includes the update; if so, the program may choose signs and factors in the steps before it."""
        return any(q.kind in {"W", "b"} for one in self.evidence for q in one.candidates[:1])

    def matches(self, one: Evidence, given: Numbers) -> Quantity | None:
        """Find the quantity of these numbers that explains an array."""
        for quantity in one.candidates:
            value = arrange(one.value, quantity, self.case, self.weights)
            if value is None or quantity not in given:
                continue
            if any(self._equal(value, reading, quantity) for reading in self._readings(quantity, given[quantity])):
                return quantity
        return None

    def explains(self, given: Numbers) -> bool:
        """Whether these numbers explain every array."""
        return all(self.matches(one, given) is not None for one in self.evidence)

    def first_difference(self, right: Numbers) -> Difference | None:
        """Find the first quantity, in the order of the equations, that no right number explains."""
        layers = self.case.layers
        wrong = [one for one in self.evidence if self.matches(one, right) is None]
        for one in sorted(wrong, key=lambda one: order(one.candidates[0], layers)):
            quantity = one.candidates[0]
            value = arrange(one.value, quantity, self.case, self.weights)
            known = right[quantity]
            if value is None or value.shape != known.shape:
                continue
            at = np.unravel_index(int(np.abs(np.nan_to_num(value, nan=np.inf) - known).argmax()), known.shape)
            return Difference(quantity, one.source, tuple(map(int, at)), float(value[at]), float(known[at]))
        return None

    def _readings(self, quantity: Quantity, value: Array) -> list[Array]:
        """List what a quantity may look like: with the batch size and the sign of another convention."""
        B = len(self.case.x)
        if quantity.kind == "L":
            return [value, np.asarray(value.mean())]
        if quantity.kind in {"delta", "e"} and not self.proves_update:
            return [value, value / B]
        if quantity.kind not in CONVENTIONS or not self.proves_update:
            return [value]
        factor = float(B) ** CONVENTIONS[quantity.kind]
        return [value, value * factor, -value, -value * factor]

    def _equal(self, value: Array, expected: Array, quantity: Quantity) -> bool:
        if value.shape != expected.shape:
            return False
        single = value.dtype == np.float32
        tolerance = FLOAT32_TOLERANCE if single else TOLERANCE
        scale, slack = float(np.abs(expected).max()), 0.0
        if quantity.kind in {"W", "b"}:
            before = (self.case.W if quantity.kind == "W" else self.case.b)[quantity.layer - 1]
            scale, slack = float(np.abs(expected - before).max()), scale * (4e-7 if single else 1e-14)
        with np.errstate(invalid="ignore"):
            return bool((np.abs(value - expected) <= tolerance * scale + slack + 1e-15).all())


def explain_by_one(seen: Observation, faults: Iterable[Fault]) -> list[tuple[Fault, ...]]:
    """Find the single faults that explain everything."""
    return [(fault,) for fault in faults if explained_by(seen, (fault,))]


def explain_by_two(seen: Observation, faults: Sequence[Fault]) -> list[tuple[Fault, ...]]:
    """Find the pairs of faults that explain everything.

    A pair is computed only if it can fit: an array that only one of the two faults changes must be explained by that
    fault alone.
    """
    right, alone = right_numbers(seen.case), [numbers_with(seen.case, (fault,)) for fault in faults]
    unchanged = np.array([seen.matches(one, right) is not None for one in seen.evidence])
    matches = np.array(
        [[given is not None and seen.matches(one, given) is not None for one in seen.evidence] for given in alone]
    )
    changed = [_changed(seen.case, fault) for fault in faults]
    changes = np.array(
        [[not changed_ones.isdisjoint(one.candidates) for one in seen.evidence] for changed_ones in changed]
    )
    found: list[tuple[Fault, ...]] = []
    for i, fault in enumerate(faults):
        mine, other = changes[i], changes[i + 1 :]
        possible = np.where(other, mine | matches[i + 1 :], np.where(mine, matches[i], unchanged)).all(axis=1)
        for j in np.flatnonzero(possible):
            second = faults[i + 1 + int(j)]
            if (fault.name, fault.quantity) != (second.name, second.quantity) and explained_by(seen, (fault, second)):
                found.append((fault, second))
    return found


def explained_by(seen: Observation, faults: tuple[Fault, ...]) -> bool:
    """Whether these faults together explain everything."""
    given = numbers_with(seen.case, faults)
    return given is not None and seen.explains(given)


@lru_cache(maxsize=1_000)  # the single faults of a few cases; with MNIST's sizes, each takes a quarter of a MiB
def numbers_with(case: Case, faults: tuple[Fault, ...]) -> Numbers | None:
    """Compute the numbers that these faults lead to; None if shapes do not fit, so that no program can run."""
    try:
        with np.errstate(all="ignore"):
            return numbers(case, combine(faults))
    except ValueError:
        return None


@lru_cache(maxsize=2_000)
def _changed(case: Case, fault: Fault) -> frozenset[Quantity]:
    """List the quantities that a fault changes."""
    given, right = numbers_with(case, (fault,)), right_numbers(case)
    if given is None:
        return frozenset(right)
    with np.errstate(invalid="ignore"):
        return frozenset(
            q
            for q, value in right.items()
            if given[q].shape != value.shape or not (np.abs(given[q] - value) <= SAME).all()
        )
