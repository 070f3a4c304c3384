"""The front door: what public functions take besides exactly what they need, and the one error for everything else."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mnist_nn import (
    Model,
    Network,
    NetworkConfig,
    Predictor,
    Reader,
    Samples,
    TrainingConfig,
    check_gradients,
    evaluate,
    load_data,
    load_model,
    predict,
    save_model,
    train,
)
from mnist_nn.doors import as_dataset, as_network, as_samples, split_labels
from mnist_nn.errors import ConfigError, DataError, ImageError, MnistNNError, ModelFileError
from mnist_nn.export import export
from mnist_nn.export import verify as verify_export
from mnist_nn.report import build_report

DATA = load_data("mnist")
NETWORK = Network.create(seed=1)
X, Y = DATA.train.images[:60], DATA.train.labels[:60]
SAMPLES = Samples(X, Y)
ONCE = TrainingConfig(epochs=1)
PAGE = Path(__file__).parents[1] / "examples" / "digit.png"


def learned(*arguments: Any, **options: Any) -> list[np.ndarray]:
    """Train for one epoch, and return what came of the weights."""
    options = options if any(isinstance(a, TrainingConfig) for a in arguments) else {"config": ONCE, **options}
    options = {"engine": "reference", **options}
    return [parameter for epoch in train(*arguments, **options) for parameter in epoch.network.parameters]


@pytest.mark.parametrize(
    "call",
    [
        lambda: learned(NETWORK, X, Y, ONCE),
        lambda: learned(NETWORK, X, Y),
        lambda: learned(NETWORK, X, labels=Y, config=ONCE),
        lambda: learned(NETWORK, (X, Y)),
        lambda: learned(NETWORK, X.tolist(), Y.tolist()),
        lambda: learned(NETWORK, X.reshape(60, 784), Y.astype(np.int32)),
        lambda: learned(NETWORK, X[..., None], Y[:, None].astype(float)),
        lambda: learned(Model(NETWORK), SAMPLES),
        lambda: learned(Predictor(NETWORK), SAMPLES),
    ],
)
def test_arrays_models_and_lists_train_the_same_network(call: Callable[[], Any]) -> None:
    for found, expected in zip(call(), learned(NETWORK, SAMPLES, ONCE), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_a_data_set_or_its_name_stands_for_the_half_that_is_wanted() -> None:
    config = TrainingConfig(epochs=1, subset=200)
    expected = learned(NETWORK, DATA.train, config)
    for given in (DATA, "mnist"):
        for found, one in zip(learned(NETWORK, given, config), expected, strict=True):
            np.testing.assert_array_equal(found, one)
    assert evaluate(NETWORK, DATA).accuracy == evaluate(NETWORK, DATA.test).accuracy
    assert as_samples("mnist", None, "call") is not as_samples("mnist", None, "call", "train")
    assert as_dataset(DATA, "call") is DATA


def test_arrays_are_measured_as_samples_are_with_the_loss_in_either_place() -> None:
    expected = evaluate(NETWORK, SAMPLES, "mse")
    for found in (evaluate(NETWORK, X, Y, "mse"), evaluate(Model(NETWORK), X.tolist(), Y.tolist(), loss_name="mse")):
        assert (found.accuracy, found.loss, found.loss_name) == (expected.accuracy, expected.loss, "mean squared error")
    assert evaluate(NETWORK, SAMPLES, loss_name="mse").loss == expected.loss


def test_gradients_are_checked_of_a_network_and_of_samples() -> None:
    shape = NetworkConfig(inputs=784, hidden=(4,))
    expected = check_gradients(shape, ONCE, X[:2], Y[:2], probes=2)
    found = check_gradients(Network.create(shape), ONCE, SAMPLES.take(range(2)), probes=2)
    assert [group.error for group in found.groups] == [group.error for group in expected.groups]


def test_a_model_file_is_written_of_a_network_alone_and_in_either_order(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    assert save_model(path, NETWORK) == save_model(NETWORK, path) == save_model(Model(NETWORK), str(path)) == path
    np.testing.assert_array_equal(load_model(path).network.weights[0], NETWORK.weights[0])
    epoch = next(train(NETWORK, SAMPLES, ONCE, engine="reference"))
    assert Model.of(epoch, ONCE).checkpoint is epoch.checkpoint


def test_a_reader_takes_a_path_of_a_model_and_pages_in_any_form(tmp_path: Path) -> None:
    path = save_model(tmp_path / "m.safetensors", NETWORK)
    assert Reader(path).model.network.config == Reader(NETWORK).model.network.config == NETWORK.config
    read = Reader()
    grey = np.asarray(Image.open(PAGE).convert("L"))
    expected = read(grey)
    assert expected.text
    for page in (PAGE, str(PAGE), Image.open(PAGE), np.stack([grey] * 3, -1), grey.tolist(), grey / 255):
        assert read(page).text == expected.text
    assert read(PAGE.read_bytes()).text == expected.text
    with PAGE.open("rb") as file:
        assert read(file).text == expected.text


def test_predictors_take_what_is_one_image() -> None:
    ask, image = Predictor(NETWORK), X[0]
    colours = Image.fromarray(image).convert("RGB")
    for given in (image.tolist(), image.astype(np.int64), Image.fromarray(image), colours, np.asarray(colours)):
        np.testing.assert_array_equal(ask(given).probabilities, ask(image).probabilities)


def test_predict_takes_one_image_and_pictures() -> None:
    images = DATA.test.images[:2]
    first, pictures = images[0], [Image.fromarray(image) for image in images]
    colours = [picture.convert("RGB") for picture in pictures]
    expected = predict(NETWORK, images).probabilities
    for one in (first, first.ravel(), first[..., None], first / 255, first.tolist(), pictures[0], colours[0]):
        np.testing.assert_allclose(predict(NETWORK, one).probabilities, expected[:1], rtol=1e-5)
    for many in (pictures, tuple(colours), DATA):
        np.testing.assert_allclose(predict(NETWORK, many).probabilities[:2], expected, rtol=1e-5)
    line = Network.create(NetworkConfig(inputs=1, hidden=(2,), outputs=2))
    assert len(predict(line, np.zeros(5)).label) == 5, "of a network with one input, five numbers are five samples"


def test_many_images_are_for_predict() -> None:
    with pytest.raises(ConfigError, match=r"60 images of 784 values.*call mnist_nn\.predict\(network, images\)"):
        Predictor(NETWORK)(X)
    expected = predict(NETWORK, X).probabilities
    for found in (predict(Model(NETWORK), SAMPLES), predict(NETWORK, X.reshape(60, 784).tolist())):
        np.testing.assert_array_equal(found.probabilities, expected)


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_a_pickled_predictor_answers_as_before(engine: str) -> None:
    ask = Predictor(NETWORK, engine)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(ask))(X[0]).probabilities, ask(X[0]).probabilities)  # noqa: S301


def test_tables_of_pandas_are_arrays() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    table = pandas.DataFrame(X.reshape(60, 784).astype(np.int64))
    found = Samples(table, pandas.Series(Y.astype(np.int32)))
    np.testing.assert_array_equal(found.images, X)
    np.testing.assert_array_equal(found.labels, Y)
    assert evaluate(NETWORK, table, pandas.DataFrame({"label": Y})).accuracy == evaluate(NETWORK, SAMPLES).accuracy
    assert Predictor(NETWORK)(pandas.DataFrame(X[0])).label == Predictor(NETWORK)(X[0]).label


MISTAKES: list[tuple[Callable[[], Any], str]] = [
    (lambda: train(NETWORK, X), r"give images and labels.*train\(network, samples"),  # type: ignore[call-overload]
    (
        lambda: train(NETWORK, X, Y, epochs=3),
        r"keyword argument 'epochs'; call train\(network, samples, TrainingConfig",
    ),  # type: ignore[call-overload]
    (lambda: Network.create(hidden=(3,)), r"'hidden'; call Network\.create\(NetworkConfig"),  # type: ignore[call-arg]
    (lambda: TrainingConfig(lr=0.1), r"'lr'; call TrainingConfig\(epochs=3, .*learning_rate=0\.1\)"),  # type: ignore[call-arg]
    (lambda: NetworkConfig((20,)), r"too many positional arguments; call NetworkConfig\(hidden="),  # type: ignore[misc]
    (lambda: Samples(X), r"lacks a required argument: 'labels'; call Samples\(images, labels\)"),  # type: ignore[call-arg]
    (lambda: save_model(NETWORK), r"call save_model\(path, model\)"),  # type: ignore[call-overload]
    (lambda: Reader(lenght=4), r"'lenght'; call Reader\("),  # type: ignore[call-arg]
    (lambda: predict(NETWORK, ["a.png"]), r"images are text; to read a picture file call"),
    (lambda: train(NETWORK, None), r"the samples are None; .*train\(network, samples"),  # type: ignore[call-overload]
    (lambda: train(SAMPLES, NETWORK), r"the network is a Samples; call train\(network, samples"),  # type: ignore[call-overload]
    (lambda: train(NetworkConfig(), SAMPLES), r"Network\.create\(config\)"),  # type: ignore[call-overload]
    (lambda: train("m.safetensors", SAMPLES), r"load_model\('m\.safetensors'\)"),  # type: ignore[call-overload]
    (lambda: train(NETWORK, SAMPLES, 5), r"5 was given as labels too; call train\(network, samples, TrainingConfig"),
    (lambda: train(NETWORK, SAMPLES, config={}), r"a dict, not of type TrainingConfig; call train"),  # type: ignore[call-overload]
    (lambda: train(NETWORK, SAMPLES, ONCE, resume=NETWORK), r"resume=epoch\.checkpoint"),  # type: ignore[call-overload]
    (lambda: evaluate(NETWORK, X), r"give images and labels.*evaluate\(network, samples\)"),  # type: ignore[call-overload]
    (lambda: evaluate(DATA, NETWORK), r"the network is a Dataset; call evaluate"),  # type: ignore[call-overload]
    (lambda: evaluate(NETWORK, X[:, :20], Y), "560 values, but the network has 784 inputs"),
    (lambda: check_gradients(NETWORK, X, Y), r"call check_gradients\(config, TrainingConfig\(\), samples\)"),  # type: ignore[arg-type]
    (lambda: predict(NETWORK, X[:, :20]), r"the image is 28×20, but the network takes 28×28.*Reader\(\)\(picture\)"),
    (lambda: predict(NETWORK, Image.new("L", (56, 40))), r"the image is 56×40, but.*Reader\(\)\(picture\)"),
    (lambda: predict(NETWORK, X[0].ravel()[:700]), "700 values, but the network has 784 inputs"),
    (lambda: predict(NETWORK, "seven.png"), r"a network takes pixels; to read a picture file call mnist_nn\.Reader"),
    (lambda: predict(NETWORK, None), "images are None, which contains no numbers"),
    (lambda: Samples("mnist", [1]), "images are 'mnist', which contains no numbers"),
    (lambda: Samples(X, np.eye(10)[Y]), r"labels\.argmax\(axis=1\)"),
    (lambda: Samples(X > 127, Y), r"bool from 0 to 1; give uint8 pixels.*or floats"),
    (lambda: Samples(X.astype(int) * 4, Y), r"int64 from 0 to 1020; give uint8 pixels.*or floats"),
    (
        lambda: save_model("m", next(train(NETWORK, SAMPLES, ONCE, engine="reference"))),
        r"Model\.of\(epoch\.checkpoint, config\)",
    ),  # type: ignore[call-overload]
    (lambda: save_model(None, NETWORK), r"the path is None.*call save_model"),  # type: ignore[call-overload]
    (lambda: Model("m.safetensors"), r"load_model\(path\)"),  # type: ignore[arg-type]
    (lambda: Model.of(NETWORK, ONCE), r"Model\.of\(epoch\.checkpoint, config\)"),  # type: ignore[arg-type]
    (lambda: load_model(NETWORK), r"a Network, not a path; call load_model\(path\)"),  # type: ignore[arg-type]
    (lambda: load_data(5), r"5, not a path; call load_data\(name\)"),  # type: ignore[arg-type]
    (lambda: Network.create(5), r"call Network\.create\(NetworkConfig"),  # type: ignore[arg-type]
    (lambda: Reader(5), r"5, not of type Model; call Reader\(load_model\(path\)\)"),  # type: ignore[arg-type]
    (lambda: Predictor("m.safetensors"), r"load_model\('m\.safetensors'\)"),  # type: ignore[arg-type]
    (lambda: Predictor(NETWORK)(np.zeros((40, 60), np.uint8)), r"60×40, but the network takes 28×28.*Reader"),
    (lambda: Predictor(NETWORK)("seven.png"), r"a network takes pixels; to read a picture file call mnist_nn\.Reader"),
    (lambda: Predictor(NETWORK)(None), "which contains no numbers"),
    (lambda: export(SAMPLES, "npz"), r"a Samples, not of type Model; call export\(model, format\)"),  # type: ignore[arg-type]
    (lambda: export(NETWORK, "npz", X), r"load_data returns: export\(model, format\)"),  # type: ignore[arg-type]
    (lambda: verify_export(None, "m.npz"), r"call verify\(model, path\)"),  # type: ignore[arg-type]
    (lambda: build_report(NETWORK, X), r"load_data returns: build_report\(model, data\)"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("call", "why"), MISTAKES)
def test_what_can_mean_several_things_or_none_is_refused_with_the_right_call(call: Callable[[], Any], why: str) -> None:
    with pytest.raises(MnistNNError, match=why) as caught:
        call()
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, ConfigError | DataError)


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (None, "None, which contains no numbers"),
        (X, r"uint8 of shape \(60, 28, 28\); give one picture"),
        ("no-such.png", "No such file"),
        (np.zeros((0, 5), np.uint8), "give one picture"),
        (np.array([["a"]]), "give one picture"),
    ],
)
def test_a_page_that_is_none_is_an_image_error(page: Any, why: str) -> None:
    with pytest.raises(ImageError, match=why):
        Reader()(page)


def test_a_file_of_several_pages_is_read_page_by_page(tmp_path: Path) -> None:
    first, second = (Image.new("L", (40, 30), 255) for _ in range(2))
    first.save(tmp_path / "two.tif", save_all=True, append_images=[second])
    with pytest.raises(ImageError, match=r"several pages; read them one by one: for page in read_pages\('"):
        Reader()(tmp_path / "two.tif")


def test_a_file_that_is_no_model_stays_an_error_of_files(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="No such file"):
        Reader(tmp_path / "none.safetensors")


def test_labels_and_settings_are_told_apart() -> None:
    assert split_labels(TrainingConfig, ONCE, None) == (None, ONCE)
    assert split_labels(TrainingConfig, None, ONCE) == (None, ONCE)
    assert split_labels(TrainingConfig, [7], ONCE) == ([7], ONCE)


def test_a_training_that_keeps_its_best_network_brings_that_one() -> None:
    config = TrainingConfig(epochs=3, validation=0.2, patience=1, loss="mse", learning_rate=5.0)
    *_, last = train(NETWORK, SAMPLES, config, engine="reference")
    assert as_network(last.checkpoint, "call") is as_network(last, "call") is last.checkpoint.chosen
