"""What every request passes through on its way in and out, as ASGI middleware from the outside to the inside.

`RequestContextMiddleware` gives it an identifier, a log line and its place in the metrics, and turns any exception
into a response. `HostMiddleware` wants a Host header. `RequestLimitMiddleware` limits how many are worked on at once.
"""

from asyncio import CancelledError
from http import HTTPStatus

from fastapi import FastAPI
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mnist_nn.server.http.exception_handlers import SERVER_FAULT, SERVER_STOPPING, close_after_expect, error_response
from mnist_nn.server.http.logs import RequestLog, error_logger
from mnist_nn.server.http.metrics import Metrics
from mnist_nn.server.http.request_context import (
    CLIENT_CLOSED_REQUEST,
    CONTEXT_KEY,
    RequestContext,
    choose_id,
    get_context,
)

METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
MISSING_HOST = "an HTTP/1.1 request names the host that it is for; send a Host header"


def add_middleware(app: FastAPI, metrics: Metrics, log: RequestLog, request_limit: int) -> None:
    """Wrap an application in all of it; Starlette puts what is added last outermost."""
    app.add_middleware(RequestLimitMiddleware, request_limit=request_limit)
    app.add_middleware(HostMiddleware)
    app.add_middleware(RequestContextMiddleware, metrics=metrics, log=log)


class RequestContextMiddleware:
    """Follows a request from its first line to its response; the server itself never sees an exception."""

    def __init__(self, app: ASGIApp, metrics: Metrics, log: RequestLog) -> None:
        self._app = app
        self._metrics = metrics
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, and count and log it when it is over."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        context = _make_context(scope)
        scope[CONTEXT_KEY] = context
        if context.method == "HEAD":  # the same as GET; whoever sends the response leaves its body out
            scope = {**scope, "method": "GET"}
        self._metrics.start_request()
        try:
            await self._respond(context, scope, receive, _track(context, send))
        finally:
            self._metrics.end_request(context)
            self._log.write(context)

    async def _respond(self, context: RequestContext, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except ClientDisconnect:
            context.status = CLIENT_CLOSED_REQUEST
        except CancelledError:  # the server stops, and has waited long enough
            if not context.status:
                await error_response(HTTPStatus.SERVICE_UNAVAILABLE, SERVER_STOPPING)(scope, receive, send)
        except Exception:  # noqa: BLE001 a fault of ours must not take the connection along
            error_logger.exception("request %s failed", context.id)
            if not context.status:
                await error_response(HTTPStatus.INTERNAL_SERVER_ERROR, SERVER_FAULT)(scope, receive, send)


def _make_context(scope: Scope) -> RequestContext:
    """Describe a request; methods and addresses that clients make up are not told apart."""
    method, path, headers = scope["method"], scope["path"], dict(scope["headers"])
    return RequestContext(
        choose_id(headers.get(b"x-request-id", b"")),
        method if method in METHODS else "other",
        path if path in scope["app"].state.paths else "other",
        headers=headers,
    )


def _track(context: RequestContext, send: Send) -> Send:
    """Wrap a ``send`` so that it adds the request's identifier to the headers and notes status and size."""

    async def tracked_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            context.status = message["status"]
            message["headers"].append((b"x-request-id", context.id.encode()))
        else:
            context.bytes_out += len(message.get("body", b""))
        await send(message)

    return tracked_send


class HostMiddleware:
    """Refuses a request of HTTP/1.1 without a Host header, as the standard demands of every server."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through that has one, or need not."""
        if scope["type"] == "http" and scope["http_version"] == "1.1":
            headers = get_context(scope).headers
            if b"host" not in headers:
                response = error_response(HTTPStatus.BAD_REQUEST, MISSING_HOST, close_after_expect(headers))
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)


class RequestLimitMiddleware:
    """Limits how many requests with a body are worked on at once.

    The others cost next to nothing and tell how the server is, so they are always let in.
    """

    def __init__(self, app: ASGIApp, request_limit: int) -> None:
        self._app = app
        self._limit = request_limit
        self._in_progress = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or ask its client to come back later."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
        elif self._in_progress >= self._limit:
            message = f"{self._in_progress} requests are in progress, which is the limit (--request-limit)"
            headers = {"Retry-After": "1", **close_after_expect(get_context(scope).headers)}
            response = error_response(HTTPStatus.SERVICE_UNAVAILABLE, f"{message}; try again later", headers)
            await response(scope, receive, send)
        else:
            self._in_progress += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._in_progress -= 1
