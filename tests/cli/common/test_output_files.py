"""Files that commands write: never over another unless told to, never half, and refused before the work."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from mnist_nn.cli.common.output_files import check_suffix, check_target, keep_target, write_file
from mnist_nn.errors import ConfigError, FileInUseError


def test_a_name_says_what_is_in_the_file() -> None:
    check_suffix(Path("REPORT.HTML"), ".html", "web pages")
    with pytest.raises(ConfigError, match=r"^'report.txt' does not end in .html, the suffix of web pages; choose"):
        check_suffix(Path("report.txt"), ".html", "web pages")


def test_a_file_is_replaced_only_by_force(tmp_path: Path) -> None:
    target = tmp_path / "file"
    check_target(target, force=False)
    target.touch()
    with pytest.raises(
        ConfigError, match="already exists; replace it with --force, or choose another place with --output FILE"
    ):
        check_target(target, force=False)
    check_target(target, force=True)


def test_no_source_is_replaced_even_by_force(tmp_path: Path) -> None:
    model, other, link = tmp_path / "model", tmp_path / "other", tmp_path / "link"
    model.touch()
    other.touch()
    link.symlink_to(model)
    with pytest.raises(ConfigError, match="is the model itself"):
        check_target(link, model, None, force=True)
    with pytest.raises(ConfigError, match="is a file that the command reads"):
        check_target(other, model, other, force=True)


def test_a_place_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot write .*No such file or directory; choose another place"):
        check_target(tmp_path / "no" / "file", force=False)
    with pytest.raises(ConfigError, match="cannot write"):
        check_target(Path("a\0b"), force=False)


def test_no_other_process_can_write_it_meanwhile(tmp_path: Path) -> None:
    target = tmp_path / "file"
    with keep_target(target, force=False):
        with pytest.raises(FileInUseError, match="is being written by"), keep_target(target, force=True):
            pass
        write_file(target, b"one")
    with pytest.raises(ConfigError, match="already exists"), keep_target(target, force=False):
        pass
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_is_written_whole_or_not_at_all(
    tmp_path: Path, files_no_larger_than: Callable[[int], AbstractContextManager[None]]
) -> None:
    target = tmp_path / "file"
    write_file(target, b"before")
    with files_no_larger_than(1000), pytest.raises(ConfigError, match="cannot write"):
        write_file(target, bytes(2000))
    assert target.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [target]
