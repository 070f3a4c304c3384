"""A table has one row per number, is never overwritten, and is continued after a stop at any byte."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from number_pictures import EXPECTED, ONE, TWO, essence, picture, rows

from mnist_nn.cli.read.csv_table import COLUMNS, OLDER_COLUMNS, open_table
from mnist_nn.errors import ConfigError
from mnist_nn.reading import pages

Cli = Callable[..., Any]


def test_the_table_has_a_row_a_number(cli: Cli, folder: Path, tmp_path: Path) -> None:
    outcome = cli("read", folder, "--csv", "out.csv")
    assert outcome.code == 2
    assert "7 files, 2 bad, 2 pages with nothing on them; 5 numbers: 5 accepted" in outcome.out
    out = tmp_path / "out.csv"
    assert tuple(rows(out)[0]) == COLUMNS
    assert essence(out) == EXPECTED
    first, error = rows(out)[1], rows(out)[4]
    assert [int(side) for side in first[2].split()] == pytest.approx([25, 59, 92, 82], abs=5)
    assert 0.5 < float(first[4]) <= 1
    assert error[5].startswith("error: ")
    assert (error[2], error[4]) == ("", "")
    assert out.read_bytes().count(b"\r\n") == len(EXPECTED) + 1, "RFC 4180"


def test_a_table_is_never_overwritten_unless_told(cli: Cli, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("mine")
    outcome = cli("read", folder, "--csv", "out.csv")
    assert outcome.code == 2
    assert "--resume" in outcome.err
    assert "--force" in outcome.err
    assert (tmp_path / "out.csv").read_text() == "mine"
    cli("read", folder, "--csv", "out.csv", "--force")
    assert essence(tmp_path / "out.csv") == EXPECTED


@pytest.mark.parametrize("content", ["mine", "a,b\r\n1,2\r\n", ",".join(COLUMNS) + "\r\na\r\n", '"x\r\ny"z\r\n\r\n'])
def test_a_file_that_is_no_table_is_not_gone_on_with(cli: Cli, folder: Path, tmp_path: Path, content: str) -> None:
    (tmp_path / "out.csv").write_text(content, newline="")
    outcome = cli("read", folder, "--csv", "out.csv", "--resume")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert (tmp_path / "out.csv").read_text() == content.replace("\r\n", "\n")


def test_resuming_after_a_kill_at_any_byte_ends_with_the_same_table(
    cli: Cli, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.csv"
    cli("read", folder, "--csv", path)
    whole, same = path.read_bytes(), json.loads(Path(f"{path}.settings.json").read_text())
    kept = 0
    for size in range(len(whole) + 1):
        path.write_bytes(whole[:size])
        with open_table(path, same, resume=True) as made:
            assert whole.startswith(path.read_bytes()), size
            assert all(str(name) in whole.decode().replace('""', '"') for name in made.completed)
            assert len(made.completed) >= kept, "what was complete stays complete"
            kept = max(0, len(made.completed))
    assert kept == len(list(folder.iterdir())) - 1, "all files but the last are known to be complete"
    read: list[str] = []
    original = pages.each_page
    monkeypatch.setattr(pages, "each_page", lambda name, **limits: (read.append(name), original(name, **limits))[1])
    for size in (0, 10, 60, len(whole) // 2, len(whole) - 1, len(whole)):
        path.write_bytes(whole[:size])
        read.clear()
        outcome = cli("read", folder, "--csv", path, "--resume")
        assert path.read_bytes() == whole, size
        assert outcome.code == 2, "the bad files of the first run count"
        assert len(read) <= len(list(folder.iterdir()))
    assert len(read) == 1, "of a complete table only the last file is read again"


def test_a_table_of_an_older_version_is_continued_under_its_own_header(cli: Cli, folder: Path, tmp_path: Path) -> None:
    first = cli("read", folder, "--csv", "out.csv")
    header, _, rest = (tmp_path / "out.csv").read_bytes().partition(b"\r\n")
    assert header == ",".join(COLUMNS).encode()
    older = ",".join(OLDER_COLUMNS).encode() + b"\r\n"
    (tmp_path / "out.csv").write_bytes(older + rest[: len(rest) // 2])
    assert cli("read", folder, "--csv", "out.csv", "--resume").code == first.code
    assert (tmp_path / "out.csv").read_bytes() == older + rest


def test_resuming_without_a_table_begins_one(cli: Cli, folder: Path, tmp_path: Path) -> None:
    cli("read", folder, "--csv", "out.csv", "--resume")
    assert essence(tmp_path / "out.csv") == EXPECTED


def test_a_name_that_is_no_text_keeps_its_bytes(cli: Cli, tmp_path: Path) -> None:
    strange = os.fsdecode(b"p\xff.png")
    picture(tmp_path / "a.png", TWO).rename(tmp_path / strange)
    picture(tmp_path / "z.png", ONE)
    for options in ((), ("--resume",)):
        assert cli("read", strange, "z.png", "--csv", "out.csv", *options).code == 0
        assert (tmp_path / "out.csv").read_bytes().splitlines()[1].startswith(b"p\xff.png,1,")
        assert len((tmp_path / "out.csv").read_bytes().splitlines()) == 3
    assert json.loads(cli("read", strange, "--json").out)[0]["file"] == strange


def test_a_full_disk_is_one_line(
    cli: Cli, folder: Path, tmp_path: Path, files_no_larger_than: Callable[[int], Any]
) -> None:
    with files_no_larger_than(300):
        outcome = cli("read", folder, "--csv", "out.csv")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "--resume" in outcome.err
    cli("read", folder, "--csv", "out.csv", "--resume")
    assert essence(tmp_path / "out.csv") == EXPECTED


def test_a_folder_that_is_a_file_is_what_is_wrong(cli: Cli, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    outcome = cli("read", folder, "--csv", "file/out.csv")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "cannot write 'file/out.csv': Not a directory" in outcome.err


def test_a_table_that_cannot_be_opened_again(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot continue"), open_table(tmp_path, {}, resume=True):
        pass
