"""Many runs side by side: each is what it would be alone, whatever ran beside it."""

import pickle
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest

from mnist_nn import Checkpoint, Network, NetworkConfig, Samples, TrainingConfig, evaluate, load_data, train
from mnist_nn.errors import ConfigError, DataError, DivergedError
from mnist_nn.experiments.runs import BLOCK, Outcome, Shelf, Step, Trial, divide, run_block, run_trials
from mnist_nn.training.placement import Placement
from mnist_nn.util import memory

SHAPE = NetworkConfig(inputs=4, hidden=(5,), outputs=3, activation="tanh", output="softmax")
RUN = TrainingConfig(loss="cross_entropy", epochs=3, batch_size=10, learning_rate=0.2)
Clouds = Callable[..., Samples]


def bits(at: Checkpoint) -> list[object]:
    """All of a checkpoint but the seconds, which no two runs share."""
    arrays = [*at.network.parameters, *(array for arrays in at.state.slots.values() for array in arrays)]
    history = [replace(row, seconds=0.0) for row in at.history]
    best = at.best and (at.best.epoch, [p.tobytes() for p in at.best.network.parameters])
    return [[array.tobytes() for array in arrays], history, best, at.signs, at.engines]


def last_steps(trials: list[Trial], samples: Samples, **options: object) -> dict[int, Step]:
    return {step.trial: step for step in run_trials(trials, samples, **options) if step.is_last}  # type: ignore[arg-type]


def ends(trials: list[Trial], samples: Samples, **options: object) -> list[list[object]]:
    found = last_steps(trials, samples, **options)
    return [bits(found[number].epoch.checkpoint) for number in range(len(trials))]  # type: ignore[union-attr]


def alone(trial: Trial, samples: Samples, engine: str) -> list[object]:
    start = Network.create(trial.shape, trial.training.seed)
    return bits(list(train(start, samples, trial.training, engine=engine))[-1].checkpoint)


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_runs_equal_single_runs_for_any_number_of_threads(clouds: Clouds, jobs: int) -> None:
    samples = clouds(120)
    settings: list[dict[str, object]] = [
        {},
        {"validation": 20, "patience": 1},
        {"subset": 60, "optimizer": "adam"},
        {"dropout": 0.2, "epochs": 2},
    ]
    trials = [Trial(SHAPE, replace(RUN, seed=seed, **rest)) for seed in range(3) for rest in settings]
    expected = [alone(trial, samples, "reference") for trial in trials]
    assert ends(trials, samples, engine="reference", jobs=jobs) == expected


def test_the_compiled_engine_gives_the_same_bits_beside_others() -> None:
    few = load_data("mnist").train.take(range(400))
    shapes = [NetworkConfig(), NetworkConfig(hidden=(9, 8), activation="relu"), NetworkConfig(hidden=())]
    trials = [Trial(shape, TrainingConfig(epochs=2, seed=seed)) for shape in shapes for seed in range(3)]
    trials.append(Trial(NetworkConfig(), TrainingConfig(epochs=2, augmentation="affine")))
    expected = [alone(trial, few, "auto") for trial in trials]
    assert ends(trials, few, jobs=3) == expected


def test_every_epoch_comes_in_order_and_the_last_one_is_judged(clouds: Clouds) -> None:
    samples = clouds(60)
    trials = [Trial(SHAPE, replace(RUN, seed=seed)) for seed in range(4)]
    seen: dict[int, list[int]] = {}

    def judge(at: Checkpoint) -> float:
        return evaluate(at.chosen, samples, engine="reference").accuracy

    for step in run_trials(trials, samples, engine="reference", jobs=2, judge=judge):
        assert step.epoch
        seen.setdefault(step.trial, []).append(step.epoch.scores.epoch)
        assert (step.result is not None) == step.is_last == (step.epoch.checkpoint.epoch == 3)
    assert seen == {trial: [1, 2, 3] for trial in range(4)}


def test_a_run_that_diverges_leaves_the_others_alone(clouds: Clouds) -> None:
    wild = replace(RUN, learning_rate=1e30, l2=1e30)
    found = last_steps([Trial(SHAPE, RUN), Trial(SHAPE, wild), Trial(SHAPE, RUN)], clouds(60), engine="reference")
    assert [isinstance(found[number].error, DivergedError) for number in range(3)] == [False, True, False]
    assert found[1].epoch is None


@pytest.mark.parametrize(
    ("trial", "error", "said"),
    [
        (Trial(replace(SHAPE, inputs=5), RUN), ConfigError, "4 values"),
        (Trial(SHAPE, replace(RUN, loss="classic_mse")), ConfigError, "sigmoid"),
        (Trial(SHAPE, replace(RUN, subset=99)), DataError, "from 1 to 60"),
    ],
)
def test_what_cannot_be_trained_ends_all_runs(clouds: Clouds, trial: Trial, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        last_steps([Trial(SHAPE, replace(RUN, epochs=10**6)), trial], clouds(60), engine="reference", jobs=2)


def test_a_run_that_stops_early_has_the_bits_of_the_whole_one_at_that_epoch(clouds: Clouds) -> None:
    samples, training = clouds(60), replace(RUN, schedule="cosine", validation=10)
    whole = list(train(Network.create(SHAPE, 0), samples, training, engine="reference"))
    [early] = ends([Trial(SHAPE, training, until=2)], samples, engine="reference")
    assert early[:3] == bits(whole[1].checkpoint)[:3]


def test_a_block_is_plain_data_in_and_out_and_gives_the_same_again(clouds: Clouds) -> None:
    wild = replace(RUN, learning_rate=1e30, l2=1e30)
    trials = [Trial(SHAPE, replace(RUN, validation=12, patience=1, epochs=9)), Trial(SHAPE, wild)]
    first = run_block(trials, clouds(60), "reference")
    again = run_block(*pickle.loads(pickle.dumps((trials, clouds(60), "reference"))))  # noqa: S301 our own bytes
    assert first == again
    assert first[1] is None
    assert first[0]
    at = last_steps(trials[:1], clouds(60), engine="reference")[0].epoch.checkpoint  # type: ignore[union-attr]
    row = at.history[at.best.epoch - 1]  # type: ignore[union-attr]
    assert first[0] == Outcome(
        row.validation_accuracy, row.validation_loss, row.accuracy, row.loss, at.epoch, row.epoch
    )


def test_data_on_a_shelf_is_prepared_once_for_several_calls(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    samples, shelf = clouds(60), Shelf(clouds(60), "reference", 2)
    trials = [Trial(SHAPE, replace(RUN, validation=10, order_seed=0, seed=seed)) for seed in range(2)]
    expected = [ends([one], samples, engine="reference") for one in trials]
    prepared = []
    prepare = Placement.prepare
    monkeypatch.setattr(Placement, "prepare", lambda *given: (prepared.append(1), prepare(*given))[1])
    assert [ends([one], samples, engine="reference", shelf=shelf) for one in trials] == expected
    assert len(prepared) == 1


def test_without_signs_the_rest_is_the_same(clouds: Clouds) -> None:
    trials = [Trial(SHAPE, replace(RUN, validation=10))]
    (whole,) = ends(trials, clouds(60), engine="reference")
    (bare,) = ends(trials, clouds(60), engine="reference", signs=False)
    assert whole[3], "signs of the last epoch"
    assert bare == [*whole[:3], (), whole[4]]


def test_closing_ends_the_runs(clouds: Clouds) -> None:
    trials = [Trial(SHAPE, replace(RUN, epochs=10**6, seed=seed)) for seed in range(3)]
    with closing(run_trials(trials, clouds(60), engine="reference", jobs=2)) as steps:
        assert next(steps).trial in range(3)


def test_blocks_have_one_kind_of_data_and_no_more_than_their_share() -> None:
    trials = [Trial(SHAPE, replace(RUN, validation=0.1, seed=number % 2)) for number in range(200)]
    blocks = divide(trials, 2)
    assert sorted(number for block in blocks for number in block) == list(range(200))
    assert all(len({number % 2 for number in block}) == 1 and len(block) <= BLOCK for block in blocks)
    assert len(divide(trials[:8], 4)) == 8
    assert divide([], 1) == []


def test_memory_for_all_threads_is_asked_for(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available_bytes", lambda: 2**29)
    wide = Trial(replace(SHAPE, hidden=(500_000,)), replace(RUN, batch_size=1))
    with pytest.raises(ConfigError, match=r"training 8 networks at a time .* lower jobs"):
        last_steps([wide] * 8, clouds(60), jobs=8)
