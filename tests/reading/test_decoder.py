from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn.reading.constraints import DigitConstraint, build_constraint
from mnist_nn.reading.decoder import condition, decode

Candidates = list[tuple[int, int]]


def ways(segments: int, candidates: Candidates, start: int = 0) -> Iterator[list[int]]:
    """Every choice of candidates that follow each other to the last part."""
    if start == segments:
        yield []
    for index, (begin, stop) in enumerate(candidates):
        if begin == start:
            yield from ([index, *rest] for rest in ways(segments, candidates, stop))


def by_brute_force(
    segments: int, candidates: Candidates, scores: Any, digits: list[int], constraint: DigitConstraint
) -> float:
    return max(
        (
            sum(scores[candidate, digit] for candidate, digit in zip(way, text, strict=True))
            for way in ways(segments, candidates)
            for text in product(digits, repeat=len(way))
            if constraint.accepts("".join(map(str, text)))
        ),
        default=-np.inf,
    )


@st.composite
def lattices(draw: st.DrawFn) -> tuple[int, Candidates, Any, list[int]]:
    """A small lattice in which only a few digits are possible, so that every reading can be tried."""
    segments = draw(st.integers(1, 5))
    everything = [(i, j) for i in range(segments) for j in range(i + 1, segments + 1)]
    candidates = draw(st.lists(st.sampled_from(everything), min_size=1, max_size=7, unique=True))
    digits = draw(st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True))
    scores = np.full((len(candidates), 10), -np.inf)
    for index in range(len(candidates)):
        scores[index, digits] = draw(st.lists(st.floats(-9, 0), min_size=len(digits), max_size=len(digits)))
    return segments, candidates, scores, digits


KNOWN: list[dict[str, Any]] = [
    {},
    {"checksum": "luhn"},
    {"length": 1},
    {"length": 3},
    {"checksum": "luhn", "length": 2},
    {"checksum": "luhn", "length": 4},
    {"pattern": "?[0-4]"},
    {"one_of": ["0", "12", "42", "123", "142", "9999"]},
    {"checksum": "luhn", "pattern": "[1-4][2468]", "one_of": ["18", "26", "34", "42", "142"]},
]


@given(lattices(), st.sampled_from(KNOWN))
@settings(max_examples=150, deadline=None)
def test_the_reading_found_is_the_best_of_all_readings(lattice: Any, known: dict[str, Any]) -> None:
    segments, candidates, scores, digits = lattice
    constraint = build_constraint(**known)
    found = decode(segments, candidates, scores, constraint)
    expected = by_brute_force(segments, candidates, scores, digits, constraint)
    if found is None:
        assert expected == -np.inf
        return
    assert found.score == pytest.approx(expected)
    assert constraint.accepts("".join(map(str, found.digits)))
    assert [candidates[i][0] for i in found.candidates[1:]] == [candidates[i][1] for i in found.candidates[:-1]]
    assert (candidates[found.candidates[0]][0], candidates[found.candidates[-1]][1]) == (0, segments)
    assert sum(scores[i, d] for i, d in zip(found.candidates, found.digits, strict=True)) == pytest.approx(found.score)


@pytest.mark.parametrize("text", ["0306406152", "9780306406157"])
def test_one_doubtful_digit_of_an_isbn_is_found_by_its_checksum(text: str) -> None:
    candidates = [(i, i + 1) for i in range(len(text))]
    for place in range(len(text)):
        probabilities = np.full((len(text), 10), 1e-9)
        probabilities[range(len(text)), [int(letter) for letter in text]] = 1.0
        probabilities[place] = 0.1
        probabilities[place, (int(text[place]) + 5) % 10] = 0.3  # the ink says something else
        found = decode(len(text), candidates, np.log(probabilities), build_constraint("isbn"))
        assert found is not None
        assert "".join(map(str, found.digits)) == text


def test_a_checksum_can_change_how_the_ink_is_cut() -> None:
    scores = np.log(np.full((3, 10), 1e-9))
    scores[0, 1], scores[1, 1], scores[2, 0] = -0.1, -0.1, -1.0  # 11, or one 0; luhn knows 0 and 18 but not 11
    candidates = [(0, 1), (1, 2), (0, 2)]
    assert decode(2, candidates, scores, build_constraint()).digits == (1, 1)  # type: ignore[union-attr]
    assert decode(2, candidates, scores, build_constraint("luhn")).digits == (0,)  # type: ignore[union-attr]


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("known", KNOWN)
def test_posteriors_are_those_of_all_numbers_that_obey(n: int, known: dict[str, Any]) -> None:
    constraint = build_constraint(**known)
    probabilities = np.random.default_rng(n).dirichlet(np.ones(10), n)
    expected = np.zeros((n, 10))
    for text in product(range(10), repeat=n):
        if constraint.accepts("".join(map(str, text))):
            expected[range(n), text] += np.prod(probabilities[range(n), text])
    found = condition(probabilities, constraint)
    if expected.any():
        np.testing.assert_allclose(found, expected / expected.sum(axis=1, keepdims=True), rtol=1e-9)
    else:
        np.testing.assert_array_equal(found, probabilities)


def test_a_long_number_is_read_at_once() -> None:
    """There are more ways to cut it up than anybody could go through, however long the test may take."""
    segments = 200
    candidates = [(i, j) for i in range(segments) for j in range(i + 1, min(i + 5, segments + 1))]
    scores = np.log(np.random.default_rng(0).dirichlet(np.ones(10), len(candidates)))
    found = decode(segments, candidates, scores, build_constraint("luhn", 100))
    assert found is not None
    assert len(found.digits) == 100


def test_a_number_among_ten_thousand_is_read_as_the_likeliest_of_them() -> None:
    random = np.random.default_rng(0)
    values = ["".join(map(str, row)) for row in random.integers(0, 10, (10_000, 8))]
    probabilities = random.dirichlet(np.full(10, 0.3), 8) + 1e-9
    scores = np.log(probabilities)
    constraint = build_constraint(one_of=values)
    found = decode(8, [(i, i + 1) for i in range(8)], scores, constraint)
    best = max(values, key=lambda value: sum(scores[place, int(digit)] for place, digit in enumerate(value)))
    assert found is not None
    assert "".join(map(str, found.digits)) == best
    expected = np.zeros((8, 10))
    for value in set(values):
        digits = [int(digit) for digit in value]
        expected[range(8), digits] += np.prod(probabilities[range(8), digits])
    np.testing.assert_allclose(
        condition(probabilities, constraint), expected / expected.sum(axis=1, keepdims=True), rtol=1e-9
    )
