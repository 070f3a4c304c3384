"""Reads the body of a request as bytes: never more than the limit, and decompressed if necessary."""

import zlib

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from mnist_nn.server.http.request_context import BODY_ERROR_KEY, get_context
from mnist_nn.server.limits import Limits

IDENTITY = b"identity"  # the Content-Encoding of a body that is not compressed
COMPRESSED = (b"gzip", b"deflate")
GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS  # tells zlib to go by the first bytes


async def read_body(scope: Scope, receive: Receive, limits: Limits) -> bytes:
    """Read the body of a request.

    Raises
    ------
    HTTPException
        413 if the body is too large, 415 if its compression is not supported, 400 if it is damaged; or the error of its
        connection, such as 408 if it arrives too slowly.
    ClientDisconnect
        If the client has left.
    """
    headers = get_context(scope).headers
    encoding = headers.get(b"content-encoding", IDENTITY).strip().lower()
    if encoding != IDENTITY and encoding not in COMPRESSED:
        shown = encoding[:40].decode("latin-1")
        message = f"Content-Encoding is {shown!r}; send the body uncompressed, or as gzip or deflate"
        raise HTTPException(415, message)
    if int(headers.get(b"content-length", 0)) > limits.body_limit:
        raise HTTPException(413, _explain_too_large(limits))
    body = await _receive_all(scope, receive, limits)
    return body if encoding == IDENTITY else await run_in_threadpool(decompress, body, limits)


async def _receive_all(scope: Scope, receive: Receive, limits: Limits) -> bytes:
    context, chunks, has_more = get_context(scope), [], True
    while has_more:
        message = await receive()
        if BODY_ERROR_KEY in scope:
            status, why = scope[BODY_ERROR_KEY]
            raise HTTPException(status, why)
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        has_more = message.get("more_body", False)
        context.bytes_in += len(chunks[-1])
        if context.bytes_in > limits.body_limit:
            raise HTTPException(413, _explain_too_large(limits))
    return b"".join(chunks)


def decompress(body: bytes, limits: Limits) -> bytes:
    """Decompress gzip or zlib, but never more than the limit.

    Raises
    ------
    HTTPException
        413 if there is more, 400 if the data is damaged.

    Examples
    --------
    >>> decompress(zlib.compress(b"digits"), Limits())
    b'digits'
    """
    decompressor = zlib.decompressobj(GZIP_OR_ZLIB)
    try:
        plain = decompressor.decompress(body, limits.body_limit + 1)
    except zlib.error as error:
        message = "the body is damaged, or it is not encoded as its Content-Encoding says; send it again"
        raise HTTPException(400, message) from error
    if len(plain) > limits.body_limit:
        raise HTTPException(413, _explain_too_large(limits))
    if not decompressor.eof or decompressor.unused_data:
        raise HTTPException(400, "the compressed body is cut off, or other bytes follow it; send it again")
    return plain


def _explain_too_large(limits: Limits) -> str:
    return f"the body has more than {limits.body_limit:,} bytes; send fewer, or raise the limit with --body-limit"
