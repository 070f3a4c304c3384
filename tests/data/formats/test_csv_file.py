import csv
import gzip
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.data.formats import csv_file
from mnist_nn.data.formats.batch import Batch, Part
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.errors import DataError

OPTIONS = ReadOptions()


def read(path: Path, options: ReadOptions = OPTIONS) -> list[Batch]:
    return list(csv_file.read(Part("csv", (path,)), options))


PIXELS = st.lists(st.integers(0, 255), min_size=4, max_size=4)
ROWS = st.lists(st.tuples(st.sampled_from(["a", 'say "b"', "c,d", "é"]), PIXELS), min_size=1, max_size=5)


@given(ROWS, st.sampled_from(",;\t"), st.booleans(), st.booleans())
def test_what_python_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, list[int]]],
    delimiter: str,
    crlf: bool,
    packed: bool,
) -> None:
    rows = [("a", [0, 2, 0, 0]), *rows]  # so that the first numbers are pixels for certain
    text = io.StringIO(newline="")
    table = csv.writer(text, delimiter=delimiter, lineterminator="\r\n" if crlf else "\n")
    table.writerows([["label", "p0", "p1", "p2", "p3"], *([label, *pixels] for label, pixels in rows)])
    data = text.getvalue().encode("utf-8-sig")
    path = tmp_path_factory.mktemp("csv") / "table"
    path.write_bytes(gzip.compress(data) if packed else data)
    (batch,) = read(path)
    assert batch.labels is not None
    assert batch.labels.tolist() == [label for label, _ in rows]
    assert batch.images.reshape(len(rows), 4).tolist() == [pixels for _, pixels in rows]


def test_a_table_without_a_header_has_its_label_first(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("7,0,255,9,9\n2,1,2,3,4\n")
    (batch,) = read(tmp_path / "a.csv")
    assert batch.labels is not None
    assert (batch.labels.tolist(), batch.images.shape) == (["7", "2"], (2, 2, 2))


def test_shares_of_white_stay_floats(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("label,p0,p1\n7,0,0.5\n2,1,1\n")
    (batch,) = read(tmp_path / "a.csv")
    assert batch.images.dtype == np.float32
    assert csv_file.has_labels(tmp_path / "a.csv", OPTIONS)


def test_a_long_table_comes_in_batches(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("p0,p1\n" + "0,255\n" * 2500)
    assert [len(batch.images) for batch in read(tmp_path / "a.csv")] == [1000, 1000, 500]
    assert not csv_file.has_labels(tmp_path / "a.csv", OPTIONS)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"label,p0\n", "has no rows"),
        (b"label,p0\n1,2\n1,2,3\n", "has 3 cells in line 3, but 2 columns"),
        (b"label,p0\n1,2\n1,x\n", "has 'x' in line 3, column 2, where a number is expected"),
        (b"label,p0\n1,2\n1,\n", "has '' in line 3, column 2"),
        (b"label,p0\n1,2\n1,nan\n", "has 'nan' in line 3, column 2"),
        (b"label,p0\n,2\n", "has no label in line 2"),
        (b'label,p0\n1,2\n"1,2\n', r"is not a table \(see line 3: unexpected end of data"),
        (b"label,p0\n1,\xff\n", "is not text in UTF-8"),
        (gzip.compress(b"label,p0\n1,2\n" * 99, mtime=0)[:-12], "is damaged: .*end-of-stream marker"),
    ],
)
def test_a_broken_table_says_where(tmp_path: Path, data: bytes, why: str) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    with pytest.raises(DataError, match=why) as caught:
        read(tmp_path / "a.csv")
    assert "\n" not in str(caught.value)
