"""A lock keeps every other process off, names who holds it, and is gone with its process, however that ends."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from patience import PATIENCE, wait_for

from mnist_nn.errors import FileInUseError
from mnist_nn.util import locks
from mnist_nn.util.locks import is_at, keep_others_off, keep_others_off_still, lock_path

HOLD = """
import sys
from mnist_nn.util.locks import keep_others_off
with keep_others_off(sys.argv[1], "choose another"):
    print("held", flush=True)
    sys.stdin.read()
"""
COUNT = """
import sys, time
from mnist_nn.errors import FileInUseError
from mnist_nn.util.locks import keep_others_off
for _ in range(100):
    while True:
        try:
            with keep_others_off(sys.argv[1], "choose another"):
                number = int(open(sys.argv[1]).read())
                open(sys.argv[1], "w").write(str(number + 1))
            break
        except FileInUseError:
            time.sleep(0.001)
"""
Holder = Callable[[Path], subprocess.Popen[str]]


@pytest.fixture
def holder() -> Iterator[Holder]:
    """Start a process that holds the lock of a file until its standard input ends."""
    with ExitStack() as started:

        def start(path: Path) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            started.enter_context(process)
            started.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            return process

        yield start


def test_another_process_is_kept_off_and_told_by_whom(tmp_path: Path, holder: Holder) -> None:
    path = tmp_path / "note"
    process = holder(path)
    said = rf"'.*note' is being written by process {process.pid} on \S+ \(-c .*note\); wait until it ends, or go away"
    with pytest.raises(FileInUseError, match=said), keep_others_off(path, "go away"):
        pass
    process.communicate("", timeout=PATIENCE)
    assert list(tmp_path.iterdir()) == []
    with keep_others_off(path, "name another"):
        pass


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_process_blocks_nobody(tmp_path: Path, holder: Holder, how: signal.Signals) -> None:
    path = tmp_path / "note"
    process = holder(path)
    process.send_signal(how)
    process.wait(PATIENCE)
    assert lock_path(path).exists(), "it had no time to remove it"
    with keep_others_off(path, "name another"), pytest.raises(FileInUseError), keep_others_off(path, "name another"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_of_many_processes_one_writes_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "number"
    path.write_text("0")
    running = [subprocess.Popen([sys.executable, "-c", COUNT, str(path)]) for _ in range(4)]
    assert [process.wait(PATIENCE) for process in running] == [0] * 4
    assert path.read_text() == "400"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_shares_the_lock_of_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("note")
    assert lock_path(tmp_path / "link") == lock_path(tmp_path / "note")


def test_a_folder_has_its_lock_in_it(tmp_path: Path) -> None:
    with keep_others_off(tmp_path, "name another"), pytest.raises(FileInUseError):  # noqa: SIM117 the inner one fails
        with keep_others_off(tmp_path, "name another"):
            pass
    assert list(tmp_path.iterdir()) == []


def test_the_longest_name_has_a_lock(tmp_path: Path) -> None:
    with keep_others_off(tmp_path / ("n" * 255), "name another"):
        assert len(list(tmp_path.iterdir())) == 1


def test_a_lock_that_somebody_removed_is_not_taken_for_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "note"
    with keep_others_off(path, "name another"):
        lock_path(path).unlink()
        lock_path(path).touch()
    assert lock_path(path).exists(), "it is another process's"
    with lock_path(path).open("rb") as file:
        assert is_at(lock_path(path), file.fileno())
        lock_path(path).unlink()
        assert not is_at(lock_path(path), file.fileno())


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    lock_path(tmp_path / "note").symlink_to("mine")
    with pytest.raises(FileInUseError, match="cannot lock"), keep_others_off(tmp_path / "note", "name another"):
        pass
    assert (tmp_path / "mine").read_text() == "precious"


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileInUseError, match=r"cannot lock .*No such file or directory; name another"):  # noqa: SIM117
        with keep_others_off(tmp_path / "no" / "note", "name another"):
            pass


def test_without_locks_in_the_file_system_that_is_said_and_the_work_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_descriptor: int) -> bool:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(locks, "try_lock", refuse)
    with keep_others_off(tmp_path / "note", "name another"):
        pass
    assert "nothing prevents two runs from writing to it at once" in caplog.text
    assert list(tmp_path.iterdir()) == []


def test_a_program_can_wait_for_another(tmp_path: Path, holder: Holder) -> None:
    process = holder(tmp_path / "note")

    def is_free() -> bool:
        try:
            with keep_others_off(tmp_path / "note", "wait"):
                return True
        except FileInUseError:
            return False

    assert not is_free()
    process.kill()
    wait_for(is_free, "it stays locked")


def test_what_holds_a_lock_writes_once_more_and_others_are_still_kept_off(tmp_path: Path, holder: Holder) -> None:
    path = tmp_path / "note"
    with keep_others_off(path, "choose another"):
        with keep_others_off_still(path, "choose another"):
            assert lock_path(path).exists()
        with pytest.raises(FileInUseError):
            keep_others_off(path, "choose another").__enter__()
    with keep_others_off_still(path, "choose another"):
        assert lock_path(path).exists()
    assert not lock_path(path).exists()
    holder(path)
    with pytest.raises(FileInUseError, match="is being written by process"):
        keep_others_off_still(path, "choose another").__enter__()
