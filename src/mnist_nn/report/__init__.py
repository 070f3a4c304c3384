"""A model on one web page: how good it is, where it errs, what it looks like inside, how to make it again.

One HTML file that asks for nothing else, not even a script. The same model and data give the same bytes. Numbers come
from `mnist_nn.evaluation.metrics` and its neighbours, figures from `mnist_nn.plots`; sections put them into words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

from mnist_nn.data import Dataset
from mnist_nn.evaluation.metrics import Evaluation
from mnist_nn.model_file.recording import Recording
from mnist_nn.model_file.storage import Model
from mnist_nn.report import inside, judged
from mnist_nn.report.facts import Facts
from mnist_nn.report.markup import Missing, text
from mnist_nn.util.checks import integer

EXAMPLES = 8
MOST_EXAMPLES = 50

SECTIONS: dict[str, tuple[str, Callable[[Facts, int], str | Missing]]] = {
    "summary": ("In short", judged.in_short),
    "learning": ("How it learned", inside.learning),
    "weights": ("What its units look for", inside.weights),
    "confusion": ("What it takes for what", judged.confusions),
    "classes": ("Class by class", judged.classes),
    "mistakes": ("Its worst mistakes", judged.mistakes),
    "calibration": ("How sure, and how right", judged.sureness),
    "refusal": ("What refusing costs", judged.refusal),
    "gradients": ("How long its gradients are", inside.gradients),
    "settings": ("Every setting", inside.settings),
    "data": ("Data and programs", inside.provenance),
    "reproduce": ("How to make it again", inside.repeat),
}
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


@dataclass(frozen=True, eq=False)
class Report:
    """A web page, what it says in numbers, and which sections could not be: name to reason."""

    html: str
    evaluation: Evaluation
    sections: tuple[str, ...]
    left_out: dict[str, str]


def report(
    model: Model,
    data: Dataset,
    *,
    name: str = "a model",
    recording: Recording | None = None,
    examples: int = EXAMPLES,
) -> Report:
    """Judge a model on the test images of a data set, and write it all down.

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
    >>> made = report(Model(Network.create()), load_data("mnist"))
    >>> made.left_out["learning"]
    'the file keeps no history of a training'
    """
    examples = integer("examples", examples, 1, MOST_EXAMPLES)
    facts = Facts(name, model, data, recording)
    facts.check()
    written = {key: write(facts, examples) for key, (_, write) in SECTIONS.items()}
    bodies = {key: body for key, body in written.items() if isinstance(body, str)}
    left_out = {key: body.reason for key, body in written.items() if isinstance(body, Missing)}
    return Report(_page(name, bodies, left_out), facts.evaluation, tuple(bodies), left_out)


def _page(name: str, bodies: dict[str, str], left_out: dict[str, str]) -> str:
    style = files("mnist_nn").joinpath("report/report.css").read_text(encoding="utf-8")
    title = f"Report on {text(name)}"
    links = "".join(f'<li><a href="#{key}">{SECTIONS[key][0]}</a></li>' for key in bodies)
    sections = "".join(
        f'<section id="{key}" aria-labelledby="{key}-title">\n<h2 id="{key}-title">{SECTIONS[key][0]}</h2>\n'
        f"{body}</section>\n"
        for key, body in bodies.items()
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<header><h1>{title}</h1></header>\n"
        f'<nav aria-label="Contents"><ul>{links}</ul></nav>\n'
        f"<main>\n{sections}{_missing(left_out)}</main>\n</body>\n</html>\n"
    )


def _missing(left_out: dict[str, str]) -> str:
    if not left_out:
        return ""
    rows = "".join(f"<li>{SECTIONS[key][0]}: {text(reason)}.</li>\n" for key, reason in left_out.items())
    head = '<section id="missing" aria-labelledby="missing-title">\n<h2 id="missing-title">Left out</h2>\n'
    return f"{head}<ul>\n{rows}</ul></section>\n"
