"""How the reader is made: the steps on little data; the command as it is runs among the slow tests."""

from dataclasses import replace

import numpy as np
import pytest

from mnist_nn import load_data, preset
from mnist_nn.errors import ConfigError
from mnist_nn.model_file.storage import from_bytes, to_bytes
from mnist_nn.reading import train_reader as module
from mnist_nn.reading.train_reader import train_reader

SMALL = replace(preset("reader")[1], subset=1500, validation=400, epochs=2)


@pytest.fixture(autouse=True)
def few_non_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "NON_DIGIT_COUNTS", dict.fromkeys(module.NON_DIGIT_COUNTS, 60))


def test_the_last_epoch_comes_with_a_calibrated_model_of_ten_outputs() -> None:
    (first, nothing), (last, model) = train_reader(load_data("mnist"), SMALL)
    assert nothing is None
    assert model is not None
    assert (first.scores.epoch, last.scores.epoch) == (1, 2)
    assert model.network.config == preset("reader")[0]
    assert np.array_equal(model.network.weights[-1], last.network.weights[-1][:10].astype(np.float16))
    assert model.training == SMALL
    again = from_bytes(to_bytes(model))
    assert again.calibration is not None
    assert again.data["name"] == "mnist"


def test_a_reader_needs_a_hold_out() -> None:
    with pytest.raises(ConfigError, match="validation"):
        next(train_reader(load_data("mnist"), replace(SMALL, validation=0)))
