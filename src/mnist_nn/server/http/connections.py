"""HTTP connections that nobody can hold open for nothing: uvicorn's protocol, with deadlines and a limit on headers.

What is wrong before there is a request to hand on is answered here, in the same form as everywhere else. What is wrong
with a body is handed to the application, which waits for it.
"""

import asyncio
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from mnist_nn.server.http.request_record import BODY_FAULT, Record, new_id
from mnist_nn.server.service import Service

PIPELINED = 32  # requests that may wait on a connection for the answers before them
_BODY = (b"content-length", b"transfer-encoding")  # headers of a request that has one
HEAD, CONTINUE = b"HTTP/1.1 ", b"HTTP/1.1 100 "  # how the head of an answer begins, and what is none
LINGER = 2.0  # seconds that a client has to read a refusal, while what it goes on sending is thrown away


class Connection(HttpToolsProtocol):
    """One connection: it waits for a head, for the rest of a body, or for its answer to be taken, never for long."""

    service: Service

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.limits = self.service.limits
        self._deadline: asyncio.TimerHandle | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._running: RequestResponseCycle | None = None  # the request that is answered now; others may wait behind
        self._aside = 0  # bytes since the last ones of a body: of a head, or of what may follow a body
        self._is_over = False  # nothing is listened to any more
        self._last_word: tuple[int, str] | None = None  # to be said after the answers that are under way

    # What comes in

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, if there is room for another connection."""
        super().connection_made(transport)
        self._transport = _Forgiving(transport, self.loop, self.limits.answer_seconds)
        self.transport = self._transport  # type: ignore[assignment]
        if len(self.connections) > self.limits.connection_limit:
            why = f"{self.limits.connection_limit} connections are open, and no more are taken; try again in a second"
            self._refuse(503, f"{why} (--connection-limit)")
        else:
            self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget all timers, and tell the request that is answered now; the base class tells the last that came."""
        self._stop_waiting()
        self._transport.forget()
        self.resume_writing()
        if self._running and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count all bytes that are of no body, and see that they come to an end."""
        if self._is_over or self.transport.is_closing():
            return
        self._aside += len(data)
        super().data_received(data)
        if self._aside > self.limits.header_limit:
            self._refuse_head()

    def on_message_begin(self) -> None:
        """Begin to wait for the end of the head."""
        super().on_message_begin()
        self._wait_for_head()

    def on_headers_complete(self) -> None:
        """Hand the request on, unless its head is too long or too many wait before it, and wait for the body."""
        if self._is_over:
            return
        size = len(self.url) + sum(len(name) + len(value) + len(": \r\n") for name, value in self.headers)
        if size > self.limits.header_limit:
            self._refuse_head()
        elif self.parser.should_upgrade() and any(name in _BODY for name, _ in self.headers):
            # The parser would take the body for another protocol's, and what follows it for a request.
            self._refuse(400, "this server speaks HTTP/1.1 alone; send a body without an Upgrade header")
        elif self.parser.get_http_version() == "1.1" and all(name != b"host" for name, _ in self.headers):
            self._refuse(400, "a request of HTTP/1.1 names the host that it is for; send a Host header")
        elif len(self.pipeline) >= PIPELINED:
            self._refuse(503, f"{PIPELINED} requests wait on this connection; take some answers before you ask more")
        else:
            super().on_headers_complete()
            self._wait(self.limits.body_seconds, self._body_is_late)

    def on_body(self, body: bytes) -> None:
        """Hand a part of the body on."""
        self._aside = 0
        if not self._is_over:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is all there; one that was answered before leaves an idle connection."""
        if self._is_over:
            return
        self._aside = 0
        self._stop_waiting()
        super().on_message_complete()
        if self._is_idle:
            self._wait(self.limits.idle_seconds, self.transport.close)

    # What goes out

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """Go on with the next request, or hang up."""
        self._transport.flush()  # an answer may have no body
        super().on_response_complete()
        if self.pipeline:
            self.flow.pause_reading()
        if self._is_over and self._is_idle:
            if self._last_word:
                self._answer(*self._last_word)
            else:
                self.transport.close()

    def pause_writing(self) -> None:
        """Begin to count the time that a client does not take its answer."""
        super().pause_writing()
        self._patience = self.loop.call_later(self.limits.answer_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """It does."""
        if self._patience:
            self._patience.cancel()
            self._patience = None
        super().resume_writing()

    # Deadlines

    @property
    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _wait_for_head(self) -> None:
        self._wait(self.limits.header_seconds, self._head_is_late)

    def _wait(self, seconds: float, late: Callable[[], None]) -> None:
        self._stop_waiting()
        self._deadline = self.loop.call_later(seconds, late)

    def _stop_waiting(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def _head_is_late(self) -> None:
        """Refuse to wait longer; but where requests queue behind each other it is we who do not read."""
        seconds = self.limits.header_seconds
        if self._is_idle:
            self._refuse(408, f"the headers did not arrive in {seconds:g} seconds; send the whole request at once")
        else:
            self._wait(seconds, self._head_is_late)

    def _body_is_late(self) -> None:
        """The same for a body; one that nobody wants any more, because its request is answered, gets no word."""
        seconds = self.limits.body_seconds
        if self._is_idle:
            self.transport.close()
        elif self.pipeline:
            self._wait(seconds, self._body_is_late)
        else:
            self._refuse(408, f"the body did not arrive in {seconds:g} seconds; send it faster, or in smaller requests")

    # Refusals

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 the base class has it so
        """Refuse what is no HTTP."""
        self._refuse(400, "this is no HTTP request that can be read")

    def _refuse_head(self) -> None:
        most = self.limits.header_limit
        self._refuse(431, f"the headers have more than {most:,} bytes; send less, or raise the limit (--header-limit)")

    def _refuse(self, status: int, why: str) -> None:
        """Listen no more: answer, after all that is under way, or let the application answer that waits for a body."""
        if self._is_over:
            return
        self._is_over = True
        self._stop_waiting()
        if self._is_idle:
            self._answer(status, why)
        elif self.cycle.more_body:
            self.cycle.scope[BODY_FAULT] = (status, why)  # type: ignore[literal-required]
            self.cycle.message_event.set()
        else:
            self._last_word = (status, why)

    def _answer(self, status: int, why: str) -> None:
        """Answer in one line, and hang up once the client has read it."""
        content = json.dumps({"error": why}).encode()
        record = Record(new_id(), "other", status=status, bytes_out=len(content))
        self._transport.write(_first_lines(status, len(content), record.id) + content)
        self._transport.flush()
        if self.transport.can_write_eof() and not self.transport.is_closing():
            self.transport.write_eof()
        self._wait(LINGER, self.transport.close)
        self.service.metrics.begun()
        self.service.metrics.ended(record)
        self.service.log.write(record)


class _Forgiving:
    """A transport that takes what nobody is there to read, and waits for nobody for ever when it is closed.

    It keeps the head of an answer until the body comes, so that both leave in one packet.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self._transport, self._loop, self._seconds = transport, loop, seconds
        self._end: asyncio.TimerHandle | None = None
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if data.startswith(HEAD) and not data.startswith(CONTINUE):
            self.flush()
            self._head = data
        else:
            self._send(data)

    def flush(self) -> None:
        self._send(b"")

    def write_eof(self) -> None:
        self.flush()
        self._transport.write_eof()

    def close(self) -> None:
        self.flush()
        self._transport.close()
        if self._end is None:
            self._end = self._loop.call_later(self._seconds, self._transport.abort)

    def forget(self) -> None:
        if self._end:
            self._end.cancel()

    def _send(self, data: bytes) -> None:
        data, self._head = self._head + data, b""
        if data and not self._transport.is_closing():
            self._transport.write(data)


def _first_lines(status: int, length: int, identifier: str) -> bytes:
    again = "Retry-After: 1\r\n" if status == HTTPStatus.SERVICE_UNAVAILABLE else ""
    lines = (
        f"Content-Type: application/json\r\nContent-Length: {length}\r\nX-Request-ID: {identifier}\r\n"
        f"{again}Connection: close\r\n\r\n"
    )
    return STATUS_LINE[status] + lines.encode()
