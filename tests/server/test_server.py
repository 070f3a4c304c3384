"""`create_app`: every argument arrives, and what is not installed is said."""

import io
import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx
import pytest
from server_payloads import infer_request

from mnist_nn import Dataset, Model
from mnist_nn.errors import ConfigError, MissingExtraError
from mnist_nn.evaluation.prediction import predict
from mnist_nn.server import Limits, create_app, explain_missing_extra

Run = Callable[..., AbstractContextManager[httpx.Client]]


def test_a_model_is_served_under_its_name_within_limits_and_logged(
    in_process: Run, small_model: Model, mnist: Dataset
) -> None:
    log, images = io.StringIO(), mnist.test.images[:2]
    app = create_app(small_model, name="mine", limits=Limits(row_limit=1), log=log, engine="reference")
    with in_process(app) as client:
        found = client.post("/v2/models/mine/infer", json=infer_request(images[:1])).json()
        assert client.post("/v2/models/digits/infer", json=infer_request(images[:1])).status_code == 404
        assert client.post("/v2/models/mine/infer", json=infer_request(images)).status_code == 413
    labels = {output["name"]: output["data"] for output in found["outputs"]}["label"]
    assert labels == predict(small_model.network, images[:1]).label.tolist()
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["status"] for line in lines if "status" in line] == [200, 404, 413]


def test_an_engine_that_there_is_not_is_refused(small_model: Model) -> None:
    with pytest.raises(ConfigError, match="'abacus'"):
        create_app(small_model, engine="abacus")


def test_what_is_not_installed_is_said(small_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "mnist_nn.server.app", raising=False)
    monkeypatch.setitem(sys.modules, "fastapi", None)
    with pytest.raises(
        MissingExtraError, match=r"serving needs fastapi; install it with: pip install 'mnist-nn\[serve\]'"
    ):
        create_app(small_model)


def test_the_package_that_is_missing_is_named() -> None:
    error = explain_missing_extra(ModuleNotFoundError("no uvicorn", name="uvicorn"))
    assert str(error) == "serving needs uvicorn; install it with: pip install 'mnist-nn[serve]'"
