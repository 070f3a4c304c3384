"""Draws follow from key and row number, and are spread as they say."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.data.handwriting.draws import Draws, fold
from mnist_nn.util import randomness
from mnist_nn.util.randomness import key

MANY = np.arange(4_000)


@given(seed=st.integers(0, 2**64 - 1), rows=st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=5))
def test_a_rows_draws_do_not_depend_on_its_neighbours(seed: int, rows: list[int]) -> None:
    together = Draws(key(seed), np.array(rows))
    drawn = np.array([together.even() for _ in range(70)])
    for number, row in enumerate(rows):
        alone = Draws(key(seed), np.array([row]))
        assert [float(alone.even()[0]) for _ in range(70)] == drawn[:, number].tolist()


def test_even_draws_fill_their_range_and_never_leave_it() -> None:
    draws = Draws(key(3), MANY)
    values = draws.even(2, 6)
    assert values.dtype == np.float32
    assert ((values >= 2) & (values < 6)).all()
    assert np.allclose(np.quantile(values, [0.25, 0.5, 0.75]), [3, 4, 5], atol=0.15)


def test_bounds_may_differ_from_row_to_row() -> None:
    values = Draws(key(3), MANY).even(MANY, MANY + 1)
    assert ((values >= MANY) & (values <= MANY + 1)).all()


def test_columns_are_unrelated() -> None:
    draws = Draws(key(3), MANY)
    table = np.corrcoef([draws.even() for _ in range(40)])
    assert np.abs(table - np.eye(40)).max() < 0.08


def test_chances_and_whole_numbers() -> None:
    draws = Draws(key(5), MANY)
    assert abs(draws.chance(0.3).mean() - 0.3) < 0.03
    counts = np.bincount(draws.whole(7), minlength=7)
    assert len(counts) == 7
    assert counts.min() > 450
    assert draws.evens(3).shape == (len(MANY), 3)


def test_normal_draws_have_mean_0_and_deviation_1() -> None:
    values = Draws(key(8), MANY).normal()
    assert abs(values.mean()) < 0.06
    assert abs(values.std() - 1) < 0.05
    assert np.abs(values).max() < 3.5


def test_a_key_folded_here_is_the_key_folded_there() -> None:
    assert fold(key(1), 2, 3) == randomness.fold(key(1), 2, 3)
