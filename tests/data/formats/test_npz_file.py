from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest

from mnist_nn.data.formats import npz_file
from mnist_nn.data.formats.batch import Batch, Part
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.errors import DataError, DataNotFoundError

PICTURES = np.arange(2500 * 4, dtype=np.uint8).reshape(2500, 2, 2)


def read(path: Path, half: str) -> list[Batch]:
    return list(npz_file.read(Part("npz", (path,), half), ReadOptions()))


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("order", ["C", "F"])
def test_what_numpy_saves_is_read_by_rows(tmp_path: Path, save: Any, order: Any) -> None:
    labels = np.arange(2500) % 7
    save(
        tmp_path / "a.npz",
        x_train=np.array(PICTURES, order=order),
        y_train=labels,
        x_test=PICTURES[:3],
        y_test=labels[:3],
    )
    batches = read(tmp_path / "a.npz", "train")
    assert [len(batch.images) for batch in batches] == [1000, 1000, 500]
    assert np.array_equal(np.concatenate([batch.images for batch in batches]), PICTURES)
    assert np.array_equal(np.concatenate([batch.labels for batch in batches if batch.labels is not None]), labels)
    assert len(read(tmp_path / "a.npz", "test")[0].images) == 3


@pytest.mark.parametrize(
    ("names", "halves"),
    [
        (("train_images", "train_labels", "val_images", "val_labels", "test_images", "test_labels"), {"train", "test"}),
        (("X", "y"), {""}),
        (("arr_0",), {""}),
        (("x_train", "y_train"), {"train"}),
    ],
)
def test_arrays_are_found_by_their_names(tmp_path: Path, names: tuple[str, ...], halves: set[str]) -> None:
    arrays: dict[str, Any] = {name: PICTURES[:2] if "im" in name or name[0] in "xXa" else np.zeros(2) for name in names}
    np.savez(tmp_path / "a.npz", **arrays)
    assert set(npz_file.find_halves(tmp_path / "a.npz")) == halves


def test_text_labels_stay_text(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=PICTURES[:2], y=np.array(["a", "b"]))
    (batch,) = read(tmp_path / "a.npz", "")
    assert batch.labels is not None
    assert batch.labels.tolist() == ["a", "b"]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-60])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[300] ^= 255
    path.write_bytes(data)


def test_broken_files_say_why(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    for harm, why in ((cut, "is damaged: File is not a zip file"), (flip, "is damaged: Bad CRC-32")):
        np.savez(path, x=PICTURES, y=np.zeros(2500, np.int64))
        harm(path)
        with pytest.raises(DataError, match=why):
            read(path, "")
    for arrays, why in (
        ({"x": np.array([{}, 1], object), "y": np.zeros(2)}, "the array 'x' of .* contains Python objects"),
        ({"x": PICTURES, "y": np.zeros(3)}, "but 3 labels in 'y'"),
        ({"x": PICTURES[:2], "y": np.zeros(3)}, "has 2 or more images in 'x' but 3 labels"),
        ({"weights": np.zeros(3)}, "no array of images; its arrays are 'weights'"),
        ({"x": np.float64(3)}, "does not have the bytes of its shape"),
    ):
        np.savez(path, **arrays)  # type: ignore[arg-type]
        with pytest.raises(DataError, match=why):
            read(path, "")
    for header in (
        b"{'descr': '|u1', (",
        b"(" * 3000,
        b"{'descr': '|u1', 'fortran_order': False, 'shape': (-1, -4), }",
    ):
        with ZipFile(path, "w") as archive:
            archive.writestr("x.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(4))
        with pytest.raises(DataError, match=r"is not an array|does not have the bytes of its shape"):
            read(path, "")
    with pytest.raises(DataNotFoundError, match="No such file"):
        npz_file.find_halves(tmp_path / "none.npz")


def test_what_is_in_the_archive_and_is_no_array_is_left_aside(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x_train=PICTURES[:3])
    with ZipFile(tmp_path / "a.npz", "a") as archive:
        archive.writestr("y_train", b"no array")
    (batch,) = read(tmp_path / "a.npz", "train")
    assert batch.labels is None
