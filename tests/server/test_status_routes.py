"""What a server says of itself."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx
from server_payloads import INFER

from mnist_nn import Model
from mnist_nn.server import create_app

Run = Callable[..., AbstractContextManager[httpx.Client]]


def test_health_and_metadata_are_those_of_the_protocol(client: httpx.Client) -> None:
    assert client.get("/v2/health/live").json() == {"live": True}
    assert client.get("/v2/health/ready").json() == {"name": "digits", "ready": True}
    server = client.get("/v2").json()
    assert server["name"] == "mnist-nn"
    assert server["extensions"] == ["binary_tensor_data"]
    for path in ("/v2/models/digits", "/v2/models/digits/versions/1"):
        assert client.get(f"{path}/ready").status_code == 200
        model = client.get(path).json()
        assert (model["name"], model["versions"]) == ("digits", ["1"])


def test_the_contents_name_every_address(client: httpx.Client) -> None:
    addresses = client.get("/").json()["addresses"]
    assert f"POST {INFER}" in addresses
    for address, what in addresses.items():
        method, path = address.split()
        assert client.request(method, path).status_code < 500, address
        assert what


def test_a_server_that_stops_is_not_ready(in_process: Run, small_model: Model) -> None:
    app = create_app(small_model)
    with in_process(app) as client:
        assert client.get("/v2/health/ready").status_code == 200
        app.state.service.is_ready = False
        assert client.get("/v2/health/ready").status_code == 503
        assert client.get("/v2/models/digits/ready").json() == {"name": "digits", "ready": False}
        assert client.get("/v2/health/live").status_code == 200
