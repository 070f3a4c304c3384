"""Data sets as they are found: the facts of MNIST, folders of any kind, damage, and export."""

import gzip
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from patience import PATIENCE
from tiny_data_sets import GREY, write_folder

import mnist_nn.data
from mnist_nn.data import (
    Dataset,
    describe,
    encode_idx,
    load,
    sources,
    verify,
)
from mnist_nn.data.sources import FASHION_FOLDER, FILES, MNIST_SHA256
from mnist_nn.errors import ConfigError, DataError, DataNotFoundError

EMBEDDED = Path(mnist_nn.data.__file__).parent / "embedded"


# MNIST


def test_mnist_is_mnist(mnist: Dataset) -> None:
    assert (mnist.name, mnist.inputs, mnist.classes) == ("mnist", 784, 10)
    assert (len(mnist.train), len(mnist.test)) == (60_000, 10_000)
    assert mnist.train.images.shape == (60_000, 28, 28)
    assert mnist.train.images.dtype == np.uint8
    assert mnist.train.labels.dtype == np.int64
    assert mnist.train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert mnist.test.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


def test_mnist_has_its_known_number_of_each_digit(mnist: Dataset) -> None:
    training = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    test = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert np.bincount(mnist.train.labels).tolist() == training
    assert np.bincount(mnist.test.labels).tolist() == test


def test_mnist_has_its_known_brightness(mnist: Dataset) -> None:
    assert mnist.train.images.mean() / 255 == pytest.approx(0.1307, abs=5e-5)
    assert np.count_nonzero(mnist.train.images) / mnist.train.images.size == pytest.approx(0.19, abs=0.005)


def test_mnist_files_have_their_published_sizes_and_hashes(mnist: Dataset) -> None:
    infos = describe(mnist)
    assert {info.name: info.sha256 for info in infos} == MNIST_SHA256
    assert [info.size for info in infos] == [47_040_016, 60_008, 7_840_016, 10_008]
    notice = (EMBEDDED / "NOTICE.md").read_text()
    assert all(f"| {info.name} | {info.size:,} | {info.sha256} |" in notice for info in infos)


def test_the_digest_is_that_of_both_training_files(mnist: Dataset) -> None:
    files = (gzip.decompress((EMBEDDED / f"{name}.gz").read_bytes()) for name in FILES[:2])
    assert mnist.digest == sha256(b"".join(files)).hexdigest()
    assert mnist.digest == "c5097fdd51cfdbe7695fd9df3612695696864b5c424f58d843ffdc5d335e9914"


def test_loading_opens_no_connection_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.addaudithook(lambda event, _: event.startswith('socket.') and sys.exit(event));"
        "from mnist_nn.data import load; load().test;"
        "sys.exit(', '.join({'numba', 'scipy', 'urllib.request'} & set(sys.modules)) or 0)"
    )
    source = str(Path(mnist_nn.data.__file__).parents[2])
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONPATH": source}, timeout=PATIENCE)


# Fashion-MNIST


@pytest.mark.skipif(not FASHION_FOLDER.is_dir(), reason="needs the Debian package dataset-fashion-mnist")
def test_fashion_mnist_is_found() -> None:
    fashion = load("fashion-mnist")
    assert (fashion.name, fashion.inputs, fashion.classes) == ("fashion-mnist", 784, 10)
    assert all(check.ok for check in verify(fashion))
    assert np.bincount(fashion.train.labels).tolist() == [6000] * 10


def test_fashion_mnist_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(DataNotFoundError, match=r"apt install dataset-fashion-mnist.*a file of your own data"):
        sources._fashion_mnist(tmp_path / "nowhere")


# Folders


def test_a_folder_is_what_its_files_hold(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine")
    mine = load(folder)
    assert (mine.name, mine.inputs, mine.classes) == (str(folder), 12, 3)
    assert repr(mine.train) == "Samples(4 of 3x4, uint8)"
    assert np.array_equal(mine.test.images, GREY)
    assert mine.test.labels.tolist() == [2, 0]
    assert [info.shape for info in describe(mine)] == [(4, 3, 4), (4,), (2, 3, 4), (2,)]
    assert all(check.ok for check in verify(mine))
    assert load(f"{folder}/").digest == load(os.fspath(folder)).digest == mine.digest


@pytest.mark.parametrize("end", ["", ".gz"])
@pytest.mark.parametrize("half", ["t10k", "test"])
@pytest.mark.parametrize("mark", ["-idx", ".idx"])
def test_all_usual_names_are_found(tmp_path: Path, end: str, half: str, mark: str) -> None:
    folder = write_folder(tmp_path / "mine")
    digest = load(folder).digest
    for name in FILES:
        data = (folder / name).read_bytes()
        (folder / name).unlink()
        renamed = name.replace("t10k", half).replace("-idx", mark) + end
        (folder / renamed).write_bytes(gzip.compress(data) if end else data)
    assert load(folder).digest == digest
    assert len(load(folder).test) == 2


def test_gzip_is_known_by_content_whatever_the_name(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine")
    (folder / FILES[3]).write_bytes(gzip.compress((folder / FILES[3]).read_bytes()))
    (folder / FILES[1]).rename(folder / f"{FILES[1]}.gz")
    assert len(load(folder).train) + len(load(folder).test) == 6


def test_a_folder_of_float_features_will_do(tmp_path: Path) -> None:
    features = np.linspace(0, 1, 20, dtype=np.float32).reshape(4, 5)
    folder = write_folder(tmp_path / "mine", train_images=features, test_images=features[:2])
    assert load(folder).inputs == 5
    assert np.array_equal(load(folder).train.images, features)


def test_there_are_at_least_two_classes(tmp_path: Path) -> None:
    zeros = {"train_labels": np.zeros(4, np.int32), "test_labels": np.zeros(2, np.int8)}
    assert load(write_folder(tmp_path / "mine", **zeros)).classes == 2


def test_missing_files_are_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine")
    (folder / FILES[0]).unlink()
    (folder / FILES[3]).unlink()
    with pytest.raises(DataNotFoundError, match=f"lacks {FILES[0]}, {FILES[3]}; put these files there"):
        load(folder)


def test_a_short_name_is_not_taken_for_a_letter_of_the_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_folder(Path("e"), test_images=GREY[:0], test_labels=np.zeros(0, np.uint8))
    with pytest.raises(DataError, match=r"^e, test half: there are no labels"):
        _ = load("e").test


def test_a_file_that_vanishes_later_is_named(tmp_path: Path) -> None:
    mine = load(write_folder(tmp_path / "mine"))
    (tmp_path / "mine" / FILES[0]).unlink()
    for use in ("train", "inputs", "digest"):
        with pytest.raises(DataNotFoundError, match="No such file or directory; check the name"):
            getattr(mine, use)
    assert [check.ok for check in verify(mine)] == [False, True, True, True]


@pytest.mark.parametrize(
    ("replaced", "half", "why"),
    [
        ({"train_labels": np.zeros(3, np.uint8)}, "train", "training half: there are 4 images but 3 labels"),
        ({"test_labels": np.array([3, 0], np.uint8)}, "test", "test half: label 3 in row 0 is out of range"),
        ({"train_labels": np.array([0, 0, -1, 0], np.int8)}, "train", "label -1 in row 2 is out of range"),
        ({"train_labels": np.array([0, 0, 2**30, 0], np.int32)}, "classes", "label 1073741824 in row 2"),
        ({"train_labels": np.zeros(4, np.float32)}, "train", "labels are float32"),
        ({"train_labels": np.zeros(0, np.uint8)}, "classes", "there are no labels"),
        ({"test_images": GREY[:0], "test_labels": np.zeros(0, np.uint8)}, "test", "there are no labels"),
        ({"test_images": GREY[:, :, :0]}, "test", "contain no pixels"),
        ({"test_images": GREY[:, :, :3]}, "test", r"test images are \(3, 3\), but training images are \(3, 4\)"),
        ({"train_images": np.full((4, 3, 4), 300, np.int16)}, "train", "images are int16 from 300 to 300"),
        ({"train_images": np.full((4, 3), np.nan, np.float32)}, "train", "image 0 contains NaN"),
    ],
)
def test_a_folder_that_does_not_fit_says_where_and_why(
    tmp_path: Path, replaced: dict[str, Any], half: str, why: str
) -> None:
    broken = load(write_folder(tmp_path / "mine", **replaced))
    with pytest.raises(DataError, match=rf"mine, .*{why}") as caught:
        getattr(broken, half)
    assert "\n" not in str(caught.value)
    assert not all(check.ok for check in verify(broken))


# Names


@pytest.mark.parametrize("name", ["MNIST", "Mnist", "m-nist"])
def test_a_data_set_is_found_however_it_is_spelled(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(name).name == "mnist"
    (tmp_path / name).mkdir()
    with pytest.raises(
        DataNotFoundError, match="contains no data; put there four IDX files"
    ):  # what is there comes first
        load(name)


@pytest.mark.parametrize("name", ["mnits", "MNIST-2", "", "cifar", "a\0b"])
def test_an_unknown_name_lists_the_valid_ones(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="choose one of: mnist, fashion-mnist, a folder or a file of your own data"):
        load(name)


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none", f"{tmp_path}/none"):
        with pytest.raises(
            DataNotFoundError, match=r"there is no '.*none'; choose one of: mnist, fashion-mnist, a folder"
        ):
            load(path)


def test_an_option_without_effect_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="transpose has no effect on mnist, because its files are known"):
        load("mnist", transpose=True)
    with pytest.raises(ConfigError, match="as_is has no effect on idx, whose pixels are always used unchanged"):
        load(write_folder(tmp_path / "mine"), as_is=True)


def test_the_files_of_emnist_are_found_by_what_their_names_begin_with(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "gzip")
    for name in FILES:
        (folder / name).rename(folder / f"emnist-letters-{name.replace('t10k', 'test')}")
    alone = load(folder)
    assert alone.digest == load(folder / "emnist-letters").digest
    for path in list(folder.iterdir()):
        (folder / path.name.replace("letters", "digits")).write_bytes(path.read_bytes())
    with pytest.raises(DataError, match=r"several data sets; give one of: .*gzip/emnist-digits, .*gzip/emnist-letters"):
        load(folder)
    assert len(load(folder / "emnist-digits").train) == 4


def test_idx_files_are_transposed_and_counted_from_their_base(tmp_path: Path) -> None:
    one_up = {"train_labels": np.array([1, 2, 3, 2], np.uint8), "test_labels": np.array([3, 1], np.uint8)}
    mine = load(write_folder(tmp_path / "mine", **one_up), transpose=True, label_base=1)
    assert (mine.classes, mine.train.labels.tolist(), mine.test.labels.tolist()) == (3, [0, 1, 2, 1], [2, 0])
    assert np.array_equal(mine.test.images, GREY.swapaxes(1, 2))
    assert mine.origin["label_base"] == "1"


def test_names_of_classes_lie_beside_idx_files(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine")
    (folder / "class-names.txt").write_text("apple\nbee\ncat\n")
    assert load(folder).class_names == ("apple", "bee", "cat")
    (folder / "class-names.txt").write_text("apple\napple\n")
    with pytest.raises(DataError, match="an empty name or the same name twice"):
        load(folder)


def test_a_folder_called_mnist_is_reached_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path / "mnist")
    monkeypatch.chdir(tmp_path)
    assert load("mnist").inputs == 784
    assert load("./mnist").inputs == load(Path("mnist")).inputs == 12


def test_public_names_are_there_and_documented() -> None:
    for name in set(mnist_nn.data.__all__) - {"NAMES"}:
        assert getattr(mnist_nn.data, name).__doc__
    assert mnist_nn.data.NAMES == ("mnist", "fashion-mnist")
    assert encode_idx(GREY)[:4] == bytes((0, 0, 8, 3))
