"""What a server meets in a day: good requests of every kind, bad ones, and people who hang up.

Every kind says which status it must be answered with, so that a soak counts what went wrong as well as what it cost.
"""

from dataclasses import dataclass
from itertools import chain

from tests.shared.hostile_files import HOSTILE

from benchmarks.serving.payloads import INFER, Case, as_json, as_picture, http
from mnist_nn.data import load

HUNG_UP = 0  # the status where none is waited for


@dataclass(frozen=True)
class Kind:
    """Requests of one kind, how many of a thousand they are, and the status of their answer, and words in it."""

    name: str
    share: int
    status: int
    requests: tuple[bytes, ...]
    says: bytes = b""


def mixture() -> list[Kind]:
    """Put the mixture together: 92 % are answered with 200.

    Examples
    --------
    >>> sum(kind.share for kind in mixture())
    1000
    """
    return [*_good(), *_bad()]


def _good() -> list[Kind]:
    cases = [(Case("JSON", 1), 350), (Case("binary", 1), 350), (Case("JSON", 64), 30), (Case("binary", 64), 100)]
    infer = [Kind(case.name, share, 200, tuple(case.requests())) for case, share in cases]
    digits = load("mnist").test.images
    pictures = tuple(as_picture(digits[start : start + count]) for start, count in enumerate((0, 1, 3, 6)))
    asked = ("/v2/health/ready", "/v2", "/v2/models/digits", "/metrics", "/openapi.json")
    rest = tuple(http("GET", path) for path in asked)
    return [*infer, Kind("picture", 40, 200, pictures), Kind("metadata and metrics", 50, 200, rest)]


def _bad() -> list[Kind]:
    good = as_json(load("mnist").test.images[:1])
    unknown = good.replace(b"models/digits/", b"models/letter/")
    broken = (
        http("POST", INFER, b'{"inputs": [', content_type="application/json"),
        http("POST", INFER, good.split(b"\r\n\r\n", 1)[1].replace(b"[1,28,28]", b"[2,28,28]")),
        http("POST", INFER, good.split(b"\r\n\r\n", 1)[1].replace(b":[0,0,", b":[0,NaN,")),
    )
    parts = tuple(good[: len(good) * share // 8] for share in range(1, 8))
    return [
        Kind("malformed", 30, 400, broken),
        Kind("unknown model", 10, 404, (unknown,)),
        Kind("unknown path", 10, 404, (http("GET", "/nothing/here"),)),
        Kind("no picture", 10, 422, (http("POST", "/read", b"this is text", content_type="image/png"),)),
        Kind("hang-up", 20, HUNG_UP, parts),
    ]


def hostile() -> list[Kind]:
    """List pictures that are made to cost much: each must be refused, with the limit that it went beyond."""
    limits = {"tiling pattern": b"--decode-seconds", "JPEG of 20,000 scans": b"--decode-seconds"}
    return [
        Kind(f"hostile: {name}", 0, 422, (http("POST", "/read", make()),), limits.get(name, b"memory"))
        for name, make in HOSTILE.items()
    ]


def in_turns(kinds: list[Kind]) -> list[Kind]:
    """Spread the kinds over a round of a thousand, each as evenly as it goes.

    Examples
    --------
    >>> a, b = Kind("a", 600, 200, ()), Kind("b", 400, 200, ())
    >>> "".join(kind.name for kind in in_turns([a, b]))[:10]
    'ababaababa'
    """
    places = chain.from_iterable(
        (((number + 0.5) / kind.share, place) for number in range(kind.share)) for place, kind in enumerate(kinds)
    )
    return [kinds[place] for _, place in sorted(places)]
