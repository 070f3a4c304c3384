"""The description of the server is of this server."""

import io
import json
from typing import Any

import httpx
import pytest
from patience import PATIENCE
from PIL import Image
from pydantic import BaseModel, ValidationError
from server_payloads import INFER, infer_request, page_of_digits
from starlette.exceptions import HTTPException

from mnist_nn import Dataset, Model
from mnist_nn.reading.document import ReadDocument
from mnist_nn.server import openapi
from mnist_nn.server.inference.protocol import parse_request
from mnist_nn.server.inference.signature import ModelSignature
from mnist_nn.server.limits import Limits
from mnist_nn.util.documents import plain

LIMITS = Limits(row_limit=3)


def damaged_first_page(mnist: Dataset) -> bytes:
    """A TIFF of two pages, the first of more pixels than are read."""
    file, page = io.BytesIO(), Image.open(io.BytesIO(page_of_digits(mnist, 1, 2)))
    Image.new("1", (8001, 8000)).save(file, "tiff", save_all=True, append_images=[page], compression="tiff_deflate")
    return file.getvalue()


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


@pytest.fixture(scope="module")
def signature(small_model: Model) -> ModelSignature:
    return ModelSignature.from_model(small_model)


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/", openapi.Contents),
        ("/v2", openapi.ServerMetadata),
        ("/v2/", openapi.ServerMetadata),
        ("/v2/models/digits", openapi.ModelMetadata),
        ("/v2/health/live", openapi.Live),
        ("/v2/health/ready", openapi.Ready),
        ("/nothing", openapi.Error),
    ],
)
def test_responses_have_the_fields_that_are_described(client: httpx.Client, path: str, model: type[BaseModel]) -> None:
    response = client.get(path).json()
    assert model.model_validate(response, strict=True).model_dump() == response


def test_a_request_is_described_as_it_is_read(mnist: Dataset, signature: ModelSignature) -> None:
    """What the description allows is read, and what it forbids is refused."""
    described = openapi.make_infer_request(signature, LIMITS)
    good = infer_request(mnist.test.images[:2], id="mine", outputs=[{"name": "label"}], parameters={})
    for request in (good, infer_request(mnist.test.images[:1])):
        described.model_validate(request)
        parse_request(json.dumps(request).encode(), None, signature, LIMITS)
    nothing: dict[str, Any] = {"id": None, "parameters": None, "outputs": None}
    described.model_validate(good | nothing)
    parse_request(json.dumps(good | nothing).encode(), None, signature, LIMITS)
    tensor = good["inputs"][0]
    for change in (
        {"inputs": []},
        {"inputs": [tensor, tensor]},
        {"inputs": [tensor | {"name": "Y"}]},
        {"inputs": [tensor | {"datatype": "FP32"}]},
        {"inputs": [tensor | {"shape": [4, 28, 28]}]},
        {"inputs": [tensor | {"shape": [2, 27, 28]}]},
        {"inputs": [{name: value for name, value in tensor.items() if name != "data"}]},
        {"outputs": [{"name": "logits"}]},
        {"outputs": [{"name": "label"}] * 5},
        {"id": 7},
        {"parameters": []},
    ):
        with pytest.raises(ValidationError):
            described.model_validate(good | change)
        with pytest.raises(HTTPException):
            parse_request(json.dumps(good | change).encode(), None, signature, LIMITS)


def test_the_responses_of_infer_and_read_are_as_described(
    client: httpx.Client, mnist: Dataset, signature: ModelSignature
) -> None:
    described = openapi.make_infer_response(signature)
    binary = [{"name": "label", "parameters": {"binary_data": True}}]
    response = client.post(INFER, json=infer_request(mnist.test.images[:2], id="mine")).json()
    assert described.model_validate(response).model_dump(exclude_unset=True) == response
    mixed = client.post(INFER, json=infer_request(mnist.test.images[:2], outputs=binary))
    header = json.loads(mixed.content[: int(mixed.headers["Inference-Header-Content-Length"])])
    assert described.model_validate(header).model_dump(exclude_unset=True) == header
    for content in (page_of_digits(mnist, 2, 3), damaged_first_page(mnist)):
        (page, *_) = pages = client.post("/read", content=content).json()
        assert page.get("numbers") or page["error"]
        assert plain(ReadDocument.model_validate_json(json.dumps(pages))) == pages


def test_it_says_what_this_server_takes(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    operation = document["paths"][INFER]["post"]
    request = operation["requestBody"]["content"]["application/json"]["schema"]
    tensor = request["properties"]["inputs"]["items"]["properties"]
    assert tensor["name"]["const"] == "X"
    assert tensor["shape"]["prefixItems"][0]["maximum"] == Limits().row_limit
    assert "$ref" not in json.dumps(request)
    assert set(operation["responses"]) == {"200", "400", "408", "413", "415", "503"}
    assert "default" not in request["properties"]["id"]
    assert set(document["paths"]["/read"]["post"]["requestBody"]["content"]) == {
        "application/octet-stream",
        "multipart/form-data",
    }
