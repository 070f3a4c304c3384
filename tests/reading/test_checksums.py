from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.errors import ConfigError
from mnist_nn.reading.checksums import CHECKSUMS, MAX_LENGTH, build_constraint

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


def test_every_checksum_is_offered() -> None:
    assert set(CHECKSUMS) == {"none", "luhn", "isbn"}
