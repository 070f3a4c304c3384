"""One line of the table, and the two sorts of lines that most are: a share to be large, errors to be few."""

from dataclasses import dataclass, field
from typing import Any

from mnist_nn.evaluation.metrics import wilson_interval


@dataclass(frozen=True)
class Row:
    """One line of the table. ``reached`` is None where the row has no target."""

    name: str
    target: str
    measured: str
    reached: bool | None
    notes: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def share_row(name: str, part: int, whole: int, target: float | None, note: str = "") -> Row:
    """Make the row of a share that should be large."""
    if not whole:
        return Row(name, "–", "none came up", None, note)
    low, high = wilson_interval(part, whole)
    notes = f"{part} of {whole}, 95 % interval {low:.2%} to {high:.2%}" + (f"; {note}" if note else "")
    goal = "–" if target is None else f"≥ {points(target)}"
    reached = None if target is None else part / whole >= target
    values = {"part": part, "whole": whole, "interval": [low, high]}
    return Row(name, goal, points(part / whole), reached, notes, values)


def error_row(name: str, wrong: int, whole: int, target: float | None, coverage: float) -> Row:
    """Make the row of a share of errors, which should be small, among what was accepted."""
    goal = "–" if target is None else f"≤ {100 * target:g}% wrong"
    if not whole:
        return Row(name, goal, "none accepted", None if target is None else False)
    low, high = wilson_interval(wrong, whole)
    notes = f"{wrong} wrong of {whole} accepted, 95 % interval {low:.2%} to {high:.2%}; coverage {coverage:.2%}"
    reached = None if target is None else wrong / whole <= target
    values = {"wrong": wrong, "accepted": whole, "coverage": coverage, "interval": [low, high]}
    return Row(name, goal, f"{wrong / whole:.2%} wrong", reached, notes, values)


def points(share: float) -> str:
    """Write a share in per cent.

    Examples
    --------
    >>> points(0.97531)
    '97.53%'
    """
    return f"{share:.2%}"
