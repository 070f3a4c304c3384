"""More work than a server takes, and its end amid work: who is served is served right, the others are told."""

import io
import json
import re
import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from patience import PATIENCE, wait_for
from PIL import Image

from mnist_nn import Dataset, Model, Network, NetworkConfig, save_model

LIMIT = 4
CROWD = 60
GREAT = 6000  # images of one request: more work than NumPy does before a compiled engine would be loaded
Served = Any


def page(mnist: Dataset, rows: int, columns: int) -> bytes:
    """A page of test digits, dark on light; a large one takes a good part of a second to read."""
    digits = mnist.test.images[: rows * columns].reshape(rows, columns, 28, 28)
    paper = np.pad(digits, ((0, 0), (0, 0), (16, 16), (8, 8))).transpose(0, 2, 1, 3).reshape(rows * 60, columns * 44)
    file = io.BytesIO()
    Image.fromarray(255 - paper).save(file, "png")
    return file.getvalue()


def tensor(images: Any) -> dict[str, Any]:
    x = {"name": "X", "datatype": "UINT8", "shape": list(images.shape), "data": images.ravel().tolist()}
    return {"inputs": [x]}


def come(served: Served) -> float:
    """How many requests have come, counting the one that asks this."""
    figures = served.ask("GET", "/metrics").body.decode()
    found = re.findall(r"^mnist_nn_requests_(?:total\{.*\}|in_flight) (.*)$", figures, re.MULTILINE)
    return sum(map(float, found))


def work(served: Served) -> float:
    """The processor's time that the server has taken, which is the same however busy the machine is."""
    used = served.process.cpu_times()
    return float(used.user + used.system)


def test_who_comes_when_all_hands_are_full_is_told_to_come_again(serve: Any, mnist: Dataset) -> None:
    picture = page(mnist, 4, 4)
    with serve("--request-limit", LIMIT, "--reading-limit", 1) as served:
        alone = served.ask("POST", "/read", picture)
        with ThreadPoolExecutor(CROWD) as pool:
            answers = list(pool.map(lambda _: served.ask("POST", "/read", picture), range(CROWD)))
        counts = Counter(answer.status for answer in answers)
        assert set(counts) == {200, 503}
        assert counts[200] >= LIMIT
        for answer in answers:
            if answer.status == 200:
                assert answer.body == alone.body
            else:
                assert int(answer.headers["Retry-After"]) >= 1
                assert "--request-limit" in answer.json["error"]
        assert served.ask("GET", "/v2/health/ready").status == 200
        assert served.ask("POST", "/read", picture).body == alone.body
        metrics = served.ask("GET", "/metrics").body.decode()
        assert f'{{method="POST",route="/read",status="503"}} {counts[503]}' in metrics


def test_digits_are_answered_while_a_page_is_read(served: Served, mnist: Dataset) -> None:
    picture, digit = page(mnist, 30, 30), tensor(mnist.test.images[:1])
    answered = 0
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(served.ask, "POST", "/read", picture)
        while served.ask("POST", served.infer, digit).status == 200 and not reading.done():
            answered += 1
        assert reading.result(PATIENCE).status == 200
    assert answered > 5


def test_pages_of_people_who_left_are_not_read(serve: Any, mnist: Dataset) -> None:
    picture, small = page(mnist, 24, 24), page(mnist, 1, 1)
    request = f"POST /read HTTP/1.1\r\nHost: l\r\nContent-Length: {len(picture)}\r\n\r\n".encode() + picture
    with serve("--reading-limit", 1) as served:
        begin = work(served)
        assert served.ask("POST", "/read", picture).status == 200
        alone = work(served) - begin
        with ExitStack() as opened:
            before = come(served)
            for _ in range(CROWD):
                opened.enter_context(served.connect()).sendall(request)
            wait_for(lambda: come(served) > before + CROWD, "they never came")
        begin = work(served)
        assert served.ask("POST", "/read", small).status == 200
        assert work(served) - begin < CROWD / 4 * alone


def test_work_is_ended_before_the_server_ends(serve: Any, mnist: Dataset) -> None:
    """It stops while a page is read, a body never comes and others are just connected; `serve` looks at its exit."""
    picture = page(mnist, 30, 30)
    with ExitStack() as opened, ThreadPoolExecutor(1) as pool:
        with serve("--stop-seconds", PATIENCE, "--header-seconds", PATIENCE, "--body-seconds", 1) as served:
            silent, slow = (opened.enter_context(served.connect()) for _ in range(2))
            alone, before = served.ask("POST", "/read", picture), come(served)
            answer = pool.submit(served.ask, "POST", "/read", picture)
            slow.sendall(f"POST {served.infer} HTTP/1.1\r\nHost: l\r\nContent-Length: 9\r\n\r\n{{".encode())
            wait_for(lambda: come(served) > before + 2, "they never came")
        assert answer.result(PATIENCE)[::2] == alone[::2]
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((served.host, served.port), PATIENCE)
        assert silent.recv(4096) == b""
    assert "error" not in {record.get("level") for record in served.records()}


def test_the_log_has_a_line_a_request_and_no_secret(serve: Any, mnist: Dataset) -> None:
    asked = [
        ("GET", "/v2", None),
        ("POST", "/read?length=7331", page(mnist, 1, 1)),
        ("GET", "/hunter2", None),
    ]
    with serve() as served:
        answers = [served.ask(*one, {"X-Request-ID": f"number-{place}"}) for place, one in enumerate(asked)]
        assert [answer.headers["X-Request-ID"] for answer in answers] == ["number-0", "number-1", "number-2"]
    text = served.log.read_text(encoding="utf-8")
    assert "hunter2" not in text
    assert "7331" not in text
    records = {record["id"]: record for record in served.records() if record.get("id")}
    assert set(records) == {"number-0", "number-1", "number-2"}
    for (method, _, body), answer, record in zip(asked, answers, records.values(), strict=True):
        assert (record["method"], record["status"]) == (method, answer.status)
        assert (record["bytes_in"], record["bytes_out"]) == (len(body or b""), len(answer.body))
    assert all(json.loads(line) for line in text.splitlines() if not line.startswith("mnist-nn: "))


def test_quiet_says_nothing_of_requests(serve: Any) -> None:
    with serve("--quiet") as served:
        assert served.ask("GET", "/v2").status == 200
        assert served.ask("GET", "/nothing").status == 404
    assert not [record for record in served.records() if "method" in record]


def test_a_great_request_changes_nothing_for_the_next(serve: Any, mnist: Dataset, tmp_path: Path) -> None:
    """Whatever a large pass makes the library load: a small request is answered with the same bits."""
    wide = Network.create(NetworkConfig(hidden=(2500,), activation=("relu",)))
    path = save_model(tmp_path / "wide.safetensors", Model(wide))
    digit = tensor(mnist.test.images[:1])
    great = {
        "name": "X",
        "datatype": "UINT8",
        "shape": [GREAT, 28, 28],
        "parameters": {"binary_data_size": GREAT * 784},
    }
    header = json.dumps({"inputs": [great], "outputs": [{"name": "label"}]}).encode()
    with serve("--row-limit", GREAT, "--body-limit", GREAT * 800, model=path) as served:
        before = served.ask("POST", served.infer, digit).body
        length = {"Inference-Header-Content-Length": str(len(header))}
        assert served.ask("POST", served.infer, header + bytes(GREAT * 784), length).status == 200
        assert served.ask("POST", served.infer, digit).body == before
