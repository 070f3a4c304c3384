"""The section "Which classes it confuses": the confusion matrix."""

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from mnist_nn import plots
from mnist_nn.report.drawings import draw
from mnist_nn.report.measurements import MAX_CLASSES, Measurements
from mnist_nn.report.sections import PACKAGE, Missing
from mnist_nn.util.templates import render

MISTAKES_IN_WORDS = 5


def write(measured: Measurements) -> Markup | Missing:
    """Draw the confusion matrix."""
    counts = measured.evaluation.confusion
    if len(counts) > MAX_CLASSES:
        return Missing(f"there are {len(counts):,} classes, too many for a readable matrix")
    names = [measured.model.name_class(label) for label in range(len(counts))]
    matrix = draw(plots.confusion(measured.evaluation, names), "confusion", _describe(counts, names))
    return render(PACKAGE, "confusion.html", matrix=matrix)


def _describe(counts: npt.NDArray[np.int64], names: list[str]) -> str:
    mistakes = [(int(n), i, j) for (i, j), n in np.ndenumerate(counts) if i != j and n]
    commonest = sorted(mistakes, key=lambda mistake: -mistake[0])[:MISTAKES_IN_WORDS]
    words = "; ".join(f"{names[i]} for {names[j]}, {n} times" for n, i, j in commonest) or "nothing"
    total = sum(n for n, _, _ in mistakes)
    return (
        f"A matrix of {len(counts)} by {len(counts)} counts. There are {total:,} mistakes; the most "
        f"common ones were to take {words}."
    )
