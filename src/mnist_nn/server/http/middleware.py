"""The ASGI middleware that every request passes through, from the outermost to the innermost.

`RequestContextMiddleware` gives a request an identifier, a log line and its metrics, and turns any exception into a
response. `HostMiddleware` rejects requests for other hosts. Starlette's `CORSMiddleware` lets pages of allowed origins
read responses. `RequestLimitMiddleware` limits how many requests are handled at once.
"""

import re
from asyncio import CancelledError
from collections.abc import Sequence
from http import HTTPStatus

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mnist_nn.errors import ConfigError
from mnist_nn.server.http.exception_handlers import SERVER_FAULT, SERVER_STOPPING, error_response
from mnist_nn.server.http.logs import RequestLog, error_logger
from mnist_nn.server.http.metrics import Metrics
from mnist_nn.server.http.request_context import (
    BODY_MISSING_KEY,
    CLIENT_CLOSED_REQUEST,
    CONTEXT_KEY,
    RequestContext,
    choose_id,
)
from mnist_nn.server.inference.protocol import HEADER_LENGTH
from mnist_nn.util.hosts import check_host

ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#@*]+")
METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")


def add_middleware(
    app: FastAPI, metrics: Metrics, log: RequestLog, request_limit: int, allow_origins: Sequence[str]
) -> None:
    """Add all middleware to an application; the last one added becomes the outermost.

    Raises
    ------
    ConfigError
        If an origin is not valid.
    """
    app.add_middleware(RequestLimitMiddleware, request_limit=request_limit)
    if allow_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=[_check_origin(origin) for origin in allow_origins],
            allow_methods=["GET", "POST"],
            allow_headers=["Content-Type", "Content-Encoding", HEADER_LENGTH, "X-Request-ID"],
            expose_headers=[HEADER_LENGTH, "X-Request-ID", "Retry-After"],
        )
    app.add_middleware(HostMiddleware)
    app.add_middleware(RequestContextMiddleware, metrics=metrics, log=log)


def _check_origin(origin: str) -> str:
    """Write an origin as browsers do, who compare it letter by letter."""
    written = origin.lower()
    if written != "*" and not ORIGIN.fullmatch(written):
        raise ConfigError(
            f"{origin[:80]!r} is not an origin; give a scheme and a host, and a port if the page has one, as in "
            "--allow-origin https://app.example, or * for all pages"
        )
    return written


class RequestContextMiddleware:
    """Follows a request from its first line to its response; no exception ever reaches the server itself."""

    def __init__(self, app: ASGIApp, metrics: Metrics, log: RequestLog) -> None:
        self._app = app
        self._metrics = metrics
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count and log it when it has ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        context = _make_context(scope)
        scope[CONTEXT_KEY] = context
        if context.method == "HEAD":  # the same as GET; whoever sends the response leaves its body out
            scope = {**scope, "method": "GET"}
        self._metrics.start_request()
        try:
            await self._respond(context, scope, receive, _track(context, scope, send))
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
    """Describe a request; invented methods and addresses are all called the same."""
    method, path, headers = scope["method"], scope["path"], dict(scope["headers"])
    return RequestContext(
        choose_id(headers.get(b"x-request-id", b"")),
        method if method in METHODS else "other",
        path if path in scope["app"].state.paths else "other",
        headers=headers,
    )


def _track(context: RequestContext, scope: Scope, send: Send) -> Send:
    """Wrap ``send`` so that it adds the request's identifier to the headers and records status and size.

    A response that does not wait for the request's body, or finds it too large, closes the connection: nobody can tell
    where the next request would begin, or wants to read what is left of this one.
    """

    async def tracked_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            context.status = message["status"]
            message["headers"].append((b"x-request-id", context.id.encode()))
            if BODY_MISSING_KEY in scope or context.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                message["headers"].append((b"connection", b"close"))
        else:
            context.bytes_out += len(message.get("body", b""))
        await send(message)

    return tracked_send


class HostMiddleware:
    """Rejects a request that names no host, or one that is not in the application's ``state.hosts``.

    HTTP/1.0 does not require the header, and no browser uses it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if it is for this server."""
        if scope["type"] == "http":
            named = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
            if (named or scope["http_version"] != "1.0") and (error := check_host(named, scope["app"].state.hosts)):
                await error_response(error.status, error.message)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class RequestLimitMiddleware:
    """Limits how many requests with a body are worked on at once.

    Requests without a body cost almost nothing and report the server's state, so they are always accepted.
    """

    def __init__(self, app: ASGIApp, request_limit: int) -> None:
        self._app = app
        self._limit = request_limit
        self._in_progress = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or ask the client to try again later."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
        elif self._in_progress >= self._limit:
            message = f"{self._in_progress} requests are in progress, which is the limit (--request-limit)"
            retry = {"Retry-After": "1"}
            response = error_response(HTTPStatus.SERVICE_UNAVAILABLE, f"{message}; try again later", retry)
            await response(scope, receive, send)
        else:
            self._in_progress += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._in_progress -= 1
