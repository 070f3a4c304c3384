"""Training as a generator: what it yields, that a cut run ends with the same bits, and that hold-outs stay unseen."""

import itertools
import math
import warnings
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn import Checkpoint, Dataset, Epoch, Network, NetworkConfig, Samples, TrainingConfig, evaluate, train
from mnist_nn.engines.reference import ReferenceEngine
from mnist_nn.errors import ConfigError, DataError, DivergedError
from mnist_nn.model_file.storage import Model, from_bytes, to_bytes
from mnist_nn.training.loop import stretch
from mnist_nn.training.placement import split
from mnist_nn.util.randomness import SHUFFLE, fold, key, permutation

SHAPE = NetworkConfig(inputs=4, hidden=(5,), outputs=3, activation="tanh", output="softmax")
RUN = TrainingConfig(loss="cross_entropy", epochs=3, batch_size=10, learning_rate=0.2)
Clouds = Callable[..., Samples]


def run(samples: Samples, training: TrainingConfig = RUN, shape: NetworkConfig = SHAPE, **rest: object) -> list[Epoch]:
    return list(train(Network.create(shape, 1), samples, training, engine="reference", **rest))


def bits(at: Checkpoint) -> list[object]:
    """All of a checkpoint but the seconds, which no two runs share."""
    slots = [array for arrays in at.state.slots.values() for array in arrays]
    best = at.best and (at.best.epoch, at.best.accuracy, [p.tobytes() for p in at.best.network.parameters])
    average = at.average and [p.tobytes() for p in at.average.parameters]
    history = [replace(row, seconds=0.0) for row in at.history]
    arrays = [array.tobytes() for array in (*at.network.parameters, *slots)]
    return [arrays, at.state.updates, at.epoch, at.offset, at.tally, best, average, history]


def weights(epochs: list[Epoch]) -> list[bytes]:
    return [p.tobytes() for p in epochs[-1].checkpoint.network.parameters]


# The generator


def test_an_epoch_is_yielded_after_each_pass(clouds: Clouds) -> None:
    epochs = run(clouds(100))
    assert [epoch.scores.epoch for epoch in epochs] == [1, 2, 3]
    assert [epoch.checkpoint.epoch for epoch in epochs] == [1, 2, 3]
    assert [epoch.progress for epoch in epochs] == pytest.approx([1 / 3, 2 / 3, 1])
    assert [epoch.checkpoint.state.updates for epoch in epochs] == [10, 20, 30]
    assert all(epoch.complete and epoch.checkpoint.offset == 0 for epoch in epochs)
    assert epochs[-1].checkpoint.history == tuple(epoch.scores for epoch in epochs)
    assert not epochs[-2].checkpoint.is_finished(RUN)
    assert epochs[-1].checkpoint.is_finished(RUN)


def test_training_learns_and_its_loss_falls(clouds: Clouds) -> None:
    epochs = run(clouds(300), replace(RUN, epochs=20))
    assert epochs[-1].scores.accuracy > 0.85 > epochs[0].scores.accuracy
    assert epochs[-1].scores.descended < 0.6 * epochs[0].scores.descended
    assert evaluate(epochs[-1].network, clouds(300, seed=1)).accuracy > 0.8


def test_nothing_runs_before_it_is_asked_for(clouds: Clouds) -> None:
    epochs = train(Network.create(SHAPE), clouds(100), replace(RUN, epochs=10**9), engine="reference")
    assert [epoch.scores.epoch for epoch in itertools.islice(epochs, 2)] == [1, 2]


def test_network_and_samples_stay_as_they_are(clouds: Clouds) -> None:
    network, samples = Network.create(SHAPE, 1), clouds(100)
    before = [a.tobytes() for a in (*network.parameters, samples.images, samples.labels)]
    *_, last = train(network, samples, replace(RUN, subset=60, validation=0.2), engine="reference")
    assert [a.tobytes() for a in (*network.parameters, samples.images, samples.labels)] == before
    assert weights([last]) != before[:4]


def test_steps_are_yielded_inside_an_epoch_when_asked_for(clouds: Clouds) -> None:
    samples, training = clouds(40_000), replace(RUN, epochs=2, batch_size=500)
    length = stretch(SHAPE, 500)
    assert length == 15_000
    steps = run(samples, training, steps=True)
    assert [step.checkpoint.offset for step in steps] == [15_000, 30_000, 0] * 2
    assert [step.complete for step in steps] == [False, False, True] * 2
    assert [step.scores.epoch for step in steps] == [1, 1, 1, 2, 2, 2]
    assert [step.progress for step in steps] == pytest.approx([0.1875, 0.375, 0.5, 0.6875, 0.875, 1])
    assert [step.checkpoint.tally.samples for step in steps] == [15_000, 30_000, 0] * 2
    epochs = run(samples, training)
    assert [bits(epoch.checkpoint) for epoch in epochs] == [bits(step.checkpoint) for step in steps if step.complete]


@pytest.mark.parametrize(("batch_size", "length"), [(1, 15_000), (7, 15_001), (64, 15_040), (20_000, 20_000)])
def test_a_stretch_is_a_whole_number_of_batches(batch_size: int, length: int) -> None:
    assert stretch(SHAPE, batch_size) == length


def test_a_large_network_has_short_stretches() -> None:
    assert stretch(NetworkConfig(hidden=(5000, 5000)), 1) == 103
    assert stretch(NetworkConfig(hidden=(1_000_000,)), 1) == 8


# What is computed


def softmax_regression(samples: Samples, training: TrainingConfig, rates: list[float]) -> list[np.ndarray]:
    """Weights and biases after a run without hidden layer, batch by batch, with the rate of each update given."""
    W, b = np.zeros((3, 4)), np.zeros(3)
    etas = iter(rates)
    for epoch in range(training.epochs):
        order = permutation(fold(key(training.seed), SHUFFLE, epoch), len(samples))
        for rows in np.split(order, range(training.batch_size, len(order), training.batch_size)):
            x, l, eta = samples.images[rows], np.eye(3)[samples.labels[rows]], next(etas)
            e = np.exp(x @ W.T + b)
            delta = e / e.sum(axis=1, keepdims=True) - l
            W, b = W - eta * delta.T @ x / len(rows), b - eta * delta.sum(axis=0) / len(rows)
    assert next(etas, None) is None
    return [W, b]


FACTORS = {
    "constant": lambda _p: 1.0,
    "step": lambda p: 1.0 if p < 0.5 else 0.1 if p < 0.75 else 0.01,
    "linear": lambda p: 1 - p,
    "cosine": lambda p: (1 + np.cos(np.pi * p)) / 2,
}


@pytest.mark.parametrize("schedule", FACTORS)
def test_the_rate_follows_its_schedule_update_by_update(clouds: Clouds, schedule: str) -> None:
    samples = clouds(44)
    shape = NetworkConfig(inputs=4, hidden=(), outputs=3, output="softmax", initializer="zeros", dtype="float64")
    training = replace(RUN, schedule=schedule, learning_rate=0.7, batch_size=10)
    # Five updates an epoch, the last of four samples; progress counts samples: 0, 10, 20, 30, 40 of 44.
    progress = [(epoch + start / 44) / 3 for epoch in range(3) for start in range(0, 44, 10)]
    rates = [0.7 * FACTORS[schedule](p) for p in progress]
    epochs = run(samples, training, shape)
    for found, expected in zip(
        epochs[-1].network.parameters, softmax_regression(samples, training, rates), strict=True
    ):
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)
    assert [epoch.scores.rate for epoch in epochs] == pytest.approx(rates[4::5], rel=1e-12)


def test_scores_are_means_over_the_samples_of_an_epoch(clouds: Clouds) -> None:
    samples = clouds(50)
    shape = NetworkConfig(inputs=4, hidden=(), outputs=3, initializer="zeros", dtype="float64")
    (epoch,) = run(samples, replace(RUN, loss="classic_mse", epochs=1, batch_size=50), shape)
    # One batch, counted before its update: every output is 1/2, so every answer is the first class.
    assert epoch.scores.loss == pytest.approx(0.25)
    assert epoch.scores.descended == pytest.approx(3 * np.log(2))
    assert epoch.scores.accuracy == (samples.labels == 0).mean()


def test_with_label_smoothing_the_losses_are_those_of_smoothed_labels(clouds: Clouds) -> None:
    samples = clouds(50)
    shape = NetworkConfig(inputs=4, hidden=(), outputs=3, output="softmax", initializer="zeros", dtype="float64")
    smoothed = replace(RUN, label_smoothing=0.3, learning_rate=50.0, epochs=1, batch_size=50)
    (epoch,) = run(samples, replace(smoothed, validation=0.2), shape)
    assert epoch.scores.loss == epoch.scores.descended == pytest.approx(np.log(3)), "every output is a third"
    o = epoch.network.output(ReferenceEngine().forward(epoch.network, ReferenceEngine().place(samples.images)))
    _, held_out = split(samples, replace(smoothed, validation=0.2))
    assert held_out is not None
    assert epoch.scores.validation_loss == pytest.approx(evaluate(epoch.network, held_out, "cross_entropy").loss)
    assert o.max() < 1, "no finite rate would make the loss of plain labels smallest"


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_label_smoothing_keeps_outputs_from_becoming_certain(engine: str) -> None:
    samples = Samples(np.eye(4)[np.arange(60) % 3], np.arange(60) % 3)
    shape = NetworkConfig(inputs=4, hidden=(), outputs=3, output="softmax")
    training = replace(RUN, label_smoothing=0.3, learning_rate=2.0, epochs=60)
    *_, last = train(Network.create(shape), samples, training, engine=engine)
    o = last.network.output(ReferenceEngine().forward(last.network, ReferenceEngine().place(samples.images[:3])))
    np.testing.assert_allclose(o, 0.7 * np.eye(3) + 0.1, atol=1e-3)
    assert last.scores.loss == pytest.approx(-(0.8 * np.log(0.8) + 0.2 * np.log(0.1)), rel=1e-4), "their entropy"


def test_the_averaged_weights_are_validated_kept_and_returned(clouds: Clouds) -> None:
    samples, training = clouds(200), replace(RUN, epochs=4, validation=0.25, learning_rate=2.0)
    plain = run(samples, training)
    for patience in (None, 9):
        epochs = run(samples, replace(training, ema_decay=0.6, patience=patience))
        assert weights(epochs) == weights(plain), "training itself goes on with the latest weights"
        shares = 0.6 ** np.arange(3, -1, -1)  # an independent form of the average: weights that sum to one
        for i, found in enumerate(epochs[-1].checkpoint.average.parameters):
            each = [epoch.checkpoint.network.parameters[i] for epoch in plain]
            np.testing.assert_allclose(found, np.average(each, axis=0, weights=shares), rtol=1e-5, atol=1e-7)
        _, held_out = split(samples, training)
        judged = [evaluate(epoch.checkpoint.average, held_out).accuracy for epoch in epochs]
        assert [epoch.scores.validation_accuracy for epoch in epochs] == judged
        best = epochs[int(np.argmax(judged)) if patience else -1].checkpoint.average
        assert [p.tobytes() for p in epochs[-1].network.parameters] == [p.tobytes() for p in best.parameters]


def test_the_seed_decides_everything(clouds: Clouds) -> None:
    samples = clouds(200)
    training = replace(RUN, dropout=0.3, subset=150, validation=0.2, patience=5)
    first, again, other = (run(samples, replace(training, seed=seed)) for seed in (1, 1, 2))
    assert bits(first[-1].checkpoint) == bits(again[-1].checkpoint)
    assert weights(first) != weights(other)


def test_the_order_seed_decides_about_the_data_and_nothing_else(clouds: Clouds) -> None:
    samples, training = clouds(60), replace(RUN, dropout=0.3, subset=50, validation=10)
    both = replace(training, seed=7, order_seed=7)
    assert weights(run(samples, both)) == weights(run(samples, replace(training, seed=7)))
    for one in (replace(both, order_seed=8), replace(both, seed=8)):
        assert weights(run(samples, one)) != weights(run(samples, both))
    # The network is given here, so without dropout nothing is left for the seed to decide.
    plain = replace(training, dropout=0.0, order_seed=7)
    assert weights(run(samples, replace(plain, seed=1))) == weights(run(samples, replace(plain, seed=2)))


def test_every_epoch_has_an_order_of_its_own(clouds: Clouds) -> None:
    samples = clouds(30)
    one_by_one = replace(RUN, batch_size=1, epochs=1)
    (first,) = run(samples, one_by_one)
    start = Network.create(SHAPE, 1)
    moved = Checkpoint(start, first.checkpoint.state, epoch=1)
    (second,) = run(samples, replace(one_by_one, epochs=2), resume=moved)
    assert weights([first]) != weights([second])


def test_mnist_is_learned(mnist: Dataset) -> None:
    training = TrainingConfig(epochs=2, subset=5000)
    *_, last = train(Network.create(seed=3), mnist.train, training)
    assert evaluate(last.network, mnist.test).accuracy > 0.83


# Cutting and resuming


@st.composite
def runs(draw: st.DrawFn) -> tuple[NetworkConfig, TrainingConfig]:
    validation = draw(st.sampled_from([0, 0.1, 777]))
    training = TrainingConfig(
        loss="cross_entropy",
        optimizer=draw(st.sampled_from(["sgd", "momentum", "nesterov", "adam", "adamw"])),
        schedule=draw(st.sampled_from(["constant", "step", "cosine", "linear"])),
        epochs=draw(st.integers(1, 3)),
        batch_size=draw(st.sampled_from([300, 1000])),
        dropout=draw(st.sampled_from([0.0, 0.4, (0.0, 0.2)])),
        l2=draw(st.sampled_from([0.0, 0.01])),
        max_norm=draw(st.sampled_from([None, 1.0])),
        label_smoothing=draw(st.sampled_from([0.0, 0.1])),
        ema_decay=draw(st.sampled_from([0.0, 0.5])),
        subset=draw(st.sampled_from([None, 19_000])),
        validation=validation,
        patience=draw(st.sampled_from([None, 1, 2])) if validation else None,
        seed=draw(st.integers(0, 2**64 - 1)),
    )
    return replace(SHAPE, hidden=(5, 4), dtype=draw(st.sampled_from(["float32", "float64"]))), training


@cache
def many() -> Samples:
    rng = np.random.default_rng(4)
    return Samples(rng.standard_normal((20_000, 4)), rng.integers(0, 3, 20_000))


def through_a_file(at: Checkpoint, training: TrainingConfig) -> Checkpoint:
    saved = from_bytes(to_bytes(Model.of(at, training)))
    assert saved.training == training
    assert saved.checkpoint is not None
    return saved.checkpoint


@settings(deadline=None, max_examples=30)
@given(runs(), st.data())
def test_a_run_cut_anywhere_and_resumed_from_a_file_ends_with_the_same_bits(
    drawn: tuple[NetworkConfig, TrainingConfig], data: st.DataObject
) -> None:
    shape, training = drawn
    unbroken = run(many(), training, shape, steps=True)
    cut = data.draw(st.integers(0, len(unbroken) - 1), label="cut after step")
    resumed_at = through_a_file(unbroken[cut].checkpoint, training)
    assert bits(resumed_at) == bits(unbroken[cut].checkpoint)
    rest = list(train(Network.create(shape, 99), many(), training, engine="reference", resume=resumed_at, steps=True))
    assert [bits(step.checkpoint) for step in rest] == [bits(step.checkpoint) for step in unbroken[cut + 1 :]]


def test_a_run_cut_before_it_began(clouds: Clouds) -> None:
    samples, training = clouds(100), replace(RUN, optimizer="adam")
    start = Checkpoint.start(Network.create(SHAPE, 1), training)
    assert weights(run(samples, training, resume=through_a_file(start, training))) == weights(run(samples, training))


def test_an_augmented_run_with_other_draws_is_not_continued() -> None:
    pictures = Samples(np.random.default_rng(1).integers(0, 256, (40, 2, 2), dtype=np.uint8), np.arange(40) % 3)
    distorted = replace(RUN, augmentation="affine")
    older = replace(run(pictures, distorted)[0].checkpoint, draws=1)
    assert through_a_file(older, distorted).draws == 1
    with pytest.raises(ConfigError, match="earlier version, which distorted the images in another way"):
        run(pictures, distorted, resume=older)
    assert run(pictures, replace(distorted, epochs=1), resume=older) == [], "a finished one has nothing to distort"
    assert len(run(pictures, RUN, resume=older)) == 2, "without distortion there is nothing to draw"


def test_a_finished_run_has_nothing_to_resume(clouds: Clouds) -> None:
    samples = clouds(100)
    assert run(samples, resume=run(samples)[-1].checkpoint) == []


def test_a_run_can_be_made_longer(clouds: Clouds) -> None:
    samples = clouds(100)
    longer = replace(RUN, epochs=5)
    assert bits(run(samples, longer, resume=run(samples)[-1].checkpoint)[-1].checkpoint) == bits(
        run(samples, longer)[-1].checkpoint
    )


def test_a_checkpoint_names_the_engines_that_learned(clouds: Clouds) -> None:
    samples, longer = clouds(100), replace(RUN, epochs=5)
    first = run(samples)[-1].checkpoint
    assert first.engines == ("reference",)
    assert run(samples, longer, resume=first)[-1].checkpoint.engines == ("reference",)
    *_, mixed = train(first.network, samples, longer, engine="compiled", resume=first)
    assert mixed.checkpoint.engines == ("reference", "compiled")
    back = run(samples, replace(RUN, epochs=6), resume=mixed.checkpoint)[-1].checkpoint
    assert back.engines == ("reference", "compiled", "reference"), "the last is the one that learned last"
    unknown = run(samples, longer, resume=replace(first, engines=()))[-1].checkpoint
    assert unknown.engines == (), "one engine is known, but not those before it"


# Subset, hold-out, patience


def numbered(clouds: Clouds, count: int) -> Samples:
    """Samples whose first feature is their row number."""
    samples = clouds(count)
    samples.images[:, 0] = np.arange(count)
    return samples


def rows(samples: Samples) -> list[int]:
    return samples.images[:, 0].astype(int).tolist()


@pytest.mark.parametrize(("validation", "held_out_count"), [(0.25, 75), (40, 40), (1, 1)])
def test_subset_and_hold_out_are_disjoint_and_have_every_class_in_proportion(
    clouds: Clouds, validation: float, held_out_count: int
) -> None:
    samples = numbered(clouds, 500)
    training, held_out = split(samples, replace(RUN, subset=300, validation=validation))
    assert held_out is not None
    assert (len(training), len(held_out)) == (300 - held_out_count, held_out_count)
    assert len({*rows(training), *rows(held_out)}) == 300
    for part in (training, held_out):
        assert part.labels.tolist() == samples.labels[rows(part)].tolist()
        expected = np.array(samples.counts(3)) * len(part) / 500
        assert np.abs(part.counts(3) - expected).max() < 2


def test_without_subset_and_validation_everything_is_for_training(clouds: Clouds) -> None:
    samples = numbered(clouds, 50)
    training, held_out = split(samples, RUN)
    assert rows(training) == list(range(50))
    assert held_out is None


def test_the_seed_chooses_subset_and_hold_out(clouds: Clouds) -> None:
    samples, training = numbered(clouds, 200), replace(RUN, subset=100, validation=0.3)
    first, again, other = (split(samples, replace(training, seed=seed)) for seed in (1, 1, 2))
    assert [rows(part) for part in first] == [rows(part) for part in again]
    assert rows(first[0]) != rows(other[0])
    assert rows(first[1]) != rows(other[1])


def spoiled(samples: Samples, training: TrainingConfig) -> Samples:
    """The same samples with other images where the configuration holds some out."""
    marked = Samples(np.arange(len(samples), dtype=np.float64)[:, None].repeat(4, axis=1), samples.labels)
    _, held_out = split(marked, training)
    assert held_out is not None
    images = samples.images.copy()
    images[rows(held_out)] = -1000 * images[rows(held_out)][::-1]
    return Samples(images, samples.labels)


def test_training_never_sees_the_hold_out(clouds: Clouds) -> None:
    samples, training = clouds(200), replace(RUN, validation=0.3)
    epochs, others = run(samples, training), run(spoiled(samples, training), training)
    assert weights(epochs) == weights(others)
    assert epochs[-1].scores.validation_loss != others[-1].scores.validation_loss


def test_hold_out_scores_are_those_of_an_evaluation(clouds: Clouds) -> None:
    samples, training = clouds(200), replace(RUN, validation=0.3)
    epochs = run(samples, training)
    held_out = split(samples, training)[1]
    assert held_out is not None
    for epoch in epochs:
        result = evaluate(epoch.checkpoint.network, held_out, "cross_entropy", engine="reference")
        assert epoch.scores.validation_accuracy == result.accuracy
        assert epoch.scores.validation_loss == pytest.approx(result.loss, rel=1e-12)


def test_without_hold_out_there_are_no_validation_scores(clouds: Clouds) -> None:
    assert "validation_accuracy" not in run(clouds(50))[-1].scores.to_dict()


def shaky(clouds: Clouds, seed: int, patience: int) -> tuple[Samples, TrainingConfig]:
    """A rate far too high, so that the validation accuracy goes up and down."""
    training = replace(RUN, epochs=60, learning_rate=3.0, batch_size=5, validation=0.3, patience=patience, seed=seed)
    return clouds(120, noise=0.8), training


@pytest.mark.parametrize("patience", [1, 3])
@pytest.mark.parametrize("seed", range(4))
def test_patience_stops_after_epochs_without_a_better_one_and_restores_the_best(
    clouds: Clouds, seed: int, patience: int
) -> None:
    samples, training = shaky(clouds, seed, patience)
    epochs = run(samples, training)
    accuracies = [epoch.scores.validation_accuracy for epoch in epochs]
    best = accuracies.index(max(accuracies))
    assert len(epochs) == best + 1 + patience < 60
    assert [p.tobytes() for p in epochs[-1].network.parameters] == weights(epochs[: best + 1])
    assert weights(epochs) != weights(epochs[: best + 1])
    held_out = split(samples, training)[1]
    assert held_out is not None
    assert evaluate(epochs[-1].network, held_out, engine="reference").accuracy == max(accuracies)


def test_validation_without_patience_keeps_the_last_network(clouds: Clouds) -> None:
    samples, training = shaky(clouds, 0, 1)
    epochs = run(samples, replace(training, patience=None, epochs=8))
    assert len(epochs) == 8
    assert epochs[-1].network is epochs[-1].checkpoint.network


# What goes wrong


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("loss", ["mse", "cross_entropy"])
def test_divergence_is_an_error_in_words_and_no_warning(clouds: Clouds, loss: str, optimizer: str, dtype: str) -> None:
    shape = replace(SHAPE, activation="identity", hidden=(5, 5), dtype=dtype)
    training = replace(RUN, loss=loss, optimizer=optimizer, learning_rate=1e300, epochs=50)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DivergedError, match=r"diverged in epoch \d+: .*try a smaller learning rate than 1e\+300"):
            run(clouds(100), training, shape)


def test_what_was_yielded_before_a_divergence_is_still_good(clouds: Clouds) -> None:
    training = replace(RUN, loss="mse", learning_rate=50.0, epochs=10_000, l2=0.5)
    epochs = train(Network.create(SHAPE, 1), clouds(100), training, engine="reference")
    seen: deque[Epoch] = deque(maxlen=1)
    with pytest.raises(DivergedError):
        seen.extend(epochs)
    assert all(np.isfinite(p).all() for p in seen[0].network.parameters)


def test_an_optimizer_memory_that_is_not_finite_is_a_divergence(
    clouds: Clouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn = ReferenceEngine.epoch

    def overflown(self: ReferenceEngine, *arguments: object) -> tuple:
        network, state, tally = learn(self, *arguments)
        return network, replace(state, slots={**state.slots, "v": tuple(p * math.inf for p in state.slots["v"])}), tally

    monkeypatch.setattr(ReferenceEngine, "epoch", overflown)
    with pytest.raises(DivergedError, match="try a smaller learning rate"):
        run(clouds(50), replace(RUN, optimizer="adam"))


def test_another_fault_of_an_engine_is_not_called_a_divergence(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(*_arguments: object) -> None:
        raise ConfigError("this machine is too old")

    monkeypatch.setattr(ReferenceEngine, "epoch", refusing)
    with pytest.raises(ConfigError, match="too old"):
        run(clouds(50))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_pixels_that_are_not_finite_are_refused(clouds: Clouds, value: float) -> None:
    samples = clouds(20)
    samples.images[7, 1] = value
    with pytest.raises(DataError, match="image 7 contains NaN or infinity"):
        run(samples)


@pytest.mark.parametrize("label", [3, 100, -1])
def test_labels_without_an_output_are_refused(clouds: Clouds, label: int) -> None:
    samples = clouds(20)
    samples.labels[7] = label
    with pytest.raises(DataError, match=f"label {label}"):
        run(samples)


def test_no_samples_are_refused(clouds: Clouds) -> None:
    with pytest.raises(DataError):
        run(clouds(20).take([]))


@pytest.mark.parametrize("inputs", [3, 5])
def test_samples_of_another_width_are_refused(clouds: Clouds, inputs: int) -> None:
    with pytest.raises(ConfigError, match=f"a sample has {inputs} values, but the network has 4 inputs"):
        run(clouds(20, inputs))


@pytest.mark.parametrize(
    ("training", "error"),
    [
        (replace(RUN, loss="classic_mse"), ConfigError),
        (replace(RUN, dropout=(0.1, 0.2)), ConfigError),
        (replace(RUN, subset=21), DataError),
        (replace(RUN, validation=20), DataError),
        (replace(RUN, validation=0.001), DataError),
    ],
)
def test_settings_that_do_not_fit_network_or_data_are_refused(
    clouds: Clouds, training: TrainingConfig, error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        run(clouds(20), training)
    assert "\n" not in str(caught.value)


def test_an_unknown_engine_is_refused_with_the_known_ones(clouds: Clouds) -> None:
    with pytest.raises(ConfigError, match="unknown engine 'gpu3'; choose one of: auto, "):
        next(train(Network.create(SHAPE), clouds(20), RUN, engine="gpu3"))


def test_a_checkpoint_of_another_run_is_refused(clouds: Clouds) -> None:
    start = Checkpoint.start(Network.create(SHAPE), RUN)
    for shape, config, at in (
        (replace(SHAPE, hidden=(7,), activation="tanh"), RUN, start),
        (SHAPE, replace(RUN, optimizer="adam"), start),
        (SHAPE, RUN, replace(start, offset=1000)),
        (SHAPE, RUN, replace(start, offset=5)),
    ):
        with pytest.raises(ConfigError, match="resume with"):
            run(clouds(100), config, shape, resume=at)
