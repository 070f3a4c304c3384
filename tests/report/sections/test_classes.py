"""Every class has its figures, and pictures of what it was taken for."""

from typing import Any

import numpy as np

from mnist_nn import Dataset, Model, evaluate


def test_every_class_has_its_figures(page: Any, model: Model, mnist: Dataset) -> None:
    found = evaluate(model.network, mnist.test)
    rows = page.table("class", "images")
    assert len(rows) == 10
    for label, row in enumerate(rows):
        assert row[:3] == [str(label), f"{found.confusion[label].sum():,}", f"{100 * found.recall[label]:.2f} %"]
        assert row[4] == ("–" if np.isnan(found.precision[label]) else f"{100 * found.precision[label]:.2f} %")
