from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.data.handwriting.papers.dice import BLOCK, Dice
from mnist_nn.util.randomness import key

SEEDS = st.integers(0, 2**32)


@given(SEEDS, st.floats(-100, 100), st.floats(0, 100))
def test_draws_lie_between_the_limits(seed: int, low: float, wide: float) -> None:
    assert low <= Dice(key(seed)).between((low, low + wide)) <= low + wide


@given(SEEDS, st.integers(-20, 20), st.integers(0, 20))
def test_whole_draws_include_both_ends(seed: int, low: int, more: int) -> None:
    dice = Dice(key(seed))
    drawn = {dice.whole(low, low + more) for _ in range(200)}
    assert drawn <= set(range(low, low + more + 1))
    assert more > 3 or drawn == set(range(low, low + more + 1))


def test_the_key_decides_all_draws_beyond_a_block_as_well() -> None:
    first, again, other = ([dice.between((0, 1)) for _ in range(3 * BLOCK)] for dice in map(Dice, map(key, (1, 1, 2))))
    assert first == again != other
    assert len(set(first)) == len(first)


def test_normal_draws_do_not_shift_the_others() -> None:
    plain, mixed = Dice(key(1)), Dice(key(1))
    noise = mixed.normals(200, 300)
    assert plain.between((0, 1)) == mixed.between((0, 1))
    assert noise.shape == (200, 300)
    assert noise.dtype == np.float32
    assert abs(noise.mean()) < 0.02
    assert abs(noise.std() - 1) < 0.02
    assert not np.array_equal(noise, mixed.normals(200, 300))


def test_the_bell_has_mean_0_and_deviation_1() -> None:
    dice = Dice(key(3))
    drawn = np.array([dice.bell() for _ in range(4000)])
    assert abs(drawn.mean()) < 0.06
    assert abs(drawn.std() - 1) < 0.06


def test_weights_say_how_often_something_is_chosen() -> None:
    dice = Dice(key(5))
    counts = Counter(dice.choose("abc", (3, 1, 0)) for _ in range(2000))
    assert 0.7 < counts["a"] / 2000 < 0.8
    assert counts["c"] == 0
    assert {dice.choose("xy") for _ in range(50)} == {"x", "y"}
    assert 0.25 < np.mean([dice.chance(0.3) for _ in range(2000)]) < 0.35
