from pathlib import Path

import pytest

from mnist_nn.cli.predict.table import KAGGLE, open_table
from mnist_nn.errors import ConfigError

SETTINGS = {"mnist-nn": "1", "data": "a"}


def fill(path: Path, rows: list[tuple[int, str]], **how: bool) -> int:
    with open_table(path, KAGGLE, SETTINGS, **how) as table:
        table.write(rows[table.done :])
        return table.done


def test_a_table_is_continued_after_its_last_whole_row(tmp_path: Path) -> None:
    path, rows = tmp_path / "a.csv", [(n, str(n % 10)) for n in range(1, 8)]
    assert fill(path, rows) == 0
    whole = path.read_bytes()
    for size in range(len(whole) + 1):
        path.write_bytes(whole[:size])
        fill(path, rows, resume=True)
        assert path.read_bytes() == whole


def test_what_may_not_be_replaced_or_continued_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    fill(path, [(1, "7")])
    with pytest.raises(ConfigError, match="already exists; continue it with --resume, or replace it with --force"):
        fill(path, [])
    with (
        pytest.raises(ConfigError, match=r"was begun with --data a \(now b\)"),
        open_table(path, KAGGLE, {**SETTINGS, "data": "b"}, resume=True),
    ):
        pass
    assert fill(path, [(1, "8")], force=True) == 0
    assert path.read_text() == "ImageId,Label\n1,8\n"
    path.write_text("precious\n")
    with pytest.raises(ConfigError, match="is not a table that this command began"):
        fill(path, [], resume=True)
