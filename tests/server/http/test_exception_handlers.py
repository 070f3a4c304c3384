"""Errors as responses: the right status, and one line that says what to do."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from server_payloads import INFER

from mnist_nn.errors import ConfigError, DivergedError, ImageError, MissingExtraError
from mnist_nn.server.http.exception_handlers import add_exception_handlers


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("GET", "/nowhere", 404, "GET / lists"),
        ("GET", "/v2/models/letters", 404, "'letters'; this server has the model 'digits'"),
        ("POST", "/v2/models/digits/versions/2/infer", 404, "version 1"),
        ("GET", INFER, 405, "POST"),
        ("DELETE", "/v2", 405, "GET"),
        ("POST", INFER, 400, "not valid JSON"),
    ],
)
def test_errors_are_one_line_in_the_form_of_the_protocol(
    client: httpx.Client, method: str, path: str, status: int, says: str
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    (error,) = answer.json().values()
    assert says in error
    assert "\n" not in error


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ImageError("it is\n no picture"), 422),
        (ConfigError("it is\n no option"), 422),
        (DivergedError("it is\n not finite"), 422),
        (MissingExtraError("it is\n not installed"), 415),
    ],
)
def test_what_the_library_says_is_passed_on_in_one_line(error: Exception, status: int) -> None:
    app = FastAPI()
    add_exception_handlers(app)
    handler: Any = app.exception_handlers[type(error)]
    with ThreadPoolExecutor(1) as thread:  # a browser's tests leave a loop running in the main one
        response = thread.submit(asyncio.run, handler(None, error)).result()
    assert (response.status_code, json.loads(response.body)) == (status, {"error": " ".join(str(error).split())})
