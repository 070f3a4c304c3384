"""The section "What its units look for": the first layer's weights as pictures, the last layer's as a matrix."""

import math

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from mnist_nn import plots
from mnist_nn.nn.network import Network
from mnist_nn.report.drawings import Drawing, draw
from mnist_nn.report.measurements import Measurements
from mnist_nn.report.sections import PACKAGE, Missing
from mnist_nn.util.templates import render

MAX_UNITS_SHOWN = 64
MAX_MATRIX_CELLS = 5000  # weights of the output layer, beyond which a matrix of them cannot be read


def write(measured: Measurements) -> Markup | Missing:
    """Draw the first layer's units (only those with the largest weights if there are many) and the last layer."""
    network, shape = measured.model.network, _picture_shape(measured)
    if shape is None:
        return Missing("the network's inputs are not pictures")
    W = network.weights[0]
    units = _longest(W)
    selection = f" These are the {len(units)} of {len(W):,} units with the largest weight vectors." * (
        len(units) < len(W)
    )
    alt = f"{len(units)} pictures of {shape[0]} by {shape[1]} weights, one for each unit of the first layer.{selection}"
    first = draw(plots.weight_images(network, units=units, shape=shape), "weights", alt)
    return render(PACKAGE, "weights.html", first=first, selection=selection, last=_draw_last_layer(network))


def _picture_shape(measured: Measurements) -> tuple[int, int] | None:
    if measured.has_pictures:
        rows, columns = measured.data.test.images.shape[1:]
        return int(rows), int(columns)
    side = math.isqrt(measured.data.inputs)
    return (side, side) if side * side == measured.data.inputs else None


def _longest(W: npt.NDArray[np.floating]) -> list[int]:
    """Return the units with the largest weight vectors, in ascending order."""
    lengths = np.linalg.norm(W.astype(np.float64), axis=1)
    units: list[int] = np.sort(np.argsort(-lengths, kind="stable")[:MAX_UNITS_SHOWN]).tolist()
    return units


def _draw_last_layer(network: Network) -> Drawing | None:
    last = len(network.weights) - 1
    if last == 0 or network.weights[last].size > MAX_MATRIX_CELLS:
        return None
    rows, columns = network.weights[last].shape
    alt = f"A matrix of {rows} by {columns} weights, from every unit of the last hidden layer to every class."
    return draw(plots.weight_images(network, last), "output", alt)
