"""The infer request and response, as bytes."""

import json
from typing import Any

import numpy as np
import pytest
from starlette.exceptions import HTTPException

from mnist_nn import Dataset, Model, Network
from mnist_nn.export.vectors import predict_exactly
from mnist_nn.server.inference.protocol import parse_request, write_response
from mnist_nn.server.inference.signature import ModelSignature
from mnist_nn.server.limits import Limits

MODEL = Model(Network.create())
SIGNATURE = ModelSignature.from_model(MODEL)
LIMITS = Limits(row_limit=5)
ROW = [0, 255] * 392


def asked(**changes: Any) -> dict[str, Any]:
    x = {"name": "X", "shape": [1, 28, 28], "datatype": "UINT8", "data": ROW, **changes}
    return {"inputs": [{name: value for name, value in x.items() if value is not None}]}


def parsed(document: Any, tail: bytes = b"", header: bytes | None = None) -> Any:
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    length = header or (str(len(text)).encode() if tail else None)
    return parse_request(text + tail, length, SIGNATURE, LIMITS)


def test_flat_nested_and_binary_pixels_are_the_same(mnist: Dataset) -> None:
    images = mnist.test.images[:3]
    flat = parsed(asked(shape=[3, 28, 28], data=images.ravel().tolist()))
    nested = parsed(asked(shape=[3, 28, 28], data=images.tolist()))
    binary = parsed(asked(shape=[3, 28, 28], data=None, parameters={"binary_data_size": 2352}), images.tobytes())
    for wanted in (flat, nested, binary):
        np.testing.assert_array_equal(wanted.images, images.reshape(3, 784))
        assert [(output.tensor.name, output.is_binary) for output in wanted.outputs] == [
            ("label", False),
            ("probabilities", False),
        ]


BAD = {
    "no JSON": (b"pixels", "not valid JSON"),
    "nothing": (b"", "not valid JSON"),
    "UTF-16": ('{"inputs": []}'.encode("utf-16"), "not valid JSON"),
    "nested without end": (b"[" * 90_000, "not valid JSON"),
    "no object": ([], "a JSON object"),
    "no inputs": ({}, "inputs is missing"),
    "inputs no list": ({"inputs": {}}, "give a list"),
    "two inputs": ({"inputs": asked()["inputs"] * 2}, "has 2 inputs; give exactly one, 'X'"),
    "input no object": ({"inputs": [1]}, "an input is 1"),
    "another name": (asked(name="Y"), "the model's only input is 'X'"),
    "no name": (asked(name=None), "name is missing"),
    "another type": (asked(datatype="FP32"), 'datatype is "FP32"; give UINT8'),
    "no shape": (asked(shape=None), "shape is missing"),
    "another shape": (asked(shape=[1, 27, 28]), "shape is [1,27,28]; give [n, 28, 28]"),
    "flat shape": (asked(shape=[784]), "give [n, 28, 28]"),
    "no images": (asked(shape=[0, 28, 28], data=[]), "give [n, 28, 28]"),
    "shape of truth": (asked(shape=[True, 28, 28]), "give [n, 28, 28]"),
    "shape of halves": (asked(shape=[1.5, 28, 28]), "give [n, 28, 28]"),
    "no data": (asked(data=None), "data is missing"),
    "too few pixels": (asked(data=ROW[1:]), "783 values, but its shape needs 784"),
    "an id as deep as JSON may be": (b'{"id": ' + b"[" * 300 + b"]" * 300 + b"}", "nested too deeply"),
    "nested otherwise": (asked(data=[ROW]), "does not match its shape"),
    "half nested": (asked(data=[[[0] * 28] * 28, 7], shape=[2, 28, 28]), "the nesting of data does not match"),
    "too bright": (asked(data=[256, *ROW[1:]]), "whole numbers from 0 to 255"),
    "negative": (asked(data=[-1, *ROW[1:]]), "whole numbers from 0 to 255"),
    "half": (asked(data=[0.5, *ROW[1:]]), "whole numbers from 0 to 255"),
    "truth": (asked(data=[True, *ROW[1:]]), "whole numbers from 0 to 255"),
    "text": (asked(data=["0", *ROW[1:]]), "whole numbers from 0 to 255"),
    "nothing inside": (asked(data=[None, *ROW[1:]]), "whole numbers from 0 to 255"),
    "not a number": (json.dumps(asked(data=[float("nan"), *ROW[1:]])).encode(), "not valid JSON"),
    "infinite": (json.dumps(asked(data=[float("inf"), *ROW[1:]])).encode(), "not valid JSON"),
    "id no text": ({**asked(), "id": 7}, "id is 7; give a string"),
    "parameters no object": ({**asked(), "parameters": []}, "give an object"),
    "truth no truth": ({**asked(), "parameters": {"binary_data_output": 1}}, "give true or false"),
    "outputs no list": ({**asked(), "outputs": "label"}, "give a list"),
    "unknown output": ({**asked(), "outputs": [{"name": "logits"}]}, "choose from: label, probabilities"),
    "output twice": ({**asked(), "outputs": [{"name": "label"}] * 2}, "'label' is asked for twice; name each once"),
    "output no truth": ({**asked(), "outputs": [{"name": "label", "parameters": {"binary_data": "yes"}}]}, "true or"),
    "classification": ({**asked(), "outputs": [{"name": "label", "parameters": {"classification": 3}}]}, "extension"),
    "shared memory": (asked(parameters={"shared_memory_region": "r"}), "extension"),
    "a sequence": ({**asked(), "parameters": {"sequence_id": 7}}, "'sequence_id' belongs to an extension"),
    "a named sequence": ({**asked(), "parameters": {"sequence_id": "a", "sequence_start": True}}, "'sequence_id'"),
    "the end of one": ({**asked(), "parameters": {"sequence_end": True}}, "'sequence_end'"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_request_is_refused_in_one_line(name: str) -> None:
    document, says = BAD[name]
    with pytest.raises(HTTPException) as refusal:
        parsed(document)
    assert refusal.value.status_code == 400
    assert says in refusal.value.detail
    assert "\n" not in refusal.value.detail
    assert len(refusal.value.detail) < 300


@pytest.mark.parametrize(
    ("size", "tail", "header", "says"),
    [
        (784, 783, None, "783 bytes arrived"),
        (783, 784, None, "its shape needs 784"),
        (True, 1, None, "is true"),
        ("784", 784, None, 'is "784"'),
        (None, 784, None, "784 bytes follow the JSON"),
        (784, 784, b"-1", "give the number of bytes of the JSON"),
        (784, 784, b"1e2", "give the number of bytes of the JSON"),
        (784, 784, b"9" * 5000, "give the number of bytes of the JSON"),
        (784, 784, b"10", "not valid JSON"),
    ],
)
def test_binary_pixels_must_be_as_many_as_they_say(size: Any, tail: int, header: bytes | None, says: str) -> None:
    parameters = None if size is None else {"binary_data_size": size}
    with pytest.raises(HTTPException, match=says) as refusal:
        parsed(asked(data=None, parameters=parameters), bytes(tail), header)
    assert refusal.value.status_code == 400


def test_pixels_are_given_once() -> None:
    with pytest.raises(HTTPException, match="give it only once"):
        parsed(asked(parameters={"binary_data_size": 784}), bytes(784))


def test_truths_elsewhere_are_no_fault() -> None:
    wanted = parsed({**asked(), "parameters": {"binary_data_output": True}})
    assert all(output.is_binary for output in wanted.outputs)


def test_optional_fields_may_be_null_and_parameters_may_ask_for_nothing() -> None:
    nothing = {"sequence_id": 0, "sequence_start": False, "binary_data_output": None, "unknown": [1]}
    output = {"name": "label", "parameters": {"classification": 0, "binary_data": None}}
    for document in (
        {**asked(), "id": None, "parameters": None, "outputs": None},
        {**asked(), "parameters": nothing, "outputs": []},
        {**asked(), "outputs": [output, {"name": "probabilities", "parameters": None}]},
    ):
        wanted = parsed(document)
        assert wanted.id is None
        assert [(found.tensor.name, found.is_binary) for found in wanted.outputs] == [
            ("label", False),
            ("probabilities", False),
        ]
    tensor = asked(shape=[1, 28, 28])["inputs"][0]
    assert len(parsed({"inputs": [{**tensor, "parameters": None}]}).images) == 1
    tail = {**tensor, "data": None, "parameters": {"binary_data_size": 784}}
    assert len(parsed({"inputs": [tail]}, bytes(784)).images) == 1


def test_too_many_images_and_too_much_json_are_too_large() -> None:
    with pytest.raises(HTTPException, match="at most 5") as refusal:
        parsed(asked(shape=[6, 28, 28]))
    assert refusal.value.status_code == 413
    with pytest.raises(HTTPException, match="send the pixels as binary data") as refusal:
        parsed(b" " * 200_000)
    assert refusal.value.status_code == 413


@pytest.mark.parametrize("binary", [True, False])
def test_outputs_come_in_the_order_asked_for(mnist: Dataset, binary: bool) -> None:
    images = mnist.test.images[:2]
    named = [{"name": "probabilities", "parameters": {"binary_data": binary}}, {"name": "label"}]
    wanted = parsed({**asked(shape=[2, 28, 28], data=images.ravel().tolist()), "id": "é", "outputs": named})
    answers = predict_exactly(MODEL, images)
    content, headers = write_response(wanted, answers, "digits", "1")
    length = int(headers.get("Inference-Header-Content-Length", len(content)))
    document, tail = json.loads(content[:length]), content[length:]
    assert document["id"] == "é"
    first, second = document["outputs"]
    assert [first["name"], first["datatype"], first["shape"]] == ["probabilities", "FP32", [2, 10]]
    assert second == {"name": "label", "datatype": "INT64", "shape": [2], "data": answers.label.tolist()}
    if binary:
        assert headers["content-type"] == "application/octet-stream"
        assert first["parameters"] == {"binary_data_size": len(tail)}
        values = np.frombuffer(tail, "<f4").reshape(2, 10)
    else:
        assert headers == {"content-type": "application/json"}
        assert tail == b""
        values = np.reshape(first["data"], (2, 10)).astype(np.float32)
    np.testing.assert_array_equal(values, answers.probabilities.astype(np.float32))
