from collections.abc import Callable

from mnist_nn import NetworkConfig, Samples, TrainingConfig
from mnist_nn.cli.train.trials import finish_trials
from mnist_nn.experiments.runs import Trial

RUN = TrainingConfig(loss="cross_entropy", epochs=2, batch_size=10)
TRIALS = [Trial(NetworkConfig(inputs=4, hidden=(5,), outputs=3), RUN) for _ in range(3)]


def test_all_ends_are_collected_and_every_step_is_shown(clouds: Callable[..., Samples]) -> None:
    shown: list[tuple[str, int]] = []
    last = finish_trials(
        TRIALS,
        clouds(60),
        ["a", "b", "c"],
        lambda step, name: shown.append((name, step.trial)),
        [],
        engine="reference",
        jobs=2,
        judge=lambda at: at.epoch,
    )
    assert {number: step.result for number, step in last.items()} == {0: 2, 1: 2, 2: 2}
    assert sorted(shown) == [("a", 0)] * 2 + [("b", 1)] * 2 + [("c", 2)] * 2


def test_an_interruption_ends_all(clouds: Callable[..., Samples]) -> None:
    last = finish_trials(
        TRIALS, clouds(60), ["a", "b", "c"], lambda _step, _name: None, [True], engine="reference", jobs=1
    )
    assert last == {}
