"""The labels that are shown are the most doubtful ones, in their order."""

from collections.abc import Callable
from typing import Any

import numpy as np

from mnist_nn import Dataset, Model, Network, NetworkConfig
from mnist_nn.evaluation.label_errors import find_label_errors
from mnist_nn.evaluation.reliability import predict_samples
from mnist_nn.report import build_report


def test_the_most_doubtful_labels_are_shown_first(page: Any, model: Model, mnist: Dataset) -> None:
    probabilities = predict_samples(model.network, mnist.test, model.calibration).predictions.probabilities
    found = find_label_errors(probabilities, mnist.test.labels)
    expected = [
        f"Image {row}, labelled {label}, which the network takes for {other}"
        for row, label, other in zip(found.rows[:24], found.labels, found.suggested, strict=False)
    ]
    assert [name for name in page.names if name.startswith("Image ")] == expected
    assert f"{int(found.confident.sum())} images count confidently as another class" in page.text


def test_a_network_that_agrees_with_all_labels_has_no_doubts(make_data: Callable[[Any, Any], Dataset]) -> None:
    images = np.zeros((4, 4, 4), np.uint8)
    images[2:] = 255
    config = NetworkConfig(inputs=16, hidden=(), outputs=2, activation="sigmoid")
    W, b = np.array([[-1.0] * 16, [1.0] * 16]), np.array([8.0, -8.0])
    made = build_report(Model(Network.of(config, [W, b])), make_data(images, np.array([0, 0, 1, 1])))
    assert made.left_out["labels"] == "the network agrees with the labels of all test images"
    assert made.left_out["map"] == "the network has no hidden layer"
