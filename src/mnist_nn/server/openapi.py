"""What /openapi.json says beyond what the web framework finds out: bodies and answers, read and written by hand.

Every schema is written for the model that is served, so that it says what the server really takes.
"""

from http import HTTPStatus
from typing import Any

from mnist_nn.server.inference.protocol import BINARY, BINARY_ALL, HEADER_LENGTH
from mnist_nn.server.inference.signature import ModelSignature, TensorSpec
from mnist_nn.server.limits import Limits

Schema = dict[str, Any]

TEXT, TRUTH, WHOLE = {"type": "string"}, {"type": "boolean"}, {"type": "integer"}
BYTES = {"type": "string", "format": "binary"}
DESCRIPTION = """Reads handwritten digits.

`/v2` is the [Open Inference Protocol](https://github.com/kserve/open-inference-protocol): tensors of 28×28 pixels in,
probabilities out, as JSON or with the binary tensor data extension. `/read` takes a picture of any size and finds the
numbers on it.
"""


def answer(description: str, schema: Schema, kind: str = "application/json") -> dict[int | str, Any]:
    """Describe the answer of a request that went well."""
    return {200: {"description": description, "content": {kind: {"schema": schema}}}}


def errors(*statuses: int) -> dict[int | str, Any]:
    """Describe the answers of requests that did not."""
    content = {"application/json": {"schema": fields(error=TEXT)}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def fields(*, optional: Schema | None = None, **needed: Schema) -> Schema:
    """Describe an object by its fields."""
    return {"type": "object", "properties": {**needed, **(optional or {})}, "required": list(needed)}


def listed(items: Schema, **bounds: int) -> Schema:
    """Describe a list."""
    return {"type": "array", "items": items, **bounds}


def metadata() -> Schema:
    """Describe what a model says of itself."""
    tensor = fields(name=TEXT, datatype=TEXT, shape=listed(WHOLE))
    return fields(name=TEXT, versions=listed(TEXT), platform=TEXT, inputs=listed(tensor), outputs=listed(tensor))


def infer_body(signature: ModelSignature, limits: Limits) -> dict[str, Any]:
    """Describe an infer request: JSON, or JSON and bytes."""
    names = [tensor.name for tensor in signature.outputs]
    output = fields(name={"enum": names}, optional={"parameters": fields(optional={BINARY: TRUTH})})
    schema = fields(
        inputs=listed(_input(signature, limits), minItems=1, maxItems=1),
        optional={
            "id": TEXT,
            "parameters": fields(optional={BINARY_ALL: TRUTH}),
            "outputs": listed(output, uniqueItems=True, maxItems=len(names)),
        },
    )
    length = {
        "name": HEADER_LENGTH,
        "in": "header",
        "required": False,
        "description": "Bytes of the JSON, where the bytes of a tensor follow it.",
        "schema": {"type": "integer", "minimum": 0},
    }
    content = {"application/json": {"schema": schema}, "application/octet-stream": {"schema": BYTES}}
    return {"requestBody": {"required": True, "content": content}, "parameters": [length]}


def _input(signature: ModelSignature, limits: Limits) -> Schema:
    wanted = signature.input
    sizes = [{"type": "integer", "minimum": 1, "maximum": limits.row_limit}, *({"const": n} for n in wanted.shape[1:])]
    shape = {"type": "array", "prefixItems": sizes, "minItems": len(sizes), "maxItems": len(sizes)}
    data = {
        "type": "array",
        "description": f"{signature.pixels_per_image} pixels an image, 0 for background, 255 for ink; flat or nested.",
    }
    return fields(name={"const": wanted.name}, datatype={"const": wanted.datatype}, shape=shape, data=data)


def infer_answer(signature: ModelSignature) -> dict[int | str, Any]:
    """Describe the answer to it."""
    schema = fields(
        model_name=TEXT,
        model_version=TEXT,
        outputs=listed({"anyOf": [_output(tensor) for tensor in signature.outputs]}),
        optional={"id": TEXT},
    )
    found = answer("The outputs that were asked for, or all.", schema)
    found[200]["content"]["application/octet-stream"] = {"schema": BYTES}
    return found


def _output(tensor: TensorSpec) -> Schema:
    number = WHOLE if tensor.datatype == "INT64" else {"type": "number"}
    where = {"data": listed(number), "parameters": fields(binary_data_size=WHOLE)}
    return fields(name={"const": tensor.name}, datatype={"const": tensor.datatype}, shape=listed(WHOLE), optional=where)


def read_body() -> dict[str, Any]:
    """Describe a picture, alone or as the one file of a form."""
    form = {"multipart/form-data": {"schema": fields(file=BYTES)}}
    return {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": BYTES}, **form}}}


def pages() -> Schema:
    """Describe what is read: the JSON of ``mnist-nn read --json``."""
    digit = fields(
        text=TEXT, probability=SHARE, is_digit=SHARE, confidence=SHARE, box=BOX, verdict=TEXT, reason=TEXT,
        alternatives={"type": "object", "additionalProperties": SHARE},
    )  # fmt: skip
    number = fields(text=TEXT, confidence=SHARE, box=BOX, line=WHOLE, verdict=TEXT, reason=TEXT, digits=listed(digit))
    page = fields(file=TEXT, page=WHOLE, optional={"verdict": TEXT, "numbers": listed(number), "error": TEXT})
    return listed(page)


SHARE = {"type": "number", "minimum": 0, "maximum": 1}
BOX = listed(WHOLE, minItems=4, maxItems=4)
