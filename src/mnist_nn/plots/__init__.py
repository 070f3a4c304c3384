"""Figures that show how training went, how a network looks inside, and when to believe it. Needs the extra ``plot``.

Every function takes arrays and plain records and returns a `matplotlib.figure.Figure`. No number is computed here: the
numbers come from `mnist_nn.evaluation`. Pyplot is never loaded, no back end is chosen, and no matplotlib setting stays
changed. Series differ in colour, marker and line style.
"""

from importlib import import_module

from mnist_nn.errors import MissingExtraError

try:
    import_module("matplotlib")
except ImportError as error:
    raise MissingExtraError(
        "figures and reports need matplotlib 3.10 or later; install it with: pip install 'mnist-nn[plot]'"
    ) from error

from mnist_nn.plots.curves import (
    calibration_diagram,
    class_map,
    gradient_norms,
    learning_curves,
    refusal_curve,
    robustness_curves,
)
from mnist_nn.plots.pictures import confusion, digits, weight_images
from mnist_nn.plots.responses import response_curve

__all__ = [
    "calibration_diagram",
    "class_map",
    "confusion",
    "digits",
    "gradient_norms",
    "learning_curves",
    "refusal_curve",
    "response_curve",
    "robustness_curves",
    "weight_images",
]
