"""How an exception becomes a response: a status, and one line that says what to do about it.

A request is refused by raising Starlette's `HTTPException` with that line as its detail.
"""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mnist_nn.errors import ConfigError, ImageError, MissingExtraError

MODELS_PATH = "/v2/models/"
NOT_FOUND = "there is nothing at this address; GET / lists what there is"
SERVER_STOPPING = "this server is stopping; ask another one, or try again later"
SERVER_FAULT = "this server made a mistake; its log says more beside the request id"
LIBRARY_STATUSES = {ImageError: 422, ConfigError: 422, MissingExtraError: 415}  # errors about pictures and options


def add_exception_handlers(app: FastAPI) -> None:
    """Register a handler for each kind of exception that means a request cannot be answered as it was meant."""
    app.add_exception_handler(HTTPException, handle_http_exception)
    app.add_exception_handler(RequestValidationError, handle_validation_error)
    for kind in LIBRARY_STATUSES:
        app.add_exception_handler(kind, handle_library_error)


def error_response(status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Write an error as the Open Inference Protocol does, on one line.

    Examples
    --------
    >>> error_response(413, "too long").body
    b'{"error":"too long"}'
    """
    return JSONResponse({"error": " ".join(message.split())}, status, headers)


def close_after_expect(request_headers: Mapping[bytes, bytes]) -> dict[str, str]:
    """Make the header that closes a connection whose client waits for ``100 Continue`` before it sends its body.

    Refused, it may send the body or not; nobody can tell where the next request would begin.
    """
    return {"Connection": "close"} if b"expect" in request_headers else {}


async def handle_http_exception(request: Request, error: Exception) -> Response:
    """Answer what was refused here, or by the framework: an address or a method that does not exist."""
    assert isinstance(error, HTTPException)  # noqa: S101 this is what it is registered for
    return error_response(error.status_code, _explain(request, error), error.headers)


def _explain(request: Request, error: HTTPException) -> str:
    """Return the detail; a 404 or 405 is always the framework's, which says no more than the status."""
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"this address takes {(error.headers or {}).get('Allow', 'other methods')} only"
    if error.status_code != HTTPStatus.NOT_FOUND:
        return error.detail
    if request.url.path.startswith(MODELS_PATH):
        asked = request.url.path.removeprefix(MODELS_PATH)[:80]
        here = request.app.state.service.name
        return f"there is no model, version or verb {asked!r}; this server has the model {here!r}, version 1"
    return NOT_FOUND


async def handle_library_error(_request: Request, error: Exception) -> Response:
    """Answer with what the library says of a picture or an option."""
    return error_response(next(code for kind, code in LIBRARY_STATUSES.items() if isinstance(error, kind)), str(error))


async def handle_validation_error(_request: Request, error: Exception) -> Response:
    """Answer a query that is not what it should be with the first thing that is wrong with it."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 this is what it is registered for
    first = error.errors()[0]
    return error_response(422, f"{first['loc'][-1]}: {first['msg']}")
