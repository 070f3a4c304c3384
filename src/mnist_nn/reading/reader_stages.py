"""The stages of making a reader: the network for single digits, the sequence networks, and the score of numbers.

Each network saves its run in a work folder and continues from there, so that making a reader can be stopped at any time
and started again. `train_reader` and `train_sequence` train the networks, and `calibrate_numbers` comes last.
"""

import logging
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from mnist_nn.data import Dataset, Samples
from mnist_nn.errors import ConfigError, DataError, ModelFileError
from mnist_nn.model_file.storage import Model, load, save
from mnist_nn.nn.config import TrainingConfig
from mnist_nn.nn.network import Network
from mnist_nn.reading.calibrate_numbers import (
    NUMBERS,
    KindResult,
    NumberCalibrationParameters,
    calibrate_numbers,
)
from mnist_nn.reading.train_reader import EXAMPLES, ReaderExamples, train_reader
from mnist_nn.reading.train_sequence import SequenceReport, train_sequence
from mnist_nn.training.loop import Epoch
from mnist_nn.training.placement import split
from mnist_nn.training.sequences import SequenceTraining
from mnist_nn.util import randomness
from mnist_nn.util.io_errors import explain_io_errors
from mnist_nn.util.locks import keep_others_off

SEQUENCE_NETWORKS = 2
"""Number of networks: two independent ones that agree are a better guard than one that is sure
(docs/explanation/reading.md)."""
ELSEWHERE = "choose another folder with --work DIR"
DIGITS_FILE = "digits.safetensors"
NUMBERS_PURPOSE = 20  # what the key of a calibration is folded with for numbers

_logger = logging.getLogger("mnist_nn")


@dataclass(frozen=True)
class SequenceStep:
    """A report on the sequence network with this number, from 1."""

    number: int
    report: SequenceReport


@dataclass(frozen=True)
class NumberStep:
    """The results of the calibration of numbers for each kind of paper."""

    kinds: tuple[KindResult, ...]


Step = Epoch | SequenceStep | NumberStep | Model


def make_reader(
    data: Dataset,
    training: TrainingConfig,
    sequences: SequenceTraining | None,
    work: Path,
    numbers: NumberCalibrationParameters | None = NUMBERS,
    examples: ReaderExamples = EXAMPLES,
) -> Generator[Step, None, None]:
    """Make a reader; yield epochs of the digit network, steps of the sequence networks, and finally the model.

    Parameters
    ----------
    data
        The digits to learn from.
    training
        How the digit network is trained; see `mnist_nn.reading.train_reader.train_reader`.
    sequences
        How each sequence network is trained; their seeds are derived from its seed. None for a reader without them.
    work
        A folder for the runs, which is created if necessary. Runs in it with the same settings are continued.
    numbers
        How many numbers to calibrate on; None to calibrate only digits. If a reader is too weak for a calibration of
        numbers, it has none, and a warning is logged.
    examples
        The other examples that the digit network learns from.

    Raises
    ------
    ConfigError
        If the folder contains runs with other settings.
    ModelFileError
        If a file there cannot be read or written.
    FileInUseError
        If another process is making a reader there.
    """
    with explain_io_errors(ModelFileError, "write", work, ELSEWHERE):
        work.mkdir(parents=True, exist_ok=True)
    with keep_others_off(work, ELSEWHERE):
        yield from _make(data, training, sequences, work, numbers, examples)


def _make(
    data: Dataset,
    training: TrainingConfig,
    sequences: SequenceTraining | None,
    work: Path,
    numbers: NumberCalibrationParameters | None,
    examples: ReaderExamples,
) -> Iterator[Step]:
    digits = yield from _train_digits(data, training, work / DIGITS_FILE, examples)
    networks: list[Network] = []
    learned, held_out = split(data.train, training)
    assert held_out  # noqa: S101 - the digit network is calibrated on it
    if sequences:
        for number in range(1, SEQUENCE_NETWORKS + 1):
            own = replace(sequences, seed=SEQUENCE_NETWORKS * sequences.seed + number)
            path = work / f"sequence-{number}.safetensors"
            for report in train_sequence(path, learned, held_out, _record(data), own):
                yield SequenceStep(number, report)
                networks += [report.network] if report.network else []
    reader = replace(digits, sequences=tuple(networks))
    yield (yield from _calibrate_numbers(reader, held_out, training, numbers)) if numbers else reader


def _calibrate_numbers(
    reader: Model, held_out: Samples, training: TrainingConfig, numbers: NumberCalibrationParameters
) -> Generator[NumberStep, None, Model]:
    """Calibrate a reader's numbers, if it reads well enough."""
    key = randomness.fold(randomness.key(training.seed), randomness.CALIBRATION, NUMBERS_PURPOSE)
    try:
        calibration, kinds = calibrate_numbers(reader, held_out, key, numbers)
    except DataError as error:
        _logger.warning("numbers are not calibrated: %s", error)
        return reader
    yield NumberStep(kinds)
    return replace(reader, number_calibration=calibration)


def _record(data: Dataset) -> dict[str, str]:
    return {"name": data.name, "sha256": data.digest}


def _train_digits(
    data: Dataset, training: TrainingConfig, path: Path, examples: ReaderExamples
) -> Generator[Epoch, None, Model]:
    """Train the digit network, or continue with its saved run; return the calibrated model."""
    kept = load(path) if path.exists() else None
    if kept and (kept.training, kept.data) != (training, _record(data)):
        raise ConfigError(
            f"{path} contains a run with other settings or other data; choose another folder, or delete this one"
        )
    if kept and kept.calibration:
        return kept
    for epoch, model in train_reader(data, training, kept.checkpoint if kept else None, examples):
        kept = model or Model.of(epoch.checkpoint, training, data=_record(data))
        save(path, kept)
        yield epoch
    assert kept  # noqa: S101 - a run has an epoch, or was finished
    return kept
