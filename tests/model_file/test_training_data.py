"""The data that a model was trained on: found again, or named where it is not."""

import logging
from pathlib import Path

import numpy as np
import pytest

from mnist_nn import Dataset, Model, Network, NetworkConfig, evaluate, load_data
from mnist_nn.data import write_idx
from mnist_nn.data.sources import DIGESTS, FASHION, FASHION_FOLDER, FILES
from mnist_nn.errors import ConfigError, DataNotFoundError
from mnist_nn.export import choose_vectors_data
from mnist_nn.model_file.training_data import (
    check_learned_digits,
    choose_data,
    find_training_data,
    name_training_data,
    warn_of_doubt,
)
from mnist_nn.report import build_report

MNIST = load_data("mnist")


def make_data(folder: Path, classes: int = 10) -> Dataset:
    """Write a few pictures of MNIST as a data set of its own."""
    folder.mkdir()
    for name, half in zip(("train", "t10k"), (MNIST.train, MNIST.test), strict=True):
        rows = np.flatnonzero(half.labels < classes)[:60]
        images, labels = (one for one in FILES if one.startswith(name))
        write_idx(folder / images, half.images[rows])
        write_idx(folder / labels, half.labels[rows].astype(np.uint8))
    return load_data(folder)


def model_of(data: Dataset) -> Model:
    return Model(Network.create(NetworkConfig(outputs=data.classes)), data={"name": data.name, "sha256": data.digest})


def test_the_data_of_a_model_is_found_by_its_name(tmp_path: Path) -> None:
    own = make_data(tmp_path / "own")
    model = model_of(own)
    assert find_training_data(model).name == choose_data(model, None).name == name_training_data(model) == own.name
    assert choose_data(model, "mnist").name == "mnist"
    assert choose_vectors_data(model).name == own.name


def test_a_model_that_tells_nothing_is_measured_on_mnist() -> None:
    assert find_training_data(Model(Network.create())).name == "mnist"
    assert find_training_data(model_of(MNIST)).name == "mnist"


def test_mnist_is_known_under_another_name() -> None:
    copied = Model(Network.create(), data={"name": "/no/such/copy", "sha256": MNIST.digest})
    assert find_training_data(copied).name == "mnist"


@pytest.mark.parametrize("what", ["gone", "changed"])
def test_data_that_is_gone_or_changed_is_named_and_not_replaced(tmp_path: Path, what: str) -> None:
    own = make_data(tmp_path / "own")
    model = model_of(own)
    if what == "gone":
        (tmp_path / "own" / FILES[0]).unlink()
    else:
        write_idx(tmp_path / "own" / FILES[0], 255 - own.train.images)
    reason = {"gone": "which is not on this machine", "changed": "which has changed since"}[what]
    for refused in (find_training_data, build_report):
        with pytest.raises(DataNotFoundError, match=rf"trained on '.*own', {reason}; give its folder, or choose other"):
            refused(model)
    assert choose_vectors_data(model).name == "mnist"


def test_evaluate_warns_where_a_model_has_learned_from_another_data_set(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = make_data(tmp_path / "own")
    with caplog.at_level(logging.WARNING, "mnist_nn"):
        evaluate(model_of(own), own)
        assert not caplog.messages
        evaluate(model_of(own), MNIST)
    assert caplog.messages == [f"the model was trained on other data, {own.name!r}, and this is 'mnist'"]


@pytest.mark.parametrize("data", [{"name": FASHION}, {"name": "/a/copy", "sha256": DIGESTS[FASHION]}])
def test_clothes_are_no_digits_under_any_name(data: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=r"'m' was trained on '.*', which holds no digits; give one that"):
        check_learned_digits(Model(Network.create(), data=data), "'m'")


def test_classes_with_other_names_are_no_digits(caplog: pytest.LogCaptureFixture) -> None:
    data = {"name": "scans", "sha256": "0"}
    with pytest.raises(ConfigError, match=r"knows the classes 'zero', 'one', 'two' …, which are not digits"):
        check_learned_digits(Model(Network.create(), data=data, class_names=("zero", "one", "two", *"3456789")))
    digits = Model(Network.create(), data=data, class_names=tuple("0123456789"))
    check_learned_digits(digits)
    warn_of_doubt(digits)
    assert not caplog.records


@pytest.mark.parametrize(
    ("data", "is_doubted"),
    [
        ({}, False),
        ({"name": "mnist"}, False),
        ({"name": "/a/copy", "sha256": DIGESTS["mnist"]}, False),
        ({"name": "scans", "sha256": "0"}, True),
    ],
)
def test_other_data_may_be_digits_and_is_named(
    data: dict[str, str], is_doubted: bool, caplog: pytest.LogCaptureFixture
) -> None:
    model = Model(Network.create(), data=data)
    check_learned_digits(model)
    warn_of_doubt(model)
    said = "the model was trained on 'scans'; what it reads is right only if those are the digits 0 to 9"
    assert [record.getMessage() for record in caplog.records] == [said] * is_doubted


def test_data_sets_are_known_by_their_digests() -> None:
    assert MNIST.digest == DIGESTS["mnist"]
    if FASHION_FOLDER.is_dir():
        assert load_data(FASHION).digest == DIGESTS[FASHION]


def test_options_of_another_format_are_left_out(tmp_path: Path) -> None:
    few = load_data("mnist").train.take(range(20))
    np.savez(tmp_path / "a.npz", x=few.images, y=few.labels)
    model = Model(Network.create(), data={"name": "pictures", "as_is": "True", "label_column": "kind"})
    assert choose_data(model, str(tmp_path / "a.npz")).inputs == 784
    with pytest.raises(ConfigError, match="as_is has no effect on npz"):
        choose_data(model, str(tmp_path / "a.npz"), as_is=True)
