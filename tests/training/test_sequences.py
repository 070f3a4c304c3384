"""Training on lines: that it learns to read, that a cut run ends with the same bits, and what it refuses."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn import Checkpoint, Network, NetworkConfig
from mnist_nn.engines import select
from mnist_nn.errors import ConfigError, DivergedError
from mnist_nn.imaging.windows import WINDOWS, cut_windows
from mnist_nn.model_file.storage import Model, from_bytes, to_bytes
from mnist_nn.nn.ctc import ctc_loss, greedy, log_softmax
from mnist_nn.training import sequences
from mnist_nn.training.sequences import (
    SequenceTraining,
    SequenceUpdate,
    find_errors,
    place_labels,
    read_lines,
    share_read_whole,
    train_sequences,
)

Array = npt.NDArray[Any]
SHAPE = NetworkConfig(inputs=WINDOWS.inputs, hidden=(24,), activation="relu", outputs=4, output="softmax")
RUN = SequenceTraining(
    updates=120, guided_updates=0, lines_per_update=12, learning_rate=0.01, warm_up_updates=5, seed=3
)
SHORT = replace(RUN, updates=6, lines_per_update=5)


class DrawnLines(NamedTuple):
    maps: Array
    widths: Array
    labels: Array
    lengths: Array
    centres: Array


def draw(update: int, count: int = RUN.lines_per_update) -> DrawnLines:
    """Lines of one to three signs: a bar over the whole height, one over the upper and one over the lower half."""
    rng = np.random.default_rng([1, update])
    lengths = rng.integers(1, 4, count)
    labels = rng.integers(0, 3, (count, 3))
    maps = np.zeros((count, WINDOWS.rows, 60), np.uint8)
    widths, centres = np.empty(count, np.int64), np.zeros((count, 3))
    for i in range(count):
        x = int(rng.integers(4, 8))
        for place, label in enumerate(labels[i, : lengths[i]]):
            rows = (slice(2, 30), slice(2, 14), slice(18, 30))[label]
            maps[i, rows, x : x + 4] = rng.integers(150, 256)
            centres[i, place] = x + 1.5
            x += int(rng.integers(9, 14))
        widths[i] = x + rng.integers(0, 4)
    return DrawnLines(maps, widths, labels, lengths, centres)


def train(training: SequenceTraining = SHORT, **rest: Any) -> list[SequenceUpdate]:
    compose = rest.pop("compose", lambda update: draw(update, training.lines_per_update))
    return list(
        train_sequences(Network.create(SHAPE, training.seed), compose, training, **{"engine": "reference", **rest})
    )


def bits(at: Checkpoint) -> list[bytes]:
    slots = [array for arrays in at.state.slots.values() for array in arrays]
    return [array.tobytes() for array in (*at.network.parameters, *slots)]


def test_a_network_learns_to_read_lines_it_has_not_seen() -> None:
    *_, last = train(RUN)
    engine, unseen = select.create("reference"), draw(10_000, 100)
    assert share_read_whole(read_lines(last.network, unseen, engine), unseen) > 0.95
    assert last.loss < 0.1


def test_every_update_says_where_it_stands() -> None:
    found = train()
    assert [update.updates for update in found] == [1, 2, 3, 4, 5, 6]
    assert all(update.checkpoint.state.updates == update.updates for update in found)
    seconds = [update.checkpoint.seconds for update in found]
    assert seconds == sorted(seconds)
    assert [update.windows for update in found] == [int((draw(u, 5).widths // 2).sum()) for u in range(6)]
    assert found[-1].checkpoint.engines == ("reference",)


def test_the_loss_is_the_mean_over_lines_of_ctc_for_each_digit() -> None:
    lines, network = draw(0, SHORT.lines_per_update), Network.create(SHAPE, SHORT.seed)
    engine = select.create("reference")
    each = []
    for line, width, labels, length, _ in zip(*lines, strict=True):
        z = engine.forward(network, engine.place(cut_windows(line[:, :width])))
        each.append(ctc_loss(log_softmax(z), labels[:length])[0] / length)
    assert train()[0].loss == pytest.approx(np.mean(each), rel=1e-5)


@pytest.mark.parametrize("cut", [1, 3, 5])
def test_a_run_cut_and_resumed_ends_with_the_same_bits(cut: int) -> None:
    whole = train()
    kept = to_bytes(Model.of(whole[cut - 1].checkpoint, SHORT.as_training_config()))
    at = from_bytes(kept).checkpoint
    rest = train(resume=at)
    assert [update.updates for update in rest] == list(range(cut + 1, 7))
    assert bits(rest[-1].checkpoint) == bits(whole[-1].checkpoint)


def test_a_finished_run_is_not_gone_on_with() -> None:
    assert train(resume=train()[-1].checkpoint) == []


def test_lines_are_composed_by_another_thread_each_once_and_not_far_ahead() -> None:
    asked: list[tuple[int, str]] = []

    def compose(update: int) -> DrawnLines:
        asked.append((update, threading.current_thread().name))
        return draw(update, 5)

    run: Iterator[SequenceUpdate] = train_sequences(Network.create(SHAPE), compose, SHORT, engine="reference")
    first = next(run)
    assert first.updates == 1
    run.close()
    assert 1 <= len(asked) <= 1 + sequences.AHEAD
    assert threading.main_thread().name not in {name for _, name in asked}
    asked.clear()
    train(compose=compose)
    assert [update for update, _ in asked] == [0, 1, 2, 3, 4, 5]


def test_what_goes_wrong_with_the_lines_is_raised() -> None:
    def compose(update: int) -> DrawnLines:
        if update == 2:
            raise KeyError("no more lines")
        return draw(update, 5)

    run = train_sequences(Network.create(SHAPE), compose, SHORT, engine="reference")
    assert len(list(islice(run, 2))) == 2
    with pytest.raises(KeyError, match="no more lines"):
        next(run)


def test_a_line_with_too_few_steps_teaches_nothing() -> None:
    lines = draw(0, 5)
    short = lines._replace(widths=np.array([4, *lines.widths[1:]]), lengths=np.array([3, *lines.lengths[1:]]))
    rest = DrawnLines(*(array[1:] for array in short))
    found, expected = (train(replace(SHORT, updates=1), compose=lambda _, one=one: one)[0] for one in (short, rest))
    assert np.isfinite(found.loss)
    assert found.loss == pytest.approx(expected.loss)
    for p, q in zip(found.network.parameters, expected.network.parameters, strict=True):
        np.testing.assert_allclose(p, q, atol=1e-5)


def test_the_rate_rises_and_falls() -> None:
    training = SequenceTraining(updates=1000, warm_up_updates=100)
    rates = [training.rate(update) for update in range(1000)]
    top = int(np.argmax(rates))
    assert top in {98, 99}
    assert rates[:top] == sorted(rates[:top])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert rates[-1] < 1e-5 * training.learning_rate * 10


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"inputs": 784}, "1152 values"), ({"output": "sigmoid"}, "softmax outputs, not sigmoid")],
)
def test_networks_that_read_no_lines_are_refused(changes: dict[str, Any], message: str) -> None:
    network = Network.create(replace(SHAPE, **changes))
    with pytest.raises(ConfigError, match=message):
        next(train_sequences(network, draw, SHORT))


def test_a_checkpoint_of_another_run_is_refused() -> None:
    at = train(replace(SHORT, updates=1))[0].checkpoint
    with pytest.raises(ConfigError, match="another shape"):
        next(train_sequences(Network.create(replace(SHAPE, hidden=(3,))), draw, SHORT, resume=at))
    momentum = replace(at, state=replace(at.state, slots={"velocity": at.state.slots["m"]}))
    with pytest.raises(ConfigError, match="not made by adamw"):
        next(train_sequences(Network.create(SHAPE), draw, SHORT, resume=momentum))


def test_a_run_that_diverges_says_so() -> None:
    with pytest.raises(DivergedError, match="smaller learning rate than 1e"):
        train(replace(SHORT, learning_rate=1e30))


def test_the_first_updates_learn_from_where_digits_are() -> None:
    """Told where digits are, a network reads lines after so few updates that CTC has not even begun."""
    few = replace(RUN, updates=25)
    alone, guided = (train(replace(few, guided_updates=updates))[-1].network for updates in (0, 25))
    unseen, engine = draw(10_000, 100), select.create("reference")
    shares = [share_read_whole(read_lines(network, unseen, engine), unseen) for network in (alone, guided)]
    assert shares[1] > shares[0] + 0.3


def test_labels_are_placed_around_the_middles_of_digits() -> None:
    lines = draw(5, 3)
    steps = WINDOWS.steps(lines.widths)
    found = place_labels(lines, steps, 4).argmax(axis=2)
    assert greedy(np.eye(4)[found], steps) == [
        tuple(labels[:length]) for labels, length in zip(lines.labels.tolist(), lines.lengths.tolist(), strict=True)
    ]


def test_windows_without_error_are_left_out_of_the_gradient() -> None:
    """What is left out is next to nothing: one step from a trained network goes where the whole gradient goes."""
    *_, trained = train(RUN)
    targets = place_labels(draw(7), WINDOWS.steps(draw(7).widths), 4)
    reading = read_lines(trained.network, draw(7), select.create("reference"))
    log_p, targets = reading.log_probabilities[reading.inside], targets[reading.inside]
    wrong = find_errors(log_p, targets)
    error = np.exp(log_p) - targets
    assert len(wrong) < len(error)
    assert np.abs(np.delete(error, wrong, axis=0)).max() <= sequences.LEAST_ERROR
    assert (np.abs(error[wrong]).max(axis=1) > sequences.LEAST_ERROR).all()
