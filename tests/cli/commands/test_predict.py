from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mnist_nn import load_data

Cli = Callable[..., Any]


@pytest.fixture
def digit(tmp_path: Path) -> Path:
    path = tmp_path / "seven [1].png"
    Image.fromarray(load_data("mnist").test.images[0]).save(path)
    return path


def test_predict_names_the_digit(cli: Cli, model: Path, digit: Path) -> None:
    assert "seven [1].png" in cli("predict", model, digit).out
    (row,) = cli("predict", model, digit, "--json").json
    assert row["class"] == 7
    assert sum(row["probabilities"]) == pytest.approx(1, abs=1e-5)


def test_predict_loses_nothing_to_a_bad_picture(cli: Cli, model: Path, digit: Path, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    Image.new("L", (200, 200)).save(tmp_path / "large.png")
    outcome = cli("predict", model, tmp_path / "text.png", digit, tmp_path / "large.png", "missing.png", "--json")
    assert outcome.code == 2
    assert [row.get("class") for row in outcome.json] == [None, 7, None, None]
    assert "200×200" in outcome.err
    assert "damaged" not in outcome.err
    assert outcome.err.count("\n") == 3


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P", "1", "I;16"])
def test_predict_reads_every_kind_of_pixel(cli: Cli, model: Path, tmp_path: Path, mode: str) -> None:
    pixels = load_data("mnist").test.images[0]
    image = Image.fromarray(pixels)
    image = Image.fromarray(pixels.astype(np.uint16) * 257) if mode == "I;16" else image.convert(mode)
    image.save(tmp_path / "digit.png")
    assert cli("predict", model, tmp_path / "digit.png", "--json").json[0]["class"] == 7


def test_a_blank_picture_is_nothing_there(cli: Cli, model: Path, tmp_path: Path) -> None:
    Image.new("L", (28, 28)).save(tmp_path / "blank.png")
    assert "nothing there" in cli("predict", model, "blank.png").out
    assert cli("predict", model, "blank.png", "--json").json[0]["class"] is None
