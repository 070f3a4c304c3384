"""How a sequence network is made, on little: what is reported, what is kept, and what a kept run goes on to."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_nn import Samples, load_data
from mnist_nn.errors import ConfigError
from mnist_nn.model_file.storage import load
from mnist_nn.reading import train_sequence as module
from mnist_nn.reading.train_sequence import SequenceReport, compose_unseen_lines, train_sequence
from mnist_nn.training.sequences import SequenceTraining

pytestmark = pytest.mark.slow  # networks are trained

TRAINING = SequenceTraining(updates=4, lines_per_update=3, seed=5)
DATA = {"name": "mnist", "sha256": "0"}


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHAPE", replace(module.SHAPE, hidden=(8,), activation="relu"))
    for name, value in {"PEN_DIGITS": 20, "UNSEEN_DIGITS": 60, "UNSEEN_LINES": 4, "REPORT_S": 0.0}.items():
        monkeypatch.setattr(module, name, value)


@cache
def digits(first: int) -> Samples:
    return load_data("mnist").train.take(range(first, first + 60))


def run(path: Path, training: SequenceTraining = TRAINING, data: Any = DATA) -> Iterator[SequenceReport]:
    return train_sequence(path, digits(0), digits(100), data, training)


def test_the_last_report_has_the_network_as_it_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "s.safetensors"
    reports = list(run(path))
    assert [report.updates for report in reports] == [1, 2, 3, 4]
    assert [report.network is None for report in reports] == [True, True, True, False]
    assert all(report.of == 4 and report.loss > 0 and 0 <= report.unseen <= 1 for report in reports)
    network, kept = reports[-1].network, load(path)
    assert network is not None
    assert kept.checkpoint is None
    for p, q in zip(network.parameters, kept.network.parameters, strict=True):
        np.testing.assert_array_equal(p, q)
        np.testing.assert_array_equal(p, p.astype(np.float16))
    (again,) = run(path)
    assert again.network is not None
    assert (again.updates, again.unseen, again.seconds_left) == (4, reports[-1].unseen, 0.0)


def test_a_run_that_is_stopped_goes_on_to_the_same_network(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.safetensors", tmp_path / "cut.safetensors"
    (*_, expected) = run(whole)
    stopped = run(cut)
    assert len(list(islice(stopped, 2))) == 2
    stopped.close()
    checkpoint = load(cut).checkpoint
    assert checkpoint is not None
    assert checkpoint.state.updates == 2
    rest = list(run(cut))
    assert [report.updates for report in rest] == [3, 4]
    assert expected.network is not None
    assert rest[-1].network is not None
    for p, q in zip(expected.network.parameters, rest[-1].network.parameters, strict=True):
        assert p.tobytes() == q.tobytes()


def test_a_run_is_kept_every_so_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SAVE_S", 0.0)
    path = tmp_path / "s.safetensors"
    running = run(path)
    next(running)
    next(running)
    checkpoint = load(path).checkpoint
    assert checkpoint is not None
    assert checkpoint.state.updates == 1, "the first update was kept before the second was made"
    running.close()


def test_a_run_of_other_settings_is_not_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "s.safetensors"
    list(run(path, replace(TRAINING, updates=1)))
    for training, data in ((TRAINING, DATA), (replace(TRAINING, updates=1), {**DATA, "sha256": "1"})):
        with pytest.raises(ConfigError, match="other settings or other data"):
            next(run(path, training, data))


def test_seeds_give_other_networks_and_other_lines(tmp_path: Path) -> None:
    one, other = (
        list(run(tmp_path / str(seed), replace(TRAINING, updates=1, seed=seed)))[-1].network for seed in (1, 2)
    )
    assert one is not None
    assert other is not None
    assert not np.array_equal(one.weights[0], other.weights[0])
    first, again, second = (compose_unseen_lines(digits(100), seed, 4) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.maps, again.maps)
    assert first.maps.shape != second.maps.shape or not np.array_equal(first.maps, second.maps)
