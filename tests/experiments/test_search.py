"""Successive halving: who is trained for how long."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn import NetworkConfig, TrainingConfig
from mnist_nn.errors import ConfigError
from mnist_nn.experiments.search import FACTOR, Rounds, list_rungs, search_all, search_by_halving
from mnist_nn.experiments.space import Configuration
from mnist_nn.experiments.sweep import Candidate, ConfigurationResult

Score = Callable[[Candidate], float | None]


def make(count: int, epochs: int) -> list[Configuration]:
    return [Configuration({"l2": n}, NetworkConfig(), TrainingConfig(epochs=epochs, l2=n)) for n in range(count)]


def judge(one: Candidate, score: Score) -> ConfigurationResult:
    accuracy = score(one)
    found = () if accuracy is None else (accuracy,)
    return ConfigurationResult(one.number, one.configuration, found, found, int(accuracy is None), one.rung)


def play(rounds: Rounds, score: Score) -> list[list[Candidate]]:
    """Go through all rounds, with the accuracies that ``score`` says; None for a configuration that diverges."""
    seen, reply = [], None
    while True:
        try:
            candidates = rounds.send(reply)  # type: ignore[arg-type]
        except StopIteration:
            return seen
        seen.append(candidates)
        reply = [judge(one, score) for one in candidates]


def numbers(candidates: Sequence[Candidate]) -> list[int]:
    return [one.number for one in candidates]


def test_a_grid_is_one_round() -> None:
    assert [numbers(one) for one in play(search_all(make(3, 1)), lambda _: 0.5)] == [[1, 2, 3]]


def test_the_best_third_goes_on_for_three_times_as_many_epochs() -> None:
    found = play(search_by_halving(make(9, 9)), lambda one: one.number % 5 / 10)
    assert [numbers(one) for one in found] == [list(range(1, 10)), [3, 4, 9], [4]]
    assert [(one[0].until, one[0].rung) for one in found] == [(1, 0), (3, 1), (9, 2)]


def test_what_diverged_does_not_go_on_even_where_nothing_else_is_left() -> None:
    found = play(search_by_halving(make(9, 9)), lambda one: 0.5 if one.number == 7 else None)
    assert [numbers(one) for one in found] == [list(range(1, 10)), [7], [7]]
    assert len(play(search_by_halving(make(9, 9)), lambda _: None)) == 1


def test_two_epochs_cannot_be_divided() -> None:
    with pytest.raises(ConfigError, match="at least 3 epochs"):
        play(search_by_halving(make(9, 2)), lambda _: 0.5)


@given(st.integers(FACTOR, 10**6), st.integers(1, 10**5))
def test_rounds_grow_in_epochs_and_shrink_in_configurations(epochs: int, count: int) -> None:
    rungs = list_rungs(epochs, count)
    assert rungs[0][1] == count
    assert rungs[-1][0] == epochs
    assert rungs[-1][1] < FACTOR or epochs < FACTOR ** len(rungs), (
        "it stops only for want of configurations or of epochs"
    )
    for (short, many), (long, few) in pairwise(rungs):
        assert 1 <= short < long <= FACTOR * short
        assert few == -(-many // FACTOR)
