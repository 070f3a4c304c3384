"""What it takes for what: the confusion matrix."""

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
        return Missing(f"{len(counts):,} classes are too many for a matrix that can be read")
    matrix = draw(plots.confusion(measured.evaluation), "confusion", _describe(counts))
    return render(PACKAGE, "confusion.html", matrix=matrix)


def _describe(counts: npt.NDArray[np.int64]) -> str:
    mistakes = [(int(n), i, j) for (i, j), n in np.ndenumerate(counts) if i != j and n]
    commonest = sorted(mistakes, key=lambda mistake: -mistake[0])[:MISTAKES_IN_WORDS]
    words = "; ".join(f"{i} for {j}, {n} times" for n, i, j in commonest) or "nothing"
    total = sum(n for n, _, _ in mistakes)
    return f"A matrix of {len(counts)} by {len(counts)} counts. {total:,} mistakes; most often it took {words}."
