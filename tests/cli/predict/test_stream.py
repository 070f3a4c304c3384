from pathlib import Path

import numpy as np
import pytest
from tiny_data_sets import write_folder

from mnist_nn import Model, Network, NetworkConfig
from mnist_nn.cli.predict.stream import count_right, stream_images
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.errors import ConfigError


def test_of_halves_the_test_half_comes_and_else_everything(tmp_path: Path) -> None:
    assert sum(len(batch.images) for batch in stream_images("mnist", ReadOptions())) == 10_000
    pictures = np.arange(20, dtype=np.uint8).reshape(5, 2, 2)
    np.savez(tmp_path / "a.npz", x_train=pictures, y_train=np.zeros(5), x_test=pictures[:2])
    (batch,) = stream_images(str(tmp_path / "a.npz"), ReadOptions(transpose=True))
    assert batch.labels is None
    assert np.array_equal(batch.images, pictures[:2].swapaxes(1, 2))
    with pytest.raises(ConfigError, match="unknown data set"):
        next(stream_images("mnits", ReadOptions()))


def test_idx_files_may_have_a_prefix(tmp_path: Path) -> None:
    write_folder(tmp_path / "gzip")
    for path in list((tmp_path / "gzip").iterdir()):
        path.rename(path.with_name(f"emnist-letters-{path.name}"))
    for name in ("gzip", "gzip/emnist-letters"):
        (batch,) = stream_images(str(tmp_path / name), ReadOptions())
        assert batch.images.shape == (2, 3, 4)


def test_a_column_of_labels_may_be_missing_and_other_options_without_effect(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("p0,p1,p2,p3\n0,255,3,4\n")
    options = ReadOptions(label_column="kind", as_is=True)
    (batch,) = stream_images(str(tmp_path / "a.csv"), options)
    assert (batch.labels, batch.images.shape) == (None, (1, 2, 2))
    (tmp_path / "a.csv").write_text("p0,p1,p2,p3,kind\n0,255,3,4,cat\n")
    (batch,) = stream_images(str(tmp_path / "a.csv"), options)
    assert batch.labels is not None
    assert batch.labels.tolist() == ["cat"]


@pytest.mark.parametrize(
    ("labels", "names", "base", "right"),
    [
        (np.array([0, 1, 2, 9]), (), 0, 2),
        (np.array([1, 2, 3, 9]), (), 1, 2),
        (np.array(["a", "b", "c", "z"]), ("a", "b", "c"), 0, 2),
        (np.array([0, 1, 2, 9]), ("a", "b", "c"), 0, 2),
        (np.array(["0", "1", "2", "9"]), (), 0, 2),
    ],
    ids=["numbers", "numbers from 1", "names", "numbers of names", "numbers as text"],
)
def test_right_answers_are_counted_in_every_form_of_labels(
    labels: np.ndarray, names: tuple[str, ...], base: int, right: int
) -> None:
    model = Model(Network.create(NetworkConfig(outputs=3), 0), data={"label_base": str(base)}, class_names=names)
    assert count_right(model, np.array([0, 1, 1, 0]), labels) == right
