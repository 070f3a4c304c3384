import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mnist_nn.data import load
from mnist_nn.data.formats import parquet_file
from mnist_nn.data.formats.batch import Batch, Part
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.errors import DataError

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")


def png(picture: Any) -> bytes:
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "PNG")
    return content.getvalue()


def write(path: Path, metadata: dict[str, str] | None = None, **columns: Any) -> Path:
    table = pyarrow.table(columns)
    parquet.write_table(table.replace_schema_metadata(metadata) if metadata else table, path)
    return path


def read(path: Path) -> list[Batch]:
    return list(parquet_file.read(Part("parquet", (path,)), ReadOptions()))


def test_pictures_are_read_as_hugging_face_keeps_them(tmp_path: Path) -> None:
    digits = load("mnist").test.take(range(5))
    names = [f"digit {n}" for n in range(10)]
    features = {"info": {"features": {"image": {"_type": "Image"}, "label": {"names": names, "_type": "ClassLabel"}}}}
    path = write(
        tmp_path / "test-00000-of-00001.parquet",
        {"huggingface": json.dumps(features)},
        image=[{"bytes": png(image), "path": None} for image in digits.images],
        label=digits.labels,
    )
    (batch,) = read(path)
    assert np.array_equal(batch.images, digits.images)
    assert batch.labels is not None
    assert batch.labels.tolist() == digits.labels.tolist()
    assert batch.class_names == tuple(names)


def test_lists_and_columns_of_pixels_are_read(tmp_path: Path) -> None:
    (lists,) = read(write(tmp_path / "a.parquet", pixels=[[0, 255, 3, 4], [1, 2, 3, 4]], label=["a", "b"]))
    (columns,) = read(write(tmp_path / "b.parquet", label=["a", "b"], p0=[0, 1], p1=[255, 2], p2=[3, 3], p3=[4, 4]))
    assert np.array_equal(lists.images, columns.images)
    assert columns.images.shape == (2, 2, 2)
    assert parquet_file.has_labels(tmp_path / "a.parquet", ReadOptions())


def test_broken_files_say_why(tmp_path: Path) -> None:
    good, path = png(np.zeros((28, 28), np.uint8)), tmp_path / "a.parquet"
    cases: list[tuple[dict[str, Any], str]] = [
        ({"image": [good, b"none"], "label": [1, 2]}, "the picture in row 1 of .* is text, not a picture"),
        ({"image": [good, None], "label": [1, 2]}, "no picture in row 1"),
        ({"image": [good, good], "label": [1, None]}, "rows without a label"),
        ({"pixels": [[1, 2], [1, 2, 3]], "label": [1, 2]}, r"images of different sizes \(see row 1\)"),
        ({"label": [1, 2], "p0": [1, None], "p1": [1, 2]}, "rows without a number"),
        ({"label": [1, 2], "p0": ["x", "y"], "p1": [1, 2]}, "columns that are not numbers"),
    ]
    for columns, why in cases:
        write(path, **columns)
        with pytest.raises(DataError, match=why):
            read(path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match="is not a valid Parquet file"):
        read(path)
