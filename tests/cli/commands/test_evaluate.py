import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mnist_nn import Network, NetworkConfig, load_data, save_model

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


@pytest.mark.parametrize(
    "command",
    [
        ("evaluate", "MODEL", "--json"),
        ("evaluate", "MODEL"),
        ("predict", "MODEL", "digit.png"),
        ("report", "MODEL"),
        ("read", "digit.png", "--model", "MODEL", "--json"),
    ],
)
def test_a_network_whose_answers_overflow_is_one_clear_line(cli: Cli, tmp_path: Path, command: tuple[str, ...]) -> None:
    shape = NetworkConfig(activation="relu")
    path = save_model(tmp_path / "large", Network.of(shape, [1e25 * p for p in Network.create(shape).parameters]))
    Image.fromarray(load_data("mnist").test.images[0]).save(tmp_path / "digit.png")
    outcome = cli(*(path if part == "MODEL" else part for part in command))
    assert outcome.code == 2
    assert "too large for float32; use another model" in outcome.err
    assert "nan" not in outcome.out.lower()
