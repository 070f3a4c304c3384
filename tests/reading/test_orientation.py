"""Which way up a page is: only clear evidence turns it, and boxes stay where they are on the page as it was given."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.imaging.clean.ink import find_ink
from mnist_nn.reading import orientation
from mnist_nn.reading.orientation import TURN_IT, TURNS, choose_turn, doubt_ambiguous, reads_well
from mnist_nn.reading.results import DIGIT, DOUBTFUL, NOT_A_DIGIT, Digit, Number

SURE = Digit("1", 1.0, 1.0, 1.0, (0, 0, 9, 9), DIGIT, np.zeros((28, 28), np.uint8), (), "")


def number(text: str) -> Number:
    """Make a number of digits that are accepted; after a ``?`` one is not."""
    digits = []
    for index, letter in enumerate(text):
        if letter != "?":
            decision = DOUBTFUL if text[index - 1 : index] == "?" else DIGIT
            digits.append(replace(SURE, text=letter, decision=decision))
    return Number.of(digits, (0, 0, 9, 9), 0)


def page(*texts: str) -> tuple[Number, ...]:
    return tuple(map(number, texts))


BAD, BLANK = page("?0?1", "?5"), ()


@pytest.mark.parametrize("texts", [["25"], ["25", "?1"], ["10"], ["23456?7"], ["11", "12345"]])
def test_pages_that_read_well(texts: list[str]) -> None:
    assert reads_well(page(*texts))
    assert reads_well(BLANK)


@pytest.mark.parametrize("texts", [["?2"], ["2?3", "?4"], ["1010", "?2?3?4"], ["2?2", "3?3", "5"]])
def test_pages_that_do_not(texts: list[str]) -> None:
    assert not reads_well(page(*texts))


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_the_one_direction_that_reads_well_is_taken(turn: int) -> None:
    readings = dict.fromkeys(TURNS, BAD) | {turn: page("254", "10")}
    assert choose_turn(readings) == turn


def test_without_clear_evidence_no_direction_is_taken() -> None:
    assert choose_turn(dict.fromkeys(TURNS, BAD)) == 0
    assert choose_turn(dict.fromkeys(TURNS, BAD) | {90: page("7")}) == 0, "one digit tells nothing"
    assert choose_turn(dict.fromkeys(TURNS, BAD) | {180: page("6089", "10")}) is None, "these may be upside down"
    assert choose_turn(dict.fromkeys(TURNS, BAD) | {90: page("254"), 270: page("425")}) is None


@pytest.mark.parametrize("turn", TURNS)
def test_a_poor_page_is_read_where_far_more_is_accepted_than_in_any_other_direction(turn: int) -> None:
    poor, other = page("2543", "3425", "?1?2?3?4?5?6?7?8?9"), page("25", "?1?2?3?4?5?6?7?8?9")
    assert choose_turn(dict.fromkeys(TURNS, other) | {turn: poor}) == turn
    assert choose_turn(dict.fromkeys(TURNS, page("254", "?1")) | {turn: poor}) == 0, "that is not so many more"
    assert choose_turn(dict.fromkeys(TURNS, BAD) | {turn: page("254", "342", "?1?2?3?4?5?6?7")}) == 0, "too few"
    assert choose_turn(dict.fromkeys(TURNS, other) | {turn: page("1068", "8061", "?2?3")}) == 0, "none shows a top"


def test_nothing_ambiguous_is_accepted_on_a_page_that_was_mostly_refused() -> None:
    doubted = doubt_ambiguous(page("0", "4", "?3?5"), other_way=False)
    assert [(each.decision, each.reason) for each in doubted] == [(DOUBTFUL, TURN_IT), (DIGIT, ""), (DOUBTFUL, "")]
    upright = page("0", "45", "?3?5?5")
    assert doubt_ambiguous(upright, other_way=False) == upright, "4 and 5 show which way up it is"
    assert {each.decision for each in doubt_ambiguous(upright, other_way=True)} == {DOUBTFUL}


def test_what_was_no_digit_stays_none_when_it_is_doubted() -> None:
    refused = Number.of([replace(SURE, decision=NOT_A_DIGIT)], (0, 0, 1, 1), 0, "it is none")
    (doubted,) = doubt_ambiguous([refused], other_way=True)
    assert (doubted.decision, doubted.reason) == (NOT_A_DIGIT, f"{TURN_IT}; it is none")


@given(st.sampled_from(TURNS), st.integers(1, 9), st.integers(1, 9), st.data())
def test_a_box_of_the_turned_page_is_turned_back_to_its_ink(
    turn: int, height: int, width: int, data: st.DataObject
) -> None:
    top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    bottom, right = data.draw(st.integers(top + 1, height)), data.draw(st.integers(left + 1, width))
    given_page = np.zeros((height, width), np.uint8)
    given_page[top:bottom, left:right] = 1
    rows, columns = np.nonzero(orientation.turn_pixels(given_page, turn))
    box = int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1
    assert orientation.turn_back(box, turn, (height, width)) == (left, top, right, bottom)


def test_numbers_and_their_digits_are_placed_on_the_page_as_it_was_given() -> None:
    (placed,) = orientation.place_on_page(page("2"), 90, (10, 20))
    assert placed.box == placed.digits[0].box == (0, 1, 9, 10)
    assert orientation.place_on_page(page("2"), 0, (10, 20)) == page("2")


def test_all_of_the_ink_is_turned() -> None:
    pixels = np.full((30, 80), 220, np.uint8)
    pixels[5:25, 10:14] = 30
    ink = find_ink(pixels)
    turned = orientation.turn_ink(ink, 90)
    pictures = [part.name for part in fields(ink) if isinstance(getattr(ink, part.name), np.ndarray)]
    assert {"page", "mask", "grey"} <= set(pictures)
    for name in (*pictures, "strokes"):
        np.testing.assert_array_equal(getattr(turned, name), np.rot90(getattr(ink, name), -1), name)
    assert (turned.dark, turned.scale) == (ink.dark, ink.scale)
