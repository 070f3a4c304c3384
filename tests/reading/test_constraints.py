import re
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn.errors import ConfigError
from mnist_nn.reading.constraints import build_constraint, intersect
from mnist_nn.reading.patterns import MAX_LENGTH

digits = st.text("0123456789", min_size=1, max_size=20)


def luhn(text: str) -> bool:
    total = 0
    for place, letter in enumerate(reversed(text)):
        value = int(letter) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def isbn(text: str) -> bool:
    values = [int(letter) for letter in text]
    if len(values) == 10:
        return sum((10 - i) * value for i, value in enumerate(values)) % 11 == 0
    if len(values) != 13 or text[:3] not in ("978", "979"):
        return False
    return sum(value * (3 if i % 2 else 1) for i, value in enumerate(values)) % 10 == 0


@pytest.mark.parametrize("text", ["4539578763621486", "79927398713", "490154203237518", "0", "18"])
def test_luhn_numbers_from_the_world(text: str) -> None:
    assert luhn(text)
    assert build_constraint("luhn").accepts(text)
    assert build_constraint("luhn", len(text)).accepts(text)
    assert not build_constraint("luhn", len(text) + 1).accepts(text)


@pytest.mark.parametrize("text", ["0306406152", "9780306406157", "9780262033848", "0262033844", "9791034743049"])
def test_isbn_from_the_world(text: str) -> None:
    assert isbn(text)
    assert build_constraint("isbn").accepts(text)
    assert build_constraint("isbn", len(text)).accepts(text)


def test_an_article_number_that_is_no_book_is_no_isbn() -> None:
    assert not build_constraint("isbn").accepts("4006381333931")


@given(digits)
def test_luhn_agrees_with_its_textbook_form(text: str) -> None:
    assert build_constraint("luhn").accepts(text) == luhn(text)
    assert build_constraint("luhn", len(text)).accepts(text) == luhn(text)
    assert [luhn(text + last) for last in "0123456789"] == [
        build_constraint("luhn").accepts(text + last) for last in "0123456789"
    ]


@given(st.text("0123456789", min_size=9, max_size=9), st.text("0123456789", min_size=9, max_size=9))
def test_isbn_agrees_with_its_textbook_form(ten: str, thirteen: str) -> None:
    for start, last in product([ten, "978" + thirteen, "979" + thirteen, "977" + thirteen, thirteen], "0123456789"):
        assert build_constraint("isbn").accepts(start + last) == isbn(start + last)


@given(digits, st.integers(0, 19), st.sampled_from("0123456789"))
def test_luhn_and_isbn_notice_every_wrong_digit(text: str, place: int, digit: str) -> None:
    place %= len(text)
    if luhn(text) and digit != text[place]:
        assert not build_constraint("luhn").accepts(text[:place] + digit + text[place + 1 :])


@given(digits, st.integers(1, 20))
def test_a_length_alone_and_no_constraint_at_all(text: str, length: int) -> None:
    assert build_constraint().accepts(text)
    assert build_constraint().is_trivial
    assert build_constraint(length=length).accepts(text) == (len(text) == length)
    assert not build_constraint(length=length).is_trivial


@pytest.mark.parametrize(
    ("checksum", "length", "message"),
    [
        ("crc", None, "choose one of: none, luhn, isbn"),
        ("isbn", 12, "give a length of 10 or 13"),
        ("none", 0, f"from 1 to {MAX_LENGTH}"),
        ("luhn", MAX_LENGTH + 1, f"from 1 to {MAX_LENGTH}"),
    ],
)
def test_constraints_that_cannot_be(checksum: str, length: int | None, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build_constraint(checksum, length)


PLACE = st.sampled_from(["?", "0", "1", "2", "[01]", "[0-2]", "[02-9]"])
PATTERN = st.lists(PLACE, min_size=1, max_size=4).map("".join)
VALUES = st.lists(st.text("0123", min_size=1, max_size=4), min_size=1, max_size=12)
SHORT = ["".join(text) for n in range(1, 5) for text in product("0123", repeat=n)]


def regular(pattern: str) -> "re.Pattern[str]":
    return re.compile(pattern.replace("?", "[0-9]"))


@given(PATTERN)
def test_a_pattern_accepts_what_its_regular_expression_matches(pattern: str) -> None:
    constraint = build_constraint(pattern=pattern)
    assert [text for text in SHORT if constraint.accepts(text)] == list(filter(regular(pattern).fullmatch, SHORT))
    assert not constraint.is_trivial


@given(VALUES)
def test_a_list_accepts_its_values_and_nothing_else(values: list[str]) -> None:
    constraint = build_constraint(one_of=values)
    assert [text for text in SHORT if constraint.accepts(text)] == [text for text in SHORT if text in values]
    assert not constraint.is_trivial


@given(st.none() | PATTERN, st.none() | VALUES, st.none() | st.integers(1, 4), st.sampled_from(["none", "luhn"]))
@settings(max_examples=50)
def test_what_is_known_together_is_what_each_accepts(
    pattern: str | None, values: list[str] | None, length: int | None, checksum: str
) -> None:
    expected = [
        text
        for text in SHORT
        if (pattern is None or regular(pattern).fullmatch(text))
        and (values is None or text in values)
        and (length is None or len(text) == length)
        and (checksum == "none" or luhn(text))
    ]
    known = {"checksum": checksum, "length": length, "pattern": pattern, "one_of": values}
    try:
        constraint = build_constraint(**known)  # type: ignore[arg-type]
    except ConfigError as error:
        assert str(error).startswith("no number can be read ")  # noqa: PT017 - others pass
        assert not expected
        return
    assert [text for text in SHORT if constraint.accepts(text)] == expected
    assert constraint.is_trivial == (known == {"checksum": "none", "length": None, "pattern": None, "one_of": None})


@given(st.sampled_from([2, 3, 10, 13]), st.text("0123456789", min_size=20, max_size=20))
def test_an_intersection_is_that_of_any_two(length: int, text: str) -> None:
    """The automaton of ISBN has two initial states, one for each length."""
    both = intersect(build_constraint("isbn"), intersect(build_constraint("luhn"), build_constraint()))
    for last in "0123456789":
        number = text[: length - 1] + last
        for tried in (number, "978" + number[3:]):
            assert both.accepts(tried) == (isbn(tried) and luhn(tried))


def test_numbers_that_follow_each_other_share_their_states() -> None:
    values = [str(value) for value in range(20_000_000, 20_100_000)]
    constraint = build_constraint(one_of=values)
    assert len(constraint.transitions) == 8 + 2
    assert constraint.accepts("20031415")
    assert not constraint.accepts("20131415")


@pytest.mark.parametrize(
    ("known", "message"),
    [
        ({"length": 3, "pattern": "1?"}, "no number can be read with 3 digits and the pattern '1\\?'; change one"),
        ({"pattern": "1?", "one_of": ["21", "31"]}, "read as one of the 2 allowed values with the pattern '1\\?'; ch"),
        ({"length": 3, "one_of": ["21"]}, "no number can be read as the one allowed value with 3 digits; change"),
        (
            {"checksum": "luhn", "one_of": ["21", "19"]},
            "2 allowed values with a valid luhn check digit; change",
        ),
        ({"pattern": "1-2"}, "in column 2"),
        ({"one_of": []}, "one_of is empty"),
    ],
)
def test_what_cannot_be_together(known: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build_constraint(**known)


def test_steps_that_lead_somewhere_are_all_that_lead_there() -> None:
    constraint = build_constraint("luhn", one_of=["18", "118", "42", "26"], pattern="[1-4]?")
    live = np.arange(len(constraint.transitions) - 1)
    for chosen in (live[:0], live[1:2], live[::2], live):
        steps, index = constraint.steps_into(chosen)
        found = set(zip(*(column.tolist() for column in steps), strict=True))
        expected = {
            (source, digit, int(target))
            for source in live.tolist()
            for digit, target in enumerate(constraint.transitions[source])
            if target in chosen
        }
        assert found == expected
        assert len(steps.sources) == len(expected)
        np.testing.assert_array_equal(chosen[index], steps.targets)
