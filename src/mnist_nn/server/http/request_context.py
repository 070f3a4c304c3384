"""Collects the facts about one request: the values for its log line and for the metrics."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from secrets import token_hex
from time import perf_counter
from typing import Any

from mnist_nn.server.limits import FIXED_LIMITS

CONTEXT_KEY = "mnist_nn.request_context"  # where the ASGI scope of a request holds its context
BODY_ERROR_KEY = "mnist_nn.body_error"  # and what its connection found wrong with its body: a status and a message
BODY_MISSING_KEY = "mnist_nn.body_missing"  # is there as long as a part of its body has not come
CLIENT_CLOSED_REQUEST = 499  # what proxies write in their logs when the client left before the response
PRINTABLE = range(ord("!"), ord("~") + 1)


@dataclass(slots=True)
class RequestContext:
    """One request: its identifier, method, route, result and size."""

    id: str
    method: str
    route: str = "other"
    status: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    rows: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict, repr=False)
    started: float = field(default_factory=perf_counter)

    @property
    def seconds(self) -> float:
        """How long the request has taken so far."""
        return perf_counter() - self.started


def get_context(scope: MutableMapping[str, Any]) -> RequestContext:
    """Return the context of a request from its ASGI scope."""
    context: RequestContext = scope[CONTEXT_KEY]
    return context


def choose_id(requested: bytes = b"") -> str:
    """Return the identifier that a client asks for, if it is short and printable, or make a new one.

    Examples
    --------
    >>> choose_id(b"order-66"), len(choose_id(b"two words")), len(choose_id())
    ('order-66', 32, 32)
    """
    is_valid = 0 < len(requested) <= FIXED_LIMITS.request_id_characters and all(c in PRINTABLE for c in requested)
    return requested.decode() if is_valid else token_hex(16)
