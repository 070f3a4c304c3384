"""Pictures in the body of a request, read in threads, a few at a time: decoded they are large."""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache, partial
from threading import Event, Lock
from typing import Any, cast

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope

from mnist_nn.errors import ImageError
from mnist_nn.imaging.load.pdf import SIGNATURE
from mnist_nn.model_file.storage import Model
from mnist_nn.reading.document import page_document
from mnist_nn.reading.pages import PageResult, read_each_page
from mnist_nn.reading.reader import Reader
from mnist_nn.server.http.exception_handlers import Refusal
from mnist_nn.server.http.request_record import record_of
from mnist_nn.server.limits import Limits
from mnist_nn.util.documents import plain

NAME = "picture"  # what a picture is called that came without a name
FIELDS = 8  # of a form, which is refused for having any; more are not looked at
KINDS = 64  # combinations of options whose readers are kept

_pdf = Lock()  # what draws PDFs is not made for threads
Pages = list[dict[str, Any]]


@dataclass(frozen=True)
class Options:
    """What a client knows of the numbers on its picture, as `mnist_nn.reading.reader.Reader` takes it."""

    length: int | None = None
    checksum: str = "none"
    max_error: float | None = None


class Pictures:
    """Reads pictures with one model.

    Parameters
    ----------
    model
        A model of 28×28 digits.
    limits
        Pictures at once, pixels of a page, pages of a picture.
    """

    def __init__(self, model: Model, limits: Limits) -> None:
        self._limits = limits
        self._reader = lru_cache(KINDS)(lambda options: Reader(model, **vars(options)))
        self._reader(Options())  # a model that cannot read is found out now
        self.open()

    async def __call__(self, picture: bytes, name: str, options: Options, left: Receive) -> Pages:
        """Read all pages of a picture, as ``mnist-nn read --json`` shows them; stop between two if the client leaves.

        Raises
        ------
        ImageError, MissingExtraError, ConfigError
            If the first page cannot be read, or the options cannot be.
        ClientDisconnect
            If nobody waits for the answer any more.
        """
        reader, gone = self._reader(options), Event()
        watching = asyncio.create_task(_watch(left, gone))
        try:
            job = partial(_read, reader, picture, name, self._limits, gone)
            pages = await asyncio.get_running_loop().run_in_executor(self._threads, job)
            if gone.is_set():
                raise ClientDisconnect
            return pages
        finally:
            gone.set()
            watching.cancel()

    def open(self) -> None:
        """Get ready, for the first time or again."""
        self._threads = ThreadPoolExecutor(self._limits.reading_limit, "mnist-nn-read")

    def close(self) -> None:
        """Let the threads end: after the page that each reads, and no other."""
        self._threads.shutdown(wait=False, cancel_futures=True)


async def _watch(left: Receive, gone: Event) -> None:
    """Wait for the client to leave, which is all it can still do once its request is read."""
    if (await left())["type"] == "http.disconnect":
        gone.set()


async def picture_of(scope: Scope, body: bytes) -> tuple[bytes, str]:
    """Find the picture in a body and its name: the body itself, or the one file of a form.

    Raises
    ------
    Refusal
        If a form holds anything else than one file.
    """
    if not record_of(scope).headers.get(b"content-type", b"").lower().startswith(b"multipart/form-data"):
        return body, NAME

    async def whole() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async with Request(scope, whole).form(max_files=FIELDS, max_fields=FIELDS) as form:
        parts = [value for _, value in form.multi_items()]
        files = [value for value in parts if not isinstance(value, str)]
        if not files or len(parts) > 1:
            raise Refusal(400, "a form holds one file and nothing else; options go into the address, as in ?length=16")
        return await files[0].read(), (files[0].filename or NAME)


class _Named(io.BytesIO):
    """Bytes with a name, which the library uses in what it says."""

    name: str


def _read(reader: Reader, picture: bytes, name: str, limits: Limits, gone: Event) -> Pages:
    """Read page after page; one that cannot be read becomes an element that says why, unless none can be."""
    file = _Named(picture)
    file.name = name
    results: list[PageResult] = []
    with _pdf if picture.startswith(SIGNATURE) else nullcontext():
        if gone.is_set():
            return []
        for result in read_each_page(reader, file, pixel_limit=limits.pixel_limit, page_limit=limits.page_limit):
            if result.cause and not isinstance(result.cause, ImageError):
                raise result.cause  # a fault of ours is the server's to answer for
            results.append(result)
            if gone.is_set():
                return []
    if results and all(result.cause for result in results):
        raise cast(Exception, results[0].cause)
    return [plain(page_document(result)) for result in results]
