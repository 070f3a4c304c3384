"""The notebooks run, as scripts, as pages and as apps, and what they find out is true."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from patience import PATIENCE, ended

from mnist_nn import Dataset, Network, TrainingConfig, evaluate, load_model, train
from mnist_nn.evaluation.gradient_check import check_gradients
from mnist_nn.evaluation.reliability import predict_samples, reliability
from mnist_nn.nn.presets import preset
from mnist_nn.reading.reader_model import load_reader_model

pytest.importorskip("marimo", reason="marimo is not installed, which notebooks are written for")
pytest.importorskip("matplotlib", reason="matplotlib is not installed, which draws the notebooks' figures")

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))


def marimo(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TMPDIR": str(folder), "PYTHONWARNINGS": "error"}
    command = [sys.executable, "-m", "marimo", *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE
    )


def run(name: str, **instead: Any) -> Mapping[str, Any]:
    """Run a notebook as a script does, some definitions replaced: what it defines."""
    spec = spec_from_file_location(name, ROOT / "notebooks" / f"{name}.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    _, defined = module.app.run(defs=instead) if instead else module.app.run()
    return defined


def setting(value: Any) -> SimpleNamespace:
    return SimpleNamespace(value=value)


@pytest.fixture
def untrained(mnist: Dataset) -> dict[str, Any]:
    """What the training at the end of the equations defines, without the training."""
    start = Network.create()
    return {
        "data": mnist, "start": start, "learned": [W.copy() for W in start.weights], "accuracies": [0.0], "rate": 0.03,
        "some": mnist.train, "library": {}, "weights_apart": 0.0, "by_library": None,
    }  # fmt: skip


@pytest.fixture
def little(mnist: Dataset) -> dict[str, Any]:
    """What the first half of the way to deployment defines, without its training and calibration."""
    model, training = load_reader_model(), TrainingConfig(epochs=1, validation=0.2)
    assert model.calibration
    (epoch,) = train(Network.create(), mnist.train.take(range(500)), training)
    few = mnist.test.take(range(500))
    after = predict_samples(model.network, few, model.calibration)
    return {
        "data": mnist, "network": model.network, "model": model, "calibration": model.calibration, "after": after,
        "shape": epoch.network.config, "training": training, "epoch": epoch, "result": evaluate(model.network, few),
        "held_out": few, "tolerated": 0.01,
        "bins": {"distorted": reliability(after.predictions.top_probability, after.right)},
        "point": model.calibration.operating_point(0.01), "accepted": None, "wrong_among_accepted": None, "taken": {},
    }  # fmt: skip


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """A folder with copies of the notebooks and of what they read: marimo keeps what it showed beside them."""
    for name in ("notebooks", "examples"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path / "notebooks"


def test_marimo_finds_nothing_to_mend(tmp_path: Path) -> None:
    found = marimo("check", "--strict", *map(str, NOTEBOOKS), folder=tmp_path)
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_equations_are_the_librarys(mnist: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    found = run("equations")
    assert [found[name].shape for name in ("x", "z_h", "h", "z_o", "o", "l", "delta_o", "delta_h")] == [
        (784, 1), (20, 1), (20, 1), (10, 1), (10, 1), (10, 1), (10, 1), (20, 1)]  # fmt: skip
    assert found["from_reference"] < 1e-15
    assert found["from_compiled"] < 1e-7
    assert found["weights_apart"] < 1e-10
    reference, compiled, ten = (accuracy for _, accuracy, _ in found["library"].values())
    assert found["accuracies"] == [reference]
    assert reference > 0.9
    assert abs(reference - compiled) < 0.002
    assert ten > 0.94
    report = check_gradients(*preset("classic"), mnist.train.images[:1], mnist.train.labels[:1])
    for group in report.groups:  # W1, b1, W2, b2
        ours = list(found["gradients"].values())[report.groups.index(group)]
        np.testing.assert_allclose(ours.ravel()[group.entries], group.analytic, rtol=1e-12, atol=1e-15)
    printed = capsys.readouterr().out
    assert f"the loop above        {reference:.2%}" in printed
    assert "the answer is 0, the label 5" in printed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("which", "stage", "eta"), [(0, "fresh", 0.03), (4242, "fresh", 10.0), (59_999, "after one epoch", 1.0)]
)
def test_every_gradient_is_that_of_the_cross_entropy(
    untrained: dict[str, Any], which: int, stage: str, eta: float
) -> None:
    found = run("equations", **untrained, which=setting(which), stage=setting(stage), eta=setting(eta))
    for ours, of_bce, of_mse in zip(found["gradients"].values(), found["of_bce"], found["of_mse"], strict=True):
        assert found["distance"](ours, of_bce) < 1e-6
        assert found["distance"](ours, of_mse) > 0.5
    assert found["distance"](found["delta_h"], found["delta_h_slope"]) < 1e-6
    mismatch = found["mismatch"]
    assert max(mismatch["classic from BCE"], mismatch["true from MSE"]) < 1e-6
    assert min(mismatch["classic from MSE"], mismatch["true from BCE"]) > 0.5
    assert found["shorter"] >= 20
    assert found["from_reference"] < 1e-14
    assert found["from_compiled"] < 1e-6 * max(1.0, eta)


@pytest.mark.slow
def test_from_data_to_deployed(
    mnist: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = run("deployed")
    result, network = found["result"], load_model(found["saved"]).network
    assert result.accuracy > 0.97
    assert result.interval[0] < result.accuracy < result.interval[1]
    assert result.confusion.sum() == len(mnist.test)
    assert [row.epoch for row in found["epoch"].checkpoint.history] == [1, 2, 3]
    assert found["wrong_among_accepted"] <= found["point"].error <= found["tolerated"] == 0.01
    assert found["accepted"].mean() > 0.7
    assert max(found["taken"].values()) < 0.2
    assert found["bins"]["distorted, after"].error < found["bins"]["distorted, before"].error
    assert "625032" in found["own"].text
    assert "625032" in found["packaged"].text
    accepted = [sum(n.decision == "digit" for n in found[name].numbers) for name in ("own", "packaged")]
    assert accepted[0] < accepted[1]
    assert found["held_back"] > 0.9
    assert set(found["verified"]) == {"onnx", "c"}
    assert all(one.good for one in found["verified"].values())
    assert found["onnx_accuracy"] == result.accuracy
    assert found["exit_code"] == 0
    assert found["served_apart"] < 1e-6
    outcomes = predict_samples(network, mnist.test.take(range(3)), found["calibration"])
    assert found["served"]["label"].tolist() == outcomes.predictions.label.tolist()
    np.testing.assert_allclose(found["served"]["confidence"], outcomes.predictions.confidence, atol=1e-6)
    assert [number["text"] for number in found["picture"]["numbers"]] == ["7"]
    assert f"{result.accuracy:.2%} right" in capsys.readouterr().out


@pytest.mark.slow
def test_what_is_not_installed_is_left_out(
    little: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("sklearn.base", "onnx"):
        monkeypatch.setitem(sys.modules, name, None)
    for user in [name for name in sys.modules if name.startswith(("mnist_nn.estimator", "mnist_nn.export.onnx"))]:
        monkeypatch.delitem(sys.modules, user)
    (tmp_path / "fastapi.py").write_text("raise ModuleNotFoundError(name='fastapi')\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))  # without a compiler
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = run("deployed", **little)
    assert found["verified"] == {}
    assert not {"held_back", "from_onnx", "exit_code"} & set(found)
    printed = capsys.readouterr().out
    assert len(re.findall("left out", printed)) == 5, printed
    assert set(re.findall(r"'mnist-nn\[(\w+)\]'", printed)) == {"onnx", "serve", "sklearn"}
    assert re.search(r"packaged: \d+ of 11 numbers accepted as a whole", printed)  # what is there still runs


@pytest.mark.slow  # each runs once more
@pytest.mark.parametrize("name", [path.name for path in NOTEBOOKS])
def test_a_page_is_made_of_it(name: str, copies: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    made = marimo("export", "html", str(copies / name), "--output", str(page), folder=tmp_path)
    assert made.returncode == 0, made.stderr
    text = page.read_text(encoding="utf-8")
    assert "Traceback" not in text
    assert name.startswith("assignment") or text.count("data:image/png;base64") >= 5


def test_the_assignment_is_its_solution_without_the_answers() -> None:
    assignment, solution = (
        (ROOT / "notebooks" / f"assignment{which}.py").read_text("utf-8").split("with app.setup:")[1]
        for which in ("", "_solution")
    )
    assert re.sub(r"### BEGIN SOLUTION\n.*?### END SOLUTION", "# your lines", solution, flags=re.DOTALL) == assignment


def test_the_assignment_grades_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("assignment")["results"] == [False] * 5
    printed = capsys.readouterr().out
    assert "4 · hidden error: The code returns nothing" in printed
    assert "0 of 5 exercises are right." in printed


def test_the_solution_of_the_assignment_learns(capsys: pytest.CaptureFixture[str]) -> None:
    found = run("assignment_solution")
    assert found["results"] == [True] * 5
    assert found["accuracy"] > 0.8
    assert "5 · update: right" in capsys.readouterr().out


def test_each_is_described() -> None:
    text = (ROOT / "docs" / "tutorial" / "notebooks.md").read_text(encoding="utf-8")
    assert NOTEBOOKS
    for notebook in NOTEBOOKS:
        assert f"notebooks/{notebook.name}" in text


@pytest.mark.slow
def test_a_slider_moves_the_numbers_of_the_app(chromium: Any, copies: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "marimo", "run", str(copies / "equations.py"), "--headless"]
    command += ["--no-token", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, cwd=copies, stdout=subprocess.PIPE, text=True)
    with ended(process):
        assert process.stdout
        next(line for line in process.stdout if "URL" in line)
        page = chromium.new_page()
        page.set_default_timeout(1000 * PATIENCE)
        foreign = []
        page.on("request", lambda sent: foreign.append(sent.url) if f"127.0.0.1:{port}" not in sent.url else None)
        page.goto(f"http://127.0.0.1:{port}")
        page.wait_for_selector("text=image 0 is a 5")
        page.wait_for_selector("text=z_h = W_ih @ x + b_ih")  # the line of code stands in the app
        page.wait_for_selector("text=compiled, 60,000 × 10")  # all of it has run
        page.locator("input[inputmode=numeric]").fill("1")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=image 1 is a 0")
        page.close()
    assert [url for url in foreign if not url.startswith(("data:", "blob:"))] == []
