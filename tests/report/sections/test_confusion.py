"""The confusion matrix is evaluation's."""

import re

from mnist_nn import Dataset, Model, evaluate
from mnist_nn.report import Report


def test_the_confusion_matrix_holds_every_count(made: Report, model: Model, mnist: Dataset) -> None:
    body = made.html.partition('<section id="confusion"')[2].partition("</section>")[0]
    counts = evaluate(model.network, mnist.test).confusion
    written = [int(text) for text in re.findall(r">(\d+)</text>", body)]
    assert sorted(written) == sorted([*counts[counts > 0].tolist(), *range(10), *range(10)]), "and the ticks"
