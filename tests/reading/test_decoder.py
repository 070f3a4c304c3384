from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn.reading.checksums import Rule, rule
from mnist_nn.reading.decoder import best_path, posteriors

Spans = list[tuple[int, int]]


def ways(parts: int, spans: Spans, start: int = 0) -> Iterator[list[int]]:
    """Every choice of spans that follow each other to the last part."""
    if start == parts:
        yield []
    for index, (begin, stop) in enumerate(spans):
        if begin == start:
            yield from ([index, *rest] for rest in ways(parts, spans, stop))


def by_brute_force(parts: int, spans: Spans, scores: Any, digits: list[int], rules: Rule) -> float:
    return max(
        (
            sum(scores[span, digit] for span, digit in zip(way, text, strict=True))
            for way in ways(parts, spans)
            for text in product(digits, repeat=len(way))
            if rules.accepts("".join(map(str, text)))
        ),
        default=-np.inf,
    )


@st.composite
def lattices(draw: st.DrawFn) -> tuple[int, Spans, Any, list[int]]:
    """A small lattice in which only a few digits are possible, so that every reading can be tried."""
    parts = draw(st.integers(1, 5))
    everything = [(i, j) for i in range(parts) for j in range(i + 1, parts + 1)]
    spans = draw(st.lists(st.sampled_from(everything), min_size=1, max_size=7, unique=True))
    digits = draw(st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True))
    scores = np.full((len(spans), 10), -np.inf)
    for index in range(len(spans)):
        scores[index, digits] = draw(st.lists(st.floats(-9, 0), min_size=len(digits), max_size=len(digits)))
    return parts, spans, scores, digits


RULES = [("none", None), ("luhn", None), ("none", 1), ("none", 3), ("luhn", 2), ("luhn", 4)]


@given(lattices(), st.sampled_from(RULES))
@settings(max_examples=150, deadline=None)
def test_the_best_path_is_the_best_of_all_paths(lattice: Any, constraint: tuple[str, int | None]) -> None:
    parts, spans, scores, digits = lattice
    rules = rule(*constraint)
    found = best_path(parts, spans, scores, rules)
    expected = by_brute_force(parts, spans, scores, digits, rules)
    if found is None:
        assert expected == -np.inf
        return
    assert found.score == pytest.approx(expected)
    assert rules.accepts("".join(map(str, found.digits)))
    assert [spans[i][0] for i in found.spans[1:]] == [spans[i][1] for i in found.spans[:-1]]
    assert (spans[found.spans[0]][0], spans[found.spans[-1]][1]) == (0, parts)
    assert sum(scores[i, d] for i, d in zip(found.spans, found.digits, strict=True)) == pytest.approx(found.score)


@pytest.mark.parametrize("text", ["0306406152", "9780306406157"])
def test_one_doubtful_digit_of_an_isbn_is_found_by_its_checksum(text: str) -> None:
    spans = [(i, i + 1) for i in range(len(text))]
    for place in range(len(text)):
        probabilities = np.full((len(text), 10), 1e-9)
        probabilities[range(len(text)), [int(letter) for letter in text]] = 1.0
        probabilities[place] = 0.1
        probabilities[place, (int(text[place]) + 5) % 10] = 0.3  # the ink says something else
        found = best_path(len(text), spans, np.log(probabilities), rule("isbn"))
        assert found is not None
        assert "".join(map(str, found.digits)) == text


def test_a_checksum_can_change_how_the_ink_is_cut() -> None:
    scores = np.log(np.full((3, 10), 1e-9))
    scores[0, 1], scores[1, 1], scores[2, 0] = -0.1, -0.1, -1.0  # 11, or one 0; luhn knows 0 and 18 but not 11
    spans = [(0, 1), (1, 2), (0, 2)]
    assert best_path(2, spans, scores, rule()).digits == (1, 1)  # type: ignore[union-attr]
    assert best_path(2, spans, scores, rule("luhn")).digits == (0,)  # type: ignore[union-attr]


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("constraint", RULES)
def test_posteriors_are_those_of_all_numbers_that_obey(n: int, constraint: tuple[str, int | None]) -> None:
    rules = rule(*constraint)
    probabilities = np.random.default_rng(n).dirichlet(np.ones(10), n)
    expected = np.zeros((n, 10))
    for text in product(range(10), repeat=n):
        if rules.accepts("".join(map(str, text))):
            expected[range(n), text] += np.prod(probabilities[range(n), text])
    found = posteriors(probabilities, rules)
    if expected.any():
        np.testing.assert_allclose(found, expected / expected.sum(axis=1, keepdims=True), rtol=1e-9)
    else:
        np.testing.assert_array_equal(found, probabilities)


def test_a_long_number_is_read_at_once() -> None:
    """There are more ways to cut it up than anybody could go through, however long the test may take."""
    parts = 200
    spans = [(i, j) for i in range(parts) for j in range(i + 1, min(i + 5, parts + 1))]
    scores = np.log(np.random.default_rng(0).dirichlet(np.ones(10), len(spans)))
    found = best_path(parts, spans, scores, rule("luhn", 100))
    assert found is not None
    assert len(found.digits) == 100
