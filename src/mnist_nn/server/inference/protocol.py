"""The Open Inference Protocol's infer request and response, in JSON and with the binary tensor data extension.

It turns bytes into a checked `InferRequest`, and predictions into bytes; other modules do the work in between. The
protocol is https://github.com/kserve/open-inference-protocol, and the extension is Triton's binary tensor data.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from math import prod
from typing import Any, NamedTuple, NoReturn

import numpy as np
import orjson
from starlette.exceptions import HTTPException

from mnist_nn.evaluation.prediction import Predictions
from mnist_nn.server.inference.signature import DATATYPES, ModelSignature, Pixels, TensorSpec
from mnist_nn.server.limits import FIXED_LIMITS, Limits

HEADER_LENGTH = "Inference-Header-Content-Length"
HEADER_LENGTH_KEY = HEADER_LENGTH.lower().encode()  # as the headers of an ASGI scope have it
BINARY, BINARY_ALL, BINARY_SIZE = "binary_data", "binary_data_output", "binary_data_size"
# Of extensions that would change the answer; each of these values asks for nothing.
UNSUPPORTED = ("classification", "shared_memory_region", "sequence_id", "sequence_start", "sequence_end")
NOTHING_ASKED = (None, False, 0, "")

JSON_TYPES: dict[Any, str] = {str: "a string", list: "a list", dict: "an object"}
SHOWN_ITEMS, SHOWN_CHARACTERS = 8, 60  # of a value in an error message

Json = dict[str, Any]


class RequestedOutput(NamedTuple):
    """A requested output, and whether it is requested as bytes."""

    tensor: TensorSpec
    is_binary: bool


class InferRequest(NamedTuple):
    """A checked request: the images as rows of pixels, and the requested outputs."""

    id: str | None
    images: Pixels
    outputs: tuple[RequestedOutput, ...]


def parse_request(body: bytes, header_length: bytes | None, signature: ModelSignature, limits: Limits) -> InferRequest:
    """Parse an infer request.

    Parameters
    ----------
    body
        JSON, followed by the bytes of a tensor if ``header_length`` says where the JSON ends.
    header_length
        The Inference-Header-Content-Length header; None if there is none.
    signature, limits
        The inputs that the model takes, and how many.

    Raises
    ------
    HTTPException
        400 if it is not a valid request, 413 if it has too many images.
    """
    json_bytes = len(body) if header_length is None else _parse_header_length(header_length, len(body))
    _check_json_length(json_bytes, signature, limits)
    text = body[:json_bytes]
    request = _require_object(_parse_json(text), "the request")
    _look_up(request, "id", str, "the request")
    all_binary = _look_up_bool(_look_up_parameters(request, "the request"), BINARY_ALL, default=False)
    outputs = _parse_outputs(request, signature, all_binary)
    given, shape = _parse_input(request, signature.input, limits)
    pixels = _take_bytes(given, body[json_bytes:], shape)
    if pixels is None:
        pixels = _pack_list(given, shape, may_hold_bools=b"true" in text or b"false" in text)
    return InferRequest(request.get("id"), np.frombuffer(pixels, np.uint8).reshape(shape[0], -1), outputs)


def write_response(
    request: InferRequest, predictions: Predictions, model: str, version: str
) -> tuple[bytes, dict[str, str]]:
    """Create the response: its bytes and its headers."""
    described, tail = [], []
    for tensor, is_binary in request.outputs:
        values = np.ascontiguousarray(getattr(predictions, tensor.name), DATATYPES[tensor.datatype])
        shown: Json = {"name": tensor.name, "datatype": tensor.datatype, "shape": values.shape}
        if is_binary:
            tail.append(values.tobytes())
            shown["parameters"] = {BINARY_SIZE: values.nbytes}
        else:
            shown["data"] = values.ravel()
        described.append(shown)
    head = {"model_name": model, "model_version": version, "outputs": described}
    text = orjson.dumps(head if request.id is None else {"id": request.id, **head}, option=orjson.OPT_SERIALIZE_NUMPY)
    if not tail:
        return text, {"content-type": "application/json"}
    return b"".join([text, *tail]), {"content-type": "application/octet-stream", HEADER_LENGTH: str(len(text))}


def _parse_header_length(text: bytes, limit: int) -> int:
    if not (text.isdigit() and len(text) <= FIXED_LIMITS.header_length_digits and int(text) <= limit):
        shown = text[:40].decode("latin-1")
        _refuse(
            f"{HEADER_LENGTH} is {shown!r}; give the number of bytes of the JSON, which is at most the "
            f"length of the body, {limit:,}"
        )
    return int(text)


def _check_json_length(length: int, signature: ModelSignature, limits: Limits) -> None:
    """Reject JSON that is longer than any valid request, because nobody else is answered while it is parsed."""
    pixels = limits.row_limit * signature.pixels_per_image
    limit = pixels * FIXED_LIMITS.json_characters_per_pixel + FIXED_LIMITS.json_envelope_characters
    if length > limit:
        message = f"the JSON has {length:,} bytes, but at most {limit:,} are accepted; send the pixels as binary data"
        raise HTTPException(413, message)


def _parse_json(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        _refuse(f"the body is not valid JSON: {error}")


def _parse_input(request: Json, wanted: TensorSpec, limits: Limits) -> tuple[Json, list[int]]:
    """Find the single input and its shape."""
    inputs = _look_up(request, "inputs", list, "the request", required=True)
    if len(inputs) != 1:
        _refuse(f"the request has {len(inputs)} inputs; give exactly one, {wanted.name!r}")
    given = _require_object(inputs[0], "an input")
    name = _look_up(given, "name", str, "an input", required=True)
    if name != wanted.name:
        _refuse(f"the input is called {name[:40]!r}; the model's only input is {wanted.name!r}")
    if given.get("datatype") != wanted.datatype:
        shown = _shorten(given.get("datatype"))
        _refuse(f"{name}: datatype is {shown}; give {wanted.datatype} with 0 for background and 255 for ink")
    _look_up_parameters(given, name)
    return given, _parse_shape(given, wanted, limits)


def _parse_shape(given: Json, wanted: TensorSpec, limits: Limits) -> list[int]:
    shape = _look_up(given, "shape", list, wanted.name, required=True)
    is_valid = all(type(size) is int for size in shape) and tuple(shape[1:]) == wanted.shape[1:] and shape[0] > 0
    if not is_valid:
        sizes = ", ".join(str(size) for size in wanted.shape[1:])
        _refuse(f"{wanted.name}: shape is {_shorten(shape)}; give [n, {sizes}] for n images")
    if shape[0] > limits.row_limit:
        raise HTTPException(
            413,
            f"{_shorten(shape[0])} images are too many; send at most {limits.row_limit:,}, or raise the "
            "limit with --row-limit",
        )
    return list(shape)


def _take_bytes(given: Json, tail: bytes, shape: Sequence[int]) -> bytes | None:
    """Take the pixels after the JSON, if that is where they are."""
    name, size = given["name"], (given.get("parameters") or {}).get(BINARY_SIZE)
    if size is None:
        if tail:
            _refuse(f"{len(tail):,} bytes follow the JSON; assign them to the input with the parameter {BINARY_SIZE}")
        return None
    if given.get("data") is not None:
        _refuse(f"{name}: the data is given both as JSON and as bytes; give it only once")
    if type(size) is not int or not size == prod(shape) == len(tail):
        _refuse(
            f"{name}: {BINARY_SIZE} is {_shorten(size)}, but its shape needs {prod(shape):,} bytes and "
            f"{len(tail):,} bytes arrived; make all three equal"
        )
    return tail


def _pack_list(given: Json, shape: Sequence[int], *, may_hold_bools: bool) -> bytes:
    """Convert a list of pixels, either flat or nested according to the shape, to bytes."""
    name = given["name"]
    data = _flatten(_look_up(given, "data", list, name, required=True), shape, name)
    if len(data) != prod(shape):
        _refuse(f"{name}: data has {len(data):,} values, but its shape needs {prod(shape):,}; make them agree")
    try:
        pixels = bytes(data)
    except (TypeError, ValueError):
        pixels = None
    if pixels is None or (may_hold_bools and bool in map(type, data)):
        _refuse(f"{name}: data contains values that are not pixels; give whole numbers from 0 to 255")
    return pixels


def _flatten(data: list[Any], shape: Sequence[int], name: str) -> list[Any]:
    """Flatten the nesting level by level; a flat list is returned unchanged."""
    if not data or type(data[0]) is not list:
        return data
    count = 1
    for size in shape[:-1]:
        count *= size
        if len(data) != count or any(type(item) is not list for item in data):
            _refuse(f"{name}: the nesting of data does not match its shape; nest it to match, or give a flat list")
        data = list(chain.from_iterable(data))
    return data


def _parse_outputs(request: Json, signature: ModelSignature, all_binary: bool) -> tuple[RequestedOutput, ...]:
    """Find the requested outputs; if none are named, all are returned."""
    named = _look_up(request, "outputs", list, "the request")
    if not named:
        return tuple(RequestedOutput(tensor, all_binary) for tensor in signature.outputs)
    known = {tensor.name: tensor for tensor in signature.outputs}
    found: list[RequestedOutput] = []
    for item in named:
        name = _look_up(_require_object(item, "an output"), "name", str, "an output", required=True)
        if name not in known:
            _refuse(f"there is no output {name[:40]!r}; choose from: {', '.join(known)}")
        if any(name == earlier.tensor.name for earlier in found):
            _refuse(f"the output {name!r} is asked for twice; name each once")
        is_binary = _look_up_bool(_look_up_parameters(item, name), BINARY, default=all_binary)
        found.append(RequestedOutput(known[name], is_binary))
    return tuple(found)


def _look_up_parameters(holder: Json, where: str) -> Json:
    """Look up parameters; those of an extension that would change the answer are refused, others are not looked at."""
    found: Json = _look_up(holder, "parameters", dict, where) or {}
    for name in UNSUPPORTED:
        if found.get(name) not in NOTHING_ASKED:
            _refuse(f"{where}: the parameter {name!r} belongs to an extension that this server does not have")
    return found


def _look_up_bool(parameters: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = parameters.get(name)
    if not isinstance(value, bool | None):
        _refuse(f"the parameter {name} is {_shorten(value)}; give true or false")
    return default if value is None else value


def _require_object(value: object, what: str) -> Json:
    if not isinstance(value, dict):
        _refuse(f"{what} is {_shorten(value)}; give a JSON object")
    return value


def _look_up(holder: Json, name: str, kind: type, where: str, *, required: bool = False) -> Any:
    """Look up a field and check its type; an optional field may be absent or null, as many clients send it."""
    value = holder.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, kind):
        shown = _shorten(value) if name in holder else "missing"
        _refuse(f"{where}: {name} is {shown}; give {JSON_TYPES[kind]}")
    return value


def _shorten(value: object) -> str:
    """Format any value in a few characters."""
    if isinstance(value, dict | list) and len(value) > SHOWN_ITEMS:
        return f"a {'list' if isinstance(value, list) else 'JSON object'} of {len(value):,}"
    try:
        text = orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return "nested too deeply"
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _refuse(message: str) -> NoReturn:
    raise HTTPException(400, message)
