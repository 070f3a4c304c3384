"""The section "How it learned": loss and accuracy of every epoch, as curves and as numbers."""

from collections.abc import Sequence

from markupsafe import Markup

from mnist_nn import plots
from mnist_nn.nn.losses import get_loss
from mnist_nn.report.drawings import draw
from mnist_nn.report.formatting import percent
from mnist_nn.report.measurements import Measurements
from mnist_nn.report.sections import PACKAGE, Missing
from mnist_nn.training.checkpoint import Scores
from mnist_nn.util.templates import render

HEAD = ("epoch", "loss", "descended", "accuracy", "rate")
HELD_OUT_HEAD = ("held-out loss", "held-out accuracy")


def write(measured: Measurements) -> Markup | Missing:
    """Write the learning curves and a table of every epoch."""
    at, training = measured.model.checkpoint, measured.model.training
    if at is None or training is None or not at.history:
        return Missing("the file contains no training history")
    loss = get_loss(training.loss, measured.model.network.config.output)
    curves = plots.learning_curves(at.history, loss.reported_name, loss.descended_name)
    held_out = at.history[0].validation_loss is not None
    return render(
        PACKAGE,
        "learning.html",
        curves=draw(curves, "learning", _describe(at.history, loss.reported_name)),
        held_out=held_out,
        head=HEAD + HELD_OUT_HEAD * held_out,
        rows=[_cells(row, held_out=held_out) for row in at.history],
    )


def _describe(history: Sequence[Scores], loss_name: str) -> str:
    first, last = history[0], history[-1]
    return (
        f"Learning curves for epochs {first.epoch} to {last.epoch}. {loss_name.capitalize()} on the "
        f"training images goes from {first.loss:.5f} to {last.loss:.5f}, accuracy from "
        f"{percent(first.accuracy)} to {percent(last.accuracy)}."
    )


def _cells(row: Scores, *, held_out: bool) -> list[str]:
    cells = [str(row.epoch), f"{row.loss:.5f}", f"{row.descended:.5f}", percent(row.accuracy), f"{row.rate:.4g}"]
    if held_out:
        cells += [f"{row.validation_loss:.5f}", percent(row.validation_accuracy or 0.0)]
    return cells
