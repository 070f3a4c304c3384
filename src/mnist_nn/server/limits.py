"""How much of everything a server takes before it says no: the one place where each limit has its name and default."""

from dataclasses import dataclass, fields

from mnist_nn.imaging.load.sources import PIXEL_LIMIT
from mnist_nn.util.checks import integer, positive


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a server allows; what is beyond gets an answer that names the limit.

    Parameters
    ----------
    body_limit
        Bytes of a request's body, packed or unpacked.
    header_limit
        Bytes of its first line and its headers.
    row_limit
        Images in one infer request.
    batch_limit
        Images in one forward pass, where requests are put together.
    request_limit
        Requests with a body that are worked on at once.
    connection_limit
        Connections that are open at once.
    reading_limit
        Pictures that are read at once, each in a thread.
    pixel_limit
        Pixels of a page.
    page_limit
        Pages of a picture.
    header_seconds
        For the headers of a request to arrive.
    body_seconds
        For its body.
    answer_seconds
        For a client to take its answer, once it stops taking any.
    idle_seconds
        For the next request on an open connection.
    stop_seconds
        For requests to end when the server stops.

    Raises
    ------
    ConfigError
        If one is not above zero.

    Examples
    --------
    >>> Limits(row_limit=8).row_limit
    8
    """

    body_limit: int = 16 * 2**20
    header_limit: int = 16 * 2**10
    row_limit: int = 1024
    batch_limit: int = 256
    request_limit: int = 128
    connection_limit: int = 1000
    reading_limit: int = 2
    pixel_limit: int = PIXEL_LIMIT
    page_limit: int = 20
    header_seconds: float = 10.0
    body_seconds: float = 30.0
    answer_seconds: float = 30.0
    idle_seconds: float = 60.0
    stop_seconds: float = 10.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            checked = integer(field.name, value, 1) if field.type is int else positive(field.name, value)
            object.__setattr__(self, field.name, checked)
