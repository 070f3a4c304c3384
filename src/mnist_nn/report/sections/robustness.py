"""The section "How it copes with turned, shifted and noisy images": accuracy on distorted test images."""

from markupsafe import Markup

from mnist_nn import plots
from mnist_nn.evaluation.robustness import Robustness
from mnist_nn.report.drawings import draw
from mnist_nn.report.formatting import percent
from mnist_nn.report.measurements import Measurements
from mnist_nn.report.sections import PACKAGE, Missing
from mnist_nn.util.templates import render

UNITS = {"rotation": "°", "shift": " px", "noise": ""}


def write(measured: Measurements) -> Markup | Missing:
    """Draw a curve for each distortion, with some of its points in words."""
    if not measured.has_pictures:
        return Missing("the data set does not contain pictures")
    curves = measured.robustness
    drawing = draw(plots.robustness_curves(curves), "robustness", _describe(curves))
    return render(PACKAGE, "robustness.html", curves=drawing, samples=f"{curves[0].samples:,}")


def _describe(curves: tuple[Robustness, ...]) -> str:
    return "The accuracy on distorted images. " + " ".join(
        f"{curve.kind.capitalize()}: "
        + ", ".join(
            f"{percent(right)} at {amount:g}{UNITS[curve.kind]}"
            for amount, right in zip(curve.amounts.tolist(), curve.accuracy.tolist(), strict=True)
        )
        + "."
        for curve in curves
    )
