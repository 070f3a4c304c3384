"""The log: one JSON object per line, for each request and for every error.

The line of a request gives its result and its size, but never its content: neither pictures nor queries.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, TextIO

from mnist_nn.server.http.request_context import RequestContext

error_logger = logging.getLogger("mnist_nn.server")


class RequestLog:
    """Writes a line for each finished request.

    Parameters
    ----------
    stream
        Where to write; None for no log.

    Examples
    --------
    >>> import sys
    >>> RequestLog(sys.stdout).write(RequestContext("7", "GET", status=200))  # doctest: +ELLIPSIS
    {"time": "...", "id": "7", "method": "GET", "route": "other", "status": 200, ...}
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def write(self, context: RequestContext) -> None:
        """Write a line immediately, so that none is lost."""
        if self._stream is not None:
            fields = {
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "id": context.id,
                "method": context.method,
                "route": context.route,
                "status": context.status,
                "ms": round(1000 * context.seconds, 3),
                "bytes_in": context.bytes_in,
                "bytes_out": context.bytes_out,
                "rows": context.rows,
            }
            with suppress(OSError):  # a full disk is no reason to answer nobody
                self._stream.write(json.dumps(fields) + "\n")
                self._stream.flush()


class _JsonFormatter(logging.Formatter):
    """Formats messages of the library and the web framework as one line of JSON, including any traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


@contextmanager
def log_to(stream: TextIO) -> Iterator[None]:
    """Inside the block, write messages of the library and errors of the server and the web framework to a stream."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_JsonFormatter())
    levels = {"mnist_nn": logging.INFO, "uvicorn": logging.ERROR, "asyncio": logging.ERROR}
    before = {name: (logging.getLogger(name).handlers, logging.getLogger(name).level) for name in levels}
    for name, level in levels.items():
        logging.getLogger(name).handlers = [handler]
        logging.getLogger(name).setLevel(level)
    try:
        yield
    finally:
        for name, (handlers, level) in before.items():
            logging.getLogger(name).handlers = handlers
            logging.getLogger(name).setLevel(level)
