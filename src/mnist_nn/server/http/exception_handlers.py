"""Turns exceptions into responses: a status, and one line that says what to do.

To reject a request, raise Starlette's `HTTPException` with that line as its detail.
"""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mnist_nn.errors import ConfigError, DivergedError, ImageError, MissingExtraError

MODELS_PATH, READ_PATH = "/v2/models/", "/read"
NOT_FOUND = "there is nothing at this address; GET / lists all addresses"
SERVER_STOPPING = "this server is stopping; ask another one, or try again later"
SERVER_FAULT = "this is a bug in the server; its log has details for this request id"
# Errors about pictures and options; a network may overflow on one picture and not on others.
LIBRARY_STATUSES = {ImageError: 422, ConfigError: 422, DivergedError: 422, MissingExtraError: 415}


def add_exception_handlers(app: FastAPI) -> None:
    """Register a handler for each kind of exception that means that a request cannot be answered."""
    app.add_exception_handler(HTTPException, handle_http_exception)
    app.add_exception_handler(RequestValidationError, handle_validation_error)
    for kind in LIBRARY_STATUSES:
        app.add_exception_handler(kind, handle_library_error)


def error_response(status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Create an error response as in the Open Inference Protocol, with the message on one line.

    Examples
    --------
    >>> error_response(413, "too long").body
    b'{"error":"too long"}'
    """
    return JSONResponse({"error": " ".join(message.split())}, status, headers)


async def handle_http_exception(request: Request, error: Exception) -> Response:
    """Answer a request that was rejected here, or by the framework for an address or a method that does not exist."""
    assert isinstance(error, HTTPException)  # noqa: S101 this is what it is registered for
    return error_response(error.status_code, _explain(request, error), error.headers)


def _explain(request: Request, error: HTTPException) -> str:
    """Return the detail; a 404 or 405 always comes from the framework, which says no more than the status."""
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"this address only accepts {(error.headers or {}).get('Allow', 'other methods')}"
    if error.status_code != HTTPStatus.NOT_FOUND:
        return error.detail
    if request.url.path.startswith(MODELS_PATH):
        asked = request.url.path.removeprefix(MODELS_PATH)[:80]
        here = request.app.state.service.name
        return f"there is no model, version or action {asked!r}; this server has the model {here!r}, version 1"
    if request.url.path == READ_PATH and isinstance(why := request.app.state.service.pictures, str):
        return f"this server reads no pictures: {why}"
    return NOT_FOUND


async def handle_library_error(_request: Request, error: Exception) -> Response:
    """Answer with the library's message about a picture or an option."""
    return error_response(next(code for kind, code in LIBRARY_STATUSES.items() if isinstance(error, kind)), str(error))


async def handle_validation_error(_request: Request, error: Exception) -> Response:
    """Answer an invalid query with the first error in it."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 this is what it is registered for
    first = error.errors()[0]
    return error_response(422, f"{first['loc'][-1]}: {first['msg']}")
