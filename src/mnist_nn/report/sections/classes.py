"""The section "Class by class": recall and precision of each class, with pictures."""

from typing import NamedTuple

import numpy as np
from markupsafe import Markup

from mnist_nn.evaluation.metrics import wilson_interval
from mnist_nn.report.drawings import Picture, encode_picture
from mnist_nn.report.formatting import interval, percent
from mnist_nn.report.measurements import MAX_CLASSES, Measurements
from mnist_nn.report.sections import PACKAGE, Missing
from mnist_nn.util.templates import render


class Example(NamedTuple):
    """A test image, and the class that the network assigned to it."""

    image: Picture
    alt: str
    answer: str


class Examples(NamedTuple):
    """Images of a class: those classified correctly with the highest confidence, and those classified wrongly."""

    label: str
    right: list[Example]
    wrong: list[Example]


def write(measured: Measurements) -> Markup | Missing:
    """Write the figures for every class, with pictures."""
    classes = range(len(measured.evaluation.confusion))
    if len(classes) > MAX_CLASSES:
        return Missing(f"there are {len(classes):,} classes, too many to show each one")
    rows = [_cells(measured, label) for label in classes]
    pictures = [_choose(measured, label) for label in classes] if measured.has_pictures else []
    return render(PACKAGE, "classes.html", rows=rows, pictures=pictures)


def _cells(measured: Measurements, label: int) -> list[str]:
    found, row = measured.evaluation, measured.evaluation.confusion[label]
    total, right = int(row.sum()), int(row[label])
    others = np.where(np.arange(len(row)) == label, 0, row)
    recall_interval = interval(*wilson_interval(right, total)) if total else "–"
    name_class = measured.model.name_class
    commonest = f"{name_class(int(others.argmax()))} ({others.max():,}×)" if others.any() else "–"
    recall, precision = percent(found.recall[label]), percent(found.precision[label])
    return [name_class(label), f"{total:,}", recall, recall_interval, precision, commonest]


def _choose(measured: Measurements, label: int) -> Examples:
    return Examples(
        measured.model.name_class(label), *(_examples(measured, label, right=right) for right in (True, False))
    )


def _examples(measured: Measurements, label: int, *, right: bool) -> list[Example]:
    """Return the most confident answers about a class, either the right ones or the wrong ones."""
    outcomes = measured.outcomes
    shown = []
    for row in outcomes.of_class(label, right=right)[: measured.examples].tolist():
        name, answer = map(measured.model.name_class, (label, int(outcomes.predictions.label[row])))
        alt = f"a {name}" if right else f"{name} mistaken for {answer}"
        shown.append(Example(encode_picture(measured.data.test.images[row]), alt, answer))
    return shown
