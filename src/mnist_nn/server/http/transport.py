"""The way out of a connection: a transport that always comes to an end, whatever the client does with what it is sent.

It is asyncio's own transport in everything else, and knows nothing of HTTP but how a response begins.
"""

import asyncio
from typing import Any

RESPONSE_START, INTERIM_RESPONSE = b"HTTP/1.1 ", b"HTTP/1.1 100 "


class ResponseTransport:
    """Wraps a transport for responses.

    The head of a response is kept until its body comes, so that both leave in one packet. What is written after the
    end is dropped. Once closed it waits no longer than ``close_seconds`` for the client to take what is left.

    Parameters
    ----------
    transport
        What to write to.
    loop
        Whose clock counts.
    close_seconds
        Seconds from `close` until the connection is cut off.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, close_seconds: float) -> None:
        self._transport = transport
        self._loop = loop
        self._close_seconds = close_seconds
        self._abort_timer: asyncio.TimerHandle | None = None
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send bytes; a head waits for what comes next."""
        if data.startswith(RESPONSE_START) and not data.startswith(INTERIM_RESPONSE):
            self.flush()
            self._head = data
        else:
            self._send(data)

    def flush(self) -> None:
        """Send the head that waits, if there is one: a response may have no body."""
        self._send(b"")

    def write_eof(self) -> None:
        """Send what waits, and say that nothing follows."""
        self.flush()
        self._transport.write_eof()

    def close(self) -> None:
        """Close once the client has taken everything, or has had its time."""
        self.flush()
        self._transport.close()
        if self._abort_timer is None:
            self._abort_timer = self._loop.call_later(self._close_seconds, self._transport.abort)

    def cancel_timer(self) -> None:
        """Forget to cut the connection off: it is closed."""
        if self._abort_timer:
            self._abort_timer.cancel()

    def _send(self, data: bytes) -> None:
        data, self._head = self._head + data, b""
        if data and not self._transport.is_closing():
            self._transport.write(data)
