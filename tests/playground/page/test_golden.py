"""The playground's mathematics is the library's: golden vectors, JavaScript held to them, model files exchanged."""

import base64
import json
import math
import runpy
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from patience import PATIENCE

from mnist_nn import Dataset, Network, NetworkConfig, TrainingConfig, train
from mnist_nn.model_file.storage import Model, from_bytes

HERE = Path(__file__).parent
NAMES = ("random", "networks", "updates", "framing", "thickening", "training", "models", "diagnosis", "components",
         "deskewing", "distortions")  # fmt: skip
NEAR = {"training": 1e-5, "diagnosis": 1e-4}  # epochs in float32, where another machine may round otherwise

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed, which runs the tests of the playground")


@pytest.fixture(scope="module")
def today() -> dict[str, Any]:
    return runpy.run_path(str(HERE / "golden.py"))["build"]()


def differences(found: Any, expected: Any, tolerance: float, where: str = "") -> list[str]:
    """Say where two trees of plain values differ; floats may by the tolerance."""
    if isinstance(expected, dict) and isinstance(found, dict) and list(found) == list(expected):
        return [d for k, v in expected.items() for d in differences(found[k], v, tolerance, f"{where}/{k}")]
    if isinstance(expected, list) and isinstance(found, list) and len(found) == len(expected):
        rows = zip(found, expected, strict=True)
        return [d for i, (a, b) in enumerate(rows) for d in differences(a, b, tolerance, f"{where}/{i}")]
    if isinstance(expected, float) and isinstance(found, float):
        return [] if math.isclose(found, expected, rel_tol=tolerance, abs_tol=tolerance) else [where]
    return [] if found == expected else [where]


@pytest.mark.parametrize("name", NAMES)
def test_golden_files_are_what_the_library_computes_today(name: str, today: dict[str, Any]) -> None:
    stored = json.loads((HERE / "golden" / f"{name}.json").read_text(encoding="utf-8"))
    now = json.loads(json.dumps(today[name]))
    if name == "models":  # the last digits of a trained weight may differ from machine to machine, and so the bytes
        stored["trained"].pop("bytes")
        now["trained"].pop("bytes")
    assert differences(now, stored, NEAR.get(name, 1e-6))[:5] == []


def test_the_rules_of_the_page_are_the_librarys_of_today() -> None:
    made = runpy.run_path(str(HERE / "golden.py"))
    assert made["RULES"].read_text(encoding="utf-8") == made["rules"](), "python tests/playground/page/golden.py"


def test_there_is_a_golden_file_for_each_name_and_no_other(today: dict[str, Any]) -> None:
    assert set(today) == set(NAMES) == {path.stem for path in (HERE / "golden").iterdir()}


@pytest.mark.parametrize(
    ("found", "expected", "where"),
    [
        ({"a": [1, 2]}, {"a": [1, 3]}, ["/a/1"]),
        ({"a": [1.0]}, {"a": [1.0 + 1e-5]}, ["/a/0"]),
        ({"a": [1]}, {"a": [1, 2]}, ["/a"]),
        ({"a": 1}, {"b": 1}, [""]),
        ({"a": "x"}, {"a": "y"}, ["/a"]),
        ({"a": [1.0, None]}, {"a": [1.0 + 1e-9, None]}, []),
    ],
)
def test_the_comparison_can_fail(found: Any, expected: Any, where: list[str]) -> None:
    assert differences(found, expected, 1e-6) == where


@pytest.mark.slow  # twenty seconds; `npm run test:web` runs the same
@needs_node
def test_javascript_passes_its_own_tests() -> None:
    command = [NODE, "--test", "--test-reporter=tap", *map(str, sorted(HERE.rglob("*.test.js")))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    failed = [line for line in done.stdout.splitlines() if line.lstrip().startswith("not ok")]
    assert (done.returncode, failed) == (0, []), done.stdout[-3000:]
    assert "# skipped 0" in done.stdout


DEEP = {"hidden": [12, 8], "activation": ["relu", "tanh"], "output": "softmax", "dtype": "float64"}
ADAM = {"loss": "cross_entropy", "optimizer": "adam", "batch_size": 16, "dropout": [0.2, 0.1], "l2": 0.01, "seed": 2}
SETTINGS = [({}, {"seed": 3}, 350), (DEEP, ADAM, 232)]


@needs_node
@pytest.mark.parametrize(("network", "training", "samples"), SETTINGS)
def test_a_model_of_the_page_is_read_and_trained_on(
    mnist: Dataset, network: dict[str, Any], training: dict[str, Any], samples: int
) -> None:
    arguments = [json.dumps(network), json.dumps(training), str(samples)]
    script = [NODE, str(HERE / "write_model.mjs"), *arguments]
    model = from_bytes(subprocess.run(script, capture_output=True, check=True, timeout=PATIENCE).stdout)
    assert model.scores == {"test_accuracy": 0.5}
    assert model.checkpoint is not None
    config = replace(model.training or TrainingConfig(), epochs=4)
    assert config == TrainingConfig(**training, epochs=4)
    shape = NetworkConfig.from_dict(network)
    few, resumed = mnist.train.take(range(200)), model.checkpoint
    *_, ours = train(Network.create(shape, config.seed), few, config, engine="reference")
    *_, theirs = train(model.network, few, config, engine="reference", resume=resumed)
    tolerance = 1e-11 if shape.dtype == "float64" else 1e-5
    for p, q in zip(theirs.network.parameters, ours.network.parameters, strict=True):
        np.testing.assert_allclose(p, q, rtol=0, atol=tolerance * float(np.abs(q).max()))
    for row, expected in zip(theirs.checkpoint.history, ours.checkpoint.history, strict=True):
        assert row.accuracy == expected.accuracy
        assert row.loss == pytest.approx(expected.loss, rel=tolerance)


def test_stored_models_are_sound() -> None:
    stored = json.loads((HERE / "golden" / "models.json").read_text(encoding="utf-8"))
    models: list[Model] = [from_bytes(base64.b64decode(entry["bytes"])) for entry in stored.values()]
    assert [model.checkpoint is None for model in models] == [True, False]
