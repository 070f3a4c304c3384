"""What every request passes on its way in and out: its record, the limit on requests at once, the log, the metrics.

Whatever goes wrong inside ends here as an answer in one line; the server itself never sees an exception.
"""

from asyncio import CancelledError
from http import HTTPStatus

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mnist_nn.server.http.exception_handlers import OUR_FAULT, STOPPED, answer, before_body
from mnist_nn.server.http.logs import FAULTS
from mnist_nn.server.http.request_record import CLIENT_LEFT, KEY, Record, new_id
from mnist_nn.server.service import Service

METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")


class Gate:
    """Middleware around everything else.

    Requests with a body are limited in number. The others cost next to nothing and tell how the server does, so they
    are always let in.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._most = service.limits.request_limit
        self._metrics = service.metrics
        self._log = service.log
        self._working = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, and see it out."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method, headers = scope["method"], dict(scope["headers"])
        record = Record(
            new_id(headers.get(b"x-request-id", b"")),
            method if method in METHODS else "other",
            scope["path"] if scope["path"] in scope["app"].state.paths else "other",
            headers=headers,
        )
        scope[KEY] = record
        if method == "HEAD":  # the same as GET; whoever sends the answer leaves its body out
            scope = {**scope, "method": "GET"}
        self._metrics.begun()
        try:
            await self._limited(record, scope, receive, _noted(record, send))
        finally:
            self._metrics.ended(record)
            self._log.write(record)

    async def _limited(self, record: Record, scope: Scope, receive: Receive, send: Send) -> None:
        if record.method != "POST":
            await self._guarded(record, scope, receive, send)
        elif self._working >= self._most:
            why = f"{self._working} requests are worked on, which is the limit (--request-limit); try again later"
            headers = {"Retry-After": "1", **before_body(record.headers)}
            await answer(HTTPStatus.SERVICE_UNAVAILABLE, why, headers)(scope, receive, send)
        else:
            self._working += 1
            try:
                await self._guarded(record, scope, receive, send)
            finally:
                self._working -= 1

    async def _guarded(self, record: Record, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except ClientDisconnect:
            record.status = CLIENT_LEFT
        except CancelledError:  # the server stops, and has waited long enough
            if not record.status:
                await answer(HTTPStatus.SERVICE_UNAVAILABLE, STOPPED)(scope, receive, send)
        except Exception:  # noqa: BLE001 a fault of ours must not take the connection along
            FAULTS.exception("request %s failed", record.id)
            if not record.status:
                await answer(HTTPStatus.INTERNAL_SERVER_ERROR, OUR_FAULT)(scope, receive, send)


def _noted(record: Record, send: Send) -> Send:
    """Send what is given, with the request's identifier in its headers, and note how much it was."""

    async def noted(message: Message) -> None:
        if message["type"] == "http.response.start":
            record.status = message["status"]
            message["headers"].append((b"x-request-id", record.id.encode()))
        else:
            record.bytes_out += len(message.get("body", b""))
        await send(message)

    return noted
