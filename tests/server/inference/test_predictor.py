"""A model made ready for a server: the same answers from either engine, and the engine chosen once."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from patience import PATIENCE

from mnist_nn import Dataset, Model
from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.prediction import Predictions
from mnist_nn.export.vectors import to_double
from mnist_nn.server.inference.predictor import prepare_model

ENGINES = ["reference", "compiled"]


def same(found: Predictions, expected: Predictions) -> None:
    np.testing.assert_array_equal(found.label, expected.probabilities.argmax(axis=1))
    np.testing.assert_allclose(found.probabilities, expected.probabilities, atol=1e-6)
    np.testing.assert_allclose(found.is_digit, expected.is_digit, atol=1e-5)
    np.testing.assert_allclose(found.confidence, expected.confidence, atol=1e-5)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("calibrated", [True, False])
def test_it_answers_as_the_library_does(
    small_model: Model, mnist: Dataset, expected: Callable[[Any], Predictions], engine: str, calibrated: bool
) -> None:
    model = small_model if calibrated else replace(small_model, calibration=None)
    prepared = prepare_model(model, engine, 16)
    assert prepared.engine == engine
    images = mnist.test.images[:40].reshape(40, 784)
    for count in (1, 3, 16, 40):
        found = prepared.predict(images[:count])
        if calibrated:
            same(found, expected(images[:count]))
        else:
            np.testing.assert_array_equal(found.is_digit, np.ones(count))


def test_the_engine_is_chosen_once(small_model: Model, mnist: Dataset) -> None:
    """Whatever else is asked of the process later, a server goes on with the engine that it began with."""
    image = mnist.test.images[:1].reshape(1, 784)
    prepared = prepare_model(small_model, "reference", 16)
    before = prepared.predict(image)
    prepare_model(small_model, "compiled", 16).predict(image)
    for one, other in zip(before, prepared.predict(image), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_server_with_the_compiled_engine(serve: Any, mnist: Dataset, expected: Callable[[Any], Predictions]) -> None:
    images = mnist.test.images[:50]
    with serve(engine="compiled") as served:
        tensor = {"name": "X", "shape": [50, 28, 28], "datatype": "UINT8", "data": images.ravel().tolist()}
        outputs = served.ask("POST", served.infer, {"inputs": [tensor]}).json["outputs"]
    label, probabilities, is_digit, confidence = (np.array(output["data"]) for output in outputs)
    same(Predictions.of_outputs(label, probabilities.reshape(50, 10), is_digit, confidence), expected(images))


def test_a_network_in_double_precision_is_answered_by_the_equations(small_model: Model) -> None:
    model = replace(small_model, network=to_double(small_model.network))
    assert prepare_model(model, "auto", 16).engine == "reference"
    with pytest.raises(ConfigError, match="float64"):
        prepare_model(model, "compiled", 16)


def test_an_engine_that_is_none(small_model: Model) -> None:
    with pytest.raises(ConfigError, match=r"choose one of: auto, compiled, reference"):
        prepare_model(small_model, "quick", 16)


def test_a_machine_that_keeps_nothing_is_served_as_well() -> None:
    """As a container that may not write anywhere: machine code is made in memory, and one line says so."""
    program = (
        "import tempfile; tempfile.tempdir = '/nowhere/at/all'\n"
        "from mnist_nn.server.inference.predictor import prepare_model\n"
        "from mnist_nn.reading.reader_model import load_reader_model\n"
        "print(prepare_model(load_reader_model(), 'auto', 16).engine)\n"
    )
    home = {**os.environ, "XDG_CACHE_HOME": "/dev/null/x"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=home, capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert done.stdout == "compiled\n"
    assert done.stderr.count("\n") == 1
    assert "machine code cannot be stored" in done.stderr
