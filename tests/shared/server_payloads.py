"""What tests of the server send, and how they tell that it has arrived."""

import io
import re
from typing import Any

import numpy as np
from PIL import Image

from mnist_nn import Dataset

INFER = "/v2/models/digits/infer"


def infer_request(images: Any, **fields: Any) -> dict[str, Any]:
    """A request of the Open Inference Protocol in JSON, with more fields if there are any."""
    images = np.asarray(images, np.uint8)
    data = images.ravel().tolist()
    return {"inputs": [{"name": "X", "shape": list(images.shape), "datatype": "UINT8", "data": data}], **fields}


def page_of_digits(mnist: Dataset, rows: int, columns: int) -> bytes:
    """A page of test digits, dark on light; a large one takes a good part of a second to read."""
    digits = mnist.test.images[: rows * columns].reshape(rows, columns, 28, 28)
    paper = np.pad(digits, ((0, 0), (0, 0), (16, 16), (8, 8))).transpose(0, 2, 1, 3).reshape(rows * 60, columns * 44)
    file = io.BytesIO()
    Image.fromarray(255 - paper).save(file, "png")
    return file.getvalue()


def count_requests(served: Any) -> float:
    """How many requests have come, counting the one that asks this."""
    figures = served.ask("GET", "/metrics").body.decode()
    found = re.findall(r"^mnist_nn_requests_(?:total\{.*\}|in_flight) (.*)$", figures, re.MULTILINE)
    return sum(map(float, found))
