"""Requests as they go over the wire: test digits in the two forms of the Open Inference Protocol, pictures to read."""

import io
import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from mnist_nn.data import load

NAME = "digits"
INFER = f"/v2/models/{NAME}/infer"
VARIETY = 16  # different requests of a case, sent in turns
DIGITS = 4  # on a picture
OUTPUTS = ("label", "probabilities")  # the rest is there only for calibrated models

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Case:
    """What is asked: how many digits at a time, and how they are written down."""

    form: str
    batch: int

    @property
    def name(self) -> str:
        """As the tables call it."""
        return f"{self.form}, batch {self.batch}"

    def requests(self) -> list[bytes]:
        """Return different requests of this kind."""
        images = load("mnist").test.images
        starts = range(0, VARIETY * self.batch, self.batch)
        return [FORMS[self.form](images[start : start + self.batch]) for start in starts]


def http(method: str, path: str, body: bytes = b"", **headers: object) -> bytes:
    r"""Put a request together.

    Examples
    --------
    >>> http("GET", "/v2")
    b'GET /v2 HTTP/1.1\r\nHost: localhost\r\n\r\n'
    >>> http("POST", "/read", b"...", content_type="image/png").count(b"\r\n")
    5
    """
    fields = {"Host": "localhost"} | {name.replace("_", "-").title(): value for name, value in headers.items()}
    if method == "POST":
        fields["Content-Length"] = len(body)
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def as_json(images: Pixels) -> bytes:
    """Write digits as numbers in JSON."""
    tensor = {"name": "X", "datatype": "UINT8", "shape": list(images.shape), "data": images.ravel().tolist()}
    wanted = [{"name": name} for name in OUTPUTS]
    body = json.dumps({"inputs": [tensor], "outputs": wanted}, separators=(",", ":")).encode()
    return http("POST", INFER, body, content_type="application/json")


def as_binary(images: Pixels) -> bytes:
    """Write digits as the protocol's binary extension does: a short JSON header, then bytes; so comes the answer."""
    size = {"binary_data_size": images.nbytes}
    tensor = {"name": "X", "datatype": "UINT8", "shape": list(images.shape), "parameters": size}
    wanted = [{"name": name, "parameters": {"binary_data": True}} for name in OUTPUTS]
    header = json.dumps({"inputs": [tensor], "outputs": wanted}, separators=(",", ":")).encode()
    body = header + images.tobytes()
    more = {"content_type": "application/octet-stream", "inference_header_content_length": len(header)}
    return http("POST", INFER, body, **more)


def as_picture(images: Pixels) -> bytes:
    """Write a picture to read: digits side by side, dark on light, as PNG."""
    return http("POST", "/read", picture(images), content_type="image/png")


def picture(images: Pixels) -> bytes:
    """Put digits on paper; return the file."""
    paper = np.full((140, 60 + 24 * len(images)), 230.0)
    for place, image in enumerate(images):
        paper[56:84, 20 + 24 * place : 48 + 24 * place] -= 200 * (image / 255)
    file = io.BytesIO()
    Image.fromarray(paper.clip(0, 255).astype(np.uint8)).save(file, "png")
    return file.getvalue()


FORMS = {"JSON": as_json, "binary": as_binary, "picture": as_picture}
CASES = (Case("JSON", 1), Case("binary", 1), Case("JSON", 64), Case("binary", 64))
READING = Case("picture", DIGITS)


def answered(body: bytes, header: int | None) -> dict[str, npt.NDArray[np.float64]]:
    """Read the tensors out of an answer in either form."""
    document = json.loads(body[:header])
    found, rest = {}, body[header:] if header else b""
    kinds = {"INT64": np.int64, "FP32": np.float32}
    for tensor in document["outputs"]:
        size = tensor.get("parameters", {}).get("binary_data_size")
        if size is None:
            values = np.array(tensor["data"])
        else:
            values, rest = np.frombuffer(rest[:size], kinds[tensor["datatype"]]), rest[size:]
        found[tensor["name"]] = values.reshape(tensor["shape"]).astype(np.float64)
    return found
