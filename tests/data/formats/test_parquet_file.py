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


@pytest.mark.parametrize(
    "kind",
    [
        pyarrow.list_(pyarrow.uint8()),
        pyarrow.list_(pyarrow.uint8(), 4),
        pyarrow.large_list(pyarrow.int64()),
        pyarrow.list_(pyarrow.list_(pyarrow.uint8())),
        pyarrow.list_(pyarrow.float32()),
    ],
    ids=str,
)
def test_lists_of_numbers_are_read_at_once_with_the_same_pixels(tmp_path: Path, kind: Any) -> None:
    rows = [[0, 255, 3, 4], [1, 2, 3, 4], [9, 8, 7, 6]]
    is_nested = pyarrow.types.is_nested(kind.value_type)
    values = [[row[:2], row[2:]] for row in rows] if is_nested else rows
    column = pyarrow.array(values, kind)
    pixels = parquet_file._take_pixels(column.slice(1))
    assert pixels is not None
    assert pixels.reshape(2, 4).tolist() == rows[1:]
    (batch,) = read(write(tmp_path / "a.parquet", image=column))
    assert batch.images.reshape(3, 4).tolist() == rows


def test_binary_values_of_a_fixed_size_are_pixels(tmp_path: Path) -> None:
    pictures = load("mnist").test.images[:5]
    column = pyarrow.array([one.tobytes() for one in pictures], pyarrow.binary(784))
    (batch,) = read(write(tmp_path / "a.parquet", image=column))
    assert np.array_equal(batch.images, pictures)
    pixels = parquet_file._take_pixels(column.slice(2, 2))
    assert pixels is not None
    assert pixels.tolist() == pictures[2:4].reshape(2, 784).tolist()


def test_lists_of_different_lengths_name_the_row(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"different sizes \(see row 1\)"):
        read(write(tmp_path / "a.parquet", image=[[1, 2, 3, 4], [1, 2]]))


def test_blocks_together_are_the_whole_data(tmp_path: Path) -> None:
    pictures = load("mnist").test.take(range(50))
    table = {"image": pictures.images.reshape(50, -1).tolist(), "label": pictures.labels}
    for name in ("a.parquet", "b.parquet"):
        parquet.write_table(pyarrow.table(table), tmp_path / name, row_group_size=8)
    part = Part("parquet", (tmp_path / "a.parquet", tmp_path / "b.parquet"))
    blocks = parquet_file.list_blocks(part, ReadOptions(), 20)
    assert [(Path(one.path).name, one.groups, one.before, one.images) for one in blocks] == [
        ("a.parquet", (0, 1, 2), 0, 24), ("a.parquet", (3, 4, 5), 24, 24), ("a.parquet", (6,), 48, 2),
        ("b.parquet", (0, 1, 2), 50, 24), ("b.parquet", (3, 4, 5), 74, 24), ("b.parquet", (6,), 98, 2),
    ]  # fmt: skip
    assert sum(one.size for one in blocks) < sum(path.stat().st_size for path in part.paths)
    whole = list(parquet_file.read(part, ReadOptions()))
    found = [batch for one in blocks for batch in parquet_file.read_block(one, ReadOptions(), 7)]
    for name in ("images", "labels"):
        assert np.array_equal(*(np.concatenate([getattr(one, name) for one in batches]) for batches in (whole, found)))


def test_the_first_rows_of_the_data_decide_for_every_block_whether_columns_are_bytes(tmp_path: Path) -> None:
    columns = {f"p{n}": [255.0] * 4 + [0.5] * 4 for n in range(4)}
    parquet.write_table(pyarrow.table(columns), tmp_path / "a.parquet", row_group_size=4)
    blocks = parquet_file.list_blocks(Part("parquet", (tmp_path / "a.parquet",)), ReadOptions(), 1)
    kinds = [batch.images.dtype for one in blocks for batch in parquet_file.read_block(one, ReadOptions(), 1000)]
    assert kinds == [np.float32, np.float32]


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
