"""Response curves: how the accuracy depends on one setting of a sweep."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from mnist_nn.plots.style import SERIES, create_figure, label_axes, show_percent, with_own_settings

HEIGHT_INCHES = 2.6


@with_own_settings
def response_curve(
    name: str,
    values: Sequence[Any],
    means: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    *,
    is_log: bool = False,
) -> Figure:
    """Draw the accuracy of configurations by the value of one setting, with their intervals.

    A line connects the means of the values that occur more than once, in the order of the values.

    Parameters
    ----------
    name
        The setting.
    values
        Its value in each configuration: numbers, or names, which are drawn in the order in which they come.
    means, intervals
        The mean accuracy of each configuration, and its interval: low, high.
    is_log
        Whether the scale of numbers is logarithmic; they must be above 0.

    Examples
    --------
    >>> figure = response_curve("l2", [0.1, 0.1, 0.2, 0.2], [0.9, 0.92, 0.94, 0.94], [(0.89, 0.95)] * 4)
    >>> [round(float(mean), 4) for mean in figure.axes[0].lines[0].get_ydata()]
    [0.91, 0.94]
    """
    figure = create_figure(HEIGHT_INCHES)
    axes = label_axes(figure.subplots(), name, "held-out accuracy")
    y, ends = np.asarray(means, float), np.asarray(intervals, float).reshape(-1, 2)
    named = any(isinstance(value, str) for value in values)
    distinct: list[Any] = list(dict.fromkeys(values)) if named else sorted(set(values))
    places = {value: number if named else float(value) for number, value in enumerate(distinct)}
    repeated = [value for value in distinct if sum(value == other for other in values) > 1]
    if repeated:
        line = [float(y[[other == value for other in values]].mean()) for value in repeated]
        axes.plot([places[value] for value in repeated], line, color=SERIES[1], marker="")
    x, errors = [places[value] for value in values], np.abs(ends.T - y)
    axes.errorbar(x, y, yerr=errors, color=SERIES[0], linestyle="", marker="o", elinewidth=1, alpha=0.7)
    if named:
        axes.set_xticks(range(len(distinct)), distinct)
    if is_log:
        axes.set_xscale("log")
    show_percent(axes.yaxis)
    return figure
