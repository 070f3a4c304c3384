"""The style of figures: small enough for half a page or a phone, and legible in print and to colour-blind readers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

WIDTH_INCHES = 4.0
INK, SOFT, LINE = "#161b27", "#525b6f", "#d9dde6"
# After M. Okabe and K. Ito, Color universal design (2008), darkened where a thin line would be faint on white.
SERIES = ("#0072b2", "#c2500a", "#007a5a", "#a8508a", "#7a6a00", "#3a3f4b")
MARKERS = ("o", "s", "^", "D", "v", "P")
LINE_STYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))

STYLE: dict[str, Any] = {
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.markersize": 4,
    "lines.linewidth": 1.6,
    "svg.fonttype": "none",  # text stays text: half the size, sharp, and found by a search
    "svg.hashsalt": "mnist-nn",  # the same figure has the same bytes
}

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def own_settings() -> Iterator[None]:
    """Use this package's style inside the block, whatever a user's matplotlibrc says, and restore it afterwards."""
    settings: Any = {name: value for name, value in mpl.rcParamsDefault.items() if name != "backend"}
    with mpl.rc_context(settings | STYLE):
        yield


def with_own_settings(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function draw with these settings."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with own_settings():
            return function(*args, **kwargs)

    return wrapped


def create_figure(height: float, width: float = WIDTH_INCHES) -> Figure:
    """Create an empty figure on white; height and width are in inches."""
    return Figure(figsize=(width, height), layout="constrained", facecolor="white")


def label_axes(axes: Axes, x: str = "", y: str = "", *, grid: bool = True) -> Axes:
    """Label axes, and set the colours of the ticks, which are drawn later."""
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.tick_params(colors=SOFT, labelcolor=INK, labelsize=9, length=3, which="both")
    if grid:
        axes.grid(visible=True, color=LINE, linewidth=0.7)
    return axes


def show_percent(*axes: Axis) -> None:
    """Write the numbers of axes, which are shares, in percent."""
    for axis in axes:
        axis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))


def series_style(number: int) -> dict[str, Any]:
    """Return colour, marker and line style of a series."""
    n = len(SERIES)
    return {"color": SERIES[number % n], "marker": MARKERS[number % n], "linestyle": LINE_STYLES[number % n]}
