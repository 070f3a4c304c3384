"""Reads pictures in request bodies, in threads and only a few at a time, because decoded pictures are large.

`mnist_nn.reading` reads the pages one by one, as for the command line; this module turns them into a response.
"""

import asyncio
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from http import HTTPStatus
from threading import Event
from typing import Any, cast

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope

from mnist_nn.errors import ImageError
from mnist_nn.imaging.load.child.pool import Pool
from mnist_nn.imaging.load.child.process import Patience
from mnist_nn.model_file.storage import Model
from mnist_nn.reading.document import page_document
from mnist_nn.reading.pages import PageResult, read_each_page
from mnist_nn.reading.reader import Reader
from mnist_nn.server.http.request_context import get_context
from mnist_nn.server.limits import FIXED_LIMITS, Limits
from mnist_nn.server.turns import Turns
from mnist_nn.util.documents import plain

DEFAULT_NAME = "picture"  # of a picture that came without one

Pages = list[dict[str, Any]]


@dataclass(frozen=True)
class ReadOptions:
    """What a client knows about the numbers in its picture; `mnist_nn.reading.reader.Reader` takes the same options."""

    field: bool = False
    length: int | None = None
    pattern: str | None = None
    one_of: tuple[str, ...] | None = None
    checksum: str = "none"
    max_error: float | None = None
    max_error_per_digit: float | None = None


class Pictures:
    """Reads pictures with one model.

    Parameters
    ----------
    model
        A model of 28×28 digits.
    limits
        Limits on pictures at once, pixels of a page, and pages of a picture.
    """

    def __init__(self, model: Model, limits: Limits) -> None:
        self._limits = limits
        self._turns = Turns(limits.reading_limit)
        self._in_progress = 0
        self.use(model)
        self.open()

    async def __call__(self, picture: bytes, name: str, options: ReadOptions, receive: Receive) -> Pages:
        """Read all pages of a picture as ``mnist-nn read --json`` does; stop between pages if the client leaves.

        Raises
        ------
        ImageError, MissingExtraError, ConfigError
            If no page can be read, or the options are not valid.
        ClientDisconnect
            If the client has left.
        """
        reader, client_left = self._reader(options), Event()
        watching = asyncio.create_task(_watch(receive, client_left))
        try:
            job = partial(_read, reader, picture, name, self._limits, self._decoders, self._turns, client_left)
            pages = await asyncio.get_running_loop().run_in_executor(self._threads, job)
            if client_left.is_set():
                raise ClientDisconnect
            return pages
        finally:
            client_left.set()
            watching.cancel()

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Count a picture while it is received, waits and is read, so that pictures leave room for other requests.

        Raises
        ------
        HTTPException
            503 if pictures are half of the requests that the server works on at once.
        """
        limit = max(1, self._limits.request_limit // 2)
        if self._in_progress >= limit:
            raise HTTPException(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"{limit} pictures are in progress, which is the limit (half of --request-limit); try again later",
                {"Retry-After": "1"},
            )
        self._in_progress += 1
        try:
            yield
        finally:
            self._in_progress -= 1

    def use(self, model: Model) -> None:
        """Read with another model from the next picture on; any thread may call this.

        Raises
        ------
        ConfigError
            If it cannot read.
        """
        make_reader = lru_cache(FIXED_LIMITS.cached_readers)(lambda options: Reader(model, **vars(options)))
        make_reader(ReadOptions())
        self._reader = make_reader

    def open(self) -> None:
        """Start the threads, for the first time or again."""
        quick = FIXED_LIMITS.quick_decode_seconds
        self._decoders = Pool(Patience(quick, self._turns.aside) if self._limits.decode_seconds > quick else None)
        self._threads = ThreadPoolExecutor(2 * self._limits.reading_limit, "mnist-nn-read")  # with those aside

    def close(self) -> None:
        """Let the threads end, each after the page that it is reading; decoding is aborted."""
        self._decoders.close()
        self._threads.shutdown(wait=False, cancel_futures=True)


async def _watch(receive: Receive, client_left: Event) -> None:
    """Wait for the client to leave, which is all it can still do once its request has been read."""
    if (await receive())["type"] == "http.disconnect":
        client_left.set()


async def find_picture(scope: Scope, body: bytes) -> tuple[bytes, str]:
    """Find the picture in a body and its name: either the body itself, or the only file of a form.

    Raises
    ------
    HTTPException
        400 if a form contains anything but one file.
    """
    if not get_context(scope).headers.get(b"content-type", b"").lower().startswith(b"multipart/form-data"):
        return body, DEFAULT_NAME

    async def receive_body() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    limit = FIXED_LIMITS.form_parts
    async with Request(scope, receive_body).form(max_files=limit, max_fields=limit) as form:
        parts = [value for _, value in form.multi_items()]
        files = [value for value in parts if not isinstance(value, str)]
        if not files or len(parts) > 1:
            raise HTTPException(
                400, "a form must contain one file and nothing else; put options into the address, such as ?length=16"
            )
        return await files[0].read(), (files[0].filename or DEFAULT_NAME)


class _NamedBytes(io.BytesIO):
    """Bytes with a file name, which the library uses in its messages."""

    name: str


def _read(
    reader: Reader, picture: bytes, name: str, limits: Limits, decoders: Pool, turns: Turns, client_left: Event
) -> Pages:
    """Read the pages one by one; a page that cannot be read becomes an error element, unless all pages fail."""
    file = _NamedBytes(picture)
    file.name = name
    allowed = {"pixel_limit": limits.pixel_limit, "page_limit": limits.page_limit}
    results: list[PageResult] = []
    with turns.turn():
        if client_left.is_set():
            return []
        for result in read_each_page(reader, file, **allowed, decode_seconds=limits.decode_seconds, decoders=decoders):
            if result.cause and not isinstance(result.cause, ImageError):
                raise result.cause  # a fault of ours is the server's to answer for
            results.append(result)
            turns.pass_on()
            if client_left.is_set():
                return []
    if results and all(result.cause for result in results):
        raise cast(Exception, results[0].cause)
    return [plain(page_document(result)) for result in results]
