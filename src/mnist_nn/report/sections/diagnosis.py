"""The section "What went wrong": the rules that hold for the training, each with a reason and advice."""

from markupsafe import Markup

from mnist_nn.report.measurements import Measurements
from mnist_nn.report.sections import PACKAGE, Missing
from mnist_nn.training.diagnosis.diagnose import diagnose, load_rules
from mnist_nn.util.templates import render


def write(measured: Measurements) -> Markup | Missing:
    """List the findings, or say that there are none."""
    at = measured.model.checkpoint
    if at is None or not at.signs:
        return Missing("the file contains no record of how the training went")
    rows = [(one.seen, one.why, one.advice, one.source) for one in diagnose(measured.model)]
    return render(PACKAGE, "diagnosis.html", rows=rows, rules=len(load_rules()))
