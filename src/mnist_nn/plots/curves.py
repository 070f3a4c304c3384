"""Curves: loss and accuracy by epoch, calibration, risk against coverage, and gradient norms."""

from collections.abc import Mapping, Sequence
from textwrap import fill

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.reliability import Reliability, RiskCoverage
from mnist_nn.evaluation.robustness import Robustness
from mnist_nn.plots.style import (
    INK,
    SERIES,
    SOFT,
    create_figure,
    label_axes,
    series_style,
    show_percent,
    with_own_settings,
)
from mnist_nn.training.checkpoint import Scores

Floats = npt.NDArray[np.float64]
MAX_MARKED_POINTS = 30  # a longer curve has no marker at each point
DISTORTIONS = {
    "rotation": "rotation in degrees",
    "shift": "shift in pixels",
    "noise": "standard deviation of the noise",
}
MAX_NAME = 3  # letters of a class that fit on a map
MAX_LABEL_LETTERS = 22  # in one line beside a low panel


@with_own_settings
def learning_curves(history: Sequence[Scores], loss_name: str = "loss", descended_name: str | None = None) -> Figure:
    """Draw loss and accuracy by epoch, on the training images and on the held-out images.

    Parameters
    ----------
    history
        One row per epoch, as ``checkpoint.history``.
    loss_name
        The name of the reported loss.
    descended_name
        The name of the loss whose gradient was followed. It is drawn too if it is a different one.

    Examples
    --------
    >>> figure = learning_curves([Scores(1, 0.02, 0.7, 0.90, 0.03, 0.1), Scores(2, 0.01, 0.5, 0.95, 0.03, 0.1)])
    >>> figure.axes[-1].lines[0].get_ydata().tolist()
    [0.9, 0.95]
    """
    panels = [("loss", loss_name), ("accuracy", "accuracy")]
    if descended_name not in {None, loss_name}:
        panels.insert(1, ("descended", str(descended_name)))
    figure = create_figure(1.7 * len(panels) + 0.3)
    for axes, (field, label) in zip(np.ravel(figure.subplots(len(panels), sharex=True)), panels, strict=True):
        label_axes(axes, y=fill(label, MAX_LABEL_LETTERS, break_on_hyphens=False))
        _draw_scores(axes, history, field, "training", 0)
        _draw_scores(axes, history, f"validation_{field}", "held out", 1)
        if field == "accuracy":
            show_percent(axes.yaxis)
    if len(figure.axes[0].lines) > 1:
        figure.axes[0].legend()
    axes.set_xlabel("epoch")
    if len(history) == 1:
        axes.set_xlim(history[0].epoch - 1, history[0].epoch + 1)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def _draw_scores(axes: Axes, history: Sequence[Scores], field: str, label: str, number: int) -> None:
    values = [getattr(row, field, None) for row in history]
    if any(value is not None for value in values):
        style = series_style(number) | ({} if len(values) <= MAX_MARKED_POINTS else {"marker": ""})
        axes.plot([row.epoch for row in history], np.array(values, float), label=label, **style)


@with_own_settings
def gradient_norms(epochs: Floats, norms: Floats, names: Sequence[str] | None = None) -> Figure:
    """Draw the norm of every layer's gradient during training, on a logarithmic scale.

    Parameters
    ----------
    epochs
        When the norms were measured, in epochs: shape (m,).
    norms
        The norm for every layer, from `mnist_nn.evaluation.gradient_check.gradient_norms`: shape (m, layers). Zeros are
        not drawn.
    names
        The names of the layers.

    Raises
    ------
    ConfigError
        If the number of norms differs from that of epochs, or the number of names from that of layers.

    Examples
    --------
    >>> figure = gradient_norms(np.array([0.0, 10.0]), np.array([[0.5, 1.0], [0.01, 0.02]]))
    >>> [line.get_label() for line in figure.axes[0].lines]
    ['layer 1', 'layer 2']
    """
    if np.ndim(norms) != 2 or len(norms) != len(epochs) or (names is not None and len(names) != norms.shape[1]):  # noqa: PLR2004 a row for each epoch
        given = "" if names is None else f" and {len(names)} names"
        raise ConfigError(
            f"norms have the shape {np.shape(norms)}, but there are {len(epochs)} epochs{given}; give one "
            "row for each epoch, and one column and one name for each layer"
        )
    figure = create_figure(2.8)
    axes = label_axes(figure.add_subplot(), "epochs trained", "norm of the gradient")
    for layer, column in enumerate(np.where(norms > 0, norms, np.nan).T):
        axes.plot(epochs, column, label=names[layer] if names else f"layer {layer + 1}", **series_style(layer))
    if (norms > 0).any():
        axes.set_yscale("log")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend()
    return figure


@with_own_settings
def calibration_diagram(bins: Reliability | Mapping[str, Reliability]) -> Figure:
    """Draw the share of right answers against confidence, and how many answers had each confidence.

    Parameters
    ----------
    bins
        The result of `evaluation.reliability.reliability`, or a dictionary of several by name, which are drawn side by
        side. Bars are 95 % intervals.

    Examples
    --------
    >>> from mnist_nn.evaluation.reliability import reliability
    >>> figure = calibration_diagram(reliability(np.array([0.55, 0.99]), np.array([False, True])))
    >>> figure.axes[0].get_ylabel()
    'share of right answers'
    """
    named = bins if isinstance(bins, Mapping) else {"answers": bins}
    figure = create_figure(4.0)
    upper, lower = figure.subplots(2, sharex=True, height_ratios=(3, 1))
    label_axes(upper, y="share of right answers").plot(
        [0, 1], [0, 1], color=SOFT, linewidth=1, linestyle=":", label="ideal"
    )
    label_axes(lower, "confidence of the answer", "answers")
    for number, (name, found) in enumerate(named.items()):
        there = found.counts > 0
        sure, right = found.confidence[there], found.accuracy[there]
        reach = np.maximum([right - found.low[there], found.high[there] - right], 0)
        upper.errorbar(sure, right, reach, label=name, capsize=2, elinewidth=1, **series_style(number))
        lower.stairs(found.counts, found.edges, color=SERIES[number], linestyle=series_style(number)["linestyle"])
    lower.set_yscale("log")
    lower.set_ylim(bottom=0.7)
    show_percent(upper.xaxis, upper.yaxis)
    upper.legend()
    return figure


@with_own_settings
def refusal_curve(curve: RiskCoverage, points: Mapping[str, tuple[float, float]] | None = None) -> Figure:
    """Draw the share of wrong answers against the share of images that are answered (risk against coverage).

    Parameters
    ----------
    curve
        From `mnist_nn.evaluation.reliability.risk_coverage`.
    points
        Thresholds to mark, as a dictionary from name to (coverage, risk).

    Examples
    --------
    >>> from mnist_nn.evaluation.reliability import risk_coverage
    >>> figure = refusal_curve(risk_coverage(np.array([0.9, 0.6]), np.array([True, False])), {"0.01": (0.5, 0.0)})
    >>> figure.axes[0].lines[0].get_xydata().tolist()
    [[0.5, 0.0], [1.0, 0.5]]
    """
    figure = create_figure(2.9)
    axes = label_axes(figure.add_subplot(), "share of images that are answered", "share of wrong answers")
    axes.plot(curve.coverage, curve.risk, color=SERIES[0], drawstyle="steps-pre", label="all thresholds")
    for name, (coverage, risk) in (points or {}).items():
        axes.plot([coverage], [risk], color=SERIES[1], marker="D", linestyle="", markersize=5)
        axes.annotate(name, (coverage, risk), (-5, 6), textcoords="offset points", ha="right", fontsize=9, color=INK)
    axes.set_xlim(0, 1.02)
    axes.set_ylim(bottom=0)
    show_percent(axes.xaxis, axes.yaxis)
    return figure


@with_own_settings
def robustness_curves(curves: Sequence[Robustness]) -> Figure:
    """Draw how accuracy falls as pictures are distorted, a panel for each distortion.

    Parameters
    ----------
    curves
        From `mnist_nn.evaluation.robustness.measure_robustness`.

    Examples
    --------
    >>> curve = Robustness("shift", np.array([0.0, 1.0]), np.array([0.9, 0.8]), 10)
    >>> robustness_curves([curve]).axes[0].lines[0].get_xydata().tolist()
    [[0.0, 0.9], [1.0, 0.8]]
    """
    figure = create_figure(1.6 * len(curves) + 0.3)
    for axes, curve in zip(np.ravel(figure.subplots(len(curves), squeeze=False)), curves, strict=True):
        label_axes(axes, DISTORTIONS[curve.kind], "accuracy")
        axes.plot(curve.amounts, curve.accuracy, **series_style(0))
        axes.set_ylim(0, 1.02)
        show_percent(axes.yaxis)
    return figure


@with_own_settings
def class_map(points: Floats, labels: npt.NDArray[np.int64], names: Sequence[str] = ()) -> Figure:
    """Draw a map of images: a letter or digit for each, in the colour of its class.

    Parameters
    ----------
    points
        The place of each image, for example from `mnist_nn.evaluation.projection.project`: shape (n, 2).
    labels
        The class of each image, shape (n,).
    names
        The names of the classes, in order; by default, their numbers.

    Raises
    ------
    ConfigError
        If the numbers of points and labels differ.

    Examples
    --------
    >>> figure = class_map(np.array([[0.0, 1.0], [2.0, 3.0]]), np.array([7, 2]))
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['7', '2']
    """
    if len(points) != len(labels):
        raise ConfigError(f"there are {len(points)} points but {len(labels)} labels; give one for each")
    figure = create_figure(3.6)
    axes = label_axes(figure.add_subplot(), "first principal component", "second principal component")
    axes.scatter(points[:, 0], points[:, 1], s=0)  # for the limits of the axes
    for (x, y), label in zip(points.tolist(), labels.tolist(), strict=True):
        name = names[label] if names else str(label)
        colour = SERIES[label % len(SERIES)]
        axes.text(x, y, name[:MAX_NAME], color=colour, fontsize=7, ha="center", va="center", clip_on=True)
    return figure
