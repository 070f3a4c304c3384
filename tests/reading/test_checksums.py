"""The check digits as data: what they add up. What numbers have them is for `test_constraints`."""

import pytest

from mnist_nn.reading.checksums import CHECKSUMS


def test_every_checksum_is_offered() -> None:
    assert set(CHECKSUMS) == {"none", "luhn", "isbn"}


@pytest.mark.parametrize(
    ("name", "index", "text"), [("luhn", 0, "79927398713"), ("isbn", 0, "0306406152"), ("isbn", 1, "9780306406157")]
)
def test_the_terms_of_a_number_with_a_right_check_digit_add_up(name: str, index: int, text: str) -> None:
    scheme = CHECKSUMS[name][index]
    assert scheme.length in (None, len(text))
    terms = [scheme.term(position, int(digit)) for position, digit in enumerate(reversed(text))]
    assert sum(terms) % scheme.modulus == 0
    wrong = [term + 1 if position == 2 else term for position, term in enumerate(terms)]
    assert sum(wrong) % scheme.modulus


def test_an_isbn_of_13_digits_begins_with_978_or_979() -> None:
    assert CHECKSUMS["isbn"][1].allowed == {12: (9,), 11: (7,), 10: (8, 9)}
