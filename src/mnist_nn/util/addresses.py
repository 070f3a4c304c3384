"""The addresses on which this package's servers listen, and a one-line error if that fails."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from mnist_nn.errors import ConfigError
from mnist_nn.util.io_errors import reason_of

ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 what a browser is told in place of all addresses


@contextmanager
def resolve_address(host: str, port: int) -> Iterator[tuple[socket.AddressFamily, tuple[str, int]]]:
    """Yield the family and the address to listen on; an error inside the block becomes a one-line message.

    Raises
    ------
    ConfigError
        If the host does not exist, or listening there fails.

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
            f"cannot listen on {host!r}, port {port}: {reason_of(error)}; choose another address with "
            "--host and --port (0 chooses a free port)"
        ) from error


def url(host: str, port: int) -> str:
    """Return the URL for a client on this machine.

    Examples
    --------
    >>> url("0.0.0.0", 80), url("::1", 8000)
    ('http://127.0.0.1:80', 'http://[::1]:8000')
    """
    host = ANYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
