from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnist_nn.data.formats.find import find_halves, find_images
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.errors import ConfigError, DataError, DataNotFoundError

OPTIONS = ReadOptions()
TABLE, UNLABELLED = "label,p0\n1,255\n", "p0\n255\n"


def test_kaggles_test_table_is_there_to_be_predicted(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text(TABLE)
    (tmp_path / "test.csv").write_text(UNLABELLED)
    (tmp_path / "sample_submission.csv").write_text("ImageId,Label\n1,0\n")
    assert find_halves(tmp_path, OPTIONS).test is None
    assert find_images(tmp_path, OPTIONS).paths == (tmp_path / "test.csv",)
    (tmp_path / "test.csv").write_text(TABLE)
    assert find_halves(tmp_path, OPTIONS).test is not None


def test_shards_are_taken_in_their_order(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "mnist").mkdir()
    for n in (10, 9):
        (tmp_path / "mnist" / f"train-{n}-of-00011.parquet").write_bytes(b"PAR1")
    train = find_halves(tmp_path, OPTIONS).train
    assert [path.name for path in train.paths] == ["train-9-of-00011.parquet", "train-10-of-00011.parquet"]


def test_folders_have_halves_by_their_names(tmp_path: Path) -> None:
    for name in ("Train/a", "Train/b", "val/a"):
        (tmp_path / name).mkdir(parents=True)
        Image.new("L", (3, 3)).save(tmp_path / name / "x.png")
    found = find_halves(tmp_path, OPTIONS)
    assert found.test is not None
    assert (found.train.paths[0].name, found.test.paths[0].name) == ("Train", "val")
    assert find_halves(tmp_path / "Train", OPTIONS).test is None
    assert find_images(tmp_path / "Train" / "a", OPTIONS).kind == "folder"


def test_what_cannot_be_learned_from_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataNotFoundError, match="contains no data; put there four IDX files"):
        find_halves(tmp_path, OPTIONS)
    Image.new("L", (3, 3)).save(tmp_path / "x.png")
    with pytest.raises(DataError, match="contains pictures without classes"):
        find_halves(tmp_path, OPTIONS)
    with pytest.raises(DataError, match="is a single picture"):
        find_halves(tmp_path / "x.png", OPTIONS)
    (tmp_path / "labels-idx1-ubyte").write_bytes(b"\0\0\x08\x01")
    with pytest.raises(DataError, match="is one of four IDX files"):
        find_halves(tmp_path / "labels-idx1-ubyte", OPTIONS)
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text(TABLE)
    with pytest.raises(DataError, match=r"contains one.csv, two.csv, and it is not clear which of them to train on"):
        find_halves(tmp_path, OPTIONS)


def test_options_without_effect_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.zeros((2, 4)), y=np.zeros(2))
    with pytest.raises(ConfigError, match="label_column has no effect on npz"):
        find_halves(tmp_path / "a.npz", ReadOptions(label_column="y"))
    with pytest.raises(ConfigError, match="as_is has no effect on npz"):
        find_images(tmp_path / "a.npz", ReadOptions(as_is=True))
