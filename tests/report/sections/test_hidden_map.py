"""The map shows the last hidden layer, and says how much of it."""

from typing import Any

import numpy as np

from mnist_nn import Dataset, Model, activations
from mnist_nn.evaluation.projection import project


def test_the_map_says_what_its_axes_explain(page: Any, model: Model, mnist: Dataset) -> None:
    rows = np.linspace(0, 9999, 250).astype(int)
    found = project(activations(model.network, mnist.test.images[rows])[-2])
    (alt,) = (name for name in page.names if name.startswith("A map of 250 test images"))
    assert f"with {100 * found.explains[0]:.2f} % and {100 * found.explains[1]:.2f} % of the variance" in alt
    assert "turns every image into 20 numbers" in page.text
