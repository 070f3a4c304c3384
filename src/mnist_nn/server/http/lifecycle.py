"""A server that runs: how it listens, starts, hears signals, and stops in good order.

Everything here is uvicorn's public interface; what is not is in `connections`.
"""

import gc
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from fastapi import FastAPI

from mnist_nn.server.http.connections import Connection
from mnist_nn.server.limits import FIXED_LIMITS
from mnist_nn.util.addresses import resolve_address, url


class Server(uvicorn.Server):
    """Serves an application of `mnist_nn.server.create_app` until it is told to stop.

    Parameters
    ----------
    app
        The application.
    host, port
        Where to listen; port 0 takes a free one.
    listening
        Is called with the address once the server really listens.

    Raises
    ------
    ConfigError
        If nothing can listen there.

    Examples
    --------
    >>> from mnist_nn.nn.network import Network
    >>> from mnist_nn.server import create_app
    >>> from mnist_nn.model_file.storage import Model
    >>> server = Server(create_app(Model(Network.create())), port=0)
    >>> server.url.startswith("http://127.0.0.1:")
    True
    >>> server.close()
    """

    def __init__(
        self,
        app: FastAPI,
        host: str = "127.0.0.1",
        port: int = 8000,
        *,
        listening: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._app = app
        self._listening = listening
        with resolve_address(host, port) as (family, address):
            self._socket = socket.create_server(address, family=family, backlog=FIXED_LIMITS.backlog_connections)
        self.stopped_by: int | None = None
        super().__init__(_make_config(app))

    @property
    def url(self) -> str:
        """The address for a client on this machine."""
        return url(*self._socket.getsockname()[:2])

    def serve_until_stopped(self) -> int | None:
        """Serve; returns the signal that ended it, None if it was `stop`."""
        with self._socket:
            self.run([self._socket])
        return self.stopped_by

    def stop(self) -> None:
        """Stop in good order; any thread may call this."""
        self.should_exit = True

    def close(self) -> None:
        """Close the socket of a server that never ran."""
        self._socket.close()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Warm up, listen, and report the address."""
        here = self.url  # the socket is uvicorn's from now on
        await super().startup(sockets)
        gc.collect()
        gc.freeze()  # what lives as long as the server is not looked through again, which took 40 ms each time
        self._listening(here)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Report that it is no longer ready, and let running requests end."""
        self._app.state.service.is_ready = False
        await super().shutdown(sockets)
        gc.unfreeze()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Remember which signal came; whoever started the server says what that means."""
        try:
            before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        except ValueError:  # not in the main thread: signals go elsewhere
            before = {}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; a second Ctrl-C waits for nobody."""
        self.stopped_by = sig
        super().handle_exit(sig, frame)


def _make_config(app: FastAPI) -> uvicorn.Config:
    limits = app.state.service.limits
    return uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=limits.idle_seconds,
        timeout_graceful_shutdown=limits.stop_seconds,
    )
