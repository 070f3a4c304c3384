"""The table of a sweep and the choice it leads to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn import NetworkConfig, TrainingConfig
from mnist_nn.experiments.space import Configuration
from mnist_nn.experiments.sweep import (
    Candidate,
    choose_best,
    gather_results,
    list_columns,
    order_rows,
    plan_trials,
    write_value,
)

CANDIDATES = [Candidate(n, Configuration({"epochs": n}, NetworkConfig(), TrainingConfig(epochs=n))) for n in (1, 2, 3)]


def row(number: int, accuracy: str, loss: str = "1.0") -> dict[str, str]:
    return {"configuration": str(number), "validation_accuracy": accuracy, "validation_loss": loss}


def test_every_configuration_has_every_seed() -> None:
    trials = plan_trials(CANDIDATES, range(4, 6))
    assert [(one.training.epochs, one.training.seed) for one in trials] == [(n, s) for n in (1, 2, 3) for s in (4, 5)]


@given(st.permutations(range(3, 12)))
def test_rows_are_in_order_however_they_come(order: list[int]) -> None:
    parts = list(order_rows(3, ((number, [str(number)]) for number in order)))
    assert [cell for rows in parts for [cell] in rows] == [str(number) for number in range(3, 12)]


def test_what_has_a_gap_before_it_waits() -> None:
    assert list(order_rows(0, [(1, ["b"]), (3, ["d"])])) == []
    assert list(order_rows(0, [(1, ["b"]), (0, ["a"]), (3, ["d"])])) == [[["a"], ["b"]]]


def test_the_best_is_chosen_by_held_out_accuracy_then_by_loss() -> None:
    rows = [row(1, "0.9"), row(2, "0.95", "0.5"), row(3, "0.95", "0.4"), row(1, "0.9"), row(2, "0.95"), row(3, "0.95")]
    best = choose_best(gather_results(CANDIDATES, rows))
    assert best
    assert (best.number, best.accuracies, best.losses) == (3, (0.95, 0.95), (0.4, 1.0))


def test_what_diverged_once_is_not_chosen() -> None:
    rows = [row(1, "0.9"), row(2, "0.99"), row(2, "", ""), row(3, "", "")]
    results = gather_results(CANDIDATES, rows)
    best = choose_best(results)
    assert best
    assert best.number == 1
    assert [one.diverged for one in results] == [0, 1, 1]
    assert results[2].summary is None
    assert choose_best(results[1:]) is None


@pytest.mark.parametrize(
    ("value", "text"), [((30, 20), "30/20"), (1e-4, "0.0001"), (0.0, "0"), ("relu", "relu"), (3, "3")]
)
def test_values_are_written_as_they_are_typed(value: object, text: str) -> None:
    assert write_value(value) == text
    assert list_columns(["a"])[2] == "a"
