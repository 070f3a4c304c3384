"""The body of a request as bytes: never more than the limit, unpacked if it came packed."""

import zlib

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from mnist_nn.server.http.exception_handlers import Refusal, before_body
from mnist_nn.server.http.request_record import BODY_FAULT, record_of
from mnist_nn.server.limits import Limits

PACKED = (b"gzip", b"deflate")
PLAIN = b"identity"
AUTOMATIC = 32 + zlib.MAX_WBITS  # gzip or zlib, as its first bytes say


async def read_body(scope: Scope, receive: Receive, limits: Limits) -> bytes:
    """Read a body.

    Raises
    ------
    Refusal
        413 if it is too large, 415 if it is packed in a way unknown here, 400 if it is damaged; or whatever its
        connection says, 408 if it comes too slowly.
    ClientDisconnect
        If nobody is there any more.
    """
    headers = record_of(scope).headers
    packing = headers.get(b"content-encoding", PLAIN).strip().lower()
    if packing != PLAIN and packing not in PACKED:
        why = f"Content-Encoding is {packing[:40].decode('latin-1')!r}; send the body plain, or as gzip or deflate"
        raise Refusal(415, why, before_body(headers))
    if int(headers.get(b"content-length", 0)) > limits.body_limit:
        raise Refusal(413, _too_large(limits), before_body(headers))
    body = await _whole(scope, receive, limits)
    return body if packing == PLAIN else await run_in_threadpool(unpacked, body, limits)


async def _whole(scope: Scope, receive: Receive, limits: Limits) -> bytes:
    record, parts, more = record_of(scope), [], True
    while more:
        message = await receive()
        if BODY_FAULT in scope:
            status, why = scope[BODY_FAULT]
            raise Refusal(status, why, {"Connection": "close"})
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
        record.bytes_in += len(parts[-1])
        if record.bytes_in > limits.body_limit:
            raise Refusal(413, _too_large(limits))
    return b"".join(parts)


def unpacked(body: bytes, limits: Limits) -> bytes:
    """Unpack gzip or zlib, and no more of it than the limit.

    Examples
    --------
    >>> unpacked(zlib.compress(b"digits"), Limits())
    b'digits'
    """
    unpacker = zlib.decompressobj(AUTOMATIC)
    try:
        plain = unpacker.decompress(body, limits.body_limit + 1)
    except zlib.error as error:
        raise Refusal(400, "the body is not what its Content-Encoding says, or damaged; send it again") from error
    if len(plain) > limits.body_limit:
        raise Refusal(413, _too_large(limits))
    if not unpacker.eof or unpacker.unused_data:
        raise Refusal(400, "the packed body ends too early or goes on after its end; send it again")
    return plain


def _too_large(limits: Limits) -> str:
    return f"the body has more than {limits.body_limit:,} bytes; send less, or raise the limit (--body-limit)"
