"""The Open Inference Protocol's infer request and response, in JSON and with the binary tensor data extension.

Bytes become a checked `Wanted`, and answers become bytes; what is asked of the model in between is not known here.
The protocol: https://github.com/kserve/open-inference-protocol, the extension: Triton's binary tensor data.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from math import prod
from typing import Any, NamedTuple, NoReturn

import numpy as np
import orjson

from mnist_nn.evaluation.prediction import Predictions
from mnist_nn.server.http.exception_handlers import Refusal
from mnist_nn.server.inference.signature import DATATYPES, Contract, Pixels, Tensor
from mnist_nn.server.limits import Limits

HEADER_LENGTH = "Inference-Header-Content-Length"
LENGTH_KEY = HEADER_LENGTH.lower().encode()  # as it stands among the headers of a request
BINARY, BINARY_ALL, BINARY_SIZE = "binary_data", "binary_data_output", "binary_data_size"
FOREIGN = ("classification", "shared_memory_region")  # extensions that would change the answer
NUMBER = 8  # characters that a pixel may take in JSON, with what stands around it
LONGEST = 15  # digits of a length
ENVELOPE = 2**16  # characters of JSON around the pixels

KINDS: dict[Any, str] = {str: "a text", list: "a list", dict: "an object"}
SHOWN, LINE = 8, 60  # items of a list and characters of anything that an error shows

Json = dict[str, Any]


class Output(NamedTuple):
    """An output that is asked for, and whether as bytes."""

    tensor: Tensor
    binary: bool


class Wanted(NamedTuple):
    """A checked request: the images as rows of pixels, and what is to come back."""

    id: str | None
    images: Pixels
    outputs: tuple[Output, ...]


def parse(body: bytes, header_length: bytes | None, contract: Contract, limits: Limits) -> Wanted:
    """Read an infer request.

    Parameters
    ----------
    body
        JSON, followed by the bytes of a tensor if ``header_length`` says where the JSON ends.
    header_length
        The Inference-Header-Content-Length header, None if there is none.
    contract, limits
        What the model takes, and how much.

    Raises
    ------
    Refusal
        400 if it is no such request, 413 if it is one for too many images.
    """
    at = len(body) if header_length is None else _length(header_length, len(body))
    if at > (most := limits.row_limit * contract.values * NUMBER + ENVELOPE):
        raise Refusal(413, f"the JSON has {at:,} bytes; at most {most:,} are read: send the pixels as binary data")
    text = body[:at]
    request = _object(_json(text), "the request")
    _check(request, "id", str, "the request")
    everything = _parameters(request, "the request").get(BINARY_ALL, False)
    outputs = _outputs(request, contract, _truth(everything, BINARY_ALL))
    given, shape = _input(request, contract.input, limits)
    pixels = _from_bytes(given, body[at:], shape)
    if pixels is None:
        pixels = _from_list(given, shape, may_hold_truths=b"true" in text or b"false" in text)
    return Wanted(request.get("id"), np.frombuffer(pixels, np.uint8).reshape(shape[0], -1), outputs)


def respond(wanted: Wanted, predictions: Predictions, model: str, version: str) -> tuple[bytes, dict[str, str]]:
    """Write the response: its bytes and its headers."""
    described, tail = [], []
    for tensor, binary in wanted.outputs:
        values = np.ascontiguousarray(getattr(predictions, tensor.name), DATATYPES[tensor.datatype])
        shown: Json = {"name": tensor.name, "datatype": tensor.datatype, "shape": values.shape}
        if binary:
            tail.append(values.tobytes())
            shown["parameters"] = {BINARY_SIZE: values.nbytes}
        else:
            shown["data"] = values.ravel()
        described.append(shown)
    head = {"model_name": model, "model_version": version, "outputs": described}
    text = orjson.dumps(head if wanted.id is None else {"id": wanted.id, **head}, option=orjson.OPT_SERIALIZE_NUMPY)
    if not tail:
        return text, {"content-type": "application/json"}
    return b"".join([text, *tail]), {"content-type": "application/octet-stream", HEADER_LENGTH: str(len(text))}


def _length(text: bytes, most: int) -> int:
    if not (text.isdigit() and len(text) <= LONGEST and int(text) <= most):
        said = text[:40].decode("latin-1")
        _bad(f"{HEADER_LENGTH} is {said!r}; give the bytes of the JSON, which are at most the body's {most:,}")
    return int(text)


def _json(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        _bad(f"the body is no JSON that can be read: {error}")


def _input(request: Json, wanted: Tensor, limits: Limits) -> tuple[Json, list[int]]:
    """Find the one input, and its shape."""
    inputs = _check(request, "inputs", list, "the request", needed=True)
    if len(inputs) != 1:
        _bad(f"the request has {len(inputs)} inputs; give one, {wanted.name!r}")
    given = _object(inputs[0], "an input")
    name = _check(given, "name", str, "an input", needed=True)
    if name != wanted.name:
        _bad(f"the input is {name[:40]!r}; the model has one, {wanted.name!r}")
    if given.get("datatype") != wanted.datatype:
        said = _short(given.get("datatype"))
        _bad(f"{name}: datatype is {said}; give {wanted.datatype}, 0 for background, 255 for ink")
    _no_extensions(_parameters(given, name), name)
    return given, _shape(given, wanted, limits)


def _shape(given: Json, wanted: Tensor, limits: Limits) -> list[int]:
    shape = _check(given, "shape", list, wanted.name, needed=True)
    sound = all(type(size) is int for size in shape) and tuple(shape[1:]) == wanted.shape[1:] and shape[0] > 0
    if not sound:
        _bad(
            f"{wanted.name}: shape is {_short(shape)}; give [n, {str(wanted.shape[1:])[1:-1].rstrip(',')}] for n images"
        )
    if shape[0] > limits.row_limit:
        raise Refusal(413, f"{_short(shape[0])} images are too many; send at most {limits.row_limit:,} (--row-limit)")
    return list(shape)


def _from_bytes(given: Json, tail: bytes, shape: Sequence[int]) -> bytes | None:
    """Take the pixels that follow the JSON, if that is where they are."""
    name, size = given["name"], given.get("parameters", {}).get(BINARY_SIZE)
    if size is None:
        if tail:
            _bad(f"{len(tail):,} bytes follow the JSON; say whose they are with the parameter {BINARY_SIZE}")
        return None
    if "data" in given:
        _bad(f"{name}: there is data as JSON and as bytes; give it once")
    if type(size) is not int or not size == prod(shape) == len(tail):
        _bad(f"{name}: {BINARY_SIZE} is {_short(size)}, its shape needs {prod(shape):,}, and {len(tail):,} bytes came")
    return tail


def _from_list(given: Json, shape: Sequence[int], *, may_hold_truths: bool) -> bytes:
    """Turn a list of pixels, flat or nested as the shape is, into bytes."""
    name = given["name"]
    data = _flat(_check(given, "data", list, name, needed=True), shape, name)
    if len(data) != prod(shape):
        _bad(f"{name}: data has {len(data):,} values where its shape needs {prod(shape):,}")
    try:
        pixels = bytes(data)
    except (TypeError, ValueError):
        pixels = None
    if pixels is None or (may_hold_truths and bool in map(type, data)):
        _bad(f"{name}: data holds something that is no pixel; give whole numbers from 0 to 255")
    return pixels


def _flat(data: list[Any], shape: Sequence[int], name: str) -> list[Any]:
    """Undo the nesting, level by level; a list that is flat already stays as it is."""
    if not data or type(data[0]) is not list:
        return data
    count = 1
    for size in shape[:-1]:
        count *= size
        if len(data) != count or any(type(item) is not list for item in data):
            _bad(f"{name}: data is not nested as its shape says; nest it so, or give a flat list")
        data = list(chain.from_iterable(data))
    return data


def _outputs(request: Json, contract: Contract, everything: bool) -> tuple[Output, ...]:
    """Find the outputs that are asked for; none named means all."""
    named = _check(request, "outputs", list, "the request")
    if not named:
        return tuple(Output(tensor, everything) for tensor in contract.outputs)
    known = {tensor.name: tensor for tensor in contract.outputs}
    found = []
    for item in named:
        name = _check(_object(item, "an output"), "name", str, "an output", needed=True)
        if name not in known:
            _bad(f"there is no output {name[:40]!r}; choose from: {', '.join(known)}")
        parameters = _parameters(item, name)
        _no_extensions(parameters, name)
        found.append(Output(known.pop(name), _truth(parameters.get(BINARY, everything), BINARY)))
    return tuple(found)


def _parameters(holder: Json, where: str) -> Json:
    found: Json = _check(holder, "parameters", dict, where) or {}
    return found


def _no_extensions(parameters: Mapping[str, Any], name: str) -> None:
    for foreign in FOREIGN:
        if foreign in parameters:
            _bad(f"{name}: the parameter {foreign!r} belongs to an extension that this server does not have")


def _truth(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        _bad(f"the parameter {name} is {_short(value)}; give true or false")
    return value


def _object(value: object, what: str) -> Json:
    if not isinstance(value, dict):
        _bad(f"{what} is {_short(value)}; give a JSON object")
    return value


def _check(holder: Json, name: str, kind: type, where: str, *, needed: bool = False) -> Any:
    """Look up a field, and check its type; one that need not be there may be absent, not null."""
    if name not in holder and not needed:
        return None
    value = holder.get(name)
    if not isinstance(value, kind):
        said = _short(value) if name in holder else "not there"
        _bad(f"{where}: {name} is {said}; give {KINDS[kind]}")
    return value


def _short(value: object) -> str:
    """Show a value in few characters, whatever it is."""
    if isinstance(value, dict | list) and len(value) > SHOWN:
        return f"a {'list' if isinstance(value, list) else 'JSON object'} of {len(value):,}"
    try:
        text = orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return "nested too deeply"
    return text if len(text) <= LINE else f"{text[:LINE]}…"


def _bad(why: str) -> NoReturn:
    raise Refusal(400, why)
