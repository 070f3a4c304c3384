"""What is known of one request while it lasts: its log line, and what the metrics count."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from secrets import token_hex
from time import perf_counter
from typing import Any

KEY = "mnist_nn.record"  # where a request carries its record
BODY_FAULT = "mnist_nn.body_fault"  # and what its connection found wrong with its body: a status and why
CLIENT_LEFT = 499  # what proxies write in their logs where nobody was left to answer
LONGEST_ID = 64
PRINTED = range(ord("!"), ord("~") + 1)


@dataclass(slots=True)
class Record:
    """One request: who asked what, how it went, how much of it there was."""

    id: str
    method: str
    route: str = "other"
    status: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    rows: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict, repr=False)
    began: float = field(default_factory=perf_counter)

    @property
    def seconds(self) -> float:
        """How long it has taken."""
        return perf_counter() - self.began


def record_of(scope: MutableMapping[str, Any]) -> Record:
    """Find the record of a request."""
    record: Record = scope[KEY]
    return record


def new_id(wanted: bytes = b"") -> str:
    """Take the identifier a client gives, if it is short and can be printed, or make one.

    Examples
    --------
    >>> new_id(b"order-66"), len(new_id(b"two words")), len(new_id())
    ('order-66', 32, 32)
    """
    fits = 0 < len(wanted) <= LONGEST_ID and all(c in PRINTED for c in wanted)
    return wanted.decode() if fits else token_hex(16)
