"""Data sets written in every format, and read back as the same."""

from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from tiny_data_sets import write_folder

from mnist_nn.data import Dataset, describe, export, load, write_idx
from mnist_nn.data.sources import FILES, MNIST_SHA256
from mnist_nn.data.writers import FORMATS
from mnist_nn.errors import ConfigError, DataError


def few_digits(folder: Path, names: str = "") -> Dataset:
    digits = load("mnist")
    rows = {"train": digits.train.take(range(40)), "test": digits.test.take(range(10))}
    arrays = [one for half in rows.values() for one in (half.images, half.labels.astype(np.uint8))]
    folder.mkdir()
    for name, array in zip(FILES, arrays, strict=True):
        write_idx(folder / name, array)
    if names:
        (folder / "class-names.txt").write_text("\n".join(names))
    return load(folder)


def pairs(dataset: Dataset) -> set[tuple[str, str, bytes]]:
    """Every image with its half and the name of its class, in no order."""
    names = dataset.class_names or "0123456789"
    halves = {"train": dataset.train, "test": dataset.test}
    return {
        (half, names[label], image.tobytes())
        for half, samples in halves.items()
        for image, label in zip(samples.images, samples.labels.tolist(), strict=True)
    }


@pytest.mark.parametrize("names", ["", "abcdefghij"])
@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_read_back_as_the_same(tmp_path: Path, kind: str, names: str) -> None:
    mine = few_digits(tmp_path / "mine", names)
    if kind == "parquet":
        pytest.importorskip("pyarrow")
    export(mine, tmp_path / "copy", format=kind)
    again = load(tmp_path / "copy", as_is=True) if kind == "folder" else load(tmp_path / "copy")
    assert (again.format, again.class_names, again.classes) == (kind, mine.class_names, 10)
    assert pairs(again) == pairs(mine)
    if kind != "folder":
        assert again.digest.startswith(mine.digest if not names or kind == "idx" else again.digest)
    with pytest.raises(DataError, match="already contains"):
        export(mine, tmp_path / "copy", format=kind)


def test_any_format_is_written_from_any_other(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    mine = before = few_digits(tmp_path / "mine", "abcdefghij")
    for kind in ("parquet", "csv", "folder", "npz", "idx", "csv"):
        place = tmp_path / f"from-{before.format}-to-{kind}"
        export(before, place, format=kind)
        before = load(place)
    assert pairs(before) == pairs(mine)


def test_a_format_that_cannot_hold_the_data_says_so(tmp_path: Path) -> None:
    features = np.linspace(0, 1, 20, dtype=np.float32).reshape(4, 5)
    numbers = load(write_folder(tmp_path / "mine", train_images=features, test_images=features[:2]))
    with pytest.raises(ConfigError, match="rows of numbers, not pictures, so they cannot be written as folder"):
        export(numbers, tmp_path / "a", format="folder")
    export(numbers, tmp_path / "b", format="csv")
    assert np.array_equal(load(tmp_path / "b").train.images, features)
    with pytest.raises(ConfigError, match="gzip has no effect on csv"):
        export(numbers, tmp_path / "c", gz=True, format="csv")
    (tmp_path / "mine" / "class-names.txt").write_text("a/b\nc\nd\n")
    slashed = load(write_folder(tmp_path / "mine"))
    with pytest.raises(ConfigError, match="the class 'a/b' cannot be the name of a folder"):
        export(slashed, tmp_path / "d", format="folder")


@pytest.mark.parametrize("gz", [False, True])
def test_an_export_loads_as_the_same_data(tmp_path: Path, gz: bool) -> None:
    mine = load(write_folder(tmp_path / "mine"))
    paths = export(mine, tmp_path / "deep" / "copy", gz=gz)
    assert [path.name for path in paths] == [f"{name}.gz" if gz else name for name in FILES]
    assert sorted(path.name for path in (tmp_path / "deep" / "copy").iterdir()) == sorted(path.name for path in paths)
    assert [info.sha256 for info in describe(load(tmp_path / "deep" / "copy"))] == [
        info.sha256 for info in describe(mine)
    ]


def test_exported_mnist_has_the_published_bytes(tmp_path: Path, mnist: Dataset) -> None:
    for path in export(mnist, tmp_path):
        assert sha256(path.read_bytes()).hexdigest() == MNIST_SHA256[path.name]


def test_an_export_overwrites_only_when_forced(tmp_path: Path) -> None:
    mine = load(write_folder(tmp_path / "mine"))
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / FILES[2]).write_text("precious")
    with pytest.raises(
        DataError, match=f"already contains {FILES[2]}; choose another folder, or replace them with force"
    ):
        export(mine, tmp_path / "copy")
    assert [path.name for path in (tmp_path / "copy").iterdir()] == [FILES[2]]
    assert (tmp_path / "copy" / FILES[2]).read_text() == "precious"
    export(mine, tmp_path / "copy", force=True)
    assert load(tmp_path / "copy").digest == mine.digest


@pytest.mark.parametrize("force", [False, True])
def test_an_export_is_not_hidden_by_files_under_other_names(tmp_path: Path, force: bool) -> None:
    mine = load(write_folder(tmp_path / "mine"))
    with pytest.raises(DataError, match="from another data set; choose another folder"):
        export(mine, tmp_path / "mine", force, gz=True)


def test_an_export_to_no_folder_is_refused(tmp_path: Path) -> None:
    mine = load(write_folder(tmp_path / "mine"))
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "below", "a\0b"):
        with pytest.raises(DataError, match="cannot create the folder"):
            export(mine, place)
