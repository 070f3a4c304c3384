"""The section "Labels that may be wrong": the test images whose label the network doubts most, as pictures."""

from typing import NamedTuple

from markupsafe import Markup

from mnist_nn.report.drawings import Picture, encode_picture
from mnist_nn.report.formatting import percent
from mnist_nn.report.measurements import Measurements
from mnist_nn.report.sections import PACKAGE, Missing
from mnist_nn.util.templates import render

SHOWN_PER_EXAMPLE = 3  # for every picture of a class that is shown


class Doubt(NamedTuple):
    """Test image number ``row``, its label, the class that the network suggests, and the probabilities of both."""

    row: int
    image: Picture
    alt: str
    label: str
    suggested: str
    probabilities: tuple[str, str]


def write(measured: Measurements) -> Markup | Missing:
    """Show the images whose label is most likely wrong."""
    if not measured.has_pictures:
        return Missing("the data set does not contain pictures")
    found = measured.label_errors
    shown = range(min(SHOWN_PER_EXAMPLE * measured.examples, int((found.margin < 0).sum())))
    if not shown:
        return Missing("the network agrees with the labels of all test images")
    return render(
        PACKAGE, "labels.html", estimate=int(found.confident.sum()), doubts=[_doubt(measured, rank) for rank in shown]
    )


def _doubt(measured: Measurements, rank: int) -> Doubt:
    found, predictions = measured.label_errors, measured.outcomes.predictions
    row, label, suggested = (int(one[rank]) for one in (found.rows, found.labels, found.suggested))
    names = [measured.model.name_class(one) for one in (label, suggested)]
    shares = [percent(float(predictions.probabilities[row, one])) for one in (label, suggested)]
    image = encode_picture(measured.data.test.images[row])
    alt = f"Image {row}, labelled {names[0]}, which the network takes for {names[1]}"
    return Doubt(row, image, alt, names[0], names[1], (shares[0], shares[1]))
