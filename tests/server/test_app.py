"""The addresses of a server, asked in this process."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import numpy as np
import onnx
import pytest
from patience import PATIENCE, wait_for

from mnist_nn import Dataset, Model, Network, NetworkConfig
from mnist_nn.errors import ConfigError
from mnist_nn.export.onnx.write import write
from mnist_nn.export.test_vectors import vectors_for
from mnist_nn.server import Limits, create_app
from mnist_nn.server.inference.signature import ModelSignature
from mnist_nn.server.limits import FIXED_LIMITS

Run = Callable[..., AbstractContextManager[httpx.Client]]
INFER = "/v2/models/digits/infer"
KINDS = {onnx.TensorProto.UINT8: "UINT8", onnx.TensorProto.INT64: "INT64", onnx.TensorProto.FLOAT: "FP32"}


@pytest.fixture(scope="module")
def client(small_model: Model, in_process: Run) -> Iterator[httpx.Client]:
    with in_process(create_app(small_model)) as client:
        yield client


def asking(images: Any, **more: Any) -> dict[str, Any]:
    images = np.asarray(images, np.uint8)
    data = images.ravel().tolist()
    return {"inputs": [{"name": "X", "shape": list(images.shape), "datatype": "UINT8", "data": data}], **more}


def test_an_application_may_start_again(small_model: Model, in_process: Run, mnist: Dataset) -> None:
    app = create_app(small_model, limits=Limits(row_limit=10_000))
    many = asking(np.repeat(mnist.test.images[:1], 5000, axis=0).reshape(-1, 28, 28))
    for _ in range(2):
        with in_process(app) as client:
            assert client.post(INFER, json=many).status_code == 200


def test_health_and_metadata_are_those_of_the_protocol(client: httpx.Client) -> None:
    assert client.get("/v2/health/live").json() == {"live": True}
    assert client.get("/v2/health/ready").json() == {"name": "digits", "ready": True}
    server = client.get("/v2").json()
    assert server["name"] == "mnist-nn"
    assert server["extensions"] == ["binary_tensor_data"]
    for path in ("/v2/models/digits", "/v2/models/digits/versions/1"):
        assert client.get(f"{path}/ready").status_code == 200
        model = client.get(path).json()
        assert (model["name"], model["versions"]) == ("digits", ["1"])


@pytest.mark.parametrize("calibrated", [True, False])
@pytest.mark.parametrize("inputs", [784, 30])
def test_a_model_has_the_tensors_of_its_onnx_export(small_model: Model, calibrated: bool, inputs: int) -> None:
    """One signature, whether a model is asked over HTTP or in ONNX Runtime."""
    network = small_model.network if inputs == 784 else Network.create(NetworkConfig(inputs=inputs))
    calibration = small_model.calibration if calibrated and inputs == 784 else None
    model = Model(network, calibration=calibration)
    graph = onnx.load_from_string(write(model, vectors_for(model, None), None)).graph

    def tensors(values: Any) -> list[dict[str, Any]]:
        kinds = [(value.name, value.type.tensor_type) for value in values]
        return [
            {
                "name": name,
                "datatype": KINDS[kind.elem_type],
                "shape": [size.dim_value or -1 for size in kind.shape.dim],
            }
            for name, kind in kinds
        ]

    signature = ModelSignature.from_model(model)
    assert [signature.input.to_dict()] == tensors(graph.input)
    assert [tensor.to_dict() for tensor in signature.outputs] == tensors(graph.output)


def test_answers_are_those_of_the_library(client: httpx.Client, mnist: Dataset, expected: Any) -> None:
    images = mnist.test.images[:40]
    answer = client.post(INFER, json=asking(images, id="mine")).json()
    assert (answer["id"], answer["model_name"], answer["model_version"]) == ("mine", "digits", "1")
    found = {output["name"]: np.reshape(output["data"], output["shape"]) for output in answer["outputs"]}
    predictions = expected(images)
    np.testing.assert_array_equal(found["label"], predictions.probabilities.argmax(axis=1))
    np.testing.assert_allclose(found["probabilities"], predictions.probabilities, atol=1e-6)
    np.testing.assert_allclose(found["is_digit"], predictions.is_digit, atol=1e-6)
    np.testing.assert_allclose(found["confidence"], predictions.confidence, atol=1e-6)


def test_a_model_without_a_calibration_cannot_refuse(in_process: Run, small_model: Model, mnist: Dataset) -> None:
    with in_process(create_app(Model(small_model.network))) as client:
        outputs = client.post(INFER, json=asking(mnist.test.images[:1])).json()["outputs"]
        assert [output["name"] for output in outputs] == ["label", "probabilities"]


def test_a_model_of_something_else_is_served_but_reads_no_pictures(in_process: Run) -> None:
    model = Model(Network.create(NetworkConfig(inputs=4, outputs=3)))
    with in_process(create_app(model, name="irises")) as client:
        answer = client.post("/v2/models/irises/infer", json=asking([[[0, 1], [2, 255]]])).json()
        assert answer["outputs"][1]["shape"] == [1, 3]
        assert client.post("/read", content=b"P2 1 1 255 0").status_code == 404
        assert "/read" not in client.get("/openapi.json").json()["paths"]


@pytest.mark.parametrize("name", ["", "two words", "a/b", "é", "-", "a" * 101])
def test_a_name_that_cannot_stand_in_an_address_is_refused(small_model: Model, name: str) -> None:
    with pytest.raises(ConfigError, match="the name"):
        create_app(small_model, name=name)


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("GET", "/nowhere", 404, "GET / lists"),
        ("GET", "/v2/models/letters", 404, "'letters'; this server has the model 'digits'"),
        ("POST", "/v2/models/digits/versions/2/infer", 404, "version 1"),
        ("GET", INFER, 405, "POST"),
        ("DELETE", "/v2", 405, "GET"),
        ("POST", INFER, 400, "not valid JSON"),
    ],
)
def test_errors_are_one_line_in_the_form_of_the_protocol(
    client: httpx.Client, method: str, path: str, status: int, says: str
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    (error,) = answer.json().values()
    assert says in error
    assert "\n" not in error


@pytest.mark.parametrize("path", ["/", "/v2", "/v2/health/ready", "/metrics", "/openapi.json", "/docs"])
def test_head_is_get_without_the_body(client: httpx.Client, path: str) -> None:
    answer = client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert client.head(INFER).status_code == 405
    assert answer.headers["Content-Type"] == client.get(path).headers["Content-Type"]


def test_the_contents_name_every_address(client: httpx.Client) -> None:
    addresses = client.get("/").json()["addresses"]
    assert f"POST {INFER}" in addresses
    for address, what in addresses.items():
        method, path = address.split()
        assert client.request(method, path).status_code < 500, address
        assert what


def test_a_server_that_stops_is_not_ready(in_process: Run, small_model: Model) -> None:
    app = create_app(small_model)
    with in_process(app) as client:
        assert client.get("/v2/health/ready").status_code == 200
        app.state.service.is_ready = False
        assert client.get("/v2/health/ready").status_code == 503
        assert client.get("/v2/models/digits/ready").json() == {"name": "digits", "ready": False}
        assert client.get("/v2/health/live").status_code == 200


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("order-66", True),
        ("a" * FIXED_LIMITS.request_id_characters, True),
        ("a" * (FIXED_LIMITS.request_id_characters + 1), False),
        ("two words", False),
        ("", False),
    ],
)
def test_every_answer_carries_a_request_id(client: httpx.Client, given: str, kept: bool) -> None:
    for path in ("/v2", "/nowhere"):
        found = client.get(path, headers={"X-Request-ID": given}).headers["x-request-id"]
        assert (found == given) == kept
        assert found


def test_requests_beyond_the_limit_are_sent_away(in_process: Run, small_model: Model) -> None:
    content = json.dumps(asking(np.zeros((1, 28, 28)))).encode()
    with in_process(create_app(small_model, limits=Limits(request_limit=1))) as client:

        def slowly() -> Iterator[bytes]:
            yield content[:100]
            wait_for(lambda: "in_flight 2.0" in client.get("/metrics").text, "who only looks is not let in")
            sent_away = client.post(INFER, content=content)
            assert sent_away.status_code == 503
            assert sent_away.headers["Retry-After"] == "1"
            assert "--request-limit" in sent_away.json()["error"]
            yield content[100:]

        assert client.post(INFER, content=slowly()).status_code == 200
        assert client.post(INFER, content=content).status_code == 200


def test_the_documentation_needs_nothing_from_elsewhere(served: Any, chromium: Any) -> None:
    page = chromium.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{served.url}/docs")
    page.wait_for_selector(".opblock", timeout=1000 * PATIENCE)
    assert page.locator(".opblock").count() == len(json.loads(served.ask("GET", "/").body)["addresses"])
    page.close()
    assert len(asked) >= 3
    assert all(url.startswith((served.url, "data:")) for url in asked), asked
    assert faults == []
