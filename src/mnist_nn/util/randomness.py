"""Counter-based random numbers: pure functions of a key and a counter, without any state.

The generator is Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3,
SC 2011). It needs only 32-bit addition, rotation and exclusive or, so NumPy, compiled code and JavaScript give the same
bits. Because draw number i can be computed without the draws before it, a run can be stopped and resumed, or spread
over threads, without changing a single bit. It is not meant for cryptography.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint32]

ROTATIONS = (13, 15, 26, 6, 17, 29, 16, 24)
PARITY = 0x1BD11BDA
_MASK32 = 0xFFFFFFFF
BLOCK = 2**14
"""Numbers drawn at once, so that the intermediate arrays fit into a processor's caches."""


class Key(NamedTuple):
    """A 64-bit key as two 32-bit words. Equal keys give equal draws, and different keys give unrelated draws."""

    k0: int
    k1: int


def key(seed: int) -> Key:
    """Make the key of a whole run from its seed, an integer from 0 to 2**64 - 1."""
    return Key(seed & _MASK32, (seed >> 32) & _MASK32)


def threefry(k: Key, c0: npt.ArrayLike, c1: npt.ArrayLike) -> tuple[Words, Words]:
    """Compute Threefry-2x32-20 of the counters (c0, c1) with a key.

    Parameters
    ----------
    k
        The key.
    c0, c1
        The two counter words, uint32 of any shapes that broadcast.

    Returns
    -------
    Two uint32 arrays of the broadcast shape.

    Examples
    --------
    The known answer of the authors' library for an all-zero key and counter:

    >>> [hex(int(word)) for word in threefry(Key(0, 0), 0, 0)]
    ['0x6b200159', '0x99ba4efe']
    """
    schedule = (k.k0, k.k1, k.k0 ^ k.k1 ^ PARITY)
    x0, x1 = (np.array(c, dtype=np.uint32, ndmin=1) for c in np.broadcast_arrays(c0, c1))
    x0 += np.uint32(schedule[0])
    x1 += np.uint32(schedule[1])
    for block in range(5):
        for r in ROTATIONS[:4] if block % 2 == 0 else ROTATIONS[4:]:
            x0 += x1
            x1 = (x1 << np.uint32(r)) | (x1 >> np.uint32(32 - r))
            x1 ^= x0
        x0 += np.uint32(schedule[(block + 1) % 3])
        x1 += np.uint32((schedule[(block + 2) % 3] + block + 1) & _MASK32)
    shape = np.broadcast_shapes(np.shape(c0), np.shape(c1))
    return x0.reshape(shape), x1.reshape(shape)


def fold(k: Key, *numbers: int) -> Key:
    """Derive a key for a purpose, such as ``fold(key(seed), SHUFFLE, epoch)``; derived keys are unrelated.

    Examples
    --------
    >>> fold(key(0), 1) == fold(key(0), 2)
    False
    """
    for number in numbers:
        k = _threefry_of_one(k, number & _MASK32, (number >> 32) & _MASK32)
    return k


def _threefry_of_one(k: Key, x0: int, x1: int) -> Key:
    """The same for one counter, in Python's integers: NumPy takes twenty times as long for so little."""
    schedule = (k.k0, k.k1, k.k0 ^ k.k1 ^ PARITY)
    x0, x1 = (x0 + schedule[0]) & _MASK32, (x1 + schedule[1]) & _MASK32
    for block in range(5):
        for r in ROTATIONS[:4] if block % 2 == 0 else ROTATIONS[4:]:
            x0 = (x0 + x1) & _MASK32
            x1 = ((x1 << r | x1 >> (32 - r)) & _MASK32) ^ x0
        x0 = (x0 + schedule[(block + 1) % 3]) & _MASK32
        x1 = (x1 + schedule[(block + 2) % 3] + block + 1) & _MASK32
    return Key(x0, x1)


# The purposes a run's key is folded with. The numbers are part of every saved run: never reuse or change one.
WEIGHTS, SHUFFLE, DROPOUT, SUBSET, HOLD_OUT, PROBE, AUGMENT, CALIBRATION, LINES, AUDIT, SWEEP = range(1, 12)


def uniform(k: Key, count: int) -> npt.NDArray[np.float64]:
    """Draw ``count`` uniform numbers from the open interval (0, 1), float64 of shape (count,).

    Examples
    --------
    >>> bool((abs(uniform(key(7), 1000).mean() - 0.5) < 0.05))
    True
    """
    drawn = np.empty(count)
    for start in range(0, count, BLOCK):
        x0, x1 = threefry(k, np.arange(start, min(start + BLOCK, count), dtype=np.uint32), 0)
        # 52 bits, and a half so that neither 0 nor 1 can come: the logarithm of a draw is always finite.
        bits = (x0.astype(np.uint64) << np.uint64(20)) | (x1 >> np.uint32(12)).astype(np.uint64)
        drawn[start : start + BLOCK] = (bits.astype(np.float64) + 0.5) / 2.0**52
    return drawn


def normal(k: Key, count: int) -> npt.NDArray[np.float64]:
    """Draw ``count`` standard normal numbers, float64 of shape (count,), by the Box-Muller transform."""
    radius = np.sqrt(-2.0 * np.log(uniform(fold(k, 0), count)))
    return np.asarray(radius * np.cos(2.0 * np.pi * uniform(fold(k, 1), count)))


def permutation(k: Key, count: int) -> npt.NDArray[np.int64]:
    """Shuffle 0 .. count - 1: int64 of shape (count,).

    Each number gets a random word, and the pairs are sorted; the number itself breaks rare ties.

    Examples
    --------
    >>> sorted(permutation(key(1), 5).tolist())
    [0, 1, 2, 3, 4]
    """
    numbers = np.arange(count, dtype=np.uint32)
    word, _ = threefry(k, numbers, 0)
    pairs = (word.astype(np.uint64) << np.uint64(32)) | numbers
    pairs.sort()
    return (pairs & np.uint64(_MASK32)).astype(np.int64)
