"""The section "Summary": one sentence that everybody understands, and then the numbers behind it."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from mnist_nn.evaluation.metrics import Evaluation
from mnist_nn.report.formatting import interval, percent
from mnist_nn.report.measurements import Measurements
from mnist_nn.report.sections import PACKAGE
from mnist_nn.training.checkpoint import Checkpoint
from mnist_nn.util.templates import render

Row = tuple[str, str]


def write(measured: Measurements) -> Markup:
    """Write the share of images classified correctly, the most common mistake, and a table of figures."""
    found, model = measured.evaluation, measured.model
    network = f"{'-'.join(map(str, model.network.config.sizes))}, {model.network.parameter_count:,} parameters"
    rows = [*_quality(found), ("Network", network), *(_training(model.checkpoint) if model.checkpoint else [])]
    return render(
        PACKAGE,
        "summary.html",
        right_of_100=f"{100 * found.accuracy:.0f}",
        samples=f"{found.samples:,}",
        commonest_mistake=_commonest_mistake(found.confusion, model.name_class),
        trained_on=str(model.data.get("name")) if measured.data.describe_other(model.data) else None,
        tested_on=measured.data.name,
        rows=rows,
    )


def _quality(found: Evaluation) -> list[Row]:
    descended = [("Loss descended", f"{found.descended:.5f}, {found.descended_name}")]
    return [
        ("Accuracy", f"{percent(found.accuracy)}, 95 % interval {interval(*found.interval)}"),
        ("Mean loss", f"{found.loss:.5f}, {found.loss_name}"),
        *(descended if found.descended_name != found.loss_name else []),
        ("Calibration error", f"{found.calibration_error:.4f} (expected, 15 bins)"),
    ]


def _training(at: Checkpoint) -> list[Row]:
    rows = []
    if at.history:
        seconds = sum(row.seconds for row in at.history)
        rows.append(("Training", f"{at.epoch} epoch{'s' * (at.epoch > 1)}, {seconds:.1f} seconds of computing"))
    if at.best:
        rows.append(("Weights kept", f"from epoch {at.best.epoch}, the best on the held-out images"))
    return rows


def _commonest_mistake(confusion: npt.NDArray[np.int64], name_class: Callable[[int], str]) -> str:
    counts = confusion.copy()
    np.fill_diagonal(counts, 0)
    if not counts.any():
        return "It made no mistakes."
    true, taken = (name_class(int(one)) for one in np.unravel_index(counts.argmax(), counts.shape))
    return f"Its most common mistake, made {counts.max():,} times, is to take {true} for {taken}."
