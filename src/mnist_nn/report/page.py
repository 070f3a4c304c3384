"""The page of a report: its sections in order, and those that are not included, with the reason.

It is one HTML file that needs no other files and no scripts. The same model and data give the same bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from mnist_nn.data import Dataset
from mnist_nn.doors import as_dataset
from mnist_nn.evaluation.label_errors import LabelErrors
from mnist_nn.evaluation.metrics import Evaluation
from mnist_nn.evaluation.robustness import Robustness
from mnist_nn.model_file.recording import Recording
from mnist_nn.model_file.storage import ModelLike, as_model
from mnist_nn.model_file.training_data import find_training_data
from mnist_nn.report.measurements import EXAMPLES, Measurements
from mnist_nn.report.sections import (
    Missing,
    calibration,
    classes,
    confusion,
    diagnosis,
    gradients,
    hidden_map,
    labels,
    learning,
    mistakes,
    provenance,
    refusal,
    reproduce,
    robustness,
    settings,
    summary,
    weights,
)
from mnist_nn.util.checks import integer
from mnist_nn.util.templates import render

MAX_EXAMPLES = 50
CALL = "build_report(model, data)"


class Section(NamedTuple):
    """A section: its title, and the function that writes its content or says why there is none."""

    title: str
    write: Callable[[Measurements], Markup | Missing]


SECTIONS: dict[str, Section] = {
    "summary": Section("Summary", summary.write),
    "diagnosis": Section("What went wrong", diagnosis.write),
    "learning": Section("How it learned", learning.write),
    "weights": Section("What its units look for", weights.write),
    "confusion": Section("Which classes it confuses", confusion.write),
    "classes": Section("Class by class", classes.write),
    "mistakes": Section("Its worst mistakes", mistakes.write),
    "labels": Section("Labels that may be wrong", labels.write),
    "robustness": Section("How it copes with turned, shifted and noisy images", robustness.write),
    "map": Section("How it sorts the images", hidden_map.write),
    "calibration": Section("How sure it is, and how right", calibration.write),
    "refusal": Section("What refusing costs", refusal.write),
    "gradients": Section("How large its gradients are", gradients.write),
    "settings": Section("All settings", settings.write),
    "data": Section("Data and programs", provenance.write),
    "reproduce": Section("How to train it again", reproduce.write),
}


@dataclass(frozen=True, eq=False)
class Report:
    """A web page, the numbers in it, and the sections that are missing, with the reason for each.

    ``robustness`` is empty, and ``label_errors`` None, where the images are not pictures.
    """

    html: str
    evaluation: Evaluation
    robustness: tuple[Robustness, ...]
    label_errors: LabelErrors | None
    sections: tuple[str, ...]
    left_out: dict[str, str]


def build_report(
    model: ModelLike,
    data: Dataset | str | None = None,
    *,
    name: str = "a model",
    recording: Recording | None = None,
    examples: int = EXAMPLES,
) -> Report:
    """Test a model on the test images of a data set, and write a report.

    Parameters
    ----------
    model
        Any model, the path of its file, or a network. Sections that its file has too little information for are left
        out, with the reason.
    data
        A data set or its name; by default, the data that the model was trained on. Its test images are used for all
        measurements. If the model was trained on it, its training images are used for gradients.
    name
        The name of the model in the report, such as the name of its file.
    recording
        A recording of the training, from ``mnist-nn train --record``; then gradients are shown for every epoch.
    examples
        How many pictures of each class are shown, 1 to 50; the worst mistakes are three times as many.

    Raises
    ------
    ConfigError
        If the model, the data and the recording do not belong together.
    DataError
        If the data has classes that the model does not know.
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> from mnist_nn import Model, Network, load_data
    >>> report = build_report(Model(Network.create()), load_data("mnist"))
    >>> report.left_out["learning"]
    'the file contains no training history'
    """
    model = as_model(model, CALL)
    data = find_training_data(model) if data is None else as_dataset(data, CALL)
    measured = Measurements(name, model, data, recording, integer("examples", examples, 1, MAX_EXAMPLES))
    measured.check()
    written = {key: section.write(measured) for key, section in SECTIONS.items()}
    bodies = {key: body for key, body in written.items() if isinstance(body, Markup)}
    left_out = {key: body.reason for key, body in written.items() if isinstance(body, Missing)}
    titles = {key: section.title for key, section in SECTIONS.items()}
    html = render(
        __package__, "page.html", heading=f"Report on {name}", titles=titles, bodies=bodies, left_out=left_out
    )
    errors = measured.label_errors if measured.has_pictures else None
    return Report(str(html), measured.evaluation, measured.robustness, errors, tuple(bodies), left_out)
