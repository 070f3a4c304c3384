from pathlib import Path

import numpy as np
import pytest

from mnist_nn.data import write_idx
from mnist_nn.data.formats import idx_files
from mnist_nn.data.formats.batch import Part
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.errors import DataError


def test_images_come_with_their_labels_or_alone(tmp_path: Path) -> None:
    write_idx(tmp_path / "images", np.zeros((1500, 2, 2), np.uint8))
    write_idx(tmp_path / "labels", np.arange(1500, dtype=np.int16))
    both = list(idx_files.read(Part("idx", (tmp_path / "images", tmp_path / "labels")), ReadOptions()))
    assert [len(batch.images) for batch in both] == [1000, 500]
    assert both[1].labels is not None
    assert both[1].labels[0] == 1000
    (alone, _) = idx_files.read(Part("idx", (tmp_path / "images",)), ReadOptions())
    assert alone.labels is None
    write_idx(tmp_path / "labels", np.zeros(3, np.uint8))
    with pytest.raises(DataError, match="there are 1,500 images in images but 3 labels in labels"):
        list(idx_files.read(Part("idx", (tmp_path / "images", tmp_path / "labels")), ReadOptions()))
