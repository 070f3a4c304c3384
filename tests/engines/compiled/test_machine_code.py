"""Machine code on disk: kept between processes, trusted only where nobody else can write, and never in the way."""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest

from mnist_nn.engines.compiled.machine_code import directory, fetch

CODE = b"machine code" * 100


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache directory of its own, which need not be there yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    directory.cache_clear()
    yield tmp_path / "home"
    directory.cache_clear()


def never() -> bytes:
    raise AssertionError("it is kept already")


def files(home: Path) -> list[Path]:
    return sorted(home.rglob("*.o"))


# Kept


def test_what_was_made_is_kept_and_private(home: Path) -> None:
    assert fetch("a", b"key", lambda: CODE) == fetch("a", b"key", never) == CODE
    (path,) = files(home)
    assert path.parent == directory() == home / "mnist-nn" / "machine-code"
    for folder in (home, home / "mnist-nn", path.parent):
        assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("other", [("b", b"key"), ("a", b"another key")])
def test_another_name_or_key_is_other_code(home: Path, other: tuple[str, bytes]) -> None:
    fetch("a", b"key", lambda: CODE)
    assert fetch(*other, lambda: b"other") == b"other"
    assert fetch("a", b"key", never) == CODE
    assert len(files(home)) == 2


def make_and_count(folder: str, made: "multiprocessing.SimpleQueue[int]") -> None:
    os.environ["XDG_CACHE_HOME"] = folder

    def make() -> bytes:
        made.put(os.getpid())
        return CODE

    assert fetch("a", b"key", make) == CODE


@pytest.mark.slow
def test_of_eight_processes_that_start_at_once_one_makes_it(home: Path) -> None:
    context = multiprocessing.get_context("spawn")
    made = context.SimpleQueue()
    processes = [context.Process(target=make_and_count, args=(str(home), made)) for _ in range(8)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 8
    made.get()
    assert made.empty()


# Not in the way


def damage(content: bytes, how: str) -> bytes:
    noise = np.random.default_rng(0).bytes(len(content))
    flipped = content[:-1] + bytes([content[-1] ^ 1])
    return {"empty": b"", "cut": content[: len(content) // 2], "noise": noise, "one bit": flipped}[how]


@pytest.mark.parametrize("how", ["empty", "cut", "noise", "one bit"])
def test_a_damaged_file_is_made_anew_and_one_line_says_so(
    home: Path, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    fetch("a", b"key", lambda: CODE)
    (path,) = files(home)
    path.write_bytes(damage(path.read_bytes(), how))
    caplog.clear()
    assert fetch("a", b"key", lambda: CODE) == CODE
    assert "damaged" in " ".join(caplog.messages)
    caplog.clear()
    assert fetch("a", b"key", never) == CODE
    assert not caplog.messages


def test_a_full_disk_keeps_nothing_and_says_so(
    home: Path, files_no_larger_than: Callable[[int], AbstractContextManager[None]], caplog: pytest.LogCaptureFixture
) -> None:
    assert directory() is not None
    with files_no_larger_than(100):
        assert fetch("a", b"key", lambda: CODE) == CODE
    assert len(caplog.messages) == 1
    assert "cannot be stored" in caplog.messages[0]
    assert not files(home)


# Trusted


@pytest.mark.parametrize("which", [".", "mnist-nn", "mnist-nn/machine-code"])
@pytest.mark.parametrize("mode", [0o770, 0o702, 0o777])
def test_a_folder_that_others_can_write_to_is_not_used(
    home: Path, which: str, mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    fetch("a", b"key", lambda: CODE)
    (home / which).chmod(mode)
    directory.cache_clear()
    assert fetch("a", b"key", lambda: b"1") == b"1"
    assert fetch("a", b"key", lambda: b"2") == b"2"
    assert len(caplog.messages) == 1, "one line for the whole process"
    assert "chmod go-w" in caplog.messages[0]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only the administrator can give folders away")
@pytest.mark.parametrize("which", [".", "mnist-nn", "mnist-nn/machine-code"])
def test_a_folder_of_another_user_is_not_used(home: Path, which: str, caplog: pytest.LogCaptureFixture) -> None:
    fetch("a", b"key", lambda: CODE)
    os.chown(home / which, 65534, 65534)
    directory.cache_clear()
    assert fetch("a", b"key", lambda: b"fresh") == b"fresh"
    assert "belongs to another user" in caplog.text


@pytest.mark.parametrize("home", ["/dev/null/x", "/proc/x"])
def test_where_there_can_be_no_folder_nothing_is_kept(
    home: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", home)
    directory.cache_clear()
    assert fetch("a", b"key", lambda: b"1") == b"1"
    assert fetch("a", b"key", lambda: b"2") == b"2"
    assert len(caplog.messages) == 1
    directory.cache_clear()


def test_where_nothing_may_be_written_nothing_is_kept(
    open_folder: Path, ordinary_user: Callable[[], AbstractContextManager[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(open_folder / "home"))
    with ordinary_user():
        directory.cache_clear()
        folder = directory()
        assert folder is not None
        folder.chmod(0o500)
        directory.cache_clear()
        assert directory() is None
    directory.cache_clear()
