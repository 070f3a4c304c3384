"""Where servers listen: addresses that are told to clients, and one line where nothing can listen."""

import socket

import pytest

from mnist_nn.errors import ConfigError
from mnist_nn.util.addresses import resolve_address, url


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),  # noqa: S104 - all addresses, of which a client is told one
        ("::", "http://[::1]:80"),
        ("example.org", "http://example.org:80"),
    ],
)
def test_a_client_is_told_an_address_that_it_can_open(host: str, told: str) -> None:
    assert url(host, 80) == told


def test_an_address_can_be_listened_on() -> None:
    with resolve_address("127.0.0.1", 0) as (family, address), socket.socket(family) as listening:
        listening.bind(address)
        assert listening.getsockname()[1] > 0


@pytest.mark.parametrize("host", ["no such host", "a" * 70 + ".b"])
def test_where_nothing_can_listen_is_said_in_one_line(host: str) -> None:
    said = pytest.raises(ConfigError, match=f"^cannot listen on '{host}', port 80: .*--host and --port")
    with said, resolve_address(host, 80) as (family, address), socket.socket(family) as listening:
        listening.bind(address)


def test_a_port_that_is_taken_is_said_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]
        taken = pytest.raises(ConfigError, match=f"port {port}: Address already in use; choose another address")
        with taken, resolve_address("127.0.0.1", port) as (family, address), socket.socket(family) as second:
            second.bind(address)
