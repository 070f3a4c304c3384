"""A table has one row per number, is never overwritten, and is continued after a stop at any byte."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from number_pictures import EXPECTED, ONE, TWO, essence, picture, rows

from mnist_nn.cli.audit.sample import load_accepted
from mnist_nn.cli.read.csv_table import COLUMNS, OLDER_COLUMNS, open_table
from mnist_nn.errors import ConfigError
from mnist_nn.reading import pages

Cli = Callable[..., Any]


def test_the_table_has_a_row_a_number(cli: Cli, folder: Path, tmp_path: Path) -> None:
    outcome = cli("read", folder, "--csv", "out.csv")
    assert outcome.code == 2
    assert "7 files, 2 unreadable, 2 empty pages; 5 numbers: 5 accepted" in outcome.out
    out = tmp_path / "out.csv"
    assert tuple(rows(out)[0]) == COLUMNS
    assert essence(out) == EXPECTED
    first, error = rows(out)[1], rows(out)[4]
    assert [int(side) for side in first[2].split()] == pytest.approx([25, 59, 84, 82], abs=5)
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


@pytest.mark.slow
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


def test_force_through_a_link_replaces_what_it_leads_to_and_keeps_its_mode(
    cli: Cli, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "real").mkdir()
    real, link = tmp_path / "real" / "numbers.csv", tmp_path / "out.csv"
    real.write_text("mine")
    real.chmod(0o640)
    link.symlink_to(real)
    cli("read", folder, "--csv", link, "--force")
    assert link.is_symlink()
    assert essence(real) == EXPECTED
    assert real.stat().st_mode & 0o777 == 0o640
    assert list(real.parent.iterdir()) == [real]


def test_force_takes_no_strangers_file_for_its_own(cli: Cli, folder: Path, tmp_path: Path) -> None:
    for name in ("out.csv", "out.csv.part"):
        (tmp_path / name).write_text("mine")
    outcome = cli("read", folder, "--csv", "out.csv", "--force")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "'out.csv.part' is not a table that mnist-nn read wrote (see line 1); move it away" in outcome.err.replace(
        f"{tmp_path}/", ""
    )
    assert [(tmp_path / name).read_text() for name in ("out.csv", "out.csv.part")] == ["mine", "mine"]


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
    with files_no_larger_than(330):
        outcome = cli("read", folder, "--csv", "out.csv")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "--resume" in outcome.err
    cli("read", folder, "--csv", "out.csv", "--resume")
    assert essence(tmp_path / "out.csv") == EXPECTED


@pytest.mark.parametrize("size", [330, 345, 370, 395])
def test_a_full_disk_leaves_whole_rows_alone(
    cli: Cli, folder: Path, tmp_path: Path, files_no_larger_than: Callable[[int], Any], size: int
) -> None:
    cli("read", folder, "--csv", "whole.csv")
    with files_no_larger_than(size):
        assert cli("read", folder, "--csv", "out.csv").code == 2
    begun = (tmp_path / "out.csv").read_bytes()
    assert (tmp_path / "whole.csv").read_bytes().startswith(begun)
    assert begun.endswith(b"\r\n"), "no half row"


def test_a_folder_that_is_a_file_is_what_is_wrong(cli: Cli, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    outcome = cli("read", folder, "--csv", "file/out.csv")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "cannot write 'file/out.csv': Not a directory" in outcome.err


def test_a_table_that_cannot_be_opened_again(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot continue"), open_table(tmp_path, {}, resume=True):
        pass


@pytest.mark.parametrize("name", ["=1+1.png", "-2.png", "+3.png", "@4.png", "\t5.png", "'=6.png"])
def test_a_name_that_looks_like_a_formula_is_text_and_the_same_file_when_resumed(
    cli: Cli, tmp_path: Path, name: str
) -> None:
    picture(tmp_path / "a.png", ONE).rename(tmp_path / name)
    picture(tmp_path / "z.png", TWO)
    command = ("--csv", "out.csv", "--", name, "z.png")
    assert cli("read", *command).code == 0
    out = tmp_path / "out.csv"
    whole = out.read_bytes()
    assert rows(out)[1][0] == f"'{name}"
    resumed = cli("read", "--resume", *command)
    assert (resumed.code, out.read_bytes()) == (0, whole)
    assert "(1 more were read earlier)" in resumed.out
    assert {row.file for row in load_accepted(out)} <= {name, "z.png"}
