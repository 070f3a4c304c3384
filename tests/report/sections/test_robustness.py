"""The curves of distorted images are those that were measured."""

from typing import Any

from mnist_nn import Dataset, Model
from mnist_nn.evaluation.robustness import measure_robustness


def test_curves_are_measured_and_put_into_words(page: Any, model: Model, mnist: Dataset) -> None:
    (alt,) = (name for name in page.names if name.startswith("The accuracy on distorted images."))
    rotation, shift, noise = measure_robustness(model.network, mnist.test, engine="reference")
    assert f"{100 * rotation.accuracy[0]:.2f} % at -60°" in alt
    assert f"{100 * shift.accuracy[2]:.2f} % at 2 px" in alt
    assert f"{100 * noise.accuracy[-1]:.2f} % at 0.5" in alt
    assert "how many of 1,000 test images are still read correctly" in page.text
