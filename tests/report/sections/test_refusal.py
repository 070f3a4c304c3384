"""What each threshold costs is what it does on the test images."""

from typing import Any

from mnist_nn import Dataset, Model
from mnist_nn.evaluation.calibration import OperatingPoint
from mnist_nn.evaluation.reliability import predict_samples


def test_thresholds_stand_beside_what_they_do_on_the_test_images(page: Any, model: Model, mnist: Dataset) -> None:
    outcomes = predict_samples(model.network, mnist.test, model.calibration)
    rows = page.table("max error")
    assert [row[0] for row in rows] == ["0.02", "0.05"], "0.002, 0.005 and 0.01 are out of reach"
    for row, point in zip(rows, [OperatingPoint(0.5, 0.02, 0.4), OperatingPoint(0.3, 0.05, 0.7)], strict=True):
        accepted = outcomes.predictions.confidence >= point.threshold
        risk = 1 - outcomes.right[accepted].mean() if accepted.any() else 0.0
        assert row[1:] == [
            f"{point.threshold:.4f}",
            f"{100 * point.coverage:.2f} %",
            f"{100 * accepted.mean():.2f} %",
            f"{100 * risk:.2f} %",
        ]
