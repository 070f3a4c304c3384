"""Changes at random that know no file format: of bytes, of text and of JSON. The same generator draws the same."""

import re
import struct
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

LARGEST = 2**20  # bytes of an input
MOST_CHANGES = 6
NUMBERS = (0, 1, 2, 3, 7, 8, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2**24, 2**31 - 1, 2**31, 2**32 - 1)
TEXTS = (
    *("", "0", "-1", "1e308", "-1e999", "nan", "inf", "1" * 30, "9" * 400, "0.0001", "null", "true", '"', ",", ";"),
    *("\n", "\r\n", "\0", "\x1b[31m", "é", "\u202e", "\ud800", "𝟗", "٣", "=1+1", "a" * 5000, "[" * 20_000),
    *("[", "]", "(", ")", "<<", ">>"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63), 10**30, 3 * 10**7, 0.5, -0.0, 1e-300, 1e308, -1e308),
    *(float("nan"), float("inf"), "", "x", "é" * 5000, "sigmoid", "\ud800", [], {}, [[]], [0] * 50, {"": None}),
)
MANY = 50  # times that something is repeated; changes that meet may do so to the power of four
OF_WORDS = bytes(byte for byte in range(256) if chr(byte).isalnum() or byte in b"._-")
WORD_OR_MARK = re.compile(b"[%s]+|." % re.escape(OF_WORDS), re.DOTALL)
DEPTHS = (10, 100, 400)  # of nested lists; texts have deeper ones

Change = Callable[[Random, bytearray, Sequence[bytes]], None]


def change_bytes(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Make a few changes to bytes; the others are files of the same kind, from which pieces may come.

    Examples
    --------
    >>> change_bytes(Random(1), b"12 34", [b"ab"]) == change_bytes(Random(1), b"12 34", [b"ab"])
    True
    """
    out = bytearray(data)
    for _ in range(rng.randint(1, MOST_CHANGES)):
        rng.choice(BYTE_CHANGES)(rng, out, others)
    return bytes(out[:LARGEST])


def _span(rng: Random, out: bytearray, longest: int = 64) -> slice:
    start = rng.randint(0, len(out))
    return slice(start, min(len(out), start + rng.randint(1, longest)))


def _flip_bit(rng: Random, out: bytearray, _: Sequence[bytes]) -> None:
    if out:
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)


def _set_number(rng: Random, out: bytearray, _: Sequence[bytes]) -> None:
    """Write a number that programs trip over, of any width and byte order."""
    kind = rng.choice("BHIQ")
    number = rng.choice(NUMBERS) % 2 ** (8 * struct.calcsize(kind))
    value = struct.pack(rng.choice("<>") + kind, number)
    at = rng.randint(0, max(0, len(out) - len(value)))
    out[at : at + len(value)] = value


def _insert(rng: Random, out: bytearray, _: Sequence[bytes]) -> None:
    at = rng.randint(0, len(out))
    out[at:at] = rng.randbytes(rng.randint(1, 16))


def _delete(rng: Random, out: bytearray, _: Sequence[bytes]) -> None:
    del out[_span(rng, out)]


def _repeat(rng: Random, out: bytearray, _: Sequence[bytes]) -> None:
    piece = _span(rng, out)
    out[piece] = out[piece] * rng.choice((2, 3, 100))


def _cut_off(rng: Random, out: bytearray, _: Sequence[bytes]) -> None:
    del out[rng.randint(0, len(out)) :]


def _splice(rng: Random, out: bytearray, others: Sequence[bytes]) -> None:
    other = bytearray(rng.choice(others))
    out[_span(rng, out)] = other[_span(rng, other, 256)]


BYTE_CHANGES: tuple[Change, ...] = (_flip_bit, _set_number, _insert, _delete, _repeat, _cut_off, _splice)


def change_text(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Change the words and marks of a text, at times a whole line, at times its bytes."""
    if rng.random() < 0.2:
        return change_bytes(rng, data, others)
    words = _split(data)
    for _ in range(rng.randint(1, MOST_CHANGES)):
        at = rng.randrange(len(words)) if words else 0
        what = rng.randrange(4)
        if what == 0:
            words[at : at + 1] = [rng.choice(TEXTS).encode("utf-8", "surrogatepass")]
        elif what == 1:
            words[at : at + 1] = [rng.choice(_split(rng.choice(others)) or [b""])]
        elif what == 2:
            words[at:at] = words[at : at + rng.randint(1, 20)] * rng.choice((1, 2, 100))
        else:
            del words[at : at + rng.randint(1, 20)]
    return b"".join(words)[:LARGEST]


def _split(data: bytes) -> list[bytes]:
    """Split a text into words and the marks between them."""
    return WORD_OR_MARK.findall(data)


def change_json(rng: Random, value: Any) -> Any:
    """Change a few places of a JSON value, in a copy of it."""
    for _ in range(rng.choice((1, 1, 2, 4))):
        value = _change_below(rng, value, 0)
    return value


def _change_below(rng: Random, value: Any, depth: int) -> Any:
    """Go down to a place at random, and put something else there."""
    if isinstance(value, dict | list) and value and rng.random() < (0.95 if depth < 2 else 0.6):
        return _change_item(rng, value, depth)
    return _replace(rng, value)


def _change_item(rng: Random, value: Any, depth: int) -> Any:
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key, what = rng.choice(keys), rng.random()
    out = value.copy()
    if what < 0.15:
        del out[key]
    elif what < 0.25 and isinstance(out, dict):
        out[rng.choice(["", "x", *map(str, keys)])] = out.pop(key)
    elif what < 0.25:
        out[key:key] = [out[key]] * rng.choice((1, 1, MANY))
    else:
        out[key] = _change_below(rng, out[key], depth + 1)
    return out


def _replace(rng: Random, value: Any) -> Any:
    what = rng.random()
    if isinstance(value, int | float) and what < 0.4:
        return rng.choice((value + 1, value - 1, -value, value * 1000, float(value), str(value)))
    if isinstance(value, str) and what < 0.4:
        return rng.choice((value.upper(), f"{value} ", value[1:], value[:MANY] * MANY, [value]))
    if what > 0.98:
        nested: Any = value
        for _ in range(rng.choice(DEPTHS)):
            nested = [nested]
        return nested
    return rng.choice(VALUES)
