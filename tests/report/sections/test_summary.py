"""The summary says in words and figures what evaluation found."""

from typing import Any

import numpy as np

from mnist_nn import Dataset, Model, evaluate


def test_the_summary_is_evaluations(page: Any, model: Model, mnist: Dataset) -> None:
    found = evaluate(model.network, mnist.test, "classic_mse")
    rows = dict(page.table("figure", "value"))
    low, high = (100 * bound for bound in found.interval)
    assert rows["Accuracy"] == f"{100 * found.accuracy:.2f} %, 95 % interval {low:.2f} to {high:.2f} %"
    assert rows["Mean loss"] == f"{found.loss:.5f}, mean squared error"
    assert rows["Loss descended"] == f"{found.descended:.5f}, summed binary cross-entropy"
    assert rows["Calibration error"] == f"{found.calibration_error:.4f} (expected, 15 bins)"
    assert f"classifies about {100 * found.accuracy:.0f} correctly; it was tested on 10,000." in page.text
    counts = np.where(np.eye(10, dtype=bool), 0, found.confusion)
    true, taken = np.unravel_index(counts.argmax(), counts.shape)
    assert f"Its most common mistake, made {counts.max()} times, is to take {true} for {taken}." in page.text
