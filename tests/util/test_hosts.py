"""Which hosts a server answers to: its own names and addresses, and no name that somebody else can turn to it."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.errors import ConfigError
from mnist_nn.util.hosts import LOOPBACK, Hosts, allowed_hosts, check_host


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.5"])
def test_this_machine_alone_is_known_by_all_its_names(host: str) -> None:
    hosts = allowed_hosts(host, 0)
    assert {host, *LOOPBACK} <= hosts.names
    assert not hosts.any_address
    assert check_host([f"{host}:8000"], hosts) is None
    assert check_host(["192.0.2.1"], hosts) is not None


def test_all_addresses_are_any_address_and_no_name() -> None:
    hosts = allowed_hosts("0.0.0.0", 0)  # noqa: S104
    for good in ("192.0.2.1", "192.0.2.1:80", "[2001:db8::1]", "localhost", socket.gethostname()):
        assert check_host([good], hosts) is None, good
    error = check_host(["rebound.example"], hosts)
    assert error
    assert (error.status, "every address" in error.message) == (421, True)


def test_names_that_are_told_are_known_however_they_are_written() -> None:
    hosts = allowed_hosts("127.0.0.1", 0, ["Digits.Example.", "[2001:DB8:0:0::1]", "192.0.2.1"])
    for good in ("digits.example", "DIGITS.example.:80", "[2001:db8::1]:80", "192.0.2.1"):
        assert check_host([good], hosts) is None, good


@pytest.mark.parametrize("other", ["http://a", "a:80", "a/b", "", "a b", "[::1]:80"])
def test_what_is_no_host_is_refused(other: str) -> None:
    with pytest.raises(ConfigError, match="is not a host; give a name or an address"):
        allowed_hosts("127.0.0.1", 0, [other])


def test_where_nothing_can_listen_is_said() -> None:
    with pytest.raises(ConfigError, match=r"'no\.such\.host\.invalid'"):
        allowed_hosts("no.such.host.invalid", 0)


@given(st.lists(st.text(), max_size=2))
def test_any_headers_are_answered_with_one_line_or_taken(headers: list[str]) -> None:
    error = check_host(headers, Hosts(frozenset(LOOPBACK)))
    if error is not None:
        assert error.status in {400, 421}
        assert len(error.message) < 300
        assert "\n" not in error.message
    assert error is not None or headers[0].partition(":")[0].lower().removesuffix(".") in {*LOOPBACK, "["}


def test_without_hosts_any_is_taken_but_not_two() -> None:
    assert check_host(["any.example"], None) is None
    assert check_host(["any.example"] * 2, None)
    assert check_host([], None)
