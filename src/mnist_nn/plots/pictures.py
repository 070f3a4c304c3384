"""Pictures: the weights of units, digits with titles, and the confusion matrix."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.metrics import Evaluation
from mnist_nn.nn.network import Network
from mnist_nn.plots.style import LINE, WIDTH_INCHES, create_figure, label_axes, with_own_settings
from mnist_nn.util.checks import integer

Array = npt.NDArray[Any]
SIGNED = LinearSegmentedColormap.from_list("signed", ["#8a3500", "#d9772f", "#ffffff", "#4a86dd", "#123f8f"])
SHARES = LinearSegmentedColormap.from_list("shares", ["#ffffff", "#f5b183", "#c2500a", "#6e2a00"])
MISTAKES = SHARES.with_extremes(bad=LINE)  # for the diagonal
MAX_SPELLED_TITLES = 30  # of more pictures, titles are numbers without "unit"
TITLE_INCHES = 0.2  # above a picture
MARGIN = 0.05  # around a picture, as a share of its side
MAX_NUMBERED_CLASSES = 20  # of more, counts are not written into the confusion matrix
DARK_SHARE = 0.65  # of the largest share, from which on numbers are white
FULL_COLOUR_QUANTILE = 0.995  # of the absolute weights: larger ones, few, look the same
TEXT_ON_LIGHT, TEXT_ON_DARK = "#111111", "#fdfdfd"  # in cells, whatever is around them


@with_own_settings
def weight_images(
    network: Network, layer: int = 0, *, units: Sequence[int] | None = None, shape: tuple[int, int] | None = None
) -> Figure:
    """Draw a layer's weights: ink on blue pixels raises a unit's input, ink on orange pixels lowers it.

    Parameters
    ----------
    network
        The network.
    layer
        Layer 0 sees the pixels and is drawn as one picture per unit. Other layers are drawn as one matrix with a row
        per unit.
    units
        The units of layer 0 to draw; None for all.
    shape
        Rows and columns of a picture; None for a square one.

    Raises
    ------
    ConfigError
        If there is no such layer or unit, or its weights do not form a picture of that shape.

    Examples
    --------
    >>> from mnist_nn import NetworkConfig
    >>> figure = weight_images(Network.create(NetworkConfig(hidden=(6,))))
    >>> [axes.get_title() for axes in figure.axes[:2]]
    ['unit 0', 'unit 1']
    """
    if not 0 <= layer < len(network.weights):
        raise ConfigError(f"layer is {layer}; this network has layers 0 to {len(network.weights) - 1}")
    W = network.weights[layer]
    most = float(np.quantile(np.abs(W), FULL_COLOUR_QUANTILE)) or 1.0
    if layer:
        above = "class" if layer == len(network.config.hidden) else f"unit of layer {layer + 1}"
        return _draw_matrix(W, layer, above, most)
    inputs = W.shape[1]
    rows, columns = shape or (math.isqrt(inputs), math.isqrt(inputs))
    if rows * columns != inputs:
        raise ConfigError(
            f"{inputs} weights do not form a picture of {rows} by {columns} pixels; give the right shape "
            "(rows, columns)"
        )
    chosen = range(len(W)) if units is None else units
    for unit in chosen:
        if not 0 <= unit < len(W):
            raise ConfigError(f"unit is {unit}; layer 0 has units 0 to {len(W) - 1}")
    name = "unit " if network.config.hidden else "class "
    titles = [f"{name if len(chosen) <= MAX_SPELLED_TITLES else ''}{unit}" for unit in chosen]
    return _draw_tiles(W[list(chosen)].reshape(-1, rows, columns), titles, cmap=SIGNED, vmin=-most, vmax=most)


def _draw_matrix(W: Array, layer: int, above: str, most: float) -> Figure:
    units, inputs = W.shape
    figure = create_figure(min(max(1.2 + WIDTH_INCHES * 0.8 * units / inputs, 1.8), 5.5))
    axes = label_axes(figure.add_subplot(), f"unit of layer {layer}", above, grid=False)
    shown = axes.imshow(W, cmap=SIGNED, vmin=-most, vmax=most, interpolation="none", aspect="auto")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True))
    bar = figure.colorbar(shown, ax=axes, pad=0.02, extend="both")
    bar.set_label("weight")
    label_axes(bar.ax, y="weight", grid=False)
    return figure


@with_own_settings
def digits(images: Array, titles: Sequence[str], *, columns: int = 6) -> Figure:
    """Draw pictures with dark ink on white as on paper, each with a title.

    Parameters
    ----------
    images
        Ink from 0 to 255, or floats from 0 to 1: shape (n, rows, columns).
    titles
        One title for each picture.
    columns
        The number of pictures in a row.

    Raises
    ------
    ConfigError
        If there is not exactly one title for each picture, or ``columns`` is below 1.

    Examples
    --------
    >>> from mnist_nn import load_data
    >>> test = load_data("mnist").test.take(range(3))
    >>> digits(test.images, [str(label) for label in test.labels]).axes[0].get_title()
    '7'
    """
    if images.ndim != 3 or len(images) != len(titles):  # noqa: PLR2004 n pictures of rows and columns
        raise ConfigError(
            f"images have the shape {images.shape}, but there are {len(titles)} titles; give images of "
            "shape (n, rows, columns) and n titles"
        )
    columns = integer("columns", columns, 1)
    most = 255 if images.dtype == np.uint8 else 1
    return _draw_tiles(images, titles, columns, cmap="gray_r", vmin=0, vmax=most)


def _draw_tiles(pictures: Array, titles: Sequence[str], columns: int | None = None, **look: Any) -> Figure:
    """Draw pictures side by side on the same colour scale."""
    columns = columns or max(5, math.ceil(math.sqrt(len(pictures))))
    rows = max(1, math.ceil(len(pictures) / columns))
    side = WIDTH_INCHES / columns
    figure = create_figure((side + TITLE_INCHES) * rows)
    figure.set_layout_engine("none")  # places are known, and finding them takes long
    across, down = 1 / columns, 1 / rows
    tall = down * side / (side + TITLE_INCHES)
    for number, (picture, title) in enumerate(zip(pictures, titles, strict=True)):
        row, column = divmod(number, columns)
        place = (
            across * (column + MARGIN),
            1 - down * (row + 1) + tall * MARGIN,
            across * (1 - 2 * MARGIN),
            tall * (1 - MARGIN),
        )
        axes = figure.add_axes(place)
        axes.imshow(picture, interpolation="none", **look)
        axes.set_title(title, fontsize=8, pad=2)
        _draw_frame(axes)
    return figure


def _draw_frame(axes: Axes) -> None:
    """Draw a thin line around a picture, without ticks."""
    axes.xaxis.set_visible(False)
    axes.yaxis.set_visible(False)
    for side in axes.spines.values():
        side.set(visible=True, color=LINE, linewidth=0.6)


@with_own_settings
def confusion(evaluation: Evaluation, names: Sequence[str] | None = None) -> Figure:
    """Draw the confusion matrix: numbers count images, and the colour of a mistake shows its share of the row.

    Parameters
    ----------
    evaluation
        The result of `mnist_nn.evaluate`.
    names
        Names of the classes; None for their numbers.

    Examples
    --------
    >>> from mnist_nn import evaluate, load_data
    >>> figure = confusion(evaluate(Network.create(), load_data("mnist").test.take(range(200))))
    >>> figure.axes[0].get_xlabel()
    'predicted class'
    """
    counts = evaluation.confusion
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    wrong = np.where(np.eye(len(counts), dtype=bool), np.nan, shares)
    most = float(np.nanmax(wrong)) or 1.0
    figure = create_figure(3.9)
    axes = label_axes(figure.add_subplot(), "predicted class", "true class", grid=False)
    axes.imshow(wrong, cmap=MISTAKES, vmin=0, vmax=most, interpolation="none")
    if len(counts) <= MAX_NUMBERED_CLASSES:
        axes.set_xticks(range(len(counts)), names)
        axes.set_yticks(range(len(counts)), names)
        for i, j in zip(*np.nonzero(counts), strict=True):
            dark = i != j and shares[i, j] > DARK_SHARE * most
            axes.text(
                j,
                i,
                f"{counts[i, j]}",
                ha="center",
                va="center",
                fontsize=7.5,
                color=TEXT_ON_DARK if dark else TEXT_ON_LIGHT,
            )
    return figure
