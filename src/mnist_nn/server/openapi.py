"""The request bodies and responses in /openapi.json, as models that FastAPI turns into schemas.

The models are only descriptions: `inference.protocol` parses requests and writes responses without them, which is
faster. The models of ``infer`` are made for the network being served, so that they describe what this server really
takes. `mnist_nn.reading.document` describes the response of ``read``.
"""

from http import HTTPStatus
from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel, Field, create_model

from mnist_nn.server.inference.protocol import BINARY, BINARY_ALL, BINARY_SIZE, HEADER_LENGTH
from mnist_nn.server.inference.signature import ModelSignature, TensorSpec
from mnist_nn.server.limits import Limits

Schema = dict[str, Any]
Responses = dict[int | str, dict[str, Any]]
BYTES: Schema = {"schema": {"type": "string", "format": "binary"}}
DESCRIPTION = """Reads handwritten digits.

`/v2` is the [Open Inference Protocol](https://github.com/kserve/open-inference-protocol): tensors of 28×28 pixels in,
probabilities out, as JSON or with the binary tensor data extension. `/read` takes a picture of any size and finds the
numbers on it.
"""


def _optional() -> Any:
    """Declare a field that may be absent; the description shows no default."""
    return Field(default_factory=lambda: None)


def _nullable(kind: Any) -> tuple[Any, Any]:
    """Declare a field of a request that may be absent or null."""
    return (kind | None, _optional())


class Error(BaseModel):
    """An error message: what is wrong, and how to fix it."""

    error: str


class ServerMetadata(BaseModel):
    """Name and version of the server."""

    name: str
    version: str
    extensions: list[str]


class Contents(ServerMetadata):
    """Name and version of the server, and all its addresses."""

    documentation: str
    addresses: dict[str, str]


class TensorMetadata(BaseModel):
    """An input or an output of the model; -1 in its shape stands for the number of images."""

    name: str
    datatype: str
    shape: list[int]


class ModelMetadata(BaseModel):
    """The inputs and outputs of the model."""

    name: str
    versions: list[str]
    platform: str
    inputs: list[TensorMetadata]
    outputs: list[TensorMetadata]


class Live(BaseModel):
    """Whether the server is running."""

    live: bool


class Ready(BaseModel):
    """Whether the model accepts requests."""

    name: str
    ready: bool


def describe_errors(*statuses: int) -> Responses:
    """Describe the error responses."""
    return {status: {"description": HTTPStatus(status).phrase, "model": Error} for status in statuses}


def describe_infer_request(signature: ModelSignature, limits: Limits) -> dict[str, Any]:
    """Describe an infer request as FastAPI's ``openapi_extra``: JSON, or JSON followed by bytes."""
    length = {
        "name": HEADER_LENGTH,
        "in": "header",
        "required": False,
        "description": "Number of bytes of the JSON, if the bytes of a tensor follow it.",
        "schema": {"type": "integer", "minimum": 0},
    }
    json_schema = _inline_schema(make_infer_request(signature, limits))
    content = {"application/json": {"schema": json_schema}, "application/octet-stream": BYTES}
    return {"requestBody": {"required": True, "content": content}, "parameters": [length]}


def describe_infer_response(signature: ModelSignature) -> Responses:
    """Describe an infer response."""
    description = "The outputs that were requested, or all of them."
    content = {"application/octet-stream": BYTES}
    return {200: {"description": description, "model": make_infer_response(signature), "content": content}}


def describe_picture() -> dict[str, Any]:
    """Describe a picture in a request, alone or as the only file of a form, as FastAPI's ``openapi_extra``."""
    form = {"type": "object", "properties": {"file": BYTES["schema"]}, "required": ["file"]}
    content = {"application/octet-stream": BYTES, "multipart/form-data": {"schema": form}}
    return {"requestBody": {"required": True, "content": content}}


def make_infer_request(signature: ModelSignature, limits: Limits) -> type[BaseModel]:
    """Make the model of an infer request in JSON."""
    spec, names = signature.input, tuple(tensor.name for tensor in signature.outputs)
    pixels = f"{signature.pixels_per_image} pixels per image, 0 for background and 255 for ink, flat or nested."
    images = Annotated[int, Field(ge=1, le=limits.row_limit)]
    shape: Any = tuple[images, *(_one_of(size) for size in spec.shape[1:])]  # type: ignore[misc]
    tensor = create_model(
        "InferInput",
        name=(_one_of(spec.name), ...),
        datatype=(_one_of(spec.datatype), ...),
        shape=(shape, ...),
        data=(list[Any], Field(description=pixels)),
    )
    output = create_model(
        "RequestedOutput",
        name=(_one_of(*names), ...),
        parameters=_nullable(_make_parameters(BINARY, *_nullable(bool))),
    )
    asked = Annotated[list[output], Field(max_length=len(names), json_schema_extra={"uniqueItems": True})]  # type: ignore[valid-type]
    return create_model(
        "InferRequest",
        inputs=(list[tensor], Field(min_length=1, max_length=1)),  # type: ignore[valid-type]
        id=_nullable(str),
        parameters=_nullable(_make_parameters(BINARY_ALL, *_nullable(bool))),
        outputs=_nullable(asked),
    )


def make_infer_response(signature: ModelSignature) -> type[BaseModel]:
    """Make the model of an infer response in JSON."""
    output: Any = Union[tuple(_make_output(tensor) for tensor in signature.outputs)]  # noqa: UP007 they are counted at run time
    return create_model(
        "InferResponse",
        model_name=(str, ...),
        model_version=(str, ...),
        outputs=(list[output], ...),
        id=(str, _optional()),
    )


def _make_output(spec: TensorSpec) -> type[BaseModel]:
    values: Any = list[int] if spec.datatype == "INT64" else list[float]
    return create_model(
        f"Output_{spec.name}",
        name=(_one_of(spec.name), ...),
        datatype=(_one_of(spec.datatype), ...),
        shape=(list[int], ...),
        data=(values, _optional()),
        parameters=(_make_parameters(BINARY_SIZE, int, ...), _optional()),
    )


def _make_parameters(name: str, kind: Any, default: Any) -> Any:
    fields: dict[str, Any] = {name: (kind, default)}
    return create_model(f"parameters_{name}", **fields)


def _one_of(*values: str | int) -> Any:
    return Literal[values]


def _inline_schema(model: type[BaseModel]) -> Schema:
    """Make the schema of a model without references, because FastAPI's ``openapi_extra`` cannot have any."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, dict) and "$ref" in node:
            return resolve(definitions[node["$ref"].rpartition("/")[2]])
        if isinstance(node, dict):
            return {name: resolve(value) for name, value in node.items()}
        return [resolve(item) for item in node] if isinstance(node, list) else node

    resolved: Schema = resolve(schema)
    return resolved
