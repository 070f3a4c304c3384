"""The Parquet file: complete or not there, continued where it was stopped, and read by pyarrow itself."""

from pathlib import Path
from typing import Any

import pytest

from mnist_nn.cli.predict import parquet
from mnist_nn.cli.predict.parquet import count_finished, open_parquet, write_parquet
from mnist_nn.errors import ConfigError

pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow is in the extra 'parquet'")
SETTINGS = {"mnist-nn": "1", "data": "a"}
KINDS = {"image": "string", "class": "int64", "confidence": "float32"}
ROWS = [(f'folder/ä,{n}".png', n % 10, repr(n / 7)) for n in range(9)]


def fill(path: Path, rows: list[Any], stop: int | None = None, **how: bool) -> int:
    """Write rows, or only the first few of them before something goes wrong."""
    with open_parquet(path, KINDS, SETTINGS, **how) as table:
        table.write(rows[table.done : stop])
        if stop is not None:
            raise KeyboardInterrupt
        return table.done


def test_what_is_written_comes_back_with_its_types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS", 4)
    path = tmp_path / "a.parquet"
    assert fill(path, ROWS) == 0
    table = pq.read_table(path)
    assert table.schema.to_string(show_schema_metadata=False) == "image: string\nclass: int64\nconfidence: float"
    assert table.column("image").to_pylist() == [name for name, *_ in ROWS]
    assert table.column("class").to_pylist() == [n % 10 for n in range(9)]
    assert table.column("confidence").to_pylist() == pytest.approx([n / 7 for n in range(9)], rel=1e-6)
    assert pq.read_metadata(path).num_row_groups == 3
    assert [one.name for one in tmp_path.iterdir()] == ["a.parquet"]


def test_an_unfinished_file_does_not_look_finished_and_is_continued(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    with pytest.raises(KeyboardInterrupt):
        fill(path, ROWS, 5)
    assert not path.exists()
    assert count_finished(path, SETTINGS) is None
    with pytest.raises(ConfigError, match=r"a.parquet.part' already exists; continue it with --resume, or replace"):
        fill(path, ROWS)
    assert fill(path, ROWS, resume=True) == 5
    fill(tmp_path / "whole.parquet", ROWS)
    assert path.read_bytes() == (tmp_path / "whole.parquet").read_bytes()
    assert count_finished(path, SETTINGS) == 9


def test_an_older_file_stays_until_the_new_one_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    fill(path, ROWS)
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="already exists; replace it with --force"):
        fill(path, ROWS[:2])
    with pytest.raises(KeyboardInterrupt):
        fill(path, ROWS[:2], 1, force=True)
    assert path.read_bytes() == before
    fill(path, ROWS[:2], force=True)
    assert pq.read_metadata(path).num_rows == 2


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    fill(path, ROWS)
    with pytest.raises(ConfigError, match=r"was written with --data a \(now b\)"):
        count_finished(path, {**SETTINGS, "data": "b"})
    path.write_text("precious")
    with pytest.raises(ConfigError, match="is not a table of these predictions"):
        count_finished(path, SETTINGS)
    write_parquet(path, KINDS, ROWS)
    with pytest.raises(ConfigError, match="is not a table of these predictions"):
        count_finished(path, SETTINGS)
    (tmp_path / "folder.parquet").mkdir()
    with pytest.raises(ConfigError, match="it is not a regular file"):
        fill(tmp_path / "folder.parquet", ROWS)
