"""The sections about the network itself: how it learned, what it looks like, how it was set, how to repeat it."""

import math
import platform
from importlib.metadata import version

import numpy as np

from mnist_nn import plots
from mnist_nn.data import describe
from mnist_nn.nn.config import NetworkConfig, TrainingConfig, resolve_learning_rate
from mnist_nn.nn.losses import get_loss
from mnist_nn.report.facts import Facts
from mnist_nn.report.markup import Missing, figure, percent, table, text
from mnist_nn.report.reproduce import changed, command

MOST_UNITS = 64  # pictures of weights
MOST_CELLS = 5000  # weights in the matrix of the output layer


def learning(facts: Facts, _examples: int) -> str | Missing:
    """The learning curves, and their numbers."""
    at, training = facts.model.checkpoint, facts.model.training
    if at is None or training is None or not at.history:
        return Missing("the file keeps no history of a training")
    history, loss = at.history, get_loss(training.loss, facts.model.network.config.output)
    first, last = history[0], history[-1]
    alt = (
        f"Curves, epochs {first.epoch} to {last.epoch}. {loss.reported_name.capitalize()} on the training images goes "
        f"from {first.loss:.5f} to {last.loss:.5f}, accuracy from {percent(first.accuracy)} to "
        f"{percent(last.accuracy)}."
    )
    caption = (
        "Means over an epoch. Each training image is judged before the network learns it, so the first epoch looks bad."
    )
    if last.validation_accuracy is not None:
        caption += " Held-out images are judged at the end of each epoch; where their loss rises, it learns by heart."
    drawn = plots.learning_curves(history, loss.reported_name, loss.descended_name)
    return figure(drawn, "learning", alt, caption) + _numbers(facts)


def _numbers(facts: Facts) -> str:
    assert facts.model.checkpoint is not None  # noqa: S101 - the section has asked
    history = facts.model.checkpoint.history
    head = ["epoch", "loss", "descended", "accuracy", "rate"]
    rows = [
        [row.epoch, f"{row.loss:.5f}", f"{row.descended:.5f}", percent(row.accuracy), f"{row.rate:.4g}"]
        for row in history
    ]
    if history[0].validation_loss is not None:
        head += ["held-out loss", "held-out accuracy"]
        for cells, row in zip(rows, history, strict=True):
            cells += [f"{row.validation_loss:.5f}", percent(row.validation_accuracy or 0.0)]
    shown = table(head, rows, "Every epoch", "numbers")
    return f"<details><summary>The numbers of every epoch</summary>\n{shown}</details>\n"


def weights(facts: Facts, _examples: int) -> str | Missing:
    """The first layer as pictures, the last as a matrix."""
    network, shape = facts.model.network, _picture_shape(facts)
    if shape is None:
        return Missing("its inputs are no pictures")
    W = network.weights[0]
    lengths = np.linalg.norm(W.astype(np.float64), axis=1)
    units = np.sort(np.argsort(-lengths, kind="stable")[:MOST_UNITS]).tolist()
    some = f" The {len(units)} of {len(W):,} units with the longest vectors of weights." if len(units) < len(W) else ""
    alt = f"{len(units)} pictures of {shape[0]} by {shape[1]} weights, one for each unit of the first layer.{some}"
    caption = (
        "What each unit of the first layer looks for: ink on blue speaks for it, ink on orange against it. All "
        f"pictures have one scale.{some}"
    )
    drawn = figure(plots.weight_images(network, units=units, shape=shape), "weights", alt, caption)
    last = len(network.weights) - 1
    if last == 0 or network.weights[last].size > MOST_CELLS:
        return drawn
    rows, columns = network.weights[last].shape
    alt = f"A matrix of {rows} by {columns} weights, from every unit of the last hidden layer to every class."
    caption = "How each class (a row) weighs the last hidden layer (a column): blue for, orange against."
    return drawn + figure(plots.weight_images(network, last), "output", alt, caption)


def _picture_shape(facts: Facts) -> tuple[int, int] | None:
    images = facts.data.test.images
    if images.ndim == 3:  # noqa: PLR2004 rows and columns
        return int(images.shape[1]), int(images.shape[2])
    side = math.isqrt(facts.data.inputs)
    return (side, side) if side * side == facts.data.inputs else None


def gradients(facts: Facts, _examples: int) -> str | Missing:
    """How long the gradient of every layer is."""
    if facts.model.checkpoint is None:
        return Missing("the file does not hold the training that made it")
    if "sha256" not in facts.model.data:
        return Missing("the file does not say which data it has learned from")
    if facts.norms is None:
        return Missing("they are taken on the training images, and this is other data")
    norms = facts.norms
    names = [f"layer {n}" for n in range(1, norms.values.shape[1])] + ["output layer"]
    ends = ", ".join(f"{name} {a:.3g} to {b:.3g}" for name, a, b in zip(names, *norms.values[[0, -1]], strict=True))
    alt = f"Length of the mean gradient from the start to the end of training: {ends}."
    moments = "at every moment of the recording" if facts.recording else "at the start, as the seed draws it, and now"
    caption = (
        f"Length of the mean gradient of every layer over {norms.images:,} training images, {moments}. A layer whose "
        "gradient is a thousand times shorter than the others' hardly learns; at the end all should be short."
    )
    head = ("epochs", *names)
    rows = [
        (f"{epoch:g}", *(f"{value:.4g}" for value in row))
        for epoch, row in zip(norms.epochs.tolist(), norms.values.tolist(), strict=True)
    ]
    shown = table(head, rows, "Length of the gradient", "numbers")
    return figure(plots.gradient_norms(norms.epochs, norms.values, names), "gradients", alt, caption) + shown


def settings(facts: Facts, _examples: int) -> str:
    """Every setting of network and training, beside the seed's."""
    network, training = facts.model.network.config, facts.model.training
    head = ("setting", "value", "the seed's, if different")
    shown = table(head, _rows(network), "The network", "settings")
    if training is None:
        return f"{shown}<p>The file does not say how it was trained.</p>\n"
    rows = _rows(training)
    if training.learning_rate is None:
        at = [row[0] for row in rows].index("learning_rate")
        rows[at] = ("learning_rate", f"{resolve_learning_rate(network, training):g}, which suits the rest", "")
    return f'<div class="pair">{shown}{table(head, rows, "The training", "settings")}</div>\n'


def _rows(config: NetworkConfig | TrainingConfig) -> list[tuple[str, str, str]]:
    plain, other = type(config)().to_dict(), changed(config)
    return [
        (name, _plain(value), _plain(plain[name]) if name in other else "") for name, value in config.to_dict().items()
    ]


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value)) or "none"
    return "none" if value is None else str(value).removesuffix(".0")


def provenance(facts: Facts, _examples: int) -> str:
    """What was read, to the last bit, and which programs made the model and this report."""
    learned = facts.model.data
    rows = [(file.name, f"{file.size:,}", file.sha256) for file in describe(facts.data)]
    read = table(("file", "bytes", "SHA-256"), rows, f"Read for this report: {facts.data.name}", "hashes")
    digest = f"<code>{text(learned['sha256'])}</code>" if "sha256" in learned else "data that the file does not name"
    same = ", the training images and labels above, one after the other" if facts.own_data else ""
    made = ", ".join(f"{text(name)} {text(value)}" for name, value in facts.model.versions.items())
    return (
        f"{read}<p>The model learned from {digest}{same}. It was written by {made}; this report by mnist-nn "
        f"{version('mnist-nn')}, numpy {np.__version__}, Python {platform.python_version()}.</p>\n"
    )


def repeat(facts: Facts, _examples: int) -> str | Missing:
    """The command line that makes the same weights again."""
    line = command(facts.model)
    if isinstance(line, Missing):
        return line
    calibrated = (
        "<p>It was calibrated afterwards: <code>mnist-nn calibrate again.safetensors</code>, with the "
        "<code>--seed</code> that was chosen then, if one was; the file does not keep it.</p>\n"
        if facts.model.calibration
        else ""
    )
    return (
        "<p>This makes the same weights, bit for bit, with the same versions of the programs on the same kind of "
        "processor. The last bits depend on its instructions: whether it multiplies and adds with one rounding, and "
        "how wide its vectors are.</p>\n"
        f'<pre tabindex="0"><code>{text(line)}</code></pre>\n{_unknown_engine(facts)}{calibrated}'
    )


def _unknown_engine(facts: Facts) -> str:
    at = facts.model.checkpoint
    if at and at.engines:
        return ""
    return (
        "<p>The file does not say which engine trained it, and engines agree only up to rounding: if it was not the "
        "usual one, add <code>--engine reference</code>. Files made in the browser cannot be made again so.</p>\n"
    )
