"""Models of every kind, small data sets that fit them, and a round trip through a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_nn import Dataset, Model, Network, NetworkConfig, load_data
from mnist_nn.data.idx import write_idx
from mnist_nn.data.sources import FILES
from mnist_nn.evaluation.calibration import Calibration
from mnist_nn.export import FORMATS, export, verify
from mnist_nn.export.verification import Verification
from mnist_nn.reading.reader_model import load_reader_model

CLASSES = 3


@pytest.fixture(scope="session")
def reader() -> Model:
    """The model for reading, which is calibrated."""
    return load_reader_model()


@pytest.fixture(scope="session")
def make_model() -> Callable[..., Model]:
    """Make a network with random weights and biases, and a calibration of random numbers if wanted."""

    def make(*, calibrated: bool = False, seed: int = 0, scale: float = 1.0, **config: Any) -> Model:
        rng = np.random.default_rng(seed)
        plain = Network.create(NetworkConfig(**config), seed)
        arrays = [scale * (p + 0.3 * rng.standard_normal(p.shape)) for p in plain.parameters]
        network = Network.of(plain.config, arrays)
        if not calibrated:
            return Model(network)
        features = network.config.sizes[-2] + 3
        table = np.column_stack([np.linspace(0, 1, 5), np.linspace(0.2, 0.004, 5), np.linspace(1, 0.5, 5)])
        found = Calibration(float(rng.uniform(0.5, 3)), 0.3 * rng.standard_normal(features), 0.2, 0.1, table)
        return Model(network, calibration=found)

    return make


@pytest.fixture(scope="session")
def small_data(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Dataset]:
    """Load a data set of three classes and so many pixels, from files as anybody's would be."""
    made: dict[int, Dataset] = {}

    def load(inputs: int) -> Dataset:
        if inputs not in made:
            rng, folder = np.random.default_rng(inputs), tmp_path_factory.mktemp("data")
            for name, count in zip(FILES, (60, 60, 20, 20), strict=True):
                labels = np.arange(count, dtype=np.uint8) % CLASSES
                images = rng.integers(0, 256, (count, 1, inputs), np.uint8)
                write_idx(folder / name, images if "images" in name else labels)
            made[inputs] = load_data(folder)
        return made[inputs]

    return load


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., Verification]:
    """Export a model, and verify the file with it or with another model."""

    def both(model: Model, name: str, data: Dataset | None = None, *, beside: Model | None = None) -> Verification:
        path = tmp_path / f"exported{FORMATS[name].suffix}"
        path.write_bytes(export(model, name, data))
        return verify(beside or model, path)

    return both
