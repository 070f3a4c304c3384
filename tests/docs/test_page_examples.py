"""Every example in Python on a page runs: those without output here, the others where the list says."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_nn import Network, TrainingConfig, load_data, save_model, train
from mnist_nn.model_file.storage import Model
from mnist_nn.nn.own import forget

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def prepare_data(folder: Path) -> dict[str, Any]:
    """Make a folder for the files of a data set, and three samples."""
    (folder / "digits").mkdir()
    return {"images": np.zeros((3, 28, 28), np.uint8), "labels": np.arange(3)}


def prepare_model(folder: Path) -> dict[str, Any]:
    """Make a model file with a history."""
    config = TrainingConfig(epochs=1)
    *_, last = train(Network.create(), load_data("mnist").train.take(range(200)), config, engine="reference")
    save_model(folder / "mnist-model.safetensors", Model.of(last.checkpoint, config))
    return {}


def prepare_nothing(_folder: Path) -> dict[str, Any]:
    """Make nothing."""
    return {}


HERE: dict[str, Callable[[Path], dict[str, Any]]] = {
    "how-to/compare": prepare_nothing,
    "how-to/look-inside": prepare_model,
    "how-to/own-data": prepare_data,
    "how-to/own-parts": prepare_nothing,
    "explanation/reading": prepare_nothing,
    "reference/training": prepare_model,
}
ELSEWHERE = {
    "explanation/engine": "a loop that stands for what is not done",
    "explanation/handwriting": "data/handwriting/test_styles.py",
    "how-to/check-a-student": "docs/test_check_a_student.py",
    "how-to/cluster": "it needs machines with a queue, and was not tried, as the page says",
    "how-to/export": "export/arrays/test_write.py",
    "how-to/report": "report/test_page.py",
    "how-to/scikit-learn": "estimator/test_parameters.py and estimator/test_tools.py",
    "how-to/serve": "it asks a running server, and runs one: server/ has the same calls",
    "reference/model-file": "model_file/test_checksum.py",
}


def test_every_page_with_examples_is_listed() -> None:
    docs = ROOT / "docs"
    pages = {
        str(page.relative_to(docs).with_suffix(""))
        for page in docs.rglob("*.md")
        if BLOCK.search(page.read_text("utf-8"))
    }
    assert pages == HERE.keys() | ELSEWHERE.keys()


@pytest.mark.slow
@pytest.mark.parametrize("page", HERE)
def test_examples_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    names = HERE[page](tmp_path)
    for code in BLOCK.findall((ROOT / "docs" / f"{page}.md").read_text("utf-8")):
        exec(compile(code, page, "exec"), names)  # noqa: S102 - the documentation's own words
    forget()
