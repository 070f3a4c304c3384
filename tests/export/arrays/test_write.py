"""Plain arrays: loaded by people who do not have this package, and by those who do."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from patience import PATIENCE

from mnist_nn import Dataset, Model, Network, TrainingConfig, evaluate, train
from mnist_nn.export import export
from mnist_nn.export.vectors import predict_exactly
from mnist_nn.model_file.storage import from_bytes, to_bytes

DOCS = Path(__file__).parents[3] / "docs" / "how-to" / "export.md"


@pytest.fixture(scope="module")
def trained(mnist: Dataset) -> Model:
    config = TrainingConfig(epochs=1, subset=500, optimizer="adam", batch_size=10)
    *_, last = train(Network.create(), mnist.train, config, engine="reference")
    return Model.of(last.checkpoint, config, scores={"test_accuracy": 0.5})


def test_a_stripped_model_has_the_network_and_nothing_to_train_with(trained: Model, mnist: Dataset) -> None:
    content = export(trained, "safetensors")
    again = from_bytes(content)
    assert again.checkpoint is None
    assert again.training == trained.training
    assert again.scores == trained.scores
    assert evaluate(again.network, mnist.test).accuracy == evaluate(trained.network, mnist.test).accuracy
    tensors = len(content) - 8 - int.from_bytes(content[:8], "little")
    assert tensors == 4 * trained.network.parameter_count, "Adam's memory would be twice that besides"


def test_a_stripped_model_may_be_saved_again_by_the_library(reader: Model) -> None:
    again = from_bytes(to_bytes(from_bytes(export(reader, "safetensors"))))
    images = np.zeros((1, 28, 28), np.uint8)
    assert predict_exactly(again, images).is_digit == predict_exactly(reader, images).is_digit


def test_an_npz_file_needs_no_pickle(make_model: Callable[..., Model]) -> None:
    model = make_model(calibrated=True, hidden=(7, 3))
    with np.load(io.BytesIO(export(model, "npz")), allow_pickle=False) as file:
        assert {"W1", "b1", "W2", "b2", "W3", "b3", "json", "calibration_weights", "vectors_images"} <= set(file)
        assert np.array_equal(file["W2"], model.network.weights[1])
        assert json.loads(str(file["json"]))["network"] == model.network.config.to_dict()


def test_the_recipe_in_the_documentation_runs_without_this_package(reader: Model, tmp_path: Path) -> None:
    (tmp_path / "model.npz").write_bytes(export(reader, "npz"))
    (recipe,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    program = f"import sys; sys.modules['mnist_nn'] = None\n{recipe}"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    labels, largest = done.stdout.splitlines()
    assert labels == "[0 1 2 3 4 5 6 7 8 9]"
    assert float(largest) < 1e-5


def test_keys_shapes_and_orientation_are_those_that_the_pytorch_recipe_takes(reader: Model) -> None:
    # A torch.nn.Linear(before, units) computes x weight.T + bias, with a weight of shape (units, before).
    assert 'f"{2 * k - 2}.weight": torch.tensor(file[f"W{k}"])' in DOCS.read_text(encoding="utf-8")
    file = np.load(io.BytesIO(export(reader, "npz")))
    layers = range(1, 1 + sum(name[0] == "W" for name in file))
    sizes = [file["W1"].shape[1], *(len(file[f"b{k}"]) for k in layers)]
    assert sizes == list(reader.network.config.sizes)
    x = file["vectors_images"] / 255
    for k, (before, units) in enumerate(pairwise(sizes), 1):
        assert file[f"W{k}"].shape == (units, before)
        z = x @ file[f"W{k}"].T + file[f"b{k}"]
        x = np.maximum(z, 0)
    assert reader.calibration
    e = np.exp((z - z.max(axis=1, keepdims=True)) / reader.calibration.temperature)
    assert np.abs(e / e.sum(axis=1, keepdims=True) - file["vectors_probabilities"]).max() < 1e-6
