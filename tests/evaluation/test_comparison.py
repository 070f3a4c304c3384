"""Statistics of repeated runs, against scipy.stats and simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mnist_nn.errors import DataError
from mnist_nn.evaluation.comparison import compare_answers, compare_runs, count_seeds, find_median, summarize

RESULTS = st.lists(st.integers(9000, 10_000), min_size=2, max_size=30).map(lambda numbers: np.array(numbers) / 10_000)


@given(RESULTS)
def test_the_interval_is_students(values: np.ndarray) -> None:
    summary = summarize(values)
    assert summary.mean == pytest.approx(values.mean())
    assert summary.interval is not None
    if values.std() > 1e-9:
        expected = stats.t.interval(0.95, len(values) - 1, values.mean(), stats.sem(values))
        assert summary.interval == pytest.approx(expected)


def test_one_result_has_no_deviation_and_none_no_summary() -> None:
    assert (summarize([0.5]).deviation, summarize([0.5]).interval) == (None, None)
    with pytest.raises(DataError, match="at least one"):
        summarize([])


@given(RESULTS, st.integers(0, 2**32 - 1))
def test_the_paired_test_is_scipys(a: np.ndarray, seed: int) -> None:
    b = a + np.random.default_rng(seed).normal(0.001, 0.01, len(a))
    expected = stats.ttest_rel(b, a)
    found = compare_runs(a, b)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert found.interval == pytest.approx(tuple(expected.confidence_interval()))
    assert found.is_shown == (not found.interval[0] <= 0 <= found.interval[1])


def test_equal_runs_show_no_difference_and_constant_ones_do() -> None:
    assert not compare_runs([0.1, 0.2], [0.1, 0.2]).is_shown
    assert compare_runs([0.0, 0.0], [0.5, 0.5]).is_shown
    with pytest.raises(DataError, match="two seeds"):
        compare_runs([0.1], [0.2])


@pytest.mark.parametrize(("deviation", "difference"), [(0.004, 0.005), (0.01, 0.005), (0.002, 0.01)])
def test_as_many_seeds_as_are_named_have_the_power(deviation: float, difference: float) -> None:
    n = count_seeds(deviation, difference)
    assert n is not None

    def measure_power(runs: int) -> float:
        drawn = np.random.default_rng(1).normal(difference, deviation, (20_000, runs))
        return float((stats.ttest_1samp(drawn, 0, axis=1).pvalue < 0.05).mean())

    assert measure_power(n) > 0.78
    assert n == 2 or measure_power(n - 1) < 0.82


def test_a_million_seeds_are_not_asked_for() -> None:
    assert count_seeds(0.1, 1e-5) is None


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 50), st.integers(0, 50))
def test_mcnemar_is_the_exact_binomial_test(only_a: int, only_b: int, both: int, neither: int) -> None:
    a = np.repeat([True, False, True, False], [only_a, only_b, both, neither])
    b = np.repeat([False, True, True, False], [only_a, only_b, both, neither])
    found = compare_answers(a, b)
    assert (found.only_a, found.only_b, found.both, found.samples) == (only_a, only_b, both, len(a))
    expected = stats.binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    assert found.difference.p_value == pytest.approx(expected)
    low, high = found.difference.interval
    assert low < high


def test_the_interval_of_a_difference_covers_the_truth() -> None:
    random = np.random.default_rng(2)
    cells = random.multinomial(500, [0.04, 0.06, 0.88, 0.02], size=1000)
    covered = 0
    for only_a, only_b, both, neither in cells:
        a = np.repeat([True, False, True, False], [only_a, only_b, both, neither])
        b = np.repeat([False, True, True, False], [only_a, only_b, both, neither])
        low, high = compare_answers(a, b).difference.interval
        covered += low <= 0.02 <= high
    assert 0.92 < covered / 1000 < 0.98
    with pytest.raises(DataError, match="no images"):
        compare_answers(np.zeros(0, bool), np.zeros(0, bool))


@given(st.lists(st.integers(0, 9), min_size=1))
def test_the_median_run_has_the_median_result(values: list[int]) -> None:
    found = values[find_median(values)]
    assert found == sorted(values)[(len(values) - 1) // 2]
