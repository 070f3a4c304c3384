"""The page believes a network as far as the library does: the same probabilities, the same decisions."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from patience import PATIENCE

from mnist_nn import Dataset, Network, NetworkConfig
from mnist_nn.evaluation.calibration import Z_FEATURES, Calibration
from mnist_nn.evaluation.prediction import predict
from mnist_nn.model_file.storage import Model, save
from mnist_nn.reading.parameters import READING
from mnist_nn.reading.reader_model import load_reader_model
from mnist_nn.reading.results import DIGIT, DOUBTFUL, NOT_A_DIGIT

HERE = Path(__file__).parent
NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="node is not installed, which runs the playground's mathematics")


def page_says(model: Model, images: Any, folder: Path) -> list[dict[str, Any]]:
    path = save(folder / "model.safetensors", model)
    (folder / "images.json").write_text(json.dumps(images.reshape(len(images), -1).tolist()), encoding="utf-8")
    command = [str(NODE), str(HERE / "read_predictions.mjs"), str(path), str(folder / "images.json")]
    return list(
        json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE).stdout)
    )


def agree(model: Model, images: Any, folder: Path) -> set[str]:
    """Compare the page with the library; returns the decisions that came up."""
    expected = predict(model.network, images, model.calibration)
    calibration = model.calibration
    threshold = (
        calibration.operating_point(READING.max_error).threshold if calibration else READING.uncalibrated_threshold
    )
    lowest = calibration.not_a_digit if calibration else 0.0
    found = page_says(model, images, folder)
    assert [one["probabilities"] for one in found] == pytest.approx(np.asarray(expected.probabilities), abs=2e-6)
    assert [one["isDigit"] for one in found] == pytest.approx(expected.is_digit, abs=2e-6)
    assert [one["confidence"] for one in found] == pytest.approx(expected.confidence, abs=2e-6)
    accepted = np.where(expected.confidence >= threshold, DIGIT, DOUBTFUL)
    assert [one["decision"] for one in found] == np.where(expected.is_digit < lowest, NOT_A_DIGIT, accepted).tolist()
    return {one["decision"] for one in found}


def test_the_reader_says_the_same(mnist: Dataset, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    digits = mnist.test.images[:60]
    doubtful = (digits[:40].astype(np.float64) * 0.5 + digits[20:60] * 0.5).astype(np.uint8)
    noise = rng.integers(0, 256, (10, 28, 28), np.uint8)
    decisions = agree(load_reader_model(), np.concatenate([digits, doubtful, noise]), tmp_path)
    assert decisions == {"digit", "doubtful", "not a digit"}


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
@pytest.mark.parametrize("hidden", [(), (7,), (9, 5)])
def test_any_depth_and_output_says_the_same(hidden: tuple[int, ...], output: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(len(hidden))
    network = Network.create(NetworkConfig(inputs=16, hidden=hidden, output=output), seed=3)
    weights = rng.standard_normal((hidden[-1] if hidden else 16) + Z_FEATURES)
    images = rng.integers(0, 256, (40, 16), np.uint8)
    draft = Calibration(0.7, weights, -0.4, 0.0, np.array([[0.0, 0.5, 1.0]]))
    seen = predict(network, images, draft)
    lowest, threshold = np.quantile(seen.is_digit, 0.31), np.quantile(seen.confidence, 0.61)
    table = np.array([[0.0, 0.5, 1.0], [threshold, READING.max_error, 0.4], [0.99, 0.001, 0.1]])
    calibration = Calibration(0.7, weights, -0.4, float(lowest), table)
    assert agree(Model(network, calibration=calibration), images, tmp_path) == {DIGIT, DOUBTFUL, NOT_A_DIGIT}


def test_without_a_calibration_everything_is_a_digit(tmp_path: Path, mnist: Dataset) -> None:
    network = Network.create(NetworkConfig(hidden=(5,)), seed=1)
    found = page_says(Model(network), mnist.test.images[:5], tmp_path)
    assert [one["isDigit"] for one in found] == [1] * 5
    agree(Model(network), mnist.test.images[:5], tmp_path)
