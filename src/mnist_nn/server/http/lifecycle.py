"""The running server: it listens, starts, reacts to signals, and stops cleanly.

This module uses only uvicorn's public interface; `connections` uses the rest.
"""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI

from mnist_nn.errors import ConfigError, MnistNNError
from mnist_nn.model_file.storage import Model
from mnist_nn.server.http.connections import Connection
from mnist_nn.server.http.logs import error_logger
from mnist_nn.server.limits import FIXED_LIMITS
from mnist_nn.util.addresses import resolve_address, url
from mnist_nn.util.hosts import allowed_hosts

HANGUP: Any = getattr(signal, "SIGHUP", None)  # Windows has none


class Server(uvicorn.Server):
    """Serves an application of `mnist_nn.server.create_app` until it is told to stop.

    Parameters
    ----------
    app
        The application.
    host, port
        Where to listen; port 0 chooses a free one.
    allow_hosts
        Further names to answer to, besides those it listens on; `mnist_nn.util.hosts` explains why.
    reload
        Loads the model again on SIGHUP, without interrupting requests; None to leave that signal alone.
    listening
        Function that is called with the address once the server is listening.

    Raises
    ------
    ConfigError
        If listening there fails, or the system does not allow as many open files as the limit of connections needs.

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
        allow_hosts: Iterable[str] = (),
        reload: Callable[[], Model] | None = None,
        listening: Callable[[str], None] = lambda _: None,
    ) -> None:
        _allow_open_files(app.state.service.limits.connection_limit)
        self._app = app
        app.state.hosts = allowed_hosts(host, port, allow_hosts)
        self._listening = listening
        self._reload = reload
        self._reloading = asyncio.Lock()
        self._reloads: set[asyncio.Task[None]] = set()
        self._has_terminal = os.isatty(0)
        with resolve_address(host, port) as (family, address):
            self._socket = socket.create_server(address, family=family, backlog=FIXED_LIMITS.backlog_connections)
        self.stopped_by: int | None = None
        super().__init__(_make_config(app))

    @property
    def url(self) -> str:
        """The address for a client on this machine."""
        return url(*self._socket.getsockname()[:2])

    def serve_until_stopped(self) -> int | None:
        """Serve until stopped; return the signal that ended it, or None if it was `stop`."""
        with self._socket:
            self.run([self._socket])
        return self.stopped_by

    def stop(self) -> None:
        """Stop cleanly; any thread may call this."""
        self.should_exit = True

    def close(self) -> None:
        """Close the socket of a server that was never run."""
        self._socket.close()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Warm up, listen, and report the address."""
        here = self.url  # the socket is uvicorn's from now on
        await super().startup(sockets)
        gc.collect()
        gc.freeze()  # what lives as long as the server is not looked through again, which took 40 ms each time
        self._listening(here)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Report that the server is no longer ready, and let running requests finish."""
        self._app.state.service.is_ready = False
        await super().shutdown(sockets)
        gc.unfreeze()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Remember which signal arrived; the code that started the server decides what it means."""
        try:
            before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        except ValueError:  # not in the main thread: signals go elsewhere
            before = {}
        if before and self._reload and HANGUP and signal.getsignal(HANGUP) is not signal.SIG_IGN:
            before[HANGUP] = signal.getsignal(HANGUP)
            asyncio.get_running_loop().add_signal_handler(HANGUP, self.hang_up)
        try:
            yield
        finally:
            if HANGUP in before:
                asyncio.get_running_loop().remove_signal_handler(HANGUP)
            for number, handler in before.items():
                signal.signal(number, handler)

    def hang_up(self) -> None:
        """Load the model again; but if the terminal that the server was started from is gone, stop."""
        if self._has_terminal and not os.isatty(0):
            self.handle_exit(HANGUP, None)
        else:
            task = asyncio.get_running_loop().create_task(self._replace_model())
            self._reloads.add(task)
            task.add_done_callback(self._reloads.discard)

    async def _replace_model(self) -> None:
        """Load and replace the model in a thread; if that fails, the one from before stays."""
        if self._reload is None:
            return
        try:
            async with self._reloading:
                model = await asyncio.to_thread(self._reload)
                await asyncio.to_thread(self._app.state.service.replace_model, model)
        except Exception as error:  # noqa: BLE001 whatever it is, the server goes on
            known = isinstance(error, MnistNNError)
            error_logger.error("the server keeps the previous model, not the new one: %s", error, exc_info=not known)
        else:
            error_logger.info("the model has been loaded again")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; a second Ctrl-C stops without waiting."""
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


def _allow_open_files(connections: int) -> None:
    """Raise this process's limit of open files to what so many connections need: many systems begin with 1024."""
    if os.name != "posix":
        return
    import resource  # noqa: PLC0415 Windows has none

    needed = connections + FIXED_LIMITS.spare_connections + FIXED_LIMITS.spare_files
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if now != resource.RLIM_INFINITY and now < needed:
        if most != resource.RLIM_INFINITY and most < needed:
            raise ConfigError(
                f"{connections:,} connections (--connection-limit) need {needed:,} open files, but the system allows "
                f"only {most:,}; lower the connection limit, or allow more files (ulimit -n)"
            )
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, most))
