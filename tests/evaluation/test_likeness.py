"""The test whether answers look like those calibrated on, against exact counts and populations whose truth is known."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import betabinom, binom

from mnist_nn.errors import ConfigError, DataError
from mnist_nn.evaluation.likeness import (
    LEVEL,
    TAILS,
    LooksSummary,
    Side,
    join_dependent,
    join_independent,
    summarize_looks,
)
from mnist_nn.util import randomness

SIDES = (Side(low=True, high=False), Side(low=False, high=True), Side(low=True, high=True))


def normal(number: int, *shape: int) -> np.ndarray:
    return randomness.normal(randomness.fold(randomness.key(6), number), int(np.prod(shape))).reshape(shape)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=300), st.lists(st.integers(-2, 42), min_size=1, max_size=9))
@settings(max_examples=60, deadline=None)
def test_p_values_are_those_of_all_answers_or_a_little_larger(known: list[int], seen: list[int]) -> None:
    values = np.array([known] * 3, float).T
    found = summarize_looks(("a", "b", "c"), values).find_p_values(np.array([seen] * 3, float).T, SIDES)
    n = len(known)
    for row, value in zip(found, seen, strict=True):
        low, high = (1 + sum(k <= value for k in known)) / (n + 1), (1 + sum(k >= value for k in known)) / (n + 1)
        exact = np.array([low, high, min(1, 2 * min(low, high))])
        assert (row >= exact - 1e-12).all()
        assert (row <= np.minimum(1, 1.25 * exact + 2 / (n + 1))).all()


def test_units_that_are_fewer_than_answers_bound_the_least_p_value() -> None:
    values = np.arange(1000.0)[:, None]
    seen = np.array([[-1.0]])
    assert summarize_looks(("a",), values).find_p_values(seen, SIDES[:1])[0, 0] == pytest.approx(1 / 1001)
    assert summarize_looks(("a",), values, units=9).find_p_values(seen, SIDES[:1])[0, 0] == pytest.approx(1 / 10)


@pytest.mark.parametrize("pages", [1, 3, 40, 3000])
@pytest.mark.parametrize("units", [300, 4000])
def test_pages_are_joined_by_counts_in_two_tails(pages: int, units: int) -> None:
    p_values = randomness.uniform(randomness.fold(randomness.key(7), pages), pages)[:, None] ** 1.2
    counts = [(tail, int((p_values <= tail).sum())) for tail in TAILS]
    by_tail = [betabinom.sf(k - 1, pages, tail * (units + 1), (1 - tail) * (units + 1)) for tail, k in counts]
    assert join_independent(p_values, units)[0] == pytest.approx(min(1, 2 * min(by_tail)), rel=1e-6)


def test_numbers_that_are_all_alike_and_usual_are_not_unlike() -> None:
    summary = summarize_looks(("a", "b", "c"), normal(0, 2000, 3))
    for value in (-1.0, 0.0, 0.6, 1.2):
        same = summary.find_p_values(np.full((500, 3), value), SIDES)
        assert (join_independent(same, summary.units) == 1).all()


def alarms(effect: float, pages: int, per_page: int, alike: float, runs: int) -> int:
    """How often a run is called unlike: numbers share a part of what they are with their page."""
    summary = summarize_looks(("a", "b", "c"), normal(0, 2000, 3))
    count = 0
    for run in range(runs):
        own, shared = normal(2 * run + 1, pages, per_page, 3), normal(2 * run + 2, pages, 1, 3)
        values = alike**0.5 * shared + (1 - alike) ** 0.5 * own + effect * np.array([0.0, 0.0, 1.0])
        p_values = summary.find_p_values(values.reshape(-1, 3), SIDES).reshape(values.shape)
        joined = np.array([join_dependent(page) for page in p_values]) if per_page > 1 else p_values[:, 0]
        count += bool((join_independent(joined, summary.units) <= LEVEL / 3).any())
    return count


@pytest.mark.slow
@pytest.mark.parametrize("alike", [0.0, 0.5, 1.0])
@pytest.mark.parametrize(("pages", "per_page"), [(1, 20), (2, 5), (60, 1), (12, 4)])
def test_numbers_like_those_calibrated_on_are_called_unlike_no_more_often_than_the_level(
    pages: int, per_page: int, alike: float
) -> None:
    assert alarms(0.0, pages, per_page, alike, runs=200) <= binom.ppf(0.999, 200, LEVEL)


@pytest.mark.parametrize(("effect", "pages", "per_page"), [(5.0, 1, 20), (1.5, 60, 1), (2.0, 30, 4)])
def test_numbers_unlike_them_are_found(effect: float, pages: int, per_page: int) -> None:
    assert alarms(effect, pages, per_page, alike=0.5, runs=50) >= 48


def test_a_summary_of_nothing_is_refused() -> None:
    with pytest.raises(DataError, match="no answers"):
        summarize_looks(("a",), np.empty((0, 1)))


@pytest.mark.parametrize(
    "changes",
    [
        {"names": ("a", "b")},
        {"ranks": np.array([2, 2])},
        {"ranks": np.array([0, 1])},
        {"values": np.array([[2.0], [1.0]])},
        {"values": np.array([[1.0], [np.nan]])},
        {"answers": 4},
        {"units": 0},
        {"units": 6},
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    sound: dict[str, Any] = {
        "names": ("a",), "ranks": np.array([1, 5]), "values": np.array([[1.0], [2.0]]), "answers": 5, "units": 5,
    }  # fmt: skip
    assert LooksSummary(**sound).units == 5
    with pytest.raises(ConfigError, match="calibrate the model again"):
        LooksSummary(**sound | changes)
