"""All limits of the server, with their names and values.

`Limits` are options of ``mnist-nn serve``. `FixedLimits` are not, because no normal client comes near them.
"""

from dataclasses import dataclass, fields

from mnist_nn.imaging import DECODE_SECONDS, PIXEL_LIMIT
from mnist_nn.util.checks import integer, positive


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of a server; a request that exceeds one gets a response that names the limit.

    Parameters
    ----------
    body_limit
        Bytes in a request body, both compressed and decompressed; enforced in `http.request_body`.
    header_limit
        Bytes in the first line and the headers; enforced in `http.connections`.
    row_limit
        Images in one infer request; enforced in `inference.protocol`.
    batch_limit
        Images in one forward pass for several requests; enforced in `inference.batching`.
    request_limit
        Requests with a body that are handled at once; enforced in `http.middleware`.
    connection_limit
        Connections that are open at once; enforced in `http.connections`, which closes the longest idle ones.
    reading_limit
        Pictures that are read at once; the same number of slow ones may be decoded besides. Enforced in `turns`.
    pixel_limit
        Pixels in a page; enforced in `pictures`, like the next two.
    page_limit
        Pages in a picture.
    decode_seconds
        Seconds of processor time for decoding a picture.
    header_seconds
        Seconds to wait for the headers of a request; enforced in `http.connections`, like the next three.
    body_seconds
        Seconds to wait for the body of a request.
    answer_seconds
        Seconds to wait for a client that has stopped taking its response.
    idle_seconds
        Seconds to wait for the next request on an open connection; also an option of uvicorn, in `http.lifecycle`.
    stop_seconds
        Seconds that running requests may take when the server stops; enforced in `http.lifecycle`.

    Raises
    ------
    ConfigError
        If a limit is not above zero.

    Examples
    --------
    >>> Limits(row_limit=8).row_limit
    8
    """

    body_limit: int = 16 * 2**20  # any photo; more than twice the longest JSON of row_limit images
    header_limit: int = 16 * 2**10  # as Node.js; twice what Apache takes for a line
    row_limit: int = 1024  # parsing them from JSON takes up to 90 ms, in which nobody else is answered
    batch_limit: int = 256  # here an image costs least: 6 µs of the reader's network, 57 alone, 18 in a pass of 1024
    request_limit: int = 128  # their bodies are in memory, at worst twice body_limit each: 4 GiB
    connection_limit: int = 1000  # each is an open file, and many systems allow a process 1024
    reading_limit: int = 2  # a large page takes up to 350 MB and some seconds, its decoder up to 600 MB
    pixel_limit: int = PIXEL_LIMIT  # as on the command line: more than the largest photos of phones
    page_limit: int = 20  # one request must not keep a reading thread for minutes
    decode_seconds: float = DECODE_SECONDS  # as on the command line: more than any photo takes
    header_seconds: float = 10.0  # headers are a packet or two
    body_seconds: float = 30.0  # body_limit over a line of 4.5 Mbit/s
    answer_seconds: float = 30.0  # responses are small; a client that takes none for so long has left
    idle_seconds: float = 60.0  # longer than the pause between the requests of a person
    stop_seconds: float = 10.0  # as long as Docker waits between SIGTERM and SIGKILL

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            checked = integer(field.name, value, 1) if field.type is int else positive(field.name, value)
            object.__setattr__(self, field.name, checked)


@dataclass(frozen=True, kw_only=True)
class FixedLimits:
    """Limits that are not options; their names end with what they count."""

    backlog_connections: int = 1024  # that wait to be accepted: a burst as large as connection_limit
    spare_connections: int = 64  # beyond connection_limit, so that whoever asks whether the server lives is answered
    spare_files: int = 128  # beside connections: what the interpreter, the model and the decoders hold open
    pipelined_requests: int = 32  # that wait on a connection behind the one being answered; HTTP libraries send a few
    linger_seconds: float = 2.0  # for a client to read why it was refused, while what it goes on sending is dropped
    probe_seconds: float = 1.0  # between two looks whether a client that stopped sending still listens
    request_id_characters: int = 64  # a UUID has 36; a longer one would make log lines as long as a client likes
    form_parts: int = 8  # that are parsed: a form with more than one is refused anyway
    cached_readers: int = 64  # combinations of options whose readers are kept; another is made in a few milliseconds
    quick_decode_seconds: float = 1.0  # of processor time that a picture may be decoded while others wait for its turn
    one_of_characters: int = 4096  # of the allowed values in an address: the longest that every proxy lets pass
    json_characters_per_pixel: int = 8  # "255, " are five; the rest is for indentation
    json_envelope_characters: int = 2**16  # around the pixels: names, shape, parameters
    header_length_digits: int = 15  # of Inference-Header-Content-Length: more bytes than any disk has
    event_loop_multiplications: int = 20_000_000  # of a pass: under 1 ms, not worth handing to a thread


FIXED_LIMITS = FixedLimits()
