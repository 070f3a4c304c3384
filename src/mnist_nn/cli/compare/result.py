"""The result of ``mnist-nn compare``: two sides, the difference between them, and a description in words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mnist_nn.cli.common import tables as display
from mnist_nn.evaluation.comparison import count_seeds, summarize

if TYPE_CHECKING:
    from mnist_nn.evaluation.comparison import AnswerComparison, Difference

HALF_A_POINT = 0.005


@dataclass(frozen=True)
class Side:
    """A model or a configuration: how it was named, and its test accuracy, one for each seed or that of the model."""

    name: str
    accuracies: tuple[float, ...]


@dataclass(frozen=True)
class Comparison:
    """Two sides and the difference B - A.

    ``answers`` compares two models by the same images; it is None for configurations, which are paired by their
    ``seeds``. ``diverged`` lists seeds that are left out, because a run with them diverged.
    """

    a: Side
    b: Side
    data: str
    difference: "Difference"
    answers: "AnswerComparison | None" = None
    seeds: tuple[int, ...] = ()
    diverged: tuple[int, ...] = ()

    @property
    def better(self) -> str | None:
        """``a`` or ``b``, or None if no difference is shown."""
        return ("b" if self.difference.mean > 0 else "a") if self.difference.is_shown else None

    @property
    def seeds_for_half_a_point(self) -> int | None:
        """How many seeds would show a difference of half a percentage point; None for models, or above a million."""
        if self.answers:
            return None
        pairs = zip(self.a.accuracies, self.b.accuracies, strict=True)
        return count_seeds(summarize([b - a for a, b in pairs]).deviation or 0.0, HALF_A_POINT)


def describe(found: Comparison) -> str:
    """Format a comparison for people."""
    difference = found.difference
    low, high = (f"{100 * end:+.2f}" for end in difference.interval)
    test = "exact McNemar test" if found.answers else f"paired t-test, {len(found.seeds)} seeds"
    lines = [
        f"A            {display.spread(summarize(found.a.accuracies))}  {found.a.name}",
        f"B            {display.spread(summarize(found.b.accuracies))}  {found.b.name}",
        f"Difference   {100 * difference.mean:+.2f} points, B - A  (95 % interval {low} to {high})",
        f"Test         p = {difference.p_value:.2g}  ({test})",
        *_describe_images(found),
        f"Result       {_verdict(found)}",
        *_describe_power(found),
    ]
    if found.diverged:
        seeds = ", ".join(map(str, found.diverged))
        lines.append(f"Left out     seeds that made a run diverge: {seeds}")
    return "\n".join(lines)


def _verdict(found: Comparison) -> str:
    if found.better is None:
        return "no difference shown"
    return f"{found.better.upper()} is better" + (" on these images" if found.answers else "")


def _describe_images(found: Comparison) -> list[str]:
    if found.answers is None:
        return []
    count = found.answers
    return [f"Images       {count.samples:,}: only A is right on {count.only_a:,}, only B on {count.only_b:,}"]


def _describe_power(found: Comparison) -> list[str]:
    """Say what would be needed to know more."""
    if found.answers:
        return ["Note         This is about these two models. Compare their settings with --seeds N."]
    seeds = found.seeds_for_half_a_point
    needed = "more than a million seeds" if seeds is None else f"{seeds} seeds"
    return [f"A difference of half a point would be shown with {needed} in four of five experiments."]
