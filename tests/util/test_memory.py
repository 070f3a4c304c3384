"""What memory there is: what the system says, or less where less is allowed."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from patience import PATIENCE

from mnist_nn.errors import ConfigError
from mnist_nn.util import memory
from mnist_nn.util.memory import SHARE, available_bytes, check_available, left_to_group

GIB = 2**30


def test_it_is_less_than_the_machine_has() -> None:
    assert 0 < available_bytes() < psutil.virtual_memory().total


def test_a_limit_on_the_process_counts() -> None:
    code = "from mnist_nn.util.memory import available_bytes; print(available_bytes())"
    line = f"ulimit -v {2 * GIB // 1024} && exec {sys.executable} -c '{code}'"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert 0 < int(done.stdout) < 2 * GIB


def group(folder: Path, limit: str, current: int = 0, cached: int = 0) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {
        "memory.max": limit,
        "memory.current": str(current),
        "memory.stat": f"anon 7\ninactive_file {cached}\nactive_file 9\n",
    }.items():
        (folder / name).write_text(text + "\n")


def test_the_limits_of_control_groups_count_without_what_is_only_cached(tmp_path: Path) -> None:
    root, own = tmp_path / "cgroup", tmp_path / "own"
    own.write_text("1:net_cls:/\n0::/jobs/mine\n")
    group(root / "jobs" / "mine", "max")
    group(root / "jobs", "1000", current=700, cached=200)
    assert list(left_to_group(root, own)) == [500]
    group(root / "jobs" / "mine", "800", current=100)
    assert list(left_to_group(root, own)) == [700, 500]


def test_without_control_groups_there_is_no_such_limit(tmp_path: Path) -> None:
    assert list(left_to_group(tmp_path, tmp_path / "none")) == []
    own = tmp_path / "own"
    own.write_text("0::/\n")
    assert list(left_to_group(tmp_path, own)) == []


def test_what_needs_more_is_refused_and_little_is_not_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "available_bytes", lambda: GIB)
    most = int(SHARE * GIB)
    check_available(most, "this", "lower it")
    said = r"^this takes about 0\.9 GB of memory, but only 1\.1 GB are available, of which a fifth is kept free; lower"
    with pytest.raises(ConfigError, match=said):
        check_available(most + 1, "this", "lower it")
    monkeypatch.setattr(memory, "available_bytes", lambda: 0)
    check_available(2**20, "this", "lower it")
