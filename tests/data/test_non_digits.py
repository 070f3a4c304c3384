"""Pictures that are no digits: seeded, framed, of every kind."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn import load_data
from mnist_nn.data.non_digits import KINDS, LETTERS, PUNCTUATION, non_digits
from mnist_nn.errors import ConfigError
from mnist_nn.util.randomness import key

LOPSIDED = {"boxes", "halves"}  # some have so much of their ink at one end that the other reaches beyond the picture
DIGITS = load_data("mnist").train.images[:50]


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_follow_from_their_key_and_number(kind: str) -> None:
    few, more = (non_digits(kind, count, key(2), DIGITS) for count in (3, 6))
    assert more.shape == (6, 28, 28)
    assert more.dtype == np.uint8
    assert np.array_equal(few, more[:3])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "blank"])
@given(seed=st.integers(0, 2**64 - 1))
@settings(max_examples=10)
def test_all_but_blanks_hold_ink_framed_like_a_digit(kind: str, seed: int) -> None:
    for picture in non_digits(kind, 3, key(seed), DIGITS):
        rows, columns = (np.flatnonzero(picture.any(axis=axis)) for axis in (1, 0))
        assert max(rows[-1] - rows[0], columns[-1] - columns[0]) < 20  # noise of a single grain may be small
        if kind in LOPSIDED:
            continue
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


def widths(picture: np.ndarray) -> np.ndarray:
    """How wide the ink of each row reaches that has some, from the top."""
    ink = picture[picture.max(axis=1) > 100] > 100
    return np.asarray(ink.shape[1] - ink.argmax(axis=1) - ink[:, ::-1].argmax(axis=1))


def test_an_upright_has_something_at_an_end_that_its_middle_has_not() -> None:
    for picture in non_digits("uprights", 100, key(4), DIGITS):
        rows = widths(picture)
        middle = np.median(rows[len(rows) // 3 : -len(rows) // 3])
        assert max(rows[:5].max(), rows[-5:].max()) >= middle + 2, "an upright alone may be a 1"


def test_no_remains_of_a_form_are_slender() -> None:
    for kind in ("uprights", "boxes", "combs"):
        for picture in non_digits(kind, 100, key(6), DIGITS):
            assert np.ptp(np.flatnonzero(picture.max(axis=0) > 100)) >= 3


def test_boxes_have_nothing_in_their_middle() -> None:
    for picture in non_digits("boxes", 100, key(7), DIGITS):
        rows, columns = (np.flatnonzero(picture.max(axis=axis) > 100) for axis in (1, 0))
        high, wide = (part[-1] - part[0] + 1 for part in (rows, columns))
        middle = picture[rows[0] + high // 3 : rows[-1] - high // 3, columns[0] + wide // 3 : columns[-1] - wide // 3]
        assert (middle > 100).mean() < 0.35 if middle.size else True
        assert min(high, wide) < 8 or not picture[14, 14] > 100


def test_combs_are_several_ticks_side_by_side() -> None:
    for picture in non_digits("combs", 100, key(8), DIGITS):
        runs = np.diff((picture > 60).astype(int), axis=1, prepend=0) == 1
        assert runs.sum(axis=1).max() >= 2


def test_what_is_cut_is_never_an_upright() -> None:
    upright, block = np.zeros((2, 28, 28), np.uint8)
    upright[4:24, 13:15] = block[4:24, 6:22] = 255
    for kind in ("halves", "neighbours"):
        pictures = non_digits(kind, 60, key(9), np.array([upright, block]))
        assert np.array_equal(pictures, non_digits(kind, 60, key(9), np.array([block, block])))
        for picture in pictures:
            assert (picture.any(axis=0)).sum() >= 0.4 * picture.any(axis=1).sum()


def test_a_neighbour_makes_a_digit_wider() -> None:
    block = np.zeros((1, 28, 28), np.uint8)
    block[0, 4:24, 9:19] = 255
    for picture in non_digits("neighbours", 60, key(10), block):
        assert picture.any(axis=0).sum() > 0.52 * picture.any(axis=1).sum()
