"""The page of a sweep: which configuration is best, and what effect each setting has, with intervals.

It is one HTML file that needs no other files and no scripts. The same results give the same bytes.
"""

from collections.abc import Sequence
from typing import Any

from mnist_nn import plots
from mnist_nn.evaluation.comparison import Summary
from mnist_nn.experiments.space import Axis
from mnist_nn.experiments.sweep import ConfigurationResult, rank_results, write_value
from mnist_nn.report.drawings import Drawing, draw
from mnist_nn.report.formatting import percent
from mnist_nn.report.sections import PACKAGE
from mnist_nn.util.templates import render

MOST_ROWS = 50
TITLES = {"summary": "The best configuration", "curves": "The effect of each setting", "table": "The configurations"}


def build_sweep_page(
    axes: Sequence[Axis],
    results: Sequence[ConfigurationResult],
    best: ConfigurationResult,
    test: Summary,
    *,
    name: str,
    data: str,
) -> str:
    """Write the page.

    Parameters
    ----------
    axes
        The settings that vary.
    results
        All configurations with their results on the held-out images.
    best
        The one that was chosen.
    test
        The accuracy of its runs on the test images.
    name, data
        The names of the sweep and of the data set on the page.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    names = [axis.name for axis in axes]
    ranked = rank_results(results)
    has_rungs = any(one.rung for one in results)
    bodies = {
        "summary": render(
            PACKAGE,
            "sweep_summary.html",
            settings=[(one, write_value(best.configuration.settings.get(one))) for one in names],
            held_out=describe(best.summary),
            test=describe(test),
            data=data,
            count=len(results),
            seeds=len(best.accuracies),
        ),
        "curves": render(
            PACKAGE, "sweep_curves.html", curves=[_draw(axis, results) for axis in axes], has_rungs=has_rungs
        ),
        "table": render(
            PACKAGE,
            "sweep_table.html",
            head=("configuration", *names, *["round"] * has_rungs, "held-out accuracy", "95 % interval", "diverged"),
            rows=[_cells(one, names, has_rungs=has_rungs) for one in ranked[:MOST_ROWS]],
            shown=min(len(ranked), MOST_ROWS),
            count=len(ranked),
        ),
    }
    return str(render(PACKAGE, "page.html", heading=f"Sweep {name}", titles=TITLES, bodies=bodies, left_out={}))


def describe(summary: Summary | None) -> str:
    """Describe the accuracy of some runs in a few words.

    Examples
    --------
    >>> describe(Summary(2, 0.945, 0.007, (0.88, 1.0))), describe(None)
    ('94.50 % (95 % interval of the mean 88.00 % to 100.00 %, 2 runs)', 'every run diverged')
    """
    if summary is None:
        return "every run diverged"
    if summary.interval is None:
        return f"{percent(summary.mean)} (1 run)"
    low, high = summary.interval
    return (
        f"{percent(summary.mean)} (95 % interval of the mean {percent(low)} to {percent(high)}, {summary.count} runs)"
    )


def _draw(axis: Axis, results: Sequence[ConfigurationResult]) -> Drawing:
    """Draw the response curve of one setting."""
    points = [
        (result.configuration.settings[axis.name], one)
        for result in results
        if (one := result.summary) and axis.name in result.configuration.settings
    ]
    values: list[Any] = [_as_number(value) for value, _ in points]
    if any(value is None for value in values):
        values = [write_value(value) for value, _ in points]
    figure = plots.response_curve(
        axis.name.replace("_", " "),
        values,
        [one.mean for _, one in points],
        [one.interval or (one.mean, one.mean) for _, one in points],
        is_log=axis.is_log,
    )
    means = [one.mean for _, one in points] or [0.0]
    alt = (
        f"Accuracy on the held-out images by {axis.name.replace('_', ' ')}: {len(points)} configurations between "
        f"{percent(min(means))} and {percent(max(means))}."
    )
    return draw(figure, f"curve-{axis.name}", alt)


def _as_number(value: Any) -> float | None:
    """Return a value that has a place on a scale; a layer's width is one, several are not."""
    if isinstance(value, tuple):
        return _as_number(value[0]) if len(value) == 1 else None
    return value if isinstance(value, int | float) else None


def _cells(result: ConfigurationResult, names: Sequence[str], *, has_rungs: bool) -> list[str]:
    summary = result.summary
    low, high = (summary and summary.interval) or (None, None)
    return [
        str(result.number),
        *(write_value(result.configuration.settings.get(name)) for name in names),
        *[str(result.rung + 1)] * has_rungs,
        percent(summary.mean) if summary else "",
        "" if low is None or high is None else f"{percent(low)} to {percent(high)}",
        str(result.diverged or ""),
    ]
