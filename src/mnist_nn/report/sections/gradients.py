"""The section "How large its gradients are": the gradient norm of every layer during training."""

from collections.abc import Sequence

from markupsafe import Markup

from mnist_nn import plots
from mnist_nn.report.drawings import draw
from mnist_nn.report.measurements import GradientNorms, Measurements
from mnist_nn.report.sections import PACKAGE, Missing
from mnist_nn.util.templates import render


def write(measured: Measurements) -> Markup | Missing:
    """Draw the norm of every layer's gradient, and list the numbers."""
    if measured.model.checkpoint is None:
        return Missing("the file does not contain the training that made the model")
    if "sha256" not in measured.model.data:
        return Missing("the file does not say which data the model was trained on")
    norms = measured.gradient_norms
    if norms is None:
        return Missing("gradients need the training images, and this data is not what the model was trained on")
    names = [*(f"layer {n}" for n in range(1, norms.values.shape[1])), "output layer"]
    curves = draw(plots.gradient_norms(norms.epochs, norms.values, names), "gradients", _describe(norms, names))
    return render(
        PACKAGE,
        "gradients.html",
        curves=curves,
        images=f"{norms.images:,}",
        recorded=measured.recording is not None,
        head=("epochs", *names),
        rows=_rows(norms),
    )


def _describe(norms: GradientNorms, names: Sequence[str]) -> str:
    ends = zip(names, *norms.values[[0, -1]], strict=True)
    words = ", ".join(f"{name} {first:.3g} to {last:.3g}" for name, first, last in ends)
    return f"The norm of the mean gradient from the start to the end of training: {words}."


def _rows(norms: GradientNorms) -> list[list[str]]:
    return [
        [f"{epoch:g}", *(f"{value:.4g}" for value in values)]
        for epoch, values in zip(norms.epochs.tolist(), norms.values.tolist(), strict=True)
    ]
