"""The section "How sure it is, and how right": the calibration diagram."""

from markupsafe import Markup

from mnist_nn import plots
from mnist_nn.report.drawings import draw
from mnist_nn.report.measurements import Measurements
from mnist_nn.report.sections import PACKAGE
from mnist_nn.util.templates import render


def write(measured: Measurements) -> Markup:
    """Draw the calibration diagram, before and after the temperature if the model is calibrated."""
    found = measured.reliabilities
    errors = "; ".join(f"{name}: {reliability.error:.4f}" for name, reliability in found.items())
    alt = f"Diagram of the share of right answers against confidence, in 15 bins. Expected calibration error, {errors}."
    diagram = draw(plots.calibration_diagram(found), "calibration", alt)
    return render(
        PACKAGE, "calibration.html", diagram=diagram, errors=errors, calibrated=measured.model.calibration is not None
    )
