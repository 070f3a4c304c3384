"""Pages as they are read again: their own scripts run without a window, in Node.js or else in a browser."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mnist_nn import Model
from mnist_nn.errors import ModelFileError
from mnist_nn.export import export, verify
from mnist_nn.export.html.verify import read_vectors, run
from mnist_nn.export.vectors import make_vectors, predict_exactly

Make = Callable[..., Model]


@pytest.mark.slow
def test_a_browser_will_do_where_there_is_no_node(
    reader: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")
    (tmp_path / "chromium").symlink_to(program)
    (tmp_path / "page.html").write_bytes(export(reader, "html"))
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "node" else which(name))
    found = verify(reader, tmp_path / "page.html")
    assert found.good
    assert "hromium" in found.runtime


def test_pages_from_before_their_scripts_moved_are_verified(make_model: Make, tmp_path: Path) -> None:
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    model, path = make_model(), tmp_path / "page.html"
    text = export(model, "html").decode()
    assert "$export_html_page_answers" in text
    path.write_text(text.replace("$export_html_page_answers", "$export_page_answers"), encoding="utf-8")
    assert verify(model, path).good


def test_a_changed_weight_is_noticed(make_model: Make, tmp_path: Path) -> None:
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    model, path = make_model(), tmp_path / "page.html"
    text = export(model, "html").decode()
    at = text.index('"biases":["') + 11
    path.write_text(text[:at] + "AACAPw" + text[at + 6 :])  # 1.0 as the first bias
    assert not verify(model, path).good


def test_scripts_that_fail_are_said(make_model: Make, tmp_path: Path) -> None:
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    path = tmp_path / "page.html"
    path.write_bytes(export(make_model(), "html").replace(b"largest(", b"lost("))
    with pytest.raises(OSError, match="node failed: ReferenceError: largest is not defined"):
        verify(make_model(), path)


def test_the_vectors_are_those_in_the_document(make_model: Make) -> None:
    model = make_model(calibrated=True)
    expected, found = make_vectors(model, None), read_vectors(export(model, "html"))
    # These are the last of the vectors: before them come digits, which a data set gives, and pictures beside limits.
    assert np.array_equal(found.images[-4:], expected.images[-4:])
    assert found.predictions.is_digit[-4:] == pytest.approx(expected.predictions.is_digit[-4:], abs=1e-12)


def test_the_scripts_in_the_page_are_asked_and_not_the_model(make_model: Make) -> None:
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    inside, beside = make_model(calibrated=True), make_model(seed=1)
    images = np.random.default_rng(0).integers(0, 256, (5, 784), np.uint8)
    found, expected = run(beside, export(inside, "html"), images), predict_exactly(inside, images)
    assert re.fullmatch(r"Node\.js v\d+\..*", found.runtime)
    assert np.array_equal(found.predictions.label, expected.label)
    for name in ("probabilities", "is_digit", "confidence"):
        assert np.abs(getattr(found.predictions, name) - getattr(expected, name)).max() < 1e-5, name


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (b"<p>Good day</p>", "it has no script 'model'"),
        (b'<script id="model">{}</script>', "KeyError 'vectors'"),
        (b'<script id="model">{"vectors":</script>', "JSONDecodeError"),
    ],
)
def test_another_page_is_said(page: bytes, reason: str) -> None:
    with pytest.raises(ModelFileError, match=f"not a page that mnist-nn wrote: .*{reason}"):
        read_vectors(page)
