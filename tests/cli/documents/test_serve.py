import json
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from patience import PATIENCE
from PIL import Image
from schema_checks import check

from mnist_nn import Network, NetworkConfig, load_data
from mnist_nn.reading.document import Page
from mnist_nn.reading.reader import Reader
from mnist_nn.reading.reader_model import load_reader_model
from mnist_nn.util.documents import plain


def test_serve_prints_what_its_schema_says_and_reads_as_read_does(begin: Callable[..., Any], tmp_path: Path) -> None:
    pages: list[Any] = []
    page = Image.new("L", (300, 200), 240)
    page.paste(0, (20, 20), Image.fromarray(load_data("mnist").test.images[8]))  # a hasty 5
    page.save(tmp_path / "page.png")

    def post(url: str) -> None:
        content, headers = (tmp_path / "page.png").read_bytes(), {"Content-Type": "image/png"}
        request = urllib.request.Request(f"{url.rstrip('/')}/read", content, headers)  # noqa: S310 it begins with http
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:  # noqa: S310 likewise
            pages.append(json.loads(response.read()))

    check("serve", begin("serve", "--port", "0", then=post))
    error = {"file": "a.png", "page": 1, "error": "no picture"}  # a request is refused where no page can be read
    network = Network.create(NetworkConfig(inputs=1152, hidden=(4,), outputs=11, output="softmax"))
    with_lines = Reader(replace(load_reader_model(), sequences=(network,)), field=True)
    check("read", [*pages[0], error, plain(Page.of(with_lines(np.asarray(page))))])
