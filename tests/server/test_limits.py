"""Limits: their names, and what is beyond them."""

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.exceptions import HTTPException

from mnist_nn import Model
from mnist_nn.cli.commands.serve import serve
from mnist_nn.cli.program import run
from mnist_nn.errors import ConfigError
from mnist_nn.server import Limits, create_app
from mnist_nn.server.http.request_body import decompress

DOCS = Path(__file__).parents[2] / "docs"
Run = Callable[..., AbstractContextManager[httpx.Client]]
INFER = "/v2/models/digits/infer"
IMAGE: Any = {"name": "X", "shape": [1, 28, 28], "datatype": "UINT8", "data": [0] * 784}
CONTENT = json.dumps({"inputs": [IMAGE]}).encode()
LIMITS = Limits(body_limit=10_000, row_limit=3)


@pytest.fixture(scope="module")
def client(small_model: Model, in_process: Run) -> Iterator[httpx.Client]:
    with in_process(create_app(small_model, limits=LIMITS)) as client:
        yield client


@pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
def test_every_limit_is_an_option_and_must_be_above_zero(name: str) -> None:
    assert name in serve.__annotations__
    for value in (0, -1, "many", float("inf")):
        with pytest.raises(ConfigError, match=name):
            Limits(**{name: value})


@pytest.mark.parametrize("field", fields(Limits), ids=lambda field: field.name)
def test_every_limit_is_documented_with_its_default(field: Any) -> None:
    option = f"--{field.name.replace('_', '-')}"
    default = f"{field.default:g}" if field.type is float else str(field.default)
    unit = "S" if field.type is float else "N"
    assert f"| `{option} {unit}` | {default} |" in (DOCS / "cli.md").read_text(encoding="utf-8")
    assert f"| `{option}` |" in (DOCS / "serving.md").read_text(encoding="utf-8")


def test_help_names_every_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    units = {"": 1, "KiB": 2**10, "MiB": 2**20, "million": 10**6}
    for field in fields(Limits):
        found = re.search(rf"--{field.name.replace('_', '-')} \w+ [^(]*\((\d+) ?(\w*)\)", text)
        assert found is not None, field.name
        assert int(found[1]) * units[found[2]] == field.default


@pytest.mark.parametrize("path", [INFER, "/read"])
def test_a_body_beyond_the_limit_is_413_however_it_comes(client: httpx.Client, path: str) -> None:
    large = b" " * 10_001
    bodies: list[Any] = [large, iter([large[:6000], large[6000:]])]
    packed = [{"content": gzip.compress(b" " * 10_000_000), "headers": {"Content-Encoding": "gzip"}}]
    for request in [{"content": body} for body in bodies] + packed:
        answer = client.post(path, **request)
        assert answer.status_code == 413
        assert "--body-limit" in answer.json()["error"]
    assert client.post(INFER, content=CONTENT).status_code == 200, "the connection is as good as before"


@pytest.mark.parametrize("rows", [3, 4])
def test_rows_are_limited(client: httpx.Client, rows: int) -> None:
    image = IMAGE | {"shape": [rows, 28, 28], "data": [0] * 784 * rows}
    answer = client.post(INFER, json={"inputs": [image]})
    assert answer.status_code == (200 if rows == 3 else 413)
    assert rows == 3 or "--row-limit" in answer.json()["error"]


@pytest.mark.parametrize("packing", ["gzip", "deflate", "GZIP", "identity"])
def test_packed_bodies_are_unpacked(client: httpx.Client, packing: str) -> None:
    packed = {"gzip": gzip.compress, "deflate": zlib.compress, "identity": bytes}[packing.lower()](CONTENT)
    assert client.post(INFER, content=packed, headers={"Content-Encoding": packing}).status_code == 200


def test_unknown_packing_is_415(client: httpx.Client) -> None:
    answer = client.post(INFER, content=CONTENT, headers={"Content-Encoding": "br"})
    assert answer.status_code == 415
    assert "gzip or deflate" in answer.json()["error"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not packed", 400),
        (gzip.compress(CONTENT, mtime=0)[:-5], 400),
        (gzip.compress(CONTENT, mtime=0) + b"more", 400),
        (b"", 400),
        (zlib.compress(b" " * 10_001), 413),
    ],
)
def test_packed_bodies_that_are_damaged_or_bombs_are_refused(body: bytes, status: int) -> None:
    with pytest.raises(HTTPException) as refusal:
        decompress(body, LIMITS)
    assert refusal.value.status_code == status


def test_who_waits_for_a_word_before_a_body_too_large_gets_it_and_is_hung_up_on(client: httpx.Client) -> None:
    headers = {"Expect": "100-continue", "Content-Length": "10001"}
    answer = client.post(INFER, content=b" " * 10_001, headers=headers)
    assert answer.status_code == 413
    assert answer.headers["Connection"] == "close"


def test_exactly_the_limit_is_allowed(client: httpx.Client) -> None:
    assert client.post(INFER, content=CONTENT.ljust(10_000)).status_code == 200
