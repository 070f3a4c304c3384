"""The page of a report: its sections in order, and those that had to be left out with the reason.

One HTML file that asks for nothing else, not even a script. The same model and data give the same bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from mnist_nn.data import Dataset
from mnist_nn.evaluation.metrics import Evaluation
from mnist_nn.model_file.recording import Recording
from mnist_nn.model_file.storage import Model
from mnist_nn.report.measurements import EXAMPLES, Measurements
from mnist_nn.report.sections import (
    Missing,
    calibration,
    classes,
    confusion,
    gradients,
    learning,
    mistakes,
    provenance,
    refusal,
    reproduce,
    settings,
    summary,
    weights,
)
from mnist_nn.util.checks import integer
from mnist_nn.util.templates import render

MAX_EXAMPLES = 50


class Section(NamedTuple):
    """A section: its title, and what writes the rest of it, or says why that cannot be."""

    title: str
    write: Callable[[Measurements], Markup | Missing]


SECTIONS: dict[str, Section] = {
    "summary": Section("In short", summary.write),
    "learning": Section("How it learned", learning.write),
    "weights": Section("What its units look for", weights.write),
    "confusion": Section("What it takes for what", confusion.write),
    "classes": Section("Class by class", classes.write),
    "mistakes": Section("Its worst mistakes", mistakes.write),
    "calibration": Section("How sure, and how right", calibration.write),
    "refusal": Section("What refusing costs", refusal.write),
    "gradients": Section("How long its gradients are", gradients.write),
    "settings": Section("Every setting", settings.write),
    "data": Section("Data and programs", provenance.write),
    "reproduce": Section("How to make it again", reproduce.write),
}


@dataclass(frozen=True, eq=False)
class Report:
    """A web page, what it says in numbers, and which sections are missing: name to reason."""

    html: str
    evaluation: Evaluation
    sections: tuple[str, ...]
    left_out: dict[str, str]


def build_report(
    model: Model,
    data: Dataset,
    *,
    name: str = "a model",
    recording: Recording | None = None,
    examples: int = EXAMPLES,
) -> Report:
    """Test a model on the test images of a data set, and write everything down.

    Parameters
    ----------
    model
        Any model. What its file does not tell is left out, with the reason.
    data
        Where its test images come from and, if it has learned from this data, the training images that gradients are
        taken on.
    name
        What the report calls it, such as the name of its file.
    recording
        Of its training, from ``mnist-nn train --record``: then gradients are taken at every epoch.
    examples
        How many pictures of each class are shown, 1 to 50; of the worst mistakes three times as many.

    Raises
    ------
    ConfigError
        If model, data and recording do not belong together.
    DataError
        If the data has classes that the model does not know.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> from mnist_nn import Network, load_data
    >>> report = build_report(Model(Network.create()), load_data("mnist"))
    >>> report.left_out["learning"]
    'the file keeps no history of a training'
    """
    measured = Measurements(name, model, data, recording, integer("examples", examples, 1, MAX_EXAMPLES))
    measured.check()
    written = {key: section.write(measured) for key, section in SECTIONS.items()}
    bodies = {key: body for key, body in written.items() if isinstance(body, Markup)}
    left_out = {key: body.reason for key, body in written.items() if isinstance(body, Missing)}
    titles = {key: section.title for key, section in SECTIONS.items()}
    html = render(__package__, "page.html", name=name, titles=titles, bodies=bodies, left_out=left_out)
    return Report(str(html), measured.evaluation, tuple(bodies), left_out)
