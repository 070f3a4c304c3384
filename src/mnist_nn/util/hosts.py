"""Decides which hosts a server answers to: the names and addresses that it listens on, and those it was given.

A web page can make its own name point to this machine (DNS rebinding), and could then read whatever a server here
answers. But the browser still names the page's host in its requests, so a server that answers only to its own names
gives nothing to that page. An address in place of a name cannot be redirected in this way.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import NamedTuple

from mnist_nn.errors import ConfigError
from mnist_nn.util.addresses import resolve_address

LOOPBACK = ("localhost", "127.0.0.1", "::1")
HEADER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/?#@\[\]]+)(:[0-9]*)?")
SHOWN_CHARACTERS = 60  # of a host in a message


class Hosts(NamedTuple):
    """Names and addresses, in lower case, that a server answers to; ``any_address`` means that it listens on all."""

    names: frozenset[str]
    any_address: bool = False


class HostError(NamedTuple):
    """Why a request is not answered: the status, and one line."""

    status: HTTPStatus
    message: str


def allowed_hosts(host: str, port: int, others: Iterable[str] = ()) -> Hosts:
    """List the hosts that a server on ``host`` answers to: that name, its address, and ``others``.

    A server that listens on this machine alone answers to every name for "this machine". A server that listens on all
    addresses answers to the names of this machine and to every address, because nobody can list them all.

    Raises
    ------
    ConfigError
        If there is no such host, or one of the others is neither a name nor an address.

    Examples
    --------
    >>> sorted(allowed_hosts("127.0.0.1", 8000, ["digits.example"]).names)
    ['127.0.0.1', '::1', 'digits.example', 'localhost']
    >>> allowed_hosts("0.0.0.0", 8000).any_address
    True
    """
    with resolve_address(host, port) as (_, (found, _)):
        address = ipaddress.ip_address(found.partition("%")[0])
    names = {_normalise(host), str(address), *map(_check, others)}
    if address.is_loopback or address.is_unspecified:
        names |= set(LOOPBACK)
    if address.is_unspecified:
        names |= {_normalise(socket.gethostname())}
    return Hosts(frozenset(names), address.is_unspecified)


def check_host(headers: Sequence[str], hosts: Hosts | None) -> HostError | None:
    """Say what is wrong with the Host headers of a request, which must have exactly one; None if nothing is wrong.

    Without ``hosts``, any host is accepted.

    Examples
    --------
    >>> hosts = Hosts(frozenset({"localhost"}))
    >>> check_host(["localhost:8000"], hosts)
    >>> check_host(["rebound.example"], hosts).message
    "this server does not answer to the host 'rebound.example', only to localhost; add others with --allow-host"
    >>> check_host([], hosts).status, check_host(["localhost"] * 2, hosts).message
    (<HTTPStatus.BAD_REQUEST: 400>, 'the request has 2 Host headers; send one')
    """
    if not headers:
        return HostError(HTTPStatus.BAD_REQUEST, "the request names no host; send a Host header")
    if len(headers) > 1:
        return HostError(HTTPStatus.BAD_REQUEST, f"the request has {len(headers)} Host headers; send one")
    found = HEADER.fullmatch(headers[0])
    if found is None:
        return HostError(HTTPStatus.BAD_REQUEST, f"the Host header is {_show(headers[0])}; send a name or an address")
    name = _normalise(found[1])
    if hosts is None or name in hosts.names or (hosts.any_address and _is_address(name)):
        return None
    known = ", ".join([*sorted(hosts.names), *["every address"] * hosts.any_address])
    return HostError(
        HTTPStatus.MISDIRECTED_REQUEST,
        f"this server does not answer to the host {_show(name)}, only to {known}; add others with --allow-host",
    )


def _check(other: str) -> str:
    name = other if _is_address(other) else (HEADER.fullmatch(other) or [""])[0]
    if not name or (":" in name and not _is_address(_normalise(name))):
        raise ConfigError(
            f"{_show(other)} is not a host; give a name or an address and nothing else, as in --allow-host "
            "digits.example"
        )
    return _normalise(name)


def _normalise(name: str) -> str:
    """Write a host as one of many spellings: in lower case, without brackets and without the dot at its end."""
    plain = name.lower().removesuffix(".").strip("[]")
    return str(ipaddress.ip_address(plain)) if _is_address(plain) else plain


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _show(text: str) -> str:
    return repr(text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…")
