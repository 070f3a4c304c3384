"""Data of the user's own, from any format to two checked halves."""

from pathlib import Path

import numpy as np
import pytest

from mnist_nn.data import load, verify, write_idx
from mnist_nn.data.own import OwnDataset, transpose
from mnist_nn.errors import ConfigError, DataError


def save(path: Path, **arrays: np.ndarray) -> Path:
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return path


def test_the_same_images_have_the_same_digest_in_every_format(tmp_path: Path) -> None:
    mnist = load("mnist")
    keras = {"x_train": mnist.train.images, "y_train": mnist.train.labels.astype(np.uint8)}
    path = save(tmp_path / "mnist.npz", **keras, x_test=mnist.test.images, y_test=mnist.test.labels)
    assert load(path).digest == mnist.digest
    assert [file.name for file in load(path).describe_files()] == ["train", "test"]


def test_a_seventh_of_each_class_is_held_out_where_there_is_no_test_half(tmp_path: Path) -> None:
    images, labels = np.arange(140 * 4, dtype=np.uint8).reshape(140, 2, 2), np.arange(140) % 2
    mine, again = (load(save(tmp_path / "a.npz", x=images, y=labels)) for _ in range(2))
    assert mine.holds_out_its_test
    assert (mine.train.counts(2), mine.test.counts(2)) == ([60, 60], [10, 10])
    assert np.array_equal(mine.test.images, again.test.images)


def test_too_few_samples_for_a_test_half_are_said_to_be(tmp_path: Path) -> None:
    images, labels = np.arange(4 * 4, dtype=np.uint8).reshape(4, 2, 2), np.arange(4) % 2
    assert len(load(save(tmp_path / "a.npz", x=images, y=labels)).test) == 1
    with pytest.raises(DataError, match=r"training half: there are only 3 samples, .* give at least 4, or a test half"):
        _ = load(save(tmp_path / "b.npz", x=images[:3], y=labels[:3])).train


def test_options_are_kept_with_the_name_and_digest(tmp_path: Path) -> None:
    path = save(tmp_path / "a.npz", x=np.arange(80, dtype=np.uint8).reshape(20, 2, 2), y=1 + np.arange(20) % 2)
    mine = load(path, label_base=1, transpose=True)
    assert mine.origin == {"name": str(path), "sha256": mine.digest, "transpose": "True", "label_base": "1"}
    assert mine.classes == 2


def test_what_does_not_fit_is_said(tmp_path: Path) -> None:
    pictures = np.zeros((20, 2, 2), np.uint8)
    path = save(
        tmp_path / "a.npz",
        x_train=pictures,
        y_train=np.zeros(20),
        x_test=np.zeros((2, 3, 3), np.uint8),
        y_test=np.zeros(2),
    )
    with pytest.raises(
        DataError, match=r"test half: test images are \(3, 3\), but training images are \(2, 2\); use one size for both"
    ):
        _ = load(path).train
    assert [check.ok for check in verify(load(path))] == [False]
    with pytest.raises(DataError, match=r"there are no labels in .*a.npz"):
        _ = load(save(tmp_path / "a.npz", x=pictures)).train
    with pytest.raises(DataError, match="label 3 in row 1 is out of range; labels go from 0 to 1"):
        _ = load(
            save(
                tmp_path / "a.npz", x_train=pictures, y_train=np.zeros(20), x_test=pictures[:2], y_test=np.array([0, 3])
            )
        ).test
    with pytest.raises(ConfigError, match="transpose has no effect on rows of numbers"):
        transpose(np.zeros((2, 4), np.float32))


def test_a_half_of_idx_is_read_with_options(tmp_path: Path) -> None:
    for name in ("train-images-idx3-ubyte", "t10k-images-idx3-ubyte"):
        write_idx(tmp_path / name, np.zeros((2, 2, 3), np.uint8))
    for name in ("train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"):
        write_idx(tmp_path / name, np.array([1, 2], np.uint8))
    mine = load(tmp_path, transpose=True)
    assert isinstance(mine, OwnDataset)
    assert (mine.format, mine.train.images.shape) == ("idx", (2, 3, 2))
