"""Random numbers as pure functions: the published answers, sound statistics, and values that must never change."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn.util import randomness
from mnist_nn.util.randomness import (
    Key,
    fold,
    key,
    normal,
    permutation,
    threefry,
    uniform,
)

WORDS = st.integers(0, 2**32 - 1)
SEEDS = st.integers(0, 2**64 - 1)
BOUNDED = settings(deadline=None, max_examples=50)


def answer(k: Key, c0: int, c1: int) -> tuple[int, int]:
    x0, x1 = threefry(k, c0, c1)
    return int(x0), int(x1)


# Threefry-2x32-20


@pytest.mark.parametrize(
    ("k", "counter", "expected"),
    [
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
        ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
    ],
)
def test_known_answers_of_random123(k: tuple[int, int], counter: tuple[int, int], expected: tuple[int, int]) -> None:
    assert answer(Key(*k), *counter) == expected


def literal_threefry(k: tuple[int, int], x0: int, x1: int) -> tuple[int, int]:
    """Twenty rounds one by one in plain integers: every fourth is followed by the next words of the key."""
    words = [k[0], k[1], 0x1BD11BDA ^ k[0] ^ k[1]]
    x0, x1 = (x0 + words[0]) % 2**32, (x1 + words[1]) % 2**32
    for round_ in range(20):
        turn = [13, 15, 26, 6, 17, 29, 16, 24][round_ % 8]
        x0 = (x0 + x1) % 2**32
        x1 = (x1 * 2**turn % 2**32 + x1 // 2 ** (32 - turn)) ^ x0
        if round_ % 4 == 3:
            s = round_ // 4 + 1
            x0, x1 = (x0 + words[s % 3]) % 2**32, (x1 + words[(s + 1) % 3] + s) % 2**32
    return x0, x1


@BOUNDED
@given(WORDS, WORDS, WORDS, WORDS)
def test_any_counter_under_any_key_as_in_plain_integers(k0: int, k1: int, c0: int, c1: int) -> None:
    assert answer(Key(k0, k1), c0, c1) == literal_threefry((k0, k1), c0, c1)


@pytest.mark.parametrize(
    ("a", "b", "shape"),
    [((), (), ()), ((3,), (), (3,)), ((4, 1), (1, 5), (4, 5)), ((0,), (), (0,)), ((1,), (1,), (1,))],
)
def test_counters_broadcast_and_each_answer_is_its_own(a: tuple, b: tuple, shape: tuple) -> None:
    c0 = np.arange(math.prod(a), dtype=np.uint32).reshape(a)
    c1 = 7 + np.arange(math.prod(b), dtype=np.uint32).reshape(b)
    x0, x1 = threefry(Key(1, 2), c0, c1)
    assert x0.shape == x1.shape == shape
    assert x0.dtype == x1.dtype == np.uint32
    for at in np.ndindex(shape):
        pair = np.broadcast_to(c0, shape)[at], np.broadcast_to(c1, shape)[at]
        assert (x0[at], x1[at]) == literal_threefry((1, 2), int(pair[0]), int(pair[1]))


def test_counters_are_not_changed() -> None:
    c0, c1 = np.arange(4, dtype=np.uint32), np.arange(4, dtype=np.uint32)
    threefry(Key(1, 2), c0, c1)
    assert c0.tolist() == c1.tolist() == [0, 1, 2, 3]


# Keys


@BOUNDED
@given(SEEDS, SEEDS)
def test_different_seeds_have_different_keys(a: int, b: int) -> None:
    assert (key(a) == key(b)) == (a == b)


@BOUNDED
@given(SEEDS, st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_folding_step_by_step_is_folding_at_once(seed: int, a: int, b: int) -> None:
    assert fold(key(seed), a, b) == fold(fold(key(seed), a), b)
    assert (fold(key(seed), a) == fold(key(seed), b)) == (a == b)


def test_purposes_differ() -> None:
    names = ("WEIGHTS", "SHUFFLE", "DROPOUT", "SUBSET", "HOLD_OUT", "PROBE")
    assert [getattr(randomness, name) for name in names] == [1, 2, 3, 4, 5, 6]
    assert len({fold(key(0), getattr(randomness, name)) for name in names}) == len(names)


# Statistics, at fixed seeds; each bound is four standard deviations


@pytest.mark.parametrize("seed", [0, 1, 2**40])
def test_uniform_draws_are_even(seed: int) -> None:
    draws = uniform(key(seed), 100_000)
    assert 0 < draws.min() < draws.max() < 1
    assert abs(draws.mean() - 0.5) < 4 * math.sqrt(1 / 12 / 100_000)
    assert abs(draws.var() - 1 / 12) < 4 * math.sqrt(1 / 180 / 100_000)
    counts = np.histogram(draws, 100, (0, 1))[0]
    assert ((counts - 1000) ** 2 / 1000).sum() < 99 + 4 * math.sqrt(2 * 99)
    assert abs(np.corrcoef(draws[:-1], draws[1:])[0, 1]) < 4 / math.sqrt(100_000)


@pytest.mark.parametrize("seed", [0, 1, 2**40])
def test_normal_draws_have_the_moments_of_the_normal_distribution(seed: int) -> None:
    draws = normal(key(seed), 100_000)
    # The deviations of the first four sample moments of a standard normal are 1, 2, 15 and 96, over n, under the root.
    for power, (moment, variance) in enumerate([(0, 1), (1, 2), (0, 15), (3, 96)], start=1):
        assert abs((draws**power).mean() - moment) < 4 * math.sqrt(variance / 100_000)
    within = (np.abs(draws) < 1).mean()
    assert within == pytest.approx(math.erf(1 / math.sqrt(2)), abs=4 * math.sqrt(0.22 / 100_000))


@pytest.mark.parametrize("draw", [uniform, normal])
def test_a_shorter_draw_is_the_beginning_of_a_longer(draw) -> None:
    assert draw(key(5), 10).tolist() == draw(key(5), 1000)[:10].tolist()
    assert draw(key(5), 0).shape == (0,)


# Permutations


@BOUNDED
@given(SEEDS, st.integers(0, 2000))
def test_a_permutation_has_every_number_once(seed: int, count: int) -> None:
    order = permutation(key(seed), count)
    assert order.dtype == np.int64
    assert sorted(order.tolist()) == list(range(count))


@BOUNDED
@given(SEEDS, SEEDS)
def test_equal_seeds_shuffle_alike_and_different_seeds_do_not(a: int, b: int) -> None:
    assert np.array_equal(permutation(key(a), 500), permutation(key(b), 500)) == (a == b)


def test_every_number_is_as_likely_in_every_place() -> None:
    seen = np.zeros((4, 4))
    for seed in range(4000):
        seen[np.arange(4), permutation(key(seed), 4)] += 1
    assert np.abs(seen - 1000).max() < 4.5 * math.sqrt(4000 * 0.25 * 0.75)


def test_all_orders_of_three_are_as_likely() -> None:
    orders = [tuple(permutation(key(seed), 3).tolist()) for seed in range(6000)]
    counts = [orders.count(order) for order in set(orders)]
    assert len(counts) == 6
    assert max(abs(count - 1000) for count in counts) < 4 * math.sqrt(6000 * 5 / 36)


# Saved runs are resumed with these numbers: if one of them changes, every saved run is broken

PINNED_FOLD = (1351547692, 3235790642)
PINNED_FOLD_TWICE = (1035474427, 3552775033)
PINNED_UNIFORM = [0.9084802518448049, 0.6903172245506951, 0.094963949423576]
PINNED_NORMAL = [-0.5509723433034684, 1.2912217710659808, 1.2285096603747772]
PINNED_PERMUTATION = [2, 4, 3, 5, 8, 7, 9, 1, 0, 6]


def test_pinned_keys() -> None:
    assert key(2**33 + 5) == (5, 2)
    assert tuple(fold(key(0), 1)) == PINNED_FOLD
    assert tuple(fold(key(123456789), randomness.SHUFFLE, 3)) == PINNED_FOLD_TWICE


def test_pinned_draws() -> None:
    assert uniform(key(7), 3).tolist() == PINNED_UNIFORM
    assert normal(key(7), 3).tolist() == pytest.approx(PINNED_NORMAL, rel=1e-14)
    assert permutation(key(7), 10).tolist() == PINNED_PERMUTATION
