"""A model and what works for it."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx
import pytest

from mnist_nn import Model, Network, NetworkConfig
from mnist_nn.errors import ConfigError
from mnist_nn.server import Limits, create_app
from mnist_nn.server.http.logs import RequestLog
from mnist_nn.server.pictures import Pictures
from mnist_nn.server.service import Service

Run = Callable[..., AbstractContextManager[httpx.Client]]


@pytest.mark.parametrize("name", ["", "two words", "a/b", "é", "-", "a" * 101])
def test_a_name_that_cannot_stand_in_an_address_is_refused(small_model: Model, name: str) -> None:
    with pytest.raises(ConfigError, match="the name"):
        create_app(small_model, name=name)


def make(model: Model) -> Service:
    return Service.create(model, "digits", Limits(), RequestLog(None), "reference")


def test_it_is_ready_from_its_first_pass_until_it_is_closed(small_model: Model) -> None:
    service = make(small_model)
    assert not service.is_ready
    for _ in range(2):
        service.warm_up()
        assert service.is_ready
        service.close()
        assert not service.is_ready


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (Model(Network.create(NetworkConfig(inputs=4, outputs=3))), "4 inputs and 3 outputs"),
        (Model(Network.create(), data={"name": "fashion-mnist"}), "'fashion-mnist', which holds no digits"),
    ],
)
def test_only_a_model_of_digits_reads_pictures(
    small_model: Model, other: Model, why: str, in_process: Run, caplog: pytest.LogCaptureFixture
) -> None:
    assert isinstance(make(small_model).pictures, Pictures)
    with caplog.at_level("INFO", "mnist_nn"), in_process(create_app(other)) as client:
        refused = client.post("/read", content=b"")
        assert client.get("/v2/models/digits/ready").status_code == 200
    assert refused.status_code == 404
    assert why in refused.json()["error"]
    assert why in caplog.text


def test_forward_passes_are_counted(small_model: Model) -> None:
    service = make(small_model)
    service.batcher._on_pass(3)
    assert b"mnist_nn_batch_rows_sum 3.0" in service.metrics.render()
    service.close()
