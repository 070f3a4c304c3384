"""The search by Optuna: what it draws follows from the seed and the results, wherever and however often it is asked."""

import subprocess
import sys
from pathlib import Path

import pytest

from mnist_nn.experiments.space import Axis, Configuration, Settings, build_configurations, draw_settings
from mnist_nn.experiments.sweep import Candidate, ConfigurationResult
from mnist_nn.experiments.tpe import BATCH, search_by_tpe

AXES = [
    Axis("learning_rate", low=0.001, high=1.0, is_log=True),
    Axis("hidden", ((10,), (20,), (40,))),
    Axis("optimizer", ("sgd", "adam", "nesterov")),
]


def build(settings: Settings) -> Configuration:
    return build_configurations("classic", {"epochs": 1}, [settings], 784, 10)[0]


def grade(settings: Settings) -> float:
    """An accuracy that is best for a rate of 0.03 and twenty units with Adam."""
    rate, (width,) = settings["learning_rate"], settings["hidden"]
    near = 0.5 / (1 + 10 * abs(rate - 0.03) / 0.03)
    return near + 0.2 * (width == 20) + 0.2 * (settings["optimizer"] == "adam")


def judge(one: Candidate, accuracy: float) -> ConfigurationResult:
    return ConfigurationResult(one.number, one.configuration, (accuracy,), (accuracy,), 0)


def search(count: int, seed: int = 0, axes: list[Axis] = AXES) -> list[list[Candidate]]:
    rounds, seen = search_by_tpe(axes, build, count, seed), []
    candidates = next(rounds)
    while candidates:
        seen.append(candidates)
        try:
            candidates = rounds.send([judge(one, grade(one.configuration.settings)) for one in candidates])
        except StopIteration:
            break
    return seen


def list_settings(rounds: list[list[Candidate]]) -> list[Settings]:
    return [one.configuration.settings for candidates in rounds for one in candidates]


def test_it_draws_the_same_again_and_begins_as_a_shorter_search_does() -> None:
    found = search(23)
    assert list(map(len, found)) == [BATCH, BATCH, 3]
    assert list_settings(found) == list_settings(search(23))
    assert list_settings(found)[: 2 * BATCH] == list_settings(search(2 * BATCH))
    assert list_settings(found)[:BATCH] != list_settings(search(BATCH, seed=1))


def test_later_batches_are_better_than_draws_at_random() -> None:
    found = list_settings(search(40))[20:]
    drawn = list(draw_settings(AXES, 300, seed=0))
    at_random = sum(map(grade, drawn)) / len(drawn)
    assert sum(map(grade, found)) / len(found) > at_random + 0.1


def test_what_was_drawn_before_is_not_trained_again() -> None:
    found = list_settings(search(30, axes=[Axis("learning_rate", (0.01, 0.03)), *AXES[1:]]))
    assert len({str(settings) for settings in found}) == len(found) <= 18


@pytest.mark.slow
def test_another_process_with_another_order_of_hashes_draws_the_same() -> None:
    code = "import test_tpe; print(test_tpe.list_settings(test_tpe.search(30)))"
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": str(number), "PYTHONPATH": ":".join([str(Path(__file__).parent), *sys.path])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for number in range(3)
    }
    assert len(said) == 1
