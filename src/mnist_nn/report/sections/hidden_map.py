"""The section "How it sorts the images": a map of the last hidden layer by its principal components."""

from markupsafe import Markup

from mnist_nn import plots
from mnist_nn.report.drawings import draw
from mnist_nn.report.formatting import percent
from mnist_nn.report.measurements import MAX_CLASSES, Measurements
from mnist_nn.report.sections import PACKAGE, Missing
from mnist_nn.util.templates import render


def write(measured: Measurements) -> Markup | Missing:
    """Draw the map."""
    config = measured.model.network.config
    if not config.hidden:
        return Missing("the network has no hidden layer")
    if config.outputs > MAX_CLASSES:
        return Missing(f"with more than {MAX_CLASSES} classes, nobody can tell them apart on a map")
    found, labels = measured.hidden_map, measured.data.test.labels[measured.map_rows]
    names = [measured.model.name_class(label) for label in range(config.outputs)]
    shares = [percent(share) for share in found.explains.tolist()]
    alt = (
        f"A map of {len(labels)} test images by the output of the last hidden layer. The axes are the "
        f"two directions in which the outputs differ most, with {shares[0]} and {shares[1]} of the variance."
    )
    drawing = draw(plots.class_map(found.points, labels, names), "map", alt)
    return render(
        PACKAGE, "hidden_map.html", drawing=drawing, images=len(labels), units=config.hidden[-1], shares=shares
    )
