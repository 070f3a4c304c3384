"""A transport for responses that always ends, whatever the client does.

In all other respects it is asyncio's own transport. All that it knows about HTTP is how a response begins.
"""

import asyncio
from collections.abc import Callable
from typing import Any

RESPONSE_START, INTERIM_RESPONSE = b"HTTP/1.1 ", b"HTTP/1.1 100 "


class ResponseTransport:
    """Wraps a transport for responses.

    The head of a response is held back until its body arrives, so that both are sent in one packet. Data written after
    the end is dropped. If the client may still be sending when the connection is to be closed, what it sends is
    read for a moment, because the system would otherwise discard the last response (RFC 9112, section 9.6). Once
    closed, it waits at most ``close_seconds`` for the client to take the rest.

    Parameters
    ----------
    transport
        The transport to write to.
    loop
        The event loop whose clock is used.
    close_seconds
        Seconds from `close` until the connection is aborted.
    linger_seconds
        Seconds to read from a client that may still be sending.
    may_send
        Tells whether the client may still be sending.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        loop: asyncio.AbstractEventLoop,
        close_seconds: float,
        linger_seconds: float,
        may_send: Callable[[], bool],
    ) -> None:
        self._transport = transport
        self._loop = loop
        self._close_seconds = close_seconds
        self._linger_seconds = linger_seconds
        self._may_send = may_send
        self._timer: asyncio.TimerHandle | None = None
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send bytes; the head of a response waits for the next bytes."""
        if data.startswith(RESPONSE_START) and not data.startswith(INTERIM_RESPONSE):
            self.flush()
            self._head = data
        else:
            self._send(data)

    def flush(self) -> None:
        """Send a waiting head, if there is one, because a response may have no body."""
        self._send(b"")

    def is_closing(self) -> bool:
        """Whether the connection is closing, so that further data is ignored."""
        return self._timer is not None or self._transport.is_closing()

    def close(self) -> None:
        """Close the connection once the client has sent and received everything, or its time is up."""
        if self.is_closing():
            return
        self.flush()
        if self._may_send():
            self._transport.write_eof()
            self._transport.resume_reading()
            self._timer = self._loop.call_later(self._linger_seconds, self._close_at_last)
        else:
            self._close_at_last()

    def _close_at_last(self) -> None:
        self._transport.close()
        self._timer = self._loop.call_later(self._close_seconds, self._transport.abort)

    def cancel_timer(self) -> None:
        """Cancel the timer, because the connection is closed."""
        if self._timer:
            self._timer.cancel()

    def _send(self, data: bytes) -> None:
        data, self._head = self._head + data, b""
        if data and not self.is_closing():
            self._transport.write(data)
