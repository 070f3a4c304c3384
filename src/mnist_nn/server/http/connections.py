"""HTTP connections that nobody can hold open for nothing: uvicorn's protocol, with deadlines and limits.

What uvicorn offers as options is used as options, in `lifecycle`: ``timeout_keep_alive``,
``timeout_graceful_shutdown``, ``ws="none"``. For what is here it has none. It waits for headers and bodies as long as
a client likes (https://github.com/Kludex/uvicorn/issues/157), and httptools reads headers of any length
(``h11_max_incomplete_event_size`` is for h11, which is slower). ``limit_concurrency`` counts a connection only once it
has sent a request, and turns health checks away too. ASGI middleware begins when the headers are complete and ends
with the response, so it sees neither slow headers nor a body that goes on after its request has been answered.

Hence a subclass of uvicorn's `HttpToolsProtocol`. Uvicorn promises nothing about that class:
tests/server/http/test_uvicorn.py lists what of it is used here, and fails with the name of whatever has moved.

What is wrong before there is a request is answered here, in the same form as everywhere else. What is wrong with a
body is handed to the application, which waits for it.
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
from mnist_nn.server.http.request_context import BODY_ERROR_KEY, RequestContext, choose_id
from mnist_nn.server.http.transport import ResponseTransport
from mnist_nn.server.limits import FIXED_LIMITS, Limits

BODY_HEADERS = (b"content-length", b"transfer-encoding")  # a request that has a body has one of them


class Connection(HttpToolsProtocol):
    """One connection: it waits for headers, for a body, and for its response to be taken, but for none of them long."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        app: Any = self.config.app
        self._limits: Limits = app.state.service.limits
        self._metrics: Metrics = app.state.service.metrics
        self._log: RequestLog = app.state.service.log
        self._read_timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None
        self._unanswered: deque[RequestResponseCycle] = deque()  # the first is being answered, the others wait for it
        self._bytes_outside_bodies = 0  # since the last byte of a body: of headers, or of what may follow a body
        self._is_refused = False  # nothing that comes is looked at any more
        self._final_error: tuple[int, str] | None = None  # to be sent after the responses that are under way

    # What comes in

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, unless there are too many connections already."""
        super().connection_made(transport)
        self._transport = ResponseTransport(transport, self.loop, self._limits.answer_seconds)
        self.transport = self._transport  # type: ignore[assignment]
        limit = self._limits.connection_limit
        if len(self.connections) > limit:
            self._refuse(503, f"{limit} connections are open, the limit (--connection-limit); try again in a second")
        else:
            self._wait_for_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop all timers, and tell all requests that their client has left; the base class tells only the last."""
        self._stop_waiting()
        self._transport.cancel_timer()
        self.resume_writing()
        for cycle in self._unanswered:
            cycle.disconnected = True
            cycle.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what comes, and count the bytes that belong to no body: they must come to an end."""
        if self._is_refused or self.transport.is_closing():
            return
        self._bytes_outside_bodies += len(data)
        super().data_received(data)
        if self._bytes_outside_bodies > self._limits.header_limit:
            self._refuse_headers()

    def on_message_begin(self) -> None:
        """Wait for the headers to be complete."""
        super().on_message_begin()
        self._wait_for_headers()

    def on_headers_complete(self) -> None:
        """Hand the request on, unless its headers are too long or too many requests wait, and wait for its body."""
        if self._is_refused:
            return
        size = len(self.url) + sum(len(name) + len(value) + len(": \r\n") for name, value in self.headers)
        if size > self._limits.header_limit:
            self._refuse_headers()
        elif self.parser.should_upgrade() and any(name in BODY_HEADERS for name, _ in self.headers):
            # The parser would take the body for another protocol's, and what follows it for a request.
            self._refuse(400, "this server speaks only HTTP/1.1; send a body without an Upgrade header")
        elif len(self._unanswered) > (limit := FIXED_LIMITS.pipelined_requests):
            self._refuse(503, f"{limit} requests wait on this connection; read some responses before you send more")
        else:
            super().on_headers_complete()
            self._unanswered.append(self.cycle)
            self._wait(self._limits.body_seconds, self._refuse_slow_body)

    def on_body(self, body: bytes) -> None:
        """Hand a part of the body on."""
        self._bytes_outside_bodies = 0
        if not self._is_refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Stop waiting for the body; if its request was answered before it was complete, the connection is idle."""
        if self._is_refused:
            return
        self._bytes_outside_bodies = 0
        self._stop_waiting()
        super().on_message_complete()
        if not self._unanswered:
            self._wait(self._limits.idle_seconds, self.transport.close)

    # What goes out

    def on_response_complete(self) -> None:
        """Go on with the next request, or hang up."""
        self._unanswered.popleft()
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
        """Cut the connection off if the client does not take its response in time."""
        super().pause_writing()
        self._write_timer = self.loop.call_later(self._limits.answer_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop that timer: the client takes its response."""
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
        """Refuse to wait longer; but while requests wait for each other it is the server that does not read."""
        seconds = self._limits.header_seconds
        if self._unanswered:
            self._wait(seconds, self._refuse_slow_headers)
        else:
            self._refuse(408, f"the headers did not arrive in {seconds:g} seconds; send the whole request at once")

    def _refuse_slow_body(self) -> None:
        """Do the same for a body; one that nobody wants any more, because its request is answered, gets no error."""
        seconds = self._limits.body_seconds
        if not self._unanswered:
            self.transport.close()
        elif len(self._unanswered) > 1:
            self._wait(seconds, self._refuse_slow_body)
        else:
            self._refuse(408, f"the body did not arrive in {seconds:g} seconds; send it faster, or in smaller requests")

    # Errors

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 the base class has it so
        """Refuse what is not HTTP; the base class calls this."""
        self._refuse(400, "this is not an HTTP request")

    def _refuse_headers(self) -> None:
        limit = self._limits.header_limit
        self._refuse(431, f"the headers have more than {limit:,} bytes; send less, or raise the limit (--header-limit)")

    def _refuse(self, status: int, message: str) -> None:
        """Read no more; answer after all that is under way, or let the request answer that waits for its body."""
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
        """Send a response without a request, and hang up once the client has read it."""
        content = json.dumps({"error": message}).encode()
        context = RequestContext(choose_id(), "other", status=status, bytes_out=len(content))
        self._transport.write(_make_response_head(status, len(content), context.id) + content)
        self._transport.flush()
        if self.transport.can_write_eof() and not self.transport.is_closing():
            self.transport.write_eof()
        self._wait(FIXED_LIMITS.linger_seconds, self.transport.close)
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
