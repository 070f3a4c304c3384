"""The routes that ask the model, in this process."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from server_payloads import INFER, infer_request

from mnist_nn import Dataset, Model, Network, NetworkConfig, save_model
from mnist_nn.server import Limits, create_app

GREAT = 6000  # images of one request: more work than NumPy does before a compiled engine would be loaded

Run = Callable[..., AbstractContextManager[httpx.Client]]


def test_answers_are_those_of_the_library(client: httpx.Client, mnist: Dataset, expected: Any) -> None:
    images = mnist.test.images[:40]
    answer = client.post(INFER, json=infer_request(images, id="mine")).json()
    assert (answer["id"], answer["model_name"], answer["model_version"]) == ("mine", "digits", "1")
    found = {output["name"]: np.reshape(output["data"], output["shape"]) for output in answer["outputs"]}
    predictions = expected(images)
    np.testing.assert_array_equal(found["label"], predictions.probabilities.argmax(axis=1))
    np.testing.assert_allclose(found["probabilities"], predictions.probabilities, atol=1e-6)
    np.testing.assert_allclose(found["is_digit"], predictions.is_digit, atol=1e-6)
    np.testing.assert_allclose(found["confidence"], predictions.confidence, atol=1e-6)


def test_a_model_without_a_calibration_cannot_refuse(in_process: Run, small_model: Model, mnist: Dataset) -> None:
    with in_process(create_app(Model(small_model.network))) as client:
        outputs = client.post(INFER, json=infer_request(mnist.test.images[:1])).json()["outputs"]
        assert [output["name"] for output in outputs] == ["label", "probabilities"]


@pytest.mark.parametrize("rows", [3, 4])
def test_rows_are_limited(in_process: Run, small_model: Model, rows: int) -> None:
    with in_process(create_app(small_model, limits=Limits(row_limit=3))) as client:
        answer = client.post(INFER, json=infer_request(np.zeros((rows, 28, 28))))
    assert answer.status_code == (200 if rows == 3 else 413)
    assert rows == 3 or "--row-limit" in answer.json()["error"]


def test_a_great_request_changes_nothing_for_the_next(serve: Any, mnist: Dataset, tmp_path: Path) -> None:
    """Whatever a large pass makes the library load: a small request is answered with the same bits."""
    wide = Network.create(NetworkConfig(hidden=(2500,), activation=("relu",)))
    path = save_model(tmp_path / "wide.safetensors", Model(wide))
    digit = infer_request(mnist.test.images[:1])
    great = {
        "name": "X",
        "datatype": "UINT8",
        "shape": [GREAT, 28, 28],
        "parameters": {"binary_data_size": GREAT * 784},
    }
    header = json.dumps({"inputs": [great], "outputs": [{"name": "label"}]}).encode()
    with serve("--row-limit", GREAT, "--body-limit", GREAT * 800, model=path) as served:
        before = served.ask("POST", served.infer, digit).body
        length = {"Inference-Header-Content-Length": str(len(header))}
        assert served.ask("POST", served.infer, header + bytes(GREAT * 784), length).status == 200
        assert served.ask("POST", served.infer, digit).body == before
