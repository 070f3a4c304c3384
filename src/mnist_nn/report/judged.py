"""The sections about answers: which are right, which are wrong, how sure it was, what refusing would cost."""

import numpy as np

from mnist_nn import plots
from mnist_nn.evaluation.metrics import wilson_interval
from mnist_nn.report.facts import Facts
from mnist_nn.report.markup import Missing, figure, percent, picture, table, text

MOST_CLASSES = 60  # with more, nobody looks at each
WORST = 3  # times as many of the worst mistakes are shown as of each class
LIKELIEST = 3  # probabilities beside a mistake


def in_short(facts: Facts, _examples: int) -> str:
    """One sentence that a person understands, then the figures that stand behind it."""
    found, config, at = facts.evaluation, facts.model.network.config, facts.model.checkpoint
    low, high = found.interval
    lead = (
        '<p class="lead">Of 100 images that it has not learned from, this network names about '
        f"<strong>{100 * found.accuracy:.0f}</strong> right; it was asked about {found.samples:,}. "
        f"{_commonest(facts)}</p>\n"
    )
    rows: list[tuple[str, object]] = [
        ("Accuracy", f"{percent(found.accuracy)}, 95 % interval {_from_to(low, high)}"),
        ("Mean loss", f"{found.loss:.5f}, {found.loss_name}"),
    ]
    if found.descended_name != found.loss_name:
        rows.append(("Loss descended", f"{found.descended:.5f}, {found.descended_name}"))
    rows += [
        ("Calibration error", f"{found.calibration_error:.4f}, expected, 15 bins"),
        ("Network", f"{'-'.join(map(str, config.sizes))}, {facts.model.network.parameter_count:,} parameters"),
    ]
    if at and at.history:
        seconds = sum(row.seconds for row in at.history)
        rows.append(("Training", f"{at.epoch} epoch{'s' * (at.epoch > 1)}, {seconds:.1f} seconds of arithmetic"))
    if at and at.best:
        rows.append(("Weights kept", f"those of epoch {at.best.epoch}, the best on the images held out"))
    warning = ""
    if not facts.own_data and facts.model.data:
        warning = (
            f'<p class="warning">It was trained on other data, {text(facts.model.data.get("name"))}; these are the '
            f"test images of {text(facts.data.name)}.</p>\n"
        )
    return lead + warning + table(("figure", "value"), rows, "Measured on the test images", "figures")


def _from_to(low: float, high: float) -> str:
    return f"{100 * low:.2f} to {percent(high)}"


def _commonest(facts: Facts) -> str:
    counts = facts.evaluation.confusion.copy()
    np.fill_diagonal(counts, 0)
    if not counts.any():
        return "It made no mistake."
    true, taken = np.unravel_index(counts.argmax(), counts.shape)
    return f"Most often it takes {true} for {taken}: {counts.max():,} times."


def confusions(facts: Facts, _examples: int) -> str | Missing:
    """The confusion matrix."""
    counts = facts.evaluation.confusion
    if len(counts) > MOST_CLASSES:
        return Missing(f"{len(counts):,} classes are too many for a matrix that can be read")
    off = [(int(n), i, j) for (i, j), n in np.ndenumerate(counts) if i != j and n]
    worst = "; ".join(f"{i} for {j}, {n} times" for n, i, j in sorted(off, key=lambda one: -one[0])[:5])
    wrong = sum(n for n, _, _ in off)
    alt = (
        f"A matrix of {len(counts)} by {len(counts)} counts. {wrong:,} mistakes; most often it took "
        f"{worst or 'nothing'}."
    )
    caption = (
        "A row for each true class, a column for each answer. Numbers count images; the diagonal, in grey, is right. "
        "The darker a cell, the larger the share of its row."
    )
    return figure(plots.confusion(facts.evaluation), "confusion", alt, caption)


def classes(facts: Facts, examples: int) -> str | Missing:
    """Figures and pictures of every class."""
    counts = facts.evaluation.confusion
    if len(counts) > MOST_CLASSES:
        return Missing(f"{len(counts):,} classes are too many to look at each")
    head = ("class", "images", "found", "95 % interval", "right when named", "most often taken for")
    rows = [_figures(facts, label) for label in range(len(counts))]
    seen = "".join(_seen(facts, label, examples) for label in range(len(counts))) if _has_pictures(facts) else ""
    words = (
        "<p><i>Found</i> is the share of a class's images that were given its name (recall); <i>right when named</i> "
        "is the share of the images given the name that deserve it (precision).</p>\n"
    )
    return words + table(head, rows, "Every class on the test images", "numbers") + seen


def _figures(facts: Facts, label: int) -> list[str]:
    found, row = facts.evaluation, facts.evaluation.confusion[label]
    total, right = int(row.sum()), int(row[label])
    others = np.where(np.arange(len(row)) == label, 0, row)
    interval = _from_to(*wilson_interval(right, total)) if total else "–"
    taken = f"{others.argmax()} ({others.max():,}×)" if others.any() else "–"
    return [str(label), f"{total:,}", percent(found.recall[label]), interval, percent(found.precision[label]), taken]


def _has_pictures(facts: Facts) -> bool:
    return facts.data.test.images.ndim == 3  # noqa: PLR2004 images of rows and columns


def _seen(facts: Facts, label: int, examples: int) -> str:
    """Pictures of a class: the ones it is surest of, and the ones it is most surely wrong about."""
    parts = []
    for right, title in ((True, "surest"), (False, "mistaken")):
        rows = facts.outcomes.of_class(label, right=right)[:examples].tolist()
        shown = "".join(_small(facts, row) for row in rows) or "<p>none</p>"
        parts.append(f'<div><h4>{title}</h4><div class="strip">{shown}</div></div>')
    return f'<section class="class"><h3>Class {label}</h3>{"".join(parts)}</section>\n'


def _small(facts: Facts, row: int) -> str:
    label, answer = int(facts.outcomes.labels[row]), int(facts.outcomes.predictions.label[row])
    alt = f"{label} taken for {answer}" if label != answer else f"a {label}"
    below = f"<figcaption>as {answer}</figcaption>" if label != answer else ""
    return f"<figure>{picture(facts.data.test.images[row], alt)}{below}</figure>"


def mistakes(facts: Facts, examples: int) -> str | Missing:
    """Pictures of the mistakes it was surest of."""
    if not _has_pictures(facts):
        return Missing("the data holds no pictures")
    rows = facts.outcomes.mistakes()
    if not len(rows):
        return Missing("it made none on the test images")
    shown = rows[: WORST * examples].tolist()
    words = (
        f"<p>It is wrong about {len(rows):,} of {len(facts.outcomes.labels):,} test images. Here are the {len(shown)} "
        "that it was surest of, the surest first: would you have known better? Beside each are its probabilities, and "
        "the number of the test image, counted from 0.</p>\n"
    )
    return words + f'<div class="mistakes">{"".join(_mistake(facts, row) for row in shown)}</div>\n'


def _mistake(facts: Facts, row: int) -> str:
    label, answer = int(facts.outcomes.labels[row]), int(facts.outcomes.predictions.label[row])
    probabilities = facts.outcomes.predictions.probabilities[row]
    likeliest = list(dict.fromkeys([answer, label, *np.argsort(-probabilities, kind="stable").tolist()]))[:LIKELIEST]
    bars = "".join(
        f'<b>{which}</b><span class="bar"><i style="width:{100 * probabilities[which]:.1f}%"></i></span>'
        f"<span>{percent(float(probabilities[which]))}</span>"
        for which in likeliest
    )
    return (
        f"<figure>{picture(facts.data.test.images[row], f'Test image {row}, a {label} taken for {answer}')}"
        f'<figcaption><strong>{label}, taken for {answer}</strong> <span class="soft">#{row}</span>'
        f'<span class="bars">{bars}</span></figcaption></figure>\n'
    )


def sureness(facts: Facts, _examples: int) -> str:
    """The calibration diagram."""
    found = facts.reliabilities
    errors = "; ".join(f"{name}: {one.error:.4f}" for name, one in found.items())
    alt = f"Share of right answers against how sure they were, in 15 bins. Expected calibration error, {errors}."
    caption = (
        "Of the answers that are 80 % sure, 80 % should be right: then points lie on the dotted line. Above it the "
        "network is too modest, below it too sure. Bars are 95 % intervals; the lower panel counts the answers. "
        f"Expected calibration error: {text(errors)}."
    )
    if len(found) > 1:
        caption += (
            " The temperature was fitted on held-out images and distorted copies of them together, so on images as "
            "they are the network may sound too modest."
        )
    return figure(plots.calibration_diagram(found), "calibration", alt, caption)


def refusal(facts: Facts, _examples: int) -> str:
    """The curve of risk against coverage, and the thresholds of the calibration on it."""
    curve, points = facts.curve, facts.points
    half = int(np.searchsorted(curve.coverage, 0.5))
    alt = (
        f"Share of wrong answers against the share of images that is answered: {percent(curve.risk[-1])} if all are, "
        f"{percent(curve.risk[half])} if the surer half is."
    )
    marked = {f"{point.max_error:g}": (point.coverage, point.risk) for point in points}
    if points:
        means = " Diamonds are the thresholds that <code>--max-error</code> chooses, as they do on these images."
    else:
        means = " The model is not calibrated, so no thresholds are marked; <code>mnist-nn calibrate</code> finds them."
    caption = (
        "If it answers only where it is sure enough, it answers less and errs less. From right, where it answers "
        f"everything, to left, where it answers only the surest. Area under the curve: {curve.area:.5f}.{means}"
    )
    drawn = figure(plots.refusal_curve(curve, marked), "refusal", alt, caption)
    if not points:
        return drawn
    rows = [
        (f"{p.max_error:g}", f"{p.threshold:.4f}", percent(p.promised_coverage), percent(p.coverage), percent(p.risk))
        for p in points
    ]
    head = ("max error", "confidence from", "accepted, held out", "accepted, test", "wrong among them, test")
    return drawn + table(head, rows, "What each threshold promised, and what it did on the test images", "numbers")
