"""A data set as it lies on the disk: read on first use, checked against what was published, verified anew."""

import shutil
import tracemalloc
from pathlib import Path

import pytest

import mnist_nn.data
from mnist_nn.data import (
    Dataset,
    load,
    verify,
)
from mnist_nn.data.sources import FASHION_SHA256, FILES, MNIST_SHA256, _fashion_mnist
from mnist_nn.errors import DataError, IdxError

EMBEDDED = Path(mnist_nn.data.__file__).parent / "embedded"


@pytest.fixture(scope="module")
def mnist() -> Dataset:
    return load("mnist")


def test_a_half_is_read_once_and_only_when_asked_for() -> None:
    fresh = load("mnist")
    assert fresh.test is fresh.test
    assert (fresh.inputs, fresh.classes) == (784, 10)
    assert "_training" not in vars(fresh)


def test_the_training_half_is_read_without_a_second_copy() -> None:
    tracemalloc.start()
    load("mnist").train.images.sum()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.25 * 47_040_016


def copy_of_mnist(folder: Path) -> Path:
    shutil.copytree(EMBEDDED, folder)
    return folder


def published(folder: Path) -> Dataset:
    """Make a data set whose files ought to be Fashion-MNIST's."""
    return _fashion_mnist(folder)


def test_files_that_are_not_the_published_ones_are_refused(tmp_path: Path) -> None:
    wrong = published(copy_of_mnist(tmp_path / "fashion"))
    expected = FASHION_SHA256["t10k-images-idx3-ubyte"]
    with pytest.raises(DataError, match=f"not the published {expected}; reinstall it: apt install"):
        _ = wrong.test
    with pytest.raises(DataError, match="not the published"):
        _ = wrong.digest
    checks = verify(wrong)
    assert [check.ok for check in checks] == [False] * 4
    assert [check.sha256 for check in checks] == list(MNIST_SHA256.values())
    assert all("reinstall" in check.problem for check in checks)


def test_a_damaged_gzip_file_is_refused_with_the_way_to_mend_it(tmp_path: Path) -> None:
    folder = copy_of_mnist(tmp_path / "fashion")
    packed = bytearray((folder / f"{FILES[2]}.gz").read_bytes())
    packed[len(packed) // 2] ^= 0xFF
    (folder / f"{FILES[2]}.gz").write_bytes(packed)
    with pytest.raises(IdxError, match=r"t10k-images.*a damaged gzip stream.*; reinstall it: apt"):
        _ = published(folder).test
    assert [check.sha256 for check in verify(load(folder))][2] == ""
    assert [check.ok for check in verify(load(folder))] == [True, True, False, True]


def test_mnist_verifies(mnist: Dataset) -> None:
    assert [(check.file, check.ok, check.problem) for check in verify(mnist)] == [(f, True, "") for f in FILES]
