"""Patterns against regular expressions, whose grammar they are a part of but for the question mark."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.errors import ConfigError
from mnist_nn.reading.patterns import MAX_LENGTH, parse_pattern


@st.composite
def ranges(draw: st.DrawFn) -> str:
    low, high = sorted(draw(st.tuples(st.integers(0, 9), st.integers(0, 9))))
    return f"{low}-{high}"


DIGIT = st.sampled_from("0123456789")
BRACKETS = st.lists(DIGIT | ranges(), min_size=1, max_size=4).map(lambda some: f"[{''.join(some)}]")
PATTERNS = st.lists(DIGIT | st.just("?") | BRACKETS, min_size=1, max_size=8).map("".join)


@given(PATTERNS)
def test_each_place_holds_what_a_regular_expression_of_the_same_meaning_takes(pattern: str) -> None:
    places = re.findall(r"\[.*?\]|.", pattern)
    found = parse_pattern(pattern)
    assert len(found) == len(places)
    for allowed, place in zip(found, places, strict=True):
        regular = re.compile(place.replace("?", "[0-9]"))
        assert allowed == tuple(digit for digit in range(10) if regular.fullmatch(str(digit)))


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("", "the pattern is ''; give one character for each place"),
        (1234, "the pattern is 1234; give one character for each place"),
        (
            "20-",
            "the pattern '20-' has '-' in column 3; a place is a digit, . for any digit, or a set",
        ),
        ("1 2", "has ' ' in column 2"),
        ("1[05", r"has an unclosed bracket in column 2"),
        ("1[0[5]", r"has an unclosed bracket in column 2"),
        ("1]", r"has '\]' in column 2"),
        ("12[]", "has empty brackets in column 3"),
        ("[5-0]", "has '5-0', which runs backwards, in column 2"),
        ("[^0]", r"has '\^' in column 2"),
        ("[0-]", "has '-' in column 3"),
        ("[x]", "has 'x' in column 2"),
        ("1\N{ARABIC-INDIC DIGIT TWO}", "in column 2"),
        ("?" * (MAX_LENGTH + 1), f"has 101 places; give at most {MAX_LENGTH}"),
    ],
)
def test_what_is_no_pattern_is_said_with_its_column(pattern: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_pattern(pattern)


def test_a_long_text_fills_no_message() -> None:
    with pytest.raises(ConfigError, match=r"the pattern '1+… has 'x' in column 9001; a place") as caught:
        parse_pattern("1" * 9000 + "x")
    assert len(str(caught.value)) < 300
