"""How the reader is made: the steps on little data; the command as it is runs among the slow tests."""

from dataclasses import replace

import numpy as np
import pytest

from mnist_nn import Dataset, load_data, preset
from mnist_nn.data.non_digits import non_digits
from mnist_nn.errors import ConfigError
from mnist_nn.evaluation import calibration_fit
from mnist_nn.evaluation.prediction import predict
from mnist_nn.model_file.storage import from_bytes, to_bytes
from mnist_nn.reading.train_reader import NON_DIGIT_COUNTS, ReaderExamples, train_reader
from mnist_nn.util.randomness import key

pytestmark = pytest.mark.slow  # networks are trained

SMALL = replace(preset("reader")[1], subset=1500, validation=400, epochs=2)


@pytest.fixture(autouse=True)
def few_to_calibrate_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration_fit, "EXAMPLES", 60)


FEW = ReaderExamples(60, 40, 200, dict.fromkeys(NON_DIGIT_COUNTS, 60))


def test_the_last_epoch_comes_with_a_calibrated_model_of_ten_outputs() -> None:
    (first, nothing), (last, model) = train_reader(load_data("mnist"), SMALL, examples=FEW)
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


def test_pictures_of_no_digits_are_learned_as_an_eleventh_class_and_calibrated_on(mnist: Dataset) -> None:
    """With nothing but uprights to refuse, a network of a second's training refuses most of them."""
    uprights = ReaderExamples(20, 20, 200, {"uprights": 400})
    *_, (_, model) = train_reader(mnist, replace(SMALL, epochs=6), examples=uprights)
    assert model is not None
    found = predict(model.network, non_digits("uprights", 200, key(5), mnist.test.images), model.calibration)
    ones = predict(model.network, mnist.test.images[mnist.test.labels == 1], model.calibration)
    assert np.median(found.is_digit) < 0.1
    assert np.median(ones.is_digit) > 0.9
