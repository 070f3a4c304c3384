"""Writing so that nothing is lost: the old file stays whole through full disks, errors and kills."""

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import PATIENCE

from mnist_nn.util.files import append_whole, check_target, check_writable, identify, replace_file

OrdinaryUser = Callable[[], AbstractContextManager[None]]
SizeLimit = Callable[[int], AbstractContextManager[None]]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write(path: Path, data: bytes) -> None:
    with replace_file(path) as file:
        file.write(data)


def caught(action: Callable[[], None], kind: type[BaseException]) -> BaseException | None:
    """The error that an action raises; for use where the test itself lacks the rights to fail."""
    try:
        action()
    except kind as error:
        return error
    return None


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "note"
    path.write_bytes(b"old")
    return path


def assert_untouched(path: Path) -> None:
    assert path.read_bytes() == b"old"
    assert names_in(path.parent) == [path.name]


@settings(deadline=None, max_examples=20)
@given(st.lists(st.binary(max_size=100), max_size=5))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, parts: list[bytes]) -> None:
    path = tmp_path_factory.mktemp("folder") / "note"
    with replace_file(path) as file:
        for part in parts:
            file.write(part)
    assert path.read_bytes() == b"".join(parts)
    assert names_in(path.parent) == ["note"]


def test_an_old_file_is_replaced_in_one_step(old: Path) -> None:
    with replace_file(old) as file:
        file.write(b"new")
        file.flush()
        assert old.read_bytes() == b"old"
    assert old.read_bytes() == b"new"
    assert names_in(old.parent) == ["note"]


def test_a_reader_of_the_old_file_keeps_it(old: Path) -> None:
    with old.open("rb") as reader:
        write(old, b"new")
        assert reader.read() == b"old"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_error_in_the_block_leaves_everything_as_it_was(old: Path, error: type[BaseException]) -> None:
    def interrupted() -> None:
        with replace_file(old) as file:
            file.write(b"half")
            raise error

    with pytest.raises(error):
        interrupted()
    assert_untouched(old)


def test_an_error_leaves_no_new_file(tmp_path: Path) -> None:
    def interrupted() -> None:
        with replace_file(tmp_path / "note") as file:
            file.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("size", [0, 1, 4095, 8192, 99_999])
def test_a_full_disk_leaves_the_old_file_whole(old: Path, size: int, files_no_larger_than: SizeLimit) -> None:
    with files_no_larger_than(size):
        error = caught(lambda: write(old, b"x" * 100_000), OSError)
    assert isinstance(error, OSError)
    assert_untouched(old)


STOP_IN_THE_MIDDLE = (
    "import os, sys\n"
    "from mnist_nn.util.files import replace_file\n"
    "with replace_file(sys.argv[1]) as file:\n"
    "    file.write(b'x' * 100_000)\n"
    "    file.flush()\n"
    "    print('half', flush=True)\n"
    "    sys.stdin.read()\n"
)


@pytest.fixture
def half_written(old: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that is in the middle of replacing a file."""
    command = [sys.executable, "-c", STOP_IN_THE_MIDDLE, str(old)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        yield process
        process.kill()


def test_what_a_killed_process_leaves_is_cleared_by_the_next(old: Path, half_written: subprocess.Popen[str]) -> None:
    half_written.kill()
    half_written.wait(PATIENCE)
    assert old.read_bytes() == b"old"
    assert len(names_in(old.parent)) == 2
    write(old.parent / "other", b"new")
    assert names_in(old.parent) == ["note", "other"]


def test_what_a_living_process_writes_is_not_cleared(old: Path, half_written: subprocess.Popen[str]) -> None:
    (old.parent / ".mnist-nn-mine.txt").touch()
    (old.parent / ".0123456789abcdef.tmp").touch()
    check_writable(old)
    write(old.parent / "other", b"new")
    assert len(names_in(old.parent)) == 5, "and nothing of others' is either"
    half_written.communicate("", timeout=PATIENCE)
    assert half_written.returncode == 0
    assert old.read_bytes() == b"x" * 100_000


def test_a_file_is_told_from_what_takes_its_place(old: Path) -> None:
    first = identify(old)
    assert first == identify(old)
    write(old, b"old")
    assert identify(old) != first, "the same bytes in another file"
    assert identify(old.parent / "none") is None


def test_bytes_are_appended_whole_or_not_at_all(old: Path, files_no_larger_than: SizeLimit) -> None:
    with old.open("ab", buffering=0) as file:
        append_whole(file, b"er")
        with files_no_larger_than(100):
            error = caught(lambda: append_whole(file, bytes(200)), OSError)
    assert isinstance(error, OSError)
    assert old.read_bytes() == b"older"


def test_a_pipe_gets_what_is_appended() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb", buffering=0) as file:
        append_whole(file, b"rows")
    with os.fdopen(reading, "rb") as file:
        assert file.read() == b"rows"


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o755, 0o4711])
def test_the_mode_is_kept(old: Path, mode: int) -> None:
    old.chmod(mode)
    write(old, b"new")
    assert stat.S_IMODE(old.stat().st_mode) == mode


def test_a_new_file_has_the_mode_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    write(tmp_path / "note", b"new")
    assert (tmp_path / "note").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_link_stays_a_link_and_its_target_is_replaced(tmp_path: Path, old: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    link = folder / "link"
    link.symlink_to("../note")
    write(link, b"new")
    assert link.is_symlink()
    assert old.read_bytes() == b"new"
    assert names_in(folder) == ["link"]


def test_a_link_to_nothing_gets_its_target(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("note")
    write(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "note").read_bytes() == b"new"


def test_a_loop_of_links_is_refused_and_stays(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match="points to itself"):
        write(tmp_path / "a", b"new")
    assert names_in(tmp_path) == ["a", "b"]
    assert (tmp_path / "a").is_symlink()


@pytest.mark.parametrize("device", ["/dev/null", "/dev/full", "/dev/zero"])
def test_a_device_is_refused(device: str) -> None:
    before = Path(device).stat()
    with pytest.raises(OSError, match="not a regular file"):
        write(Path(device), b"x")
    after = Path(device).stat()
    assert (after.st_rdev, after.st_mode) == (before.st_rdev, before.st_mode)


def test_a_pipe_and_a_folder_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(OSError, match="not a regular file"):
            write(tmp_path / name, b"x")
    assert names_in(tmp_path) == ["folder", "pipe"]


def test_a_missing_folder_is_an_error_and_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "none" / "note", b"x")
    assert names_in(tmp_path) == []


def test_a_file_in_the_place_of_a_folder_is_an_error(old: Path) -> None:
    with pytest.raises(NotADirectoryError):
        write(old / "note", b"x")
    assert_untouched(old)


def test_a_write_protected_file_is_refused(open_folder: Path, ordinary_user: OrdinaryUser) -> None:
    path = open_folder / "note"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with ordinary_user():
        error = caught(lambda: write(path, b"new"), PermissionError)
    assert "write-protected" in str(error)
    assert_untouched(path)


def test_a_read_only_folder_is_refused(open_folder: Path, ordinary_user: OrdinaryUser) -> None:
    open_folder.chmod(0o555)
    with ordinary_user():
        error = caught(lambda: write(open_folder / "note", b"new"), PermissionError)
    assert isinstance(error, PermissionError)
    assert names_in(open_folder) == []


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    write(path, b"new")
    assert path.read_bytes() == b"new"


def test_of_writers_at_once_one_wins_whole(tmp_path: Path) -> None:
    path = tmp_path / "note"
    texts = [bytes([number]) * 50_000 for number in range(8)]
    threads = [threading.Thread(target=write, args=(path, text)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert path.read_bytes() in texts
    assert names_in(tmp_path) == ["note"]


def test_a_target_can_be_checked_beforehand(old: Path) -> None:
    check_target(old)
    check_target(old.parent / "new")
    with pytest.raises(OSError, match="not a regular file"):
        check_target(old.parent)
    assert_untouched(old)
