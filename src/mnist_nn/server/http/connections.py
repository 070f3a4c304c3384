"""HTTP connections that no client can block: uvicorn's protocol with deadlines and limits.

Where uvicorn has an option, `lifecycle` uses it: ``timeout_keep_alive``, ``timeout_graceful_shutdown``, ``ws="none"``.
It has no options for what is done here. It waits for headers and bodies as long as a client likes
(https://github.com/Kludex/uvicorn/issues/157), and httptools reads headers of any length
(``h11_max_incomplete_event_size`` is for h11, which is slower). ``limit_concurrency`` counts a connection only after it
has sent a request, and rejects health checks too. ASGI middleware starts when the headers are complete and ends with
the response, so it notices neither slow headers nor a body that continues after its request has been answered.

That is why this is a subclass of uvicorn's `HttpToolsProtocol`. Uvicorn promises nothing about that class:
tests/server/http/test_uvicorn.py lists the parts that are used here, and fails with the name of a part that has
changed.

Errors before there is a request are answered here, in the same form as everywhere else. Errors in a body are passed to
the application, which is waiting for the body.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from mnist_nn.server.http.logs import RequestLog
from mnist_nn.server.http.metrics import Metrics
from mnist_nn.server.http.request_context import BODY_ERROR_KEY, BODY_MISSING_KEY, RequestContext, choose_id
from mnist_nn.server.http.transport import ResponseTransport
from mnist_nn.server.limits import FIXED_LIMITS, Limits

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
LIVE_PATH = b"/v2/health/live"
BODY_HEADERS = (b"content-length", b"transfer-encoding")  # a request that has a body has one of them


class Connection(HttpToolsProtocol):
    """One connection: it waits for headers, for a body, and for the client to take its response, but never for long."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        app: Any = self.config.app
        self._limits: Limits = app.state.service.limits
        self._metrics: Metrics = app.state.service.metrics
        self._log: RequestLog = app.state.service.log
        self._read_timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None
        self._idle: dict[Connection, None] = app.state.idle_connections
        self._is_spare = False  # it may only ask whether the server lives
        self._unanswered: deque[RequestResponseCycle] = deque()  # the first is being answered, the others wait for it
        self._bytes_outside_bodies = 0  # since the last byte of a body: of headers, or of what may follow a body
        self._is_refused = False  # nothing that comes is looked at any more
        self._has_ended = False  # the client sends nothing more
        self._final_error: tuple[int, str] | None = None  # to be sent after the responses that are under way

    # What comes in

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request; if there are too many connections, close the one that has been idle longest."""
        super().connection_made(transport)
        self._transport = ResponseTransport(
            transport, self.loop, self._limits.answer_seconds, FIXED_LIMITS.linger_seconds, self._may_send
        )
        self.transport = self._transport  # type: ignore[assignment]
        self._is_spare = len(self.connections) > self._limits.connection_limit and not self._make_room()
        self._wait_for_headers()
        self._idle[self] = None

    def _make_room(self) -> bool:
        """Close the connection that has been idle longest, if there is one: it is owed nothing."""
        longest = next(iter(self._idle), None)
        too_many = len(self.connections) > self._limits.connection_limit + FIXED_LIMITS.spare_connections
        if longest is None or (longest._is_spare and not too_many):  # noqa: SLF001 of the same class
            return False
        del self._idle[longest]
        if longest.transport.is_closing():  # it has its response, and is heard out of courtesy
            longest.transport.abort()
        else:
            longest.transport.close()
        return not longest._is_spare  # noqa: SLF001 likewise

    def _may_send(self) -> bool:
        """Whether the client may be sending something that nobody wants any more."""
        return not self._has_ended and (self._is_refused or getattr(self.cycle, "more_body", False))

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop all timers, and tell all requests that the client has left; the base class only tells the last one."""
        self._stop_waiting()
        self._idle.pop(self, None)
        self._transport.cancel_timer()
        self.resume_writing()
        for cycle in self._unanswered:
            cycle.disconnected = True
            cycle.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse incoming data, and count the bytes that do not belong to a body: their number is limited."""
        if self._is_refused or self.transport.is_closing():
            return
        self._bytes_outside_bodies += len(data)
        super().data_received(data)
        if self._bytes_outside_bodies > self._limits.header_limit:
            self._refuse_headers()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Answer a client that has sent whole requests and only listens now; one that stops in the middle has left.

        A client that has left altogether looks the same until something is sent to it.
        """
        self._has_ended = True
        if not self._unanswered or self.cycle.more_body:
            return False
        self.cycle.keep_alive = False
        self._wait(FIXED_LIMITS.probe_seconds, self._probe)
        return True

    def _probe(self) -> None:
        """Send a line that a client must overlook if it listens, again and again; if it does not, the second fails."""
        if self._unanswered and self._unanswered[0].scope["http_version"] != "1.0":
            self._transport.write(CONTINUE)
            self._wait(FIXED_LIMITS.probe_seconds, self._probe)

    def on_message_begin(self) -> None:
        """Wait for the headers to be complete."""
        super().on_message_begin()
        self._wait_for_headers()

    def on_headers_complete(self) -> None:
        """Pass the request on and wait for its body, unless its headers are too long or too many requests wait."""
        if self._is_refused:
            return
        size = len(self.url) + sum(len(name) + len(value) + len(": \r\n") for name, value in self.headers)
        if size > self._limits.header_limit:
            self._refuse_headers()
        elif self.parser.should_upgrade() and any(name in BODY_HEADERS for name, _ in self.headers):
            # The parser would take the body for another protocol's, and what follows it for a request.
            self._refuse(400, "this server supports only HTTP/1.1; send the body without an Upgrade header")
        elif len(self._unanswered) > (limit := FIXED_LIMITS.pipelined_requests):
            self._refuse(503, f"{limit} requests are waiting on this connection; read some responses first")
        elif self._is_spare and self.url.partition(b"?")[0] != LIVE_PATH:
            limit = self._limits.connection_limit
            self._refuse(503, f"{limit} connections are busy, the limit (--connection-limit); try again in a second")
        else:
            self._idle.pop(self, None)
            super().on_headers_complete()
            self.cycle.keep_alive &= not self._is_spare
            self.cycle.scope[BODY_MISSING_KEY] = True  # type: ignore[literal-required]
            self._unanswered.append(self.cycle)
            self._wait(self._limits.body_seconds, self._refuse_slow_body)

    def on_body(self, body: bytes) -> None:
        """Pass a part of the body on."""
        self._bytes_outside_bodies = 0
        if not self._is_refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Stop waiting for the body."""
        if self._is_refused or self.transport.is_closing():
            return
        self._bytes_outside_bodies = 0
        self._stop_waiting()
        del self.cycle.scope[BODY_MISSING_KEY]  # type: ignore[misc]
        super().on_message_complete()

    # What goes out

    def on_response_complete(self) -> None:
        """Continue with the next request, or close the connection."""
        self._unanswered.popleft()
        if not self._unanswered:
            self._idle[self] = None
        self._transport.flush()
        super().on_response_complete()
        if len(self._unanswered) > 1:
            self.flow.pause_reading()
        if self._is_refused and not self._unanswered:
            if self._final_error:
                self._send_error(*self._final_error)
            else:
                self.transport.close()

    def pause_writing(self) -> None:
        """Close the connection if the client does not take its response in time."""
        super().pause_writing()
        self._write_timer = self.loop.call_later(self._limits.answer_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop the timer for slow readers, because the client is taking its response."""
        if self._write_timer:
            self._write_timer.cancel()
            self._write_timer = None
        super().resume_writing()

    # Deadlines

    def _wait_for_headers(self) -> None:
        self._wait(self._limits.header_seconds, self._refuse_slow_headers)

    def _wait(self, seconds: float, if_late: Callable[[], None]) -> None:
        self._stop_waiting()
        self._read_timer = self.loop.call_later(seconds, if_late)

    def _stop_waiting(self) -> None:
        if self._read_timer:
            self._read_timer.cancel()
            self._read_timer = None

    def _refuse_slow_headers(self) -> None:
        """Stop waiting, unless requests wait for each other, because then it is the server that is not reading."""
        seconds = self._limits.header_seconds
        if self._unanswered:
            self._wait(seconds, self._refuse_slow_headers)
        else:
            self._refuse(408, f"the headers did not arrive within {seconds:g} seconds; send the whole request at once")

    def _refuse_slow_body(self) -> None:
        """Stop waiting for a body."""
        seconds = self._limits.body_seconds
        if len(self._unanswered) > 1:
            self._wait(seconds, self._refuse_slow_body)
        else:
            self._refuse(
                408,
                f"the body did not arrive within {seconds:g} seconds; send it faster, or split it into smaller "
                "requests",
            )

    # Errors

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 the base class has it so
        """Reject data that is not HTTP; the base class calls this."""
        self._refuse(400, "this is not an HTTP request")

    def _refuse_headers(self) -> None:
        limit = self._limits.header_limit
        self._refuse(
            431, f"the headers have more than {limit:,} bytes; send fewer, or raise the limit with --header-limit"
        )

    def _refuse(self, status: int, message: str) -> None:
        """Stop reading; send the error after all pending responses, or through the request that waits for its body."""
        if self._is_refused:
            return
        self._is_refused = True
        self._stop_waiting()
        if not self._unanswered:
            self._send_error(status, message)
        elif self.cycle.more_body:
            self.cycle.scope[BODY_ERROR_KEY] = (status, message)  # type: ignore[literal-required]
            self.cycle.message_event.set()
        else:
            self._final_error = (status, message)

    def _send_error(self, status: int, message: str) -> None:
        """Send a response without a request, and close the connection once the client has read it."""
        content = json.dumps({"error": message}).encode()
        context = RequestContext(choose_id(), "other", status=status, bytes_out=len(content))
        self._transport.write(_make_response_head(status, len(content), context.id) + content)
        self._transport.close()
        self._metrics.start_request()
        self._metrics.end_request(context)
        self._log.write(context)


def _make_response_head(status: int, length: int, request_id: str) -> bytes:
    retry = "Retry-After: 1\r\n" if status == HTTPStatus.SERVICE_UNAVAILABLE else ""
    lines = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {length}\r\nX-Request-ID: {request_id}\r\n"
        f"{retry}Connection: close\r\n\r\n"
    )
    return lines.encode()
