"""Its worst mistakes: pictures of the wrong answers that it was most confident of."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from mnist_nn.report.drawings import Picture, encode_picture
from mnist_nn.report.formatting import percent
from mnist_nn.report.measurements import Measurements
from mnist_nn.report.sections import PACKAGE, Missing
from mnist_nn.util.templates import render

MISTAKES_PER_EXAMPLE = 3  # for every picture of a class that is shown
PROBABILITIES_SHOWN = 3


class Bar(NamedTuple):
    """The probability of a class; ``width`` is in percent, without the sign."""

    label: int
    width: str
    percent: str


class Mistake(NamedTuple):
    """A wrong answer about a test image, which is number ``row``."""

    row: int
    image: Picture
    alt: str
    label: int
    answer: int
    likeliest: list[Bar]


def write(measured: Measurements) -> Markup | Missing:
    """Show the wrong answers with the highest confidence."""
    if not measured.has_pictures:
        return Missing("the data holds no pictures")
    rows = measured.outcomes.mistakes()
    if not len(rows):
        return Missing("it made none on the test images")
    shown = rows[: MISTAKES_PER_EXAMPLE * measured.examples].tolist()
    return render(
        PACKAGE,
        "mistakes.html",
        count=f"{len(rows):,}",
        samples=f"{len(measured.outcomes.labels):,}",
        mistakes=[_mistake(measured, row) for row in shown],
    )


def _mistake(measured: Measurements, row: int) -> Mistake:
    predictions = measured.outcomes.predictions
    label, answer = int(measured.outcomes.labels[row]), int(predictions.label[row])
    image = encode_picture(measured.data.test.images[row])
    alt = f"Test image {row}, a {label} taken for {answer}"
    return Mistake(row, image, alt, label, answer, _bars(predictions.probabilities[row], answer, label))


def _bars(probabilities: npt.NDArray[Any], *first: int) -> list[Bar]:
    """Bars of some classes, and of the likeliest after them."""
    order = dict.fromkeys([*first, *np.argsort(-probabilities, kind="stable").tolist()])
    return [
        Bar(label, f"{100 * probabilities[label]:.1f}", percent(float(probabilities[label])))
        for label in list(order)[:PROBABILITIES_SHOWN]
    ]
