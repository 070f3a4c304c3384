"""Groups of digits are joined where a checksum or a length says so, and nowhere else."""

import numpy as np
import pytest

from mnist_nn.reading.constraints import build_constraint
from mnist_nn.reading.decision import DigitCandidate
from mnist_nn.reading.grouping import NumberCandidate, choose_numbers, decode_number, join_groups, price_number
from mnist_nn.reading.parameters import ReadingParameters

IMAGE = np.zeros((28, 28), np.uint8)


def group(text: str, left: int = 0, *, runner_up: str = "") -> NumberCandidate:
    """Digits that the network is sure of, each a segment; ``runner_up`` says what else the last may be."""
    candidates = []
    for place, letter in enumerate(text):
        probabilities = np.full(10, 1e-6)
        probabilities[int(letter)] = 0.99
        if runner_up and place == len(text) - 1:
            probabilities[[int(letter), int(runner_up)]] = 0.6, 0.39
        box = (left + 10 * place, 0, left + 10 * place + 8, 20)
        candidates.append(DigitCandidate((place, place + 1), 0.0, box, IMAGE, probabilities, 1.0))
    return NumberCandidate((left, 0, left + 10 * len(text), 20), 0, len(text), (), tuple(candidates))


def read(line: list[NumberCandidate], parameters: ReadingParameters | None = None, **known: object) -> list[str]:
    """The texts of the numbers of a line; empty where none satisfies what is known."""
    constraint = build_constraint(**known)  # type: ignore[arg-type]
    chosen = choose_numbers(line, constraint, parameters or ReadingParameters())
    return ["".join(map(str, decoding.digits)) if decoding else "" for _, decoding in chosen]


LINE = [group("79"), group("927", 40), group("398713", 90)]


def test_without_a_constraint_every_group_is_a_number() -> None:
    assert read(LINE) == ["79", "927", "398713"]


def test_groups_are_joined_if_they_satisfy_the_constraint_together() -> None:
    assert read(LINE, checksum="luhn") == ["79927398713"]
    assert read(LINE, length=5) == ["79927", ""]


def test_groups_that_satisfy_it_alone_stay_alone() -> None:
    assert read([group("42"), group("18", 40)], checksum="luhn") == ["42", "18"]


def test_only_so_many_groups_are_joined() -> None:
    assert read(LINE, ReadingParameters(most_groups=2), checksum="luhn") != ["79927398713"]


def test_joined_groups_keep_their_order_and_their_ink() -> None:
    joined = join_groups(LINE)
    assert joined.box == (0, 0, 150, 20)
    assert [candidate.segments for candidate in joined.candidates] == [(n, n + 1) for n in range(11)]
    assert joined.segments == 11


def test_a_constraint_costs_what_it_takes_off_the_score() -> None:
    number = group("43", runner_up="2")
    free, luhn = build_constraint(), build_constraint("luhn")
    decoding, price = price_number(number, luhn)
    assert decoding is not None
    assert decoding.digits == (4, 2)
    assert price == pytest.approx(np.log(0.6 / 0.39))
    assert price_number(number, free)[1] == 0.0
    assert price_number(number, luhn, ReadingParameters(violation_nats=0.1)) == (None, 0.1)


def test_what_the_ink_denies_is_no_alternative() -> None:
    assert decode_number(group("43"), build_constraint("luhn")) is None
    lax = ReadingParameters(least_alternative=1e-9)
    assert decode_number(group("43"), build_constraint("luhn"), lax) is not None
