"""The findings in a student's code, as records that print themselves as sentences.

No decisions are made here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy.typing as npt

from mnist_nn.evaluation.student.evidence import Difference, Observation
from mnist_nn.evaluation.student.faults import Fault, right_equation
from mnist_nn.evaluation.student.quantities import Case, Quantity, order, right_numbers, symbol

FAULT_NAMES = frozenset(
    {
        "averaged_twice",
        "derivative_at_z",
        "derivative_of_activation",
        "derivative_sign",
        "derivative_twice",
        "double_activation",
        "double_softmax",
        "extra_derivative",
        "half_derivative",
        "half_loss",
        "last_sample",
        "learning_rate_twice",
        "loss_for_error",
        "no_activation",
        "no_bias",
        "no_bias_update",
        "no_derivative",
        "no_jacobian",
        "no_learning_rate",
        "no_output_activation",
        "no_output_derivative",
        "no_update",
        "other_activation",
        "other_derivative",
        "overwritten",
        "raw_error",
        "scaled_twice",
        "softmax_axis",
        "sum_over_units",
        "summed",
        "transposed_product",
        "updated_weights",
        "wrong_factor",
        "wrong_input",
        "wrong_sign",
        "zero_weights",
    }
)
"""All names of faults that a finding may have."""


@dataclass(frozen=True)
class StudentFinding:
    """One equation that is wrong.

    ``fault`` is the kind of fault, ``symbol`` the quantity whose equation it changes, ``yours`` and ``right`` are the
    two equations, and ``cause`` says the difference in words.
    """

    fault: str
    symbol: str
    yours: str
    right: str
    cause: str

    def __str__(self) -> str:
        return f"{self.symbol}: {self.cause} ({self.fault}).\n    yours: {self.yours}\n    right: {self.right}"


@dataclass(frozen=True)
class StudentReport:
    """The result of `check_student`.

    ``findings`` are the wrong equations, in the order in which the numbers are computed, and empty if no known fault
    explains the numbers. ``agree`` are the symbols whose numbers are right, and ``difference`` is the largest
    difference in the first quantity that is not. ``others`` are further explanations that fit as well, and ``remarks``
    are other things to know, such as the error that stops a program.
    """

    passed: bool
    findings: tuple[StudentFinding, ...]
    agree: tuple[str, ...]
    difference: Difference | None
    where: str
    others: tuple[tuple[StudentFinding, ...], ...]
    remarks: tuple[str, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """The names of the faults, without symbols.

        Examples
        --------
        >>> StudentReport(True, (), ("o",), None, "", (), ()).faults
        ()
        """
        return tuple(finding.fault for finding in self.findings)

    def __str__(self) -> str:
        lines = [f"These agree: {', '.join(self.agree)}."] if self.agree else []
        if self.passed:
            lines.append("Everything agrees with the reference engine.")
        if self.difference:
            d = self.difference
            lines.append(f"First difference: {self.where}: yours {d.yours:.6g}, right {d.right:.6g} ({d.source}).")
        lines += [str(finding) for finding in self.findings]
        for other in self.others:
            lines.append(
                "The same numbers would result if " + ", and ".join(f"{one.cause} [{one.yours}]" for one in other) + "."
            )
        if self.difference and not self.findings:
            lines.append(
                "No known fault, and no two of them, give these numbers. Look at the equation of the first difference."
            )
        return "\n".join([*lines, *self.remarks])


class Explanation(Protocol):
    """An explanation of a program's numbers: faults, or another setting."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults; none if all is right."""

    @property
    def setting(self) -> str:
        """The other setting, as a sentence; empty if there is none."""


def find_zero_weights(initial: list[npt.NDArray[Any]]) -> tuple[StudentFinding, ...]:
    """Find hidden layers whose units all start as copies of each other."""
    for k in range(1, len(initial)):
        W, following = initial[k - 1], initial[k]
        if (W[:1] == W).all() and (following == following[:, :1]).all():
            names = [symbol(Quantity("W", one), len(initial)) for one in (k, k + 1)]
            what = "zero" if not W.any() else "equal"
            cause = f"{names[0]} and {names[1]} are all {what} at the start, so the units of the layer stay copies"
            yours = f"{names[0]} = {W.flat[0]:g} everywhere"
            return (StudentFinding("zero_weights", names[0], yours, f"{names[0]} random", cause),)
    return ()


def find_missing_biases(case: Case) -> StudentFinding:
    """Say that a network has no biases at all."""
    q = Quantity("z", 1)
    yours = right_equation(case, q).rsplit(" + ", 1)[0]
    cause = "the network has no biases; say biases=False if this is meant"
    return StudentFinding("no_bias", symbol(q, case.layers), yours, right_equation(case, q), cause)


def write_report(
    seen: Observation,
    found: Sequence[Explanation],
    extra: tuple[StudentFinding, ...],
    remarks: tuple[str, ...],
) -> StudentReport:
    """Compare an observation with the right numbers, and report what explains it; ``extra`` are additional findings."""
    case, right = seen.case, right_numbers(seen.case)
    layers = case.layers
    agree = {q for one in seen.evidence if (q := seen.matches(one, right))}
    difference = seen.first_difference(right)
    where = f"{symbol(difference.quantity, layers)}[{', '.join(map(str, difference.at))}]" if difference else ""
    chosen = [
        tuple(as_finding(case, fault) for fault in sorted(one.faults, key=lambda f: order(f.quantity, layers)))
        for one in found
    ]
    setting = tuple(one.setting for one in found if one.setting)
    findings = (*extra, *(chosen[0] if chosen else ()))
    passed = bool(found) and not findings and not setting
    symbols = tuple(dict.fromkeys(symbol(q, layers) for q in sorted(agree, key=lambda q: order(q, layers))))
    others = tuple(one for one in dict.fromkeys(chosen[1:]) if one != chosen[0])
    return StudentReport(passed, findings, symbols, difference, where, others, (*setting, *remarks))


def as_finding(case: Case, fault: Fault) -> StudentFinding:
    """Write a fault as a finding."""
    return StudentFinding(
        fault.name,
        symbol(fault.quantity, case.layers),
        fault.equation,
        right_equation(case, fault.quantity),
        fault.cause,
    )
