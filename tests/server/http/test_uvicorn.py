"""What `mnist_nn.server.http.connections` uses of uvicorn's protocol class, which uvicorn promises nothing about.

When one of these fails after an update of uvicorn: read what has become of the name, adapt `Connection` to it, and run
test_connections.py, which proves that nobody can hold a connection open.
"""

import asyncio
import inspect
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from patience import PATIENCE
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from mnist_nn.server.http.connections import Connection

METHODS = {
    "connection_made": ["self", "transport"],
    "connection_lost": ["self", "exc"],
    "data_received": ["self", "data"],
    "eof_received": ["self"],
    "on_message_begin": ["self"],
    "on_headers_complete": ["self"],
    "on_body": ["self", "body"],
    "on_message_complete": ["self"],
    "on_response_complete": ["self"],
    "pause_writing": ["self"],
    "resume_writing": ["self"],
    "send_400_response": ["self", "msg"],
}
OF_CONNECTION = ("config", "loop", "transport", "connections", "flow", "parser", "url", "headers", "cycle")
OF_REQUEST = ("scope", "more_body", "keep_alive", "disconnected", "message_event", "response_complete")
MOVED = f"uvicorn {uvicorn.__version__} has moved what Connection uses"


class Transport(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)})
        self.sent = b""
        self.is_closed = False

    def write(self, data: Any) -> None:
        self.sent += data

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


async def answer(_scope: Any, receive: Any, send: Any) -> None:
    while (await receive())["more_body"]:
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def record(name: str) -> Any:
    """A method that does what uvicorn's does, and notes that it was called."""

    def recorded(self: Any, *arguments: Any) -> Any:
        self.__dict__.setdefault("called", []).append(name)
        return getattr(HttpToolsProtocol, name)(self, *arguments)

    return recorded


Recorded: Any = type("Recorded", (HttpToolsProtocol,), {name: record(name) for name in METHODS})


def connect() -> tuple[Any, Transport]:
    config = uvicorn.Config(answer, http=Recorded, ws="none", log_config=None)
    config.load()
    protocol = Recorded(config=config, server_state=ServerState(), app_state={})
    transport = Transport()
    protocol.connection_made(transport)
    return protocol, transport


def in_a_loop(work: Any) -> Any:
    """Run in a thread of its own: a browser's tests leave a loop running in the main one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asyncio.wait_for(work, PATIENCE)).result()


@pytest.mark.parametrize("name", METHODS)
def test_a_method_that_is_overridden_is_there_and_takes_the_same(name: str) -> None:
    assert name in vars(HttpToolsProtocol), f"{MOVED}: {name}"
    parameters = list(inspect.signature(vars(HttpToolsProtocol)[name]).parameters)
    assert parameters == METHODS[name], f"{MOVED}: {name}"


def test_these_are_all_the_methods_that_are_overridden() -> None:
    overridden = {name for name in vars(Connection) if hasattr(HttpToolsProtocol, name) and not name.startswith("__")}
    assert overridden == set(METHODS)


def test_a_request_calls_them_in_this_order_and_has_these_attributes() -> None:
    async def ask() -> Any:
        protocol, transport = connect()
        protocol.data_received(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nab")
        for name in OF_CONNECTION:
            assert hasattr(protocol, name), f"{MOVED}: {name} of a connection"
        for name in OF_REQUEST:
            assert hasattr(protocol.cycle, name), f"{MOVED}: {name} of a request"
        before = SimpleNamespace(more=protocol.cycle.more_body, done=protocol.cycle.response_complete)
        protocol.data_received(b"cd")
        await asyncio.gather(*protocol.tasks)
        protocol.connection_lost(None)
        return protocol, transport, before

    protocol, transport, before = in_a_loop(ask())
    assert (before.more, before.done) == (True, False), MOVED
    assert protocol.called == [
        "connection_made", "data_received", "on_message_begin", "on_headers_complete", "on_body",
        "data_received", "on_body", "on_message_complete", "on_response_complete", "connection_lost",
    ], MOVED  # fmt: skip
    assert transport.sent.startswith(b"HTTP/1.1 204 "), MOVED
    assert protocol.cycle.scope["http_version"] == "1.1"


def test_what_is_no_http_is_handed_to_the_method_that_refuses_it() -> None:
    async def ask() -> list[str]:
        protocol, _ = connect()
        protocol.data_received(b"nonsense\r\n\r\n")
        called: list[str] = protocol.called
        return called

    assert in_a_loop(ask())[-1] == "send_400_response", MOVED


def test_a_second_request_waits_for_the_first() -> None:
    async def ask() -> Any:
        protocol, _ = connect()
        protocol.data_received(2 * b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        before = protocol.called.count("on_response_complete"), protocol.flow.read_paused
        while protocol.tasks:
            await asyncio.gather(*protocol.tasks)
        return *before, protocol.called.count("on_response_complete")

    assert in_a_loop(ask()) == (0, True, 2), MOVED


def test_a_request_that_is_told_that_its_client_has_left_hears_of_it() -> None:
    async def ask() -> Any:
        protocol, _ = connect()
        protocol.data_received(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\n")
        protocol.cycle.disconnected = True
        protocol.cycle.message_event.set()
        return await protocol.cycle.receive()

    assert in_a_loop(ask()) == {"type": "http.disconnect"}, MOVED
