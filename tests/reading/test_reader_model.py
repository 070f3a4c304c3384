"""The model that comes with the package reads digits, and is calibrated."""

from pathlib import Path

import numpy as np

from mnist_nn.model_file.storage import load
from mnist_nn.nn.presets import preset
from mnist_nn.reading.reader_model import load_reader_model, reader_model_bytes


def test_it_is_the_preset_reader_with_a_calibration() -> None:
    model = load_reader_model()
    assert model.network.config == preset("reader")[0]
    assert model.calibration is not None
    assert model.calibration.least_error <= 0.01


def test_its_bytes_are_a_model_file(tmp_path: Path) -> None:
    (tmp_path / "reader.safetensors").write_bytes(reader_model_bytes())
    loaded = load(tmp_path / "reader.safetensors")
    for one, other in zip(loaded.network.parameters, load_reader_model().network.parameters, strict=True):
        np.testing.assert_array_equal(one, other)
