"""The stages of making a reader, on little data: each is kept, and none is done twice."""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from mnist_nn import Dataset, Epoch, load_data, preset
from mnist_nn.errors import ConfigError, ModelFileError
from mnist_nn.evaluation import calibration_fit
from mnist_nn.model_file.storage import Model, load
from mnist_nn.reading import train_sequence
from mnist_nn.reading.reader_stages import SequenceStep, Step, make_reader
from mnist_nn.reading.train_reader import NON_DIGIT_COUNTS, ReaderExamples
from mnist_nn.training.sequences import SequenceTraining

pytestmark = pytest.mark.slow  # networks are trained

DIGITS = replace(preset("reader")[1], subset=500, validation=200, epochs=2)
EXAMPLES = ReaderExamples(40, 20, 100, dict.fromkeys(NON_DIGIT_COUNTS, 20))
LINES = SequenceTraining(updates=1, lines_per_update=3)


@pytest.fixture(autouse=True, scope="module")
def little() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibration_fit, "EXAMPLES", 20)
        patch.setattr(train_sequence, "SHAPE", replace(train_sequence.SHAPE, hidden=(8,), activation="relu"))
        for name, value in {"PEN_DIGITS": 20, "UNSEEN_DIGITS": 60, "UNSEEN_LINES": 3}.items():
            patch.setattr(train_sequence, name, value)
        yield


@pytest.fixture(scope="module")
def work(little: None, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ARG001 - it must come first
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def steps(work: Path) -> list[Step]:
    return list(make(work))


@cache
def data() -> Dataset:
    return load_data("mnist")


def make(work: Path, lines: SequenceTraining | None = LINES) -> Generator[Step, None, None]:
    return make_reader(data(), DIGITS, lines, work, None, EXAMPLES)


def test_digits_come_first_then_two_sequence_networks_then_the_model(steps: list[Step], work: Path) -> None:
    assert [type(step) for step in steps] == [Epoch, Epoch, SequenceStep, SequenceStep, Model]
    first, second = (step.report.network for step in steps if isinstance(step, SequenceStep))
    assert first is not None
    assert second is not None
    assert not np.array_equal(first.weights[0], second.weights[0])
    again = list(make(work))
    assert [type(step) for step in again] == [SequenceStep, SequenceStep, Model], "what is done is not done again"


def test_digits_that_are_stopped_go_on_to_the_same_model(steps: list[Step], tmp_path: Path) -> None:
    with closing(make(tmp_path, None)) as running:  # else it holds its files until it is forgotten
        assert len(list(islice(running, 1))) == 1
    assert load(tmp_path / "digits.safetensors").checkpoint is not None
    epoch, model = make(tmp_path, None)
    assert isinstance(epoch, Epoch)
    assert epoch.scores.epoch == 2
    assert isinstance(model, Model)
    assert isinstance(steps[-1], Model)
    assert model.calibration is not None
    for p, q in zip(model.network.parameters, steps[-1].network.parameters, strict=True):
        assert p.tobytes() == q.tobytes()


@pytest.mark.usefixtures("steps")
def test_a_folder_of_another_run_is_refused(work: Path) -> None:
    with pytest.raises(ConfigError, match="other settings or other data"):
        next(make_reader(data(), replace(DIGITS, seed=9), None, work))


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelFileError, match="--work DIR"):
        next(make(tmp_path / "file" / "w"))
