from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnist_nn.data import load
from mnist_nn.data.formats import picture_folder
from mnist_nn.data.formats.batch import Batch, Part
from mnist_nn.data.formats.picture_folder import frame_picture
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.errors import DataError


def read(folder: Path, options: ReadOptions | None = None) -> list[Batch]:
    return list(picture_folder.read(Part("folder", (folder,)), options or ReadOptions()))


def enlarge(digit: np.ndarray, side: int, *, dark: bool) -> Image.Image:
    page = Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC)
    return Image.fromarray(255 - np.asarray(page)) if dark else page


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    digits = load("mnist").test
    for row in range(4):
        place = tmp_path / "mine" / str(digits.labels[row])
        place.mkdir(parents=True)
        enlarge(digits.images[row], 60 + 20 * row, dark=row % 2 == 0).save(place / f"{row}.png")
    (tmp_path / "mine" / ".hidden").mkdir()
    (tmp_path / "mine" / "7" / "notes.txt").write_text("no picture")
    return tmp_path / "mine"


def test_pictures_of_any_size_and_polarity_are_framed(folder: Path) -> None:
    (batch,) = read(folder)
    assert batch.labels is not None
    assert (batch.labels.tolist(), batch.class_names) == (["0", "1", "2", "7"], ("0", "1", "2", "7"))
    digits = load("mnist").test.images[[3, 2, 1, 0]].astype(float)
    for framed, own in zip(batch.images.astype(float), digits, strict=True):
        assert np.corrcoef(framed.ravel(), own.ravel())[0, 1] > 0.9


def test_pictures_as_they_are_must_be_of_one_size(folder: Path) -> None:
    with pytest.raises(
        DataError, match="has 100×100 pixels, but the pictures before it have 120×120; make all of them the same size"
    ):
        read(folder, ReadOptions(as_is=True))


def test_a_picture_of_28_pixels_is_framed_already() -> None:
    digit = load("mnist").test.images[0]
    assert np.array_equal(frame_picture(digit), digit)
    assert np.array_equal(frame_picture(255 - digit), digit)
    assert not frame_picture(np.full((50, 50), 200, np.uint8)).any()


def test_pictures_without_classes_have_no_labels(folder: Path) -> None:
    (batch,) = read(folder / "7")
    assert batch.labels is None
    assert [Path(name).name for name in batch.names] == ["0.png"]


def test_broken_pictures_are_counted_and_named(folder: Path) -> None:
    (folder / "7" / "bad.png").write_bytes(b"no picture")
    (folder / "2" / "cut.png").write_bytes((folder / "7" / "0.png").read_bytes()[:80])
    with pytest.raises(
        DataError, match=r"2 pictures cannot be read: .*cut.png.*; .*bad.png.* is text, not a picture"
    ) as caught:
        read(folder)
    assert "\n" not in str(caught.value)
