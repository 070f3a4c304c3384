"""Where servers of this package listen: addresses for people, and one line where nothing can listen."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from mnist_nn.errors import ConfigError
from mnist_nn.util.io_errors import reason_of

ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 what a browser is told in place of all addresses


@contextmanager
def resolve_address(host: str, port: int) -> Iterator[tuple[socket.AddressFamily, tuple[str, int]]]:
    """Give the family and the address to listen on; what goes wrong with it becomes one line.

    Raises
    ------
    ConfigError
        If there is no such host, or nothing can listen there.

    Examples
    --------
    >>> with resolve_address("127.0.0.1", 8000) as (family, address):
    ...     family.name, address
    ('AF_INET', ('127.0.0.1', 8000))
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        yield family, (str(address[0]), int(address[1]))
    except (OSError, OverflowError, UnicodeError) as error:
        raise ConfigError(
            f"nothing can be served on {host!r}, port {port}: {reason_of(error)}; choose others with --host and --port "
            "(0 takes a free one)"
        ) from error


def url(host: str, port: int) -> str:
    """Write the address for a client on this machine.

    Examples
    --------
    >>> url("0.0.0.0", 80), url("::1", 8000)
    ('http://127.0.0.1:80', 'http://[::1]:8000')
    """
    host = ANYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
