from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from schema_checks import check

from mnist_nn import load_data

Cli = Callable[..., Any]


def test_predict_prints_what_its_schema_says(cli: Cli, model: Path, tmp_path: Path) -> None:
    Image.fromarray(load_data("mnist").test.images[0]).save("seven.png")
    Image.new("L", (28, 28)).save("blank.png")
    (tmp_path / "text.png").write_text("no picture")
    outcome = cli("predict", model, "seven.png", "blank.png", "text.png", "--json")
    assert outcome.code == 2
    seven, blank, text = outcome.json
    assert (seven["class"], blank["class"]) == (7, None)
    assert set(text) == {"file", "error"}
    check("predict", outcome.json)
