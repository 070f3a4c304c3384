import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Cli = Callable[..., Any]


def test_evaluate_shows_every_figure(cli: Cli, model: Path) -> None:
    outcome = cli("evaluate", model)
    assert outcome.code == 0
    for part in ("Accuracy", "95 % interval", "Mean loss", "Calibration error", "precision", "recall", "Confusion"):
        assert part in outcome.out
    document = cli("evaluate", model, "--json").json
    confusion = np.array(document["confusion"])
    assert confusion.sum() == 10_000
    assert document["accuracy"] == pytest.approx(confusion.trace() / 10_000)


def test_evaluate_refuses_what_is_no_model(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a model")
    for path in ("missing", "text", tmp_path):
        outcome = cli("evaluate", path)
        assert outcome.code == 2
        assert outcome.err.count("\n") == 1


def test_json_is_one_document_even_for_models_that_never_answer_a_class(cli: Cli, model: Path) -> None:
    document = json.loads(cli("evaluate", model, "--json").out)
    assert len(document["precision"]) == 10
