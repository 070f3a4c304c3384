"""``train-reader`` as a person meets it, mistakes included."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mnist_nn import load_model

Cli = Callable[..., Any]


@pytest.mark.slow
def test_train_reader_makes_a_calibrated_reader(cli: Cli, tmp_path: Path) -> None:
    little = ("--epochs", "1", "--updates", "2", "--lines-per-update", "8", "--numbers", "0")
    outcome = cli("train-reader", *little, "--model", "r.safetensors")
    assert outcome.code == 0
    assert "mnist-nn read --model r.safetensors" in outcome.out
    assert "sequence network 2  update 2/2" in outcome.err
    assert sorted(path.name for path in (tmp_path / "r.work").iterdir()) == [
        "digits.safetensors",
        "sequence-1.safetensors",
        "sequence-2.safetensors",
    ]
    made = load_model(tmp_path / "r.safetensors")
    assert made.calibration is not None
    assert made.network.config.outputs == 10
    assert made.training is not None
    assert made.training.augmentation == "reading"


def test_train_reader_looks_where_it_will_save_before_it_trains(cli: Cli) -> None:
    outcome = cli("train-reader", "--model", "no/such/folder/r.safetensors")
    assert outcome.code == 2
    assert "cannot write" in outcome.err
