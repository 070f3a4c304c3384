"""A network that learns a teacher's answers: what it is asked for, and which teacher it may have."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from mnist_nn import Model, Network, NetworkConfig, Samples, TrainingConfig, train
from mnist_nn.data.augmentation import DISTORTIONS
from mnist_nn.engines.compiled.engine import CompiledEngine
from mnist_nn.engines.reference import ReferenceEngine
from mnist_nn.errors import ConfigError
from mnist_nn.model_file.storage import from_bytes, to_bytes
from mnist_nn.nn.network import Array
from mnist_nn.training.distillation import Teacher
from mnist_nn.training.epoch_samples import EpochSamples
from mnist_nn.util.randomness import AUGMENT, fold, key

SHAPE = NetworkConfig(inputs=4, hidden=(5,), outputs=3, activation="tanh", output="softmax")
RUN = TrainingConfig(loss="cross_entropy", epochs=3, batch_size=10, learning_rate=0.2, teacher_share=0.9)
Clouds = Callable[..., Samples]


def answers(network: Network, x: Array, temperature: float = 1.0) -> Array:
    """Probabilities by hand, in float64."""
    z = ReferenceEngine().forward(network, ReferenceEngine().place(x)).astype(float) / temperature
    e = np.exp(z - z.max(axis=1, keepdims=True)) if network.config.output == "softmax" else 1 / (1 + np.exp(-z))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
@pytest.mark.parametrize("engine", [ReferenceEngine(), CompiledEngine()], ids=lambda engine: engine.name)
def test_targets_are_labels_and_answers_at_a_temperature(clouds: Clouds, engine: ReferenceEngine, output: str) -> None:
    samples, teacher = clouds(20), Network.create(replace(SHAPE, hidden=(9,), output=output, dtype="float64"), 4)
    config = replace(RUN, teacher_share=0.75, teacher_temperature=2.5)
    found = Teacher.of(teacher, 4, SHAPE, config).targets(engine, samples.images, np.eye(3)[samples.labels])
    expected = 0.25 * np.eye(3)[samples.labels] + 0.75 * answers(teacher, samples.images, 2.5)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_a_network_taught_alone_comes_to_answer_as_its_teacher(clouds: Clouds, engine: str) -> None:
    samples = clouds(300)
    *_, taught = train(Network.create(SHAPE, 1), samples, replace(RUN, teacher_share=0, epochs=30), engine=engine)
    wrong = Samples(samples.images, np.roll(samples.labels, 1))
    config = replace(RUN, teacher_share=1.0, epochs=30)
    *_, last = train(Network.create(SHAPE, 2), wrong, config, engine=engine, teacher=taught.network)
    difference = abs(answers(last.network, samples.images) - answers(taught.network, samples.images))
    assert difference.mean() < 0.03, "labels have no part in it"
    assert last.scores.accuracy < 0.7, "but they decide what is right"


def test_engines_count_right_answers_by_the_labels(clouds: Clouds) -> None:
    samples, teacher = clouds(60), Network.create(SHAPE, 9)
    scores = [
        next(train(Network.create(SHAPE, 1), samples, RUN, engine=engine, teacher=teacher)).scores
        for engine in ("reference", "compiled")
    ]
    assert scores[0].accuracy == scores[1].accuracy
    assert scores[0].descended == pytest.approx(scores[1].descended, rel=1e-5)


def test_the_teacher_sees_the_distorted_copies() -> None:
    samples = Samples(np.random.default_rng(0).integers(0, 256, (30, 2, 2), dtype=np.uint8), np.arange(30) % 3)
    engine, teacher = ReferenceEngine(), Network.create(SHAPE, 3)
    prepared = EpochSamples(engine, samples, np.eye(3)[samples.labels], Teacher.of(teacher, 4, SHAPE, RUN),
                            DISTORTIONS["affine"], key(7), 2)  # fmt: skip
    copies = engine.distort(samples.images, fold(key(7), AUGMENT, 1), DISTORTIONS["affine"])
    expected = 0.1 * np.eye(3)[samples.labels] + 0.9 * answers(teacher, copies)
    np.testing.assert_allclose(prepared.get(1).t, expected, atol=1e-6)
    prepared.close()


def test_a_taught_run_is_resumed_with_the_same_teacher_alone(clouds: Clouds) -> None:
    samples, teacher = clouds(60), Network.create(SHAPE, 9)
    config = replace(RUN, optimizer="adam", dropout=0.2)
    whole = list(train(Network.create(SHAPE, 1), samples, config, engine="reference", teacher=teacher))
    at = from_bytes(to_bytes(Model.of(whole[0], config))).checkpoint
    assert at is not None
    rest = list(train(Network.create(SHAPE), samples, config, engine="reference", teacher=Model(teacher), resume=at))
    for p, q in zip(rest[-1].network.parameters, whole[-1].network.parameters, strict=True):
        assert np.array_equal(p, q)
    with pytest.raises(ConfigError, match="not the teacher that the training began with"):
        next(train(Network.create(SHAPE), samples, config, teacher=Network.create(SHAPE, 8), resume=at))
    with pytest.raises(ConfigError, match=r"teacher_share is 0\.9, but there is no teacher"):
        next(train(Network.create(SHAPE), samples, config, resume=at))
    assert list(train(Network.create(SHAPE), samples, config, resume=whole[-1].checkpoint)) == [], "it is finished"


@pytest.mark.parametrize(
    ("teacher", "config", "said"),
    [
        (Network.create(replace(SHAPE, inputs=5)), RUN, "the teacher has 5 inputs, but a sample has 4 values"),
        (Network.create(replace(SHAPE, outputs=4)), RUN, "the teacher has 4 outputs, but the network has 3"),
        (Network.create(SHAPE), replace(RUN, teacher_share=0), "no effect with teacher_share 0"),
        (SHAPE, RUN, "the network is a NetworkConfig"),
    ],
    ids=["inputs", "outputs", "share", "kind"],
)
def test_a_teacher_that_does_not_fit_is_refused(
    clouds: Clouds, teacher: Network, config: TrainingConfig, said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        next(train(Network.create(SHAPE), clouds(20), config, teacher=teacher))
