"""Pictures that are no digits: seeded, framed, of every kind."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn import load_data
from mnist_nn.data.non_digits import KINDS, LETTERS, PUNCTUATION, non_digits
from mnist_nn.errors import ConfigError
from mnist_nn.util.randomness import key

DIGITS = load_data("mnist").train.images[:50]


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_follow_from_their_key_and_number(kind: str) -> None:
    few, more = (non_digits(kind, count, key(2), DIGITS) for count in (3, 6))
    assert more.shape == (6, 28, 28)
    assert more.dtype == np.uint8
    assert np.array_equal(few, more[:3])


@pytest.mark.parametrize("kind", set(KINDS) - {"blank"})
@given(seed=st.integers(0, 2**64 - 1))
@settings(max_examples=10)
def test_all_but_blanks_hold_ink_framed_like_a_digit(kind: str, seed: int) -> None:
    for picture in non_digits(kind, 3, key(seed), DIGITS):
        rows, columns = (np.flatnonzero(picture.any(axis=axis)) for axis in (1, 0))
        assert max(rows[-1] - rows[0], columns[-1] - columns[0]) < 20  # noise of a single grain may be small
        for axis in (0, 1):
            weight = picture.sum(axis=axis)
            assert 14 <= (weight * (np.arange(28) + 0.5)).sum() / weight.sum() <= 15


def test_pictures_of_a_kind_differ() -> None:
    for kind in set(KINDS) - {"blank"}:
        assert len({picture.tobytes() for picture in non_digits(kind, 20, key(1), DIGITS)}) == 20


def test_blanks_are_blank() -> None:
    assert not non_digits("blank", 2, key(0), DIGITS).any()


@pytest.mark.parametrize("table", [LETTERS, PUNCTUATION])
def test_strokes_stay_on_the_grid(table: dict[str, str]) -> None:
    for strokes in table.values():
        for stroke in strokes.split(","):
            assert len(stroke.split()) > 1
            assert all(place.isdigit() and len(place) == 2 and max(place) <= "8" for place in stroke.split())


def test_no_letter_is_one_that_people_take_for_a_digit() -> None:
    assert not set("OoQDISZBGgqbljiz") & set(LETTERS)


def test_an_unknown_kind_lists_the_choices() -> None:
    with pytest.raises(ConfigError, match="scribbles"):
        non_digits("horses", 1, key(0), DIGITS)
