"""The transport for responses: a head with its body, nothing after the end, and an end in any case."""

from collections.abc import Callable
from typing import Any

import pytest

from mnist_nn.server.http.transport import ResponseTransport

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


class Wire:
    """A transport that remembers what it was told."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.calls: list[str] = []

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def write_eof(self) -> None:
        self.calls.append("eof")

    def close(self) -> None:
        self.calls.append("close")

    def abort(self) -> None:
        self.calls.append("abort")

    def resume_reading(self) -> None:
        self.calls.append("read")

    def is_closing(self) -> bool:
        return bool({"close", "abort"} & set(self.calls))


class Clock:
    """An event loop of which only the timers are used, and they only when they are told to."""

    def __init__(self) -> None:
        self.timers: dict[float, Callable[[], None]] = {}

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Any:
        self.timers[seconds] = callback
        return self

    def cancel(self) -> None:
        self.timers.clear()


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def transport(wire: Wire, clock: Clock) -> ResponseTransport:
    return ResponseTransport(wire, clock, 7, 2, lambda: False)  # type: ignore[arg-type]


def test_a_head_leaves_with_its_body(transport: ResponseTransport, wire: Wire) -> None:
    transport.write(HEAD)
    assert wire.sent == []
    transport.write(b"body")
    transport.write(b"more")
    assert wire.sent == [HEAD + b"body", b"more"]


def test_a_head_without_a_body_leaves_when_the_response_is_over(transport: ResponseTransport, wire: Wire) -> None:
    transport.write(HEAD)
    transport.flush()
    transport.flush()
    assert wire.sent == [HEAD]


def test_one_head_does_not_take_the_place_of_another(transport: ResponseTransport, wire: Wire) -> None:
    transport.write(HEAD)
    transport.write(HEAD)
    transport.flush()
    assert wire.sent == [HEAD, HEAD]


def test_the_word_to_go_on_is_sent_at_once(transport: ResponseTransport, wire: Wire) -> None:
    transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert wire.sent == [b"HTTP/1.1 100 Continue\r\n\r\n"]


def test_nothing_is_written_after_the_end(transport: ResponseTransport, wire: Wire) -> None:
    transport.write(HEAD)
    transport.close()
    transport.write(b"late")
    assert wire.sent == [HEAD]


def test_a_client_has_its_time_to_take_what_is_left(transport: ResponseTransport, wire: Wire, clock: Clock) -> None:
    transport.close()
    transport.close()
    assert list(clock.timers) == [7]
    clock.timers[7]()
    assert wire.calls == ["close", "abort"]


def test_a_client_that_may_be_sending_is_heard_for_a_moment(wire: Wire, clock: Clock) -> None:
    transport = ResponseTransport(wire, clock, 7, 2, lambda: True)  # type: ignore[arg-type]
    transport.write(HEAD)
    transport.close()
    transport.close()
    transport.write(b"late")
    assert (wire.sent, wire.calls) == ([HEAD], ["eof", "read"]), "it is told that nothing follows, and read on"
    assert transport.is_closing(), "what it sends does not count any more"
    clock.timers[2]()
    assert wire.calls == ["eof", "read", "close"]
    clock.timers[7]()
    assert wire.calls[-1] == "abort"


def test_who_has_taken_everything_is_not_cut_off(transport: ResponseTransport, clock: Clock) -> None:
    transport.cancel_timer()
    transport.close()
    transport.cancel_timer()
    assert not clock.timers


def test_in_everything_else_it_is_the_transport_that_it_wraps(transport: ResponseTransport, wire: Wire) -> None:
    assert transport.is_closing() is False
    transport.abort()
    assert wire.calls == ["abort"]
    with pytest.raises(AttributeError):
        _ = transport.unheard_of
