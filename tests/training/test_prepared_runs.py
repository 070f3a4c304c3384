"""Training on prepared inputs: what an epoch's network takes, that a run goes on with the same bits, and its files."""

from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load

from mnist_nn import Model, Network, NetworkConfig, Samples, TrainingConfig, evaluate, load_data, predict, train
from mnist_nn.data.deskewing import deskew
from mnist_nn.engines.select import prepare_serving
from mnist_nn.errors import ConfigError, ModelFileError
from mnist_nn.evaluation.inside import activations
from mnist_nn.evaluation.prediction import Predictor
from mnist_nn.experiments.runs import Trial, run_trials
from mnist_nn.model_file.storage import from_bytes, pack, read_header, to_bytes
from mnist_nn.nn.config import fit_data
from mnist_nn.training.placement import split

RUN = TrainingConfig(loss="cross_entropy", optimizer="adam", epochs=3, batch_size=20, validation=0.2, seed=3)
EVERYTHING = "deskew,crop=24,pool=2,components=50,standardize"


@pytest.fixture(scope="module")
def digits() -> Samples:
    return load_data("mnist").train.take(range(300))


def create(prepare: str, dtype: str = "float32") -> Network:
    config = NetworkConfig(hidden=(8,), activation="relu", output="softmax", prepare=prepare, dtype=dtype)
    return Network.create(fit_data(config, 784, 10), 1)


@pytest.mark.parametrize("engine", ["reference", "compiled"])
@pytest.mark.parametrize("prepare", ["deskew", "crop=24,pool=2", EVERYTHING])
def test_an_epochs_network_takes_pictures(digits: Samples, prepare: str, engine: str) -> None:
    *_, last = train(create(prepare), digits, replace(RUN, validation=0, epochs=8), engine=engine)
    assert last.network.config.inputs == 784
    assert last.network.config.prepare == ("deskew" if "deskew" in prepare else "")
    assert evaluate(last.network, digits).accuracy > 0.7
    assert evaluate(last.network, digits, engine="reference").accuracy == evaluate(last.network, digits).accuracy


def test_both_engines_learn_the_same(digits: Samples) -> None:
    runs = [list(train(create(EVERYTHING), digits, RUN, engine=engine))[-1] for engine in ("reference", "compiled")]
    assert runs[0].scores.descended == pytest.approx(runs[1].scores.descended, rel=1e-4)
    assert runs[0].scores.validation_accuracy == runs[1].scores.validation_accuracy


def test_held_out_images_are_prepared_too(digits: Samples) -> None:
    """The accuracy that is reported is that of the network that comes out, for the images that were held out."""
    *_, last = train(create(EVERYTHING), digits, RUN)
    _, held_out = split(digits, RUN)
    assert held_out is not None
    assert evaluate(last.network, held_out).accuracy == last.scores.validation_accuracy


def test_training_on_pictures_that_were_prepared_before_is_the_same(digits: Samples) -> None:
    upright = Samples(deskew(digits.images), digits.labels)
    *_, by_itself = train(create("deskew"), digits, RUN)
    *_, before = train(create(""), upright, RUN)
    for p, q in zip(by_itself.network.parameters, before.network.parameters, strict=True):
        assert np.array_equal(p, q)


def test_copies_are_distorted_before_they_are_prepared(digits: Samples) -> None:
    """A copy shifted by whole pixels that is cropped afterwards still has the ink that came from outside."""
    config = replace(RUN, augment="shift=3,rotation=20", validation=0, epochs=1)
    *_, one = train(create("crop=20,pool=2"), digits, config, engine="reference")
    middle = Samples(np.pad(digits.images[:, 4:24, 4:24], ((0, 0), (4, 4), (4, 4))), digits.labels)
    *_, other = train(create("crop=20,pool=2"), middle, config, engine="reference")
    assert not np.array_equal(one.network.weights[0], other.network.weights[0])


@pytest.mark.parametrize("more", [{}, {"patience": 2}, {"ema_decay": 0.5}, {"augmentation": "affine"}], ids=str)
def test_a_saved_run_goes_on_with_the_same_bits(digits: Samples, more: dict[str, object]) -> None:
    config = replace(RUN, **more)  # type: ignore[arg-type]
    whole = list(train(create(EVERYTHING), digits, config, engine="reference"))
    model = from_bytes(to_bytes(Model.of(whole[0], config)))
    assert model.checkpoint is not None
    for p, q in zip(model.network.parameters, whole[0].network.parameters, strict=True):
        assert np.array_equal(p, q)
    assert np.array_equal(model.checkpoint.chosen.weights[0], model.network.weights[0])
    rest = list(train(model.network, digits, config, engine="reference", resume=model.checkpoint))
    assert len(rest) == 2
    for p, q in zip(rest[-1].network.parameters, whole[-1].network.parameters, strict=True):
        assert np.array_equal(p, q)


def test_a_file_without_preparation_is_what_it_was(digits: Samples) -> None:
    *_, last = train(create(""), digits, RUN)
    text = to_bytes(Model.of(last, RUN))[:4000]
    assert b"prepar" not in text


def test_a_damaged_preparation_is_refused(digits: Samples) -> None:
    *_, last = train(create(EVERYTHING), digits, replace(RUN, epochs=1))
    data = to_bytes(Model.of(last, RUN))
    header, tensors = read_header(data), load(data)
    for name in ("resume/preparation/mean", "resume/preparation/axes"):
        with pytest.raises(ModelFileError, match="damaged"):
            from_bytes(pack(header, {**tensors, name: tensors[name][1:]}))
        with pytest.raises(ModelFileError, match="damaged"):
            from_bytes(pack(header, {**tensors, name: tensors[name] * np.nan}))


def test_a_trained_network_learns_on(digits: Samples) -> None:
    *_, first = train(create(EVERYTHING), digits, RUN)
    *_, second = train(first.network, digits, RUN)
    assert second.network.config == first.network.config
    assert second.scores.descended < first.scores.descended


def test_a_teacher_sees_pictures(digits: Samples) -> None:
    *_, taught = train(create("deskew"), digits, replace(RUN, epochs=10))
    config = replace(RUN, teacher_share=1.0, epochs=15, validation=0)
    *_, last = train(create("crop=24,pool=2,standardize"), digits, config, teacher=taught.network)
    agree = predict(last.network, digits).label == predict(taught.network, digits).label
    assert agree.mean() > 0.8


def test_frozen_layers_have_a_teacher_too(digits: Samples) -> None:
    teacher = Network.create(NetworkConfig(output="softmax"), 5)
    config = replace(RUN, teacher_share=0.5, freeze=1, epochs=1)
    *_, last = train(create("crop=24,pool=2"), digits, config, teacher=teacher)
    assert np.array_equal(last.checkpoint.network.weights[0], create("crop=24,pool=2").weights[0])
    assert last.network.config.sizes == (784, 8, 10)


def test_runs_at_once_are_those_alone(digits: Samples) -> None:
    trials = [Trial(create(text).config, replace(RUN, seed=seed)) for text in ("", "crop=24,pool=2") for seed in (1, 2)]
    found = {step.trial: step for step in run_trials(trials, digits, jobs=2) if step.is_last}
    for number, trial in enumerate(trials):
        *_, alone = train(Network.create(trial.shape, trial.training.seed), digits, trial.training)
        epoch = found[number].epoch
        assert epoch is not None
        assert np.array_equal(epoch.network.weights[0], alone.network.weights[0])


def test_a_network_of_the_wrong_width_is_refused(digits: Samples) -> None:
    wide = Network.create(NetworkConfig(prepare="crop=24,pool=2"))
    with pytest.raises(ConfigError, match="makes 144 inputs of a sample's 784 values, but the network has 784"):
        next(train(wide, digits, RUN))


def test_predictions_do_not_depend_on_the_form_of_the_picture(digits: Samples) -> None:
    *_, last = train(create("deskew"), digits, RUN)
    network, images = last.network, digits.images[:20]
    expected = predict(network, images, engine="reference")
    upright = replace(network.config, prepare="")
    plain = Network.of(upright, network.parameters)
    assert np.array_equal(predict(plain, deskew(images), engine="reference").z, expected.z)
    np.testing.assert_allclose(
        predict(network, images / np.float32(255)).probabilities, expected.probabilities, atol=1e-5
    )
    np.testing.assert_allclose(activations(network, images)[-1], expected.probabilities, atol=1e-5)
    for engine in ("reference", "compiled"):
        one = Predictor(network, engine)
        for image, probabilities in zip(images, expected.probabilities, strict=True):
            np.testing.assert_allclose(one(image).probabilities, probabilities, atol=1e-5)
            np.testing.assert_allclose(one(image / np.float32(255)).probabilities, probabilities, atol=1e-5)
        _, forward = prepare_serving(engine, network, 8)
        np.testing.assert_allclose(forward(images.reshape(-1, 784)), expected.z, atol=1e-4)
