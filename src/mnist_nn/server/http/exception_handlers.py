"""Why a request is refused: a status, and one line that says what to do about it."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mnist_nn.errors import ConfigError, ImageError, MissingExtraError

MODELS = "/v2/models/"
NOT_FOUND = "there is nothing at this address; GET / lists what there is"
STOPPED = "this server stops now; ask another one, or the same one later"
OUR_FAULT = "this server made a mistake; its log says more beside the request id"
STATUS = {ImageError: 422, ConfigError: 422, MissingExtraError: 415}  # what the library says of pictures and options


class Refusal(HTTPException):
    """An answer that is an error, in one line.

    Examples
    --------
    >>> Refusal(413, "too long").status_code
    413
    """

    def __init__(self, status: int, why: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, why, headers)


def answer(status: int, why: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Write an error as the Open Inference Protocol does."""
    return JSONResponse({"error": " ".join(why.split())}, status, headers)


def before_body(headers: Mapping[bytes, bytes]) -> dict[str, str]:
    """Hang up on a client that waits for a word before it sends its body: nobody can tell whether it will, then."""
    return {"Connection": "close"} if b"expect" in headers else {}


async def refused(request: Request, error: Exception) -> Response:
    """Answer a `Refusal`, or what the framework itself refuses: an address or a method that is not there."""
    assert isinstance(error, HTTPException)  # noqa: S101 this is what it is registered for
    why = error.detail if isinstance(error, Refusal) else _no_such(request, error)
    return answer(error.status_code, why, error.headers)


def _no_such(request: Request, error: HTTPException) -> str:
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"this address takes {(error.headers or {}).get('Allow', 'other methods')} only"
    if error.status_code != HTTPStatus.NOT_FOUND:
        return error.detail
    if request.url.path.startswith(MODELS):
        asked = request.url.path.removeprefix(MODELS)[:80]
        here = request.app.state.service.name
        return f"there is no model, version or verb {asked!r}; this server has the model {here!r}, version 1"
    return NOT_FOUND


async def unreadable(_request: Request, error: Exception) -> Response:
    """Answer with what the library says of a picture or an option."""
    return answer(next(status for kind, status in STATUS.items() if isinstance(error, kind)), str(error))


async def invalid(_request: Request, error: Exception) -> Response:
    """Answer a query that is not what it should be: the first fault, in one line."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 this is what it is registered for
    first = error.errors()[0]
    return answer(422, f"{first['loc'][-1]}: {first['msg']}")
