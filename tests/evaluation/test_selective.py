"""Learn-then-Test against the exact binomial by other means, and against populations whose truth is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from mnist_nn.errors import ConfigError, DataError
from mnist_nn.evaluation.selective import (
    SELECTIVE,
    ThresholdTest,
    bound_error,
    choose_starts,
    choose_thresholds,
    count_needed,
    count_thresholds,
    find_least_promise,
)
from mnist_nn.nn.activations import sigmoid
from mnist_nn.util import randomness


def draw_population(count: int, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Confidences, and whether answers are right: one in ten is hard, the rest is right but for 1 in 2,000."""
    keys = [randomness.fold(randomness.key(3), number, n) for n in range(3)]
    hard = randomness.uniform(keys[0], count) < 0.1
    score = np.where(hard, 1.5, 7) + 1.5 * randomness.normal(keys[1], count)
    right = randomness.uniform(keys[2], count) >= 0.0005 + 0.9995 * (1 - sigmoid(score))
    return score, right


@given(st.integers(1, 2000), st.data(), st.sampled_from([0.05, 0.025, 0.2]))
@settings(max_examples=60, deadline=None)
def test_the_bound_is_the_exact_one(accepted: int, data: st.DataObject, level: float) -> None:
    wrong = data.draw(st.integers(0, accepted))
    exact = binomtest(wrong, accepted, alternative="less").proportion_ci(1 - level, method="exact").high
    assert bound_error(wrong, accepted, level) == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize("limit", [0.1, 0.01, 0.002, 0.00037])
def test_so_many_right_answers_prove_a_limit_and_one_fewer_does_not(limit: float) -> None:
    needed = count_needed(limit)
    assert (1 - limit) ** needed <= SELECTIVE.level < (1 - limit) ** (needed - 1)
    assert find_least_promise(needed) <= limit < find_least_promise(needed - 1)


def slow_walk(test: ThresholdTest, limit: float) -> float | None:
    """The procedure in plain words, with SciPy's binomial distribution."""
    starts, level = choose_starts(int(test.sizes.min()), limit)
    best = None
    for start in starts:
        begun = False
        for row in range(len(test.thresholds) - 1, -1, -1):
            begun = begun or test.accepted[row].min() >= start
            if not begun:
                continue
            p = max(binom.cdf(k, n, limit) for k, n in zip(test.wrong[row], test.accepted[row], strict=True))
            if p > level:
                break
            best = test.thresholds[row] if best is None else min(best, test.thresholds[row])
    return best


@given(st.integers(0, 10**6), st.sampled_from([300, 1600]), st.sampled_from([0.2, 0.05, 0.02, 0.01]))
@settings(max_examples=25, deadline=None)
def test_it_is_the_procedure_in_plain_words(number: int, count: int, limit: float) -> None:
    fitting, _ = draw_population(200, number)
    sets = [draw_population(count, number + n) for n in (1, 2)]
    test = count_thresholds(choose_thresholds(fitting, 25), sets)
    expected = slow_walk(test, limit)
    try:
        found = test.operating_point(limit).threshold
    except ConfigError:
        found = None
    assert found == expected


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.lists(st.floats(0, 1), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_counts_are_those_of_a_loop(confidences: list[float], given_thresholds: list[float]) -> None:
    thresholds = np.unique(given_thresholds)
    confidence, right = np.array(confidences), np.arange(len(confidences)) % 3 > 0
    test = count_thresholds(thresholds, [(confidence, right)])
    for row, threshold in enumerate(thresholds):
        assert test.accepted[row, 0] == sum(confidence >= threshold)
        assert test.wrong[row, 0] == sum((confidence >= threshold) & ~right)


def test_the_limit_is_broken_in_no_more_than_one_of_twenty_calibrations() -> None:
    score, right = draw_population(200_000, 10_000)
    order = np.argsort(score)
    score, right = score[order], right[order]
    wrong_above = np.cumsum(~right[::-1])[::-1]
    broken = reached = 0
    for number in range(200):
        drawn = (randomness.uniform(randomness.fold(randomness.key(8), number), 3500) * len(score)).astype(int)
        fitting, testing = drawn[:1000], drawn[1000:]
        test = count_thresholds(choose_thresholds(score[fitting]), [(score[testing], right[testing])])
        try:
            at = int(np.searchsorted(score, test.operating_point(0.01).threshold))
        except ConfigError:
            continue
        reached += 1
        broken += wrong_above[at] / (len(score) - at) > 0.01
    assert reached > 180
    assert broken <= binom.ppf(0.999, 200, SELECTIVE.level)


def test_a_limit_has_to_hold_for_the_worst_set() -> None:
    confidence = np.linspace(0, 1, 3000)
    good, bad = confidence > 0.1, confidence > 0.4
    alone, both = (
        count_thresholds(np.linspace(0, 0.9, 91), sets).operating_point(0.02)
        for sets in ([(confidence, good)], [(confidence, good), (confidence, bad)])
    )
    assert alone.threshold < 0.2
    assert 0.35 < both.threshold < 0.5
    assert both.error <= 0.02
    assert both.coverage == pytest.approx(1 - both.threshold, abs=0.01)


def test_one_confident_mistake_does_not_end_it() -> None:
    right = np.arange(4000) != 3999
    assert count_thresholds(np.linspace(0, 1, 100), [(np.linspace(0, 1, 4000), right)]).operating_point(0.01)


def test_a_limit_that_so_few_cannot_prove_says_how_many_it_takes() -> None:
    test = count_thresholds([0.0], [(np.ones(500), np.ones(500, bool))])
    with pytest.raises(ConfigError, match=r"500 answers .* 0\.006 at best; 0\.001 takes 2,995"):
        test.operating_point(0.001)
    assert test.least_error == pytest.approx(find_least_promise(500))


@pytest.mark.parametrize("limit", [0.0, 1.0, -0.1, float("nan")])
def test_what_is_no_share_is_refused(limit: float) -> None:
    with pytest.raises(ConfigError, match="between 0 and 1"):
        count_thresholds([0.0], [(np.ones(500), np.ones(500, bool))]).operating_point(limit)


def test_a_limit_out_of_reach_says_what_is_in_reach() -> None:
    test = count_thresholds(np.linspace(0, 1, 50), [(np.linspace(0, 1, 4000), np.arange(4000) % 20 > 0)])
    assert 0.05 < test.least_error < 0.08
    with pytest.raises(ConfigError, match=r"reaches 0\.0[67]\d\d at best"):
        test.operating_point(0.01)
    assert test.operating_point(test.least_error).error <= test.least_error


def test_nothing_can_be_promised_where_all_is_wrong() -> None:
    test = count_thresholds([0.0, 0.5], [(np.linspace(0, 1, 400), np.zeros(400, bool))])
    assert test.least_error == 1.0
    assert test.tabulate([0.01, 0.5]).tolist() == [[0.5, 1.0, 0.0]]


def test_a_table_has_the_thresholds_of_its_limits() -> None:
    fitting, _ = draw_population(2000, 0)
    test = count_thresholds(choose_thresholds(fitting), [draw_population(8000, 1)])
    table = test.tabulate([0.01, 0.02, 0.05, 0.0001])
    assert np.all(np.diff(table[:, 0]) >= 0)
    assert np.all(np.diff(table[:, 1]) < 0)
    for limit in (0.01, 0.02, 0.05):
        row = table[np.flatnonzero(table[:, 1] <= limit)[0]]
        assert row[0] == test.operating_point(limit).threshold
    assert table[-1, 1] == test.least_error


@pytest.mark.parametrize(
    ("accepted", "wrong", "message"),
    [
        ([[5], [6]], [[0], [0]], "impossible counts"),
        ([[6], [5]], [[7], [0]], "impossible counts"),
        ([[6], [5]], [[0]], "do not fit"),
    ],
)
def test_counts_that_cannot_be_are_refused(accepted: list, wrong: list, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        ThresholdTest(np.array([0.1, 0.2]), np.array(accepted), np.array(wrong), np.array([10]))


def test_no_answers_are_refused() -> None:
    with pytest.raises(DataError, match="no answers"):
        count_thresholds([0.5], [(np.empty(0), np.empty(0, bool))])


@pytest.mark.parametrize("limit", [5e-324, 1e-300, 1e-17])
def test_a_limit_next_to_nothing_is_refused_in_words(limit: float) -> None:
    assert count_needed(limit) >= 10**17
