"""Tables as spreadsheets save them, and what is no table."""

from pathlib import Path

import pytest

from mnist_nn.errors import ConfigError
from mnist_nn.util.csv_rows import read_rows


@pytest.mark.parametrize("text", ["a,b\r\n1,2\r\n", "\ufeffa;b\n1;2\n", "a,b\n1,2"])
def test_commas_and_semicolons_are_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    assert list(read_rows(path, "")) == [(1, ["a", "b"]), (2, ["1", "2"])]


def test_names_keep_their_bytes(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xff.png,7\n")
    assert list(read_rows(path, "")) == [(1, ["\udcff.png", "7"])]


def test_what_is_no_table_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b\n"c" d,e\n')
    with pytest.raises(ConfigError, match=r"is not a table with commas \(see line 2: .*\); name another"):
        list(read_rows(path, "name another"))
    with pytest.raises(ConfigError, match="name another"):
        list(read_rows(tmp_path / "missing.csv", "name another"))
