"""The server driven by a client of the Open Inference Protocol that others wrote, as its users would."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import onnxruntime
import pytest
import tritonclient.http as triton
from tritonclient.http import aio
from tritonclient.utils import InferenceServerException

from mnist_nn import Dataset, Model
from mnist_nn.evaluation.prediction import Predictions
from mnist_nn.export import export

Served = Any
COUNT = 5
OUTPUTS = {"label": "INT64", "probabilities": "FP32", "is_digit": "FP32", "confidence": "FP32"}
MANY = 400


@pytest.fixture
def client(served: Served) -> Iterator[triton.InferenceServerClient]:
    with triton.InferenceServerClient(f"{served.host}:{served.port}") as opened:
        yield opened


@pytest.fixture(scope="module")
def onnx(small_model: Model) -> Callable[[Any], dict[str, Any]]:
    """The model's export in its own runtime: what whoever moves from one to the other compares with."""
    session = onnxruntime.InferenceSession(export(small_model, "onnx"), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return lambda images: dict(zip(names, session.run(names, {"X": images}), strict=True))


def given(images: Any, *, binary: bool = True) -> list[triton.InferInput]:
    x = triton.InferInput("X", list(images.shape), "UINT8")
    x.set_data_from_numpy(images, binary_data=binary)
    return [x]


def wanted(*names: str, binary: bool = True) -> list[triton.InferRequestedOutput]:
    return [triton.InferRequestedOutput(name, binary_data=binary) for name in names]


def agrees(result: Any, predictions: Predictions) -> None:
    assert result.as_numpy("label").dtype == np.int64
    assert result.as_numpy("label").tolist() == predictions.probabilities.argmax(axis=1).tolist()
    for name in ("probabilities", "is_digit", "confidence"):
        found = result.as_numpy(name)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, getattr(predictions, name), atol=1e-6)


def test_health_and_names(served: Served, client: Any) -> None:
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready(served.name)
    assert not client.is_model_ready("letters")
    about = client.get_server_metadata()
    assert about["name"]
    assert about["version"]
    assert "binary_tensor_data" in about["extensions"]


def test_every_version_that_is_named_is_there(served: Served, client: Any) -> None:
    versions = client.get_model_metadata(served.name)["versions"]
    assert versions
    for version in versions:
        assert client.is_model_ready(served.name, version)
        assert client.get_model_metadata(served.name, version)["name"] == served.name
        assert client.infer(served.name, given(np.zeros((1, 28, 28), np.uint8)), version).as_numpy("label").size == 1
    assert not client.is_model_ready(served.name, "999")
    with pytest.raises(InferenceServerException, match="999") as caught:
        client.get_model_metadata(served.name, "999")
    assert caught.value.status() == "404"


def test_the_metadata_are_those_of_the_export(served: Served, client: Any, onnx: Any, mnist: Dataset) -> None:
    about = client.get_model_metadata(served.name)
    assert about["inputs"] == [{"name": "X", "datatype": "UINT8", "shape": [-1, 28, 28]}]
    exported = onnx(mnist.test.images[:COUNT])
    assert [output["name"] for output in about["outputs"]] == list(exported)
    assert {output["name"]: output["datatype"] for output in about["outputs"]} == OUTPUTS
    shapes = {output["name"]: output["shape"] for output in about["outputs"]}
    assert shapes == {name: [-1, *value.shape[1:]] for name, value in exported.items()}


@pytest.mark.parametrize("answer_binary", [True, False])
@pytest.mark.parametrize("ask_binary", [True, False])
def test_infer_in_every_form(
    served: Served, client: Any, mnist: Dataset, expected: Any, onnx: Any, ask_binary: bool, answer_binary: bool
) -> None:
    images = mnist.test.images[:COUNT]
    result = client.infer(
        served.name, given(images, binary=ask_binary), outputs=wanted(*OUTPUTS, binary=answer_binary), request_id="a 1"
    )
    agrees(result, expected(images))
    for name, value in onnx(images).items():
        np.testing.assert_allclose(result.as_numpy(name), value, atol=1e-6)
    response = result.get_response()
    assert (response["id"], response["model_name"]) == ("a 1", served.name)
    sizes = ["binary_data_size" in output.get("parameters", {}) for output in response["outputs"]]
    assert sizes == [answer_binary] * len(OUTPUTS)


def test_without_a_word_about_outputs_all_come_in_bytes(
    served: Served, client: Any, mnist: Dataset, expected: Any
) -> None:
    result = client.infer(served.name, given(mnist.test.images[:1]))
    agrees(result, expected(mnist.test.images[:1]))
    assert all(output["parameters"]["binary_data_size"] > 0 for output in result.get_response()["outputs"])


def test_outputs_come_as_they_are_asked_for(served: Served, client: Any, mnist: Dataset) -> None:
    mixed = [*wanted("confidence", binary=False), *wanted("label")]
    response = client.infer(served.name, given(mnist.test.images[:2]), outputs=mixed)
    assert [output["name"] for output in response.get_response()["outputs"]] == ["confidence", "label"]
    assert response.as_numpy("probabilities") is None
    assert response.as_numpy("label").shape == response.as_numpy("confidence").shape == (2,)


@pytest.mark.parametrize("algorithm", ["gzip", "deflate"])
@pytest.mark.parametrize("binary", [True, False])
def test_packed_requests_and_answers(
    served: Served, client: Any, mnist: Dataset, expected: Any, algorithm: str, binary: bool
) -> None:
    images = mnist.test.images[:COUNT]
    result = client.infer(
        served.name, given(images, binary=binary), request_compression_algorithm=algorithm,
        response_compression_algorithm=algorithm,
    )  # fmt: skip
    agrees(result, expected(images))


def test_many_images_at_once(served: Served, client: Any, mnist: Dataset, expected: Any) -> None:
    images = mnist.test.images[:MANY]
    agrees(client.infer(served.name, given(images)), expected(images))


def test_requests_at_the_same_time_get_their_own_answers(served: Served, mnist: Dataset, expected: Any) -> None:
    """They may share a forward pass; that must not show."""
    predictions = expected(mnist.test.images[:MANY])
    slices = [slice(start, start + 1 + start % 7) for start in range(0, MANY - 10, 5)]
    with triton.InferenceServerClient(f"{served.host}:{served.port}", concurrency=16) as client:
        asked = [client.async_infer(served.name, given(mnist.test.images[part])) for part in slices]
        for part, answer in zip(slices, asked, strict=True):
            agrees(answer.get_result(), predictions.take(part))


def test_the_asynchronous_client(served: Served, mnist: Dataset, expected: Any, apart: Callable[..., Any]) -> None:
    async def ask() -> list[Any]:
        async with aio.InferenceServerClient(f"{served.host}:{served.port}") as client:
            assert await client.is_server_live()
            assert await client.is_model_ready(served.name)
            assert (await client.get_model_metadata(served.name))["name"] == served.name
            asked = (client.infer(served.name, given(mnist.test.images[n : n + 1])) for n in range(COUNT))
            return await asyncio.gather(*asked)

    for number, result in enumerate(apart(asyncio.run, ask())):
        agrees(result, expected(mnist.test.images[number : number + 1]))


def test_a_body_made_beforehand(served: Served, mnist: Dataset, expected: Any) -> None:
    """What the client gives to people who send with something else."""
    images = mnist.test.images[:COUNT]
    body, header = triton.InferenceServerClient.generate_request_body(given(images))
    answer = served.ask("POST", served.infer, body, {"Inference-Header-Content-Length": str(header)})
    length = int(answer.headers["Inference-Header-Content-Length"])
    result = triton.InferenceServerClient.parse_response_body(answer.body, header_length=length)
    agrees(result, expected(images))


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (lambda name: (name, [triton.InferInput("Y", [1, 28, 28], "UINT8")], None), "Y"),
        (lambda name: (name, given(np.zeros((1, 27, 28), np.uint8)), None), "27"),
        (lambda name: (name, given(np.zeros((1, 28, 28), np.uint8)), wanted("logits")), "logits"),
        (lambda name: (name, [*given(np.zeros((1, 28, 28), np.uint8))] * 2, None), "inputs|X"),
    ],
    ids=["name", "shape", "output", "twice"],
)
def test_what_is_wrong_is_said(served: Served, client: Any, wrong: Callable[[str], Any], what: str) -> None:
    model, inputs, outputs = wrong(served.name)
    for x in inputs:
        if x.name() == "Y":
            x.set_data_from_numpy(np.zeros((1, 28, 28), np.uint8))
    with pytest.raises(InferenceServerException, match=what) as caught:
        client.infer(model, inputs, outputs=outputs)
    assert caught.value.status() == "400"
    assert "\n" not in caught.value.message()


def test_another_type_is_refused(served: Served, client: Any) -> None:
    x = triton.InferInput("X", [1, 28, 28], "FP64")
    x.set_data_from_numpy(np.zeros((1, 28, 28)))
    with pytest.raises(InferenceServerException, match="FP64"):
        client.infer(served.name, [x])


def test_another_model_is_404(client: Any, served: Served) -> None:
    with pytest.raises(InferenceServerException, match="letters") as caught:
        client.infer("letters", given(np.zeros((1, 28, 28), np.uint8)))
    assert caught.value.status() == "404"
    assert served.name in caught.value.message()


@pytest.mark.parametrize(
    "call",
    [
        "get_model_repository_index",
        "get_inference_statistics",
        "get_trace_settings",
        "get_log_settings",
        "get_system_shared_memory_status",
        "get_cuda_shared_memory_status",
    ],
)
def test_calls_beyond_the_protocol_are_told_so(client: Any, call: str) -> None:
    with pytest.raises(InferenceServerException) as caught:
        getattr(client, call)()
    assert caught.value.status() in {"404", "405"}
    assert len(caught.value.message()) > 10


def test_memory_that_is_not_shared_is_refused(served: Served, client: Any) -> None:
    """An extension that is not there must not look like pixels that are."""
    (x,) = given(np.zeros((1, 28, 28), np.uint8))
    x.set_shared_memory("region", 784)
    with pytest.raises(InferenceServerException) as caught:
        client.infer(served.name, [x])
    assert caught.value.status() == "400"


def test_a_sequence_that_is_not_kept_is_refused(served: Served, client: Any) -> None:
    images = given(np.zeros((1, 28, 28), np.uint8))
    with pytest.raises(InferenceServerException, match="sequence_id") as caught:
        client.infer(served.name, images, sequence_id=7, sequence_start=True)
    assert caught.value.status() == "400"
    assert client.infer(served.name, images, sequence_id=0, priority=1).as_numpy("label").size == 1


def test_a_ranking_that_is_not_there_is_refused(served: Served, client: Any) -> None:
    ranked = [triton.InferRequestedOutput("probabilities", class_count=3)]
    with pytest.raises(InferenceServerException, match="classification") as caught:
        client.infer(served.name, given(np.zeros((1, 28, 28), np.uint8)), outputs=ranked)
    assert caught.value.status() == "400"
