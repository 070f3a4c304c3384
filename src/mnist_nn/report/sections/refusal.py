"""The section "What refusing costs": risk against coverage, and the calibrated thresholds."""

import numpy as np
from markupsafe import Markup

from mnist_nn import plots
from mnist_nn.evaluation.reliability import RiskCoverage
from mnist_nn.report.drawings import draw
from mnist_nn.report.formatting import percent
from mnist_nn.report.measurements import Measurements, TestedThreshold
from mnist_nn.report.sections import PACKAGE
from mnist_nn.util.templates import render


def write(measured: Measurements) -> Markup:
    """Draw the risk-coverage curve, and list the thresholds if the model is calibrated."""
    curve, thresholds = measured.risk_coverage_curve, measured.thresholds
    points = {f"{point.max_error:g}": (point.coverage, point.risk) for point in thresholds}
    drawing = draw(plots.refusal_curve(curve, points), "refusal", _describe(curve))
    rows = [_cells(point) for point in thresholds]
    return render(PACKAGE, "refusal.html", curve=drawing, area=f"{curve.area:.5f}", rows=rows)


def _describe(curve: RiskCoverage) -> str:
    half = int(np.searchsorted(curve.coverage, 0.5))
    return (
        "The share of wrong answers against the share of images that are answered: "
        f"{percent(curve.risk[-1])} if all are answered, {percent(curve.risk[half])} if only the more "
        "confident half is."
    )


def _cells(point: TestedThreshold) -> tuple[str, ...]:
    shares = (point.held_out_coverage, point.coverage, point.risk)
    return (f"{point.max_error:g}", f"{point.threshold:.4f}", *map(percent, shares))
