"""Where a run stands: when it is finished, which network is to be used, and who has learned."""

from dataclasses import replace

import pytest

from mnist_nn import Checkpoint, Network, NetworkConfig, TrainingConfig
from mnist_nn.training.checkpoint import Scores
from mnist_nn.training.early_stopping import Best

SHAPE = NetworkConfig(inputs=4, outputs=3)
LAST, BETTER = Network.create(SHAPE, 1), Network.create(SHAPE, 2)


@pytest.fixture
def at() -> Checkpoint:
    return Checkpoint.start(LAST, TrainingConfig())


@pytest.mark.parametrize(("optimizer", "slots"), [("sgd", []), ("nesterov", ["velocity"]), ("adamw", ["m", "v"])])
def test_a_run_begins_with_nothing_learned(optimizer: str, slots: list[str]) -> None:
    at = Checkpoint.start(LAST, TrainingConfig(optimizer=optimizer))
    assert at.network is at.chosen is LAST
    assert (at.epoch, at.offset, at.seconds, at.best, at.history, at.engines) == (0, 0, 0.0, None, (), ())
    assert (at.state.updates, list(at.state.slots)) == (0, slots)
    for arrays in at.state.slots.values():
        assert [array.shape for array in arrays] == [p.shape for p in LAST.parameters]
        assert not any(array.any() for array in arrays)
    assert at.tally.samples == 0


@pytest.mark.parametrize(
    ("epoch", "best", "patience", "is_finished"),
    [
        (9, None, None, False),
        (10, None, None, True),
        (11, None, None, True),
        (5, 3, 3, False),
        (6, 3, 3, True),
        (6, 3, None, False),
        (6, None, 3, False),
        (10, 10, 3, True),
    ],
)
def test_a_run_is_finished_when_its_epochs_are_done_or_patience_has_run_out(
    at: Checkpoint, epoch: int, best: int | None, patience: int | None, is_finished: bool
) -> None:
    training = TrainingConfig(epochs=10, validation=0.1 if patience else 0, patience=patience)
    at = replace(at, epoch=epoch, best=best and Best(BETTER, best, 0.9))
    assert at.is_finished(training) == is_finished


def test_the_network_to_use_is_the_best_one_where_there_is_one(at: Checkpoint) -> None:
    assert at.chosen is LAST
    assert replace(at, best=Best(BETTER, 1, 0.5)).chosen is BETTER


@pytest.mark.parametrize(
    ("engines", "epoch", "after"),
    [
        ((), 0, ("compiled",)),
        ((), 1, ()),  # who learned the first epoch is not known
        (("compiled",), 1, ("compiled",)),
        (("reference",), 1, ("reference", "compiled")),
        (("compiled", "reference"), 2, ("compiled", "reference", "compiled")),
    ],
)
def test_engines_are_named_in_the_order_in_which_they_came(
    at: Checkpoint, engines: tuple[str, ...], epoch: int, after: tuple[str, ...]
) -> None:
    assert replace(at, engines=engines, epoch=epoch).engines_after("compiled") == after


def test_in_the_middle_of_the_first_epoch_an_unknown_engine_stays_unknown(at: Checkpoint) -> None:
    assert replace(at, offset=10).engines_after("compiled") == ()


def test_the_scores_to_show_are_those_of_the_network_to_use(at: Checkpoint) -> None:
    history = tuple(Scores(epoch, 0.1, 0.1, 0.5, 0.1, 1.0) for epoch in (1, 2, 3))
    at = replace(at, epoch=3, history=history)
    assert at.chosen_scores is history[2]
    assert replace(at, best=Best(BETTER, 2, 0.9)).chosen_scores is history[1]


def test_scores_say_only_what_was_measured() -> None:
    scores = Scores(1, 0.5, 0.6, 0.7, 0.1, 2.0)
    expected = {"epoch": 1, "loss": 0.5, "descended": 0.6, "accuracy": 0.7, "rate": 0.1, "seconds": 2.0}
    assert scores.to_dict() == expected
    held_out = replace(scores, validation_loss=0.0, validation_accuracy=0.0)
    assert held_out.to_dict() == expected | {"validation_loss": 0.0, "validation_accuracy": 0.0}
