"""``calibrate`` as a person meets it, mistakes included."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_nn import load_model
from mnist_nn.evaluation.prediction import predict

Cli = Callable[..., Any]
SMALL = ("--subset", "3000", "--validation", "800", "--epochs", "2", "--engine", "reference", "--quiet")


@pytest.fixture
def held_out_model(cli: Cli, tmp_path: Path) -> Path:
    assert cli("train", "--output", "softmax", "--loss", "cross_entropy", *SMALL).code == 0
    return tmp_path / "mnist-model.safetensors"


def test_calibrate_puts_it_into_the_model_file_and_keeps_the_rest(cli: Cli, held_out_model: Path) -> None:
    before = load_model(held_out_model)
    outcome = cli("calibrate", held_out_model)
    assert outcome.code == 0
    assert "Temperature" in outcome.out
    after = load_model(held_out_model)
    assert after.calibration is not None
    assert after.scores == before.scores
    assert after.checkpoint is not None
    assert all(np.array_equal(p, q) for p, q in zip(before.network.parameters, after.network.parameters, strict=True))
    assert predict(after.network, np.zeros((1, 28, 28), np.uint8), after.calibration).is_digit[0] < 0.5


def test_the_json_document_says_what_each_limit_costs(cli: Cli, held_out_model: Path) -> None:
    document = cli("calibrate", held_out_model, "--json", "--seed", "3").json
    assert document["held_out"] == 800
    assert set(document["max_error"]) == {"0.002", "0.005", "0.01", "0.02", "0.05"}
    for limit, point in document["max_error"].items():
        assert point is None or (point["error"] <= float(limit) and 0 < point["coverage"] <= 1)


def test_a_model_that_has_seen_everything_is_refused(cli: Cli, model: Path) -> None:
    outcome = cli("calibrate", model)
    assert outcome.code == 2
    assert "--validation" in outcome.err
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.parametrize("seed", ["-1", "18446744073709551616"])
def test_a_seed_that_cannot_be_is_said(cli: Cli, held_out_model: Path, seed: str) -> None:
    outcome = cli("calibrate", held_out_model, "--seed", seed)
    assert outcome.code == 2
    assert "seed" in outcome.err


def test_a_missing_model_is_said(cli: Cli) -> None:
    assert "no-such-file" in cli("calibrate", "no-such-file").err
