"""The worst mistakes are those that it was most confident of."""

from typing import Any

from mnist_nn import Dataset, Model
from mnist_nn.evaluation.reliability import predict_samples


def test_the_worst_mistakes_are_shown_surest_first(page: Any, model: Model, mnist: Dataset) -> None:
    outcomes = predict_samples(model.network, mnist.test, model.calibration)
    true, predicted = outcomes.labels, outcomes.predictions.label
    expected = [f"Test image {i}, a {true[i]} mistaken for {predicted[i]}" for i in outcomes.mistakes()[:24]]
    assert [name for name in page.names if name.startswith("Test image")] == expected
    first = int(outcomes.mistakes()[0])
    assert f"{100 * outcomes.predictions.top_probability[first]:.2f} %" in page.text
    assert f"wrong about {len(outcomes.mistakes()):,} of 10,000" in page.text
