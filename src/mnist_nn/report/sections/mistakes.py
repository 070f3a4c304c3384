"""The section "Its worst mistakes": pictures of the wrong answers that the network was most confident of."""

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

    label: str
    width: str
    percent: str


class Mistake(NamedTuple):
    """A wrong answer about test image number ``row``."""

    row: int
    image: Picture
    alt: str
    label: str
    answer: str
    likeliest: list[Bar]


def write(measured: Measurements) -> Markup | Missing:
    """Show the wrong answers with the highest confidence."""
    if not measured.has_pictures:
        return Missing("the data set does not contain pictures")
    rows = measured.outcomes.mistakes()
    if not len(rows):
        return Missing("the network made no mistakes on the test images")
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
    names = [measured.model.name_class(one) for one in (label, answer)]
    alt = f"Test image {row}, a {names[0]} mistaken for {names[1]}"
    return Mistake(row, image, alt, names[0], names[1], _bars(measured, predictions.probabilities[row], answer, label))


def _bars(measured: Measurements, probabilities: npt.NDArray[Any], *first: int) -> list[Bar]:
    """Return bars for some classes and for the most probable ones among the others."""
    order = dict.fromkeys([*first, *np.argsort(-probabilities, kind="stable").tolist()])
    return [
        Bar(measured.model.name_class(label), f"{100 * probabilities[label]:.1f}", percent(float(probabilities[label])))
        for label in list(order)[:PROBABILITIES_SHOWN]
    ]
