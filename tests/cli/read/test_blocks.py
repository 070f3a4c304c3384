"""Blocks of files, read in this process and on a cluster: the same table, whatever happens to the workers."""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cluster_work import disturb
from number_pictures import EXPECTED, ONE, SEVEN, TWO, essence, fill_folder, picture
from patience import PATIENCE, ended, wait_for

from mnist_nn.cli.read.blocks import ReadSetup, read_block, read_here, read_on
from mnist_nn.errors import ClusterError
from mnist_nn.imaging import DECODE_SECONDS, PAGE_LIMIT, PIXEL_LIMIT, Found
from mnist_nn.reading.reader import Reader
from mnist_nn.util.cluster import open_cluster

Cli = Callable[..., Any]
LIMITS: dict[str, Any] = {"pixel_limit": PIXEL_LIMIT, "page_limit": PAGE_LIMIT, "decode_seconds": DECODE_SECONDS}
TABLES = ("one.csv", "one.csv.settings.json"), ("two.csv", "two.csv.settings.json")


def seen(folder: Path, *names: str) -> Any:
    return tuple((Found(name), (size.st_size, True)) for name in names if (size := (folder / name).stat()))


def test_a_worker_reads_what_this_process_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture(tmp_path / "a.png", SEVEN, TWO)
    (tmp_path / "b.png").write_text("no picture")
    monkeypatch.chdir(tmp_path)
    files = [Found("a.png"), Found("b.png")]
    here = [result for _, results in read_here(Reader(length=2), LIMITS)(files) for result in results]
    setup = ReadSetup.of(None, {"length": 2}, LIMITS)
    monkeypatch.chdir("/")
    there = pickle.loads(pickle.dumps(list(read_block(setup, seen(tmp_path, "a.png", "b.png")))))  # noqa: S301
    assert [(one.file, one.page, one.error) for one in there] == [(one.file, one.page, one.error) for one in here]
    assert there[0].reading.numbers == here[0].reading.numbers
    assert len(pickle.dumps(there)) < len(pickle.dumps(here)) / 5


def compare(folder: Path) -> None:
    for one, two in zip(*TABLES, strict=True):
        assert (folder / one).read_bytes() == (folder / two).read_bytes()


@pytest.mark.slow
def test_two_workers_write_the_same_bytes(cli: Cli, tmp_path: Path) -> None:
    fill_folder(tmp_path / "pages")
    one = cli("read", "pages", "missing.png", "--csv", "one.csv")
    two = cli("read", "pages", "missing.png", "--csv", "two.csv", "--cluster", "local:2")
    assert one.code == two.code == 2
    assert essence(tmp_path / "two.csv")[: len(EXPECTED)] == EXPECTED
    assert "dashboard is at http://127.0.0.1:" in two.err
    compare(tmp_path)
    lines = [cli("read", "pages", "--quiet", "--json", *more).json for more in ((), ("--cluster", "local:1"))]
    assert lines[0] == lines[1]


@pytest.mark.slow
def test_a_worker_without_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture(tmp_path / "a.png", ONE)
    monkeypatch.chdir(tmp_path)
    setup = replace(ReadSetup.of(None, {}, LIMITS), folder="/elsewhere")
    said = r"the worker at tcp\S+ does not see the same file 'a.png' as this"
    with open_cluster("local:1") as cluster, pytest.raises(ClusterError, match=said):
        list(read_on(cluster, setup)([Found("a.png")]))


def many_pictures(folder: Path) -> None:
    """Fill a folder with pictures that take long enough to be in the middle of them."""
    fill_folder(folder)
    for number in range(60):
        os.link(folder / ("a.png" if number % 2 else "g.png"), folder / f"h{number}.png")


@pytest.mark.slow
def test_killed_and_stopped_workers_change_nothing(cli: Cli, tmp_path: Path, process: Cli) -> None:
    many_pictures(tmp_path / "pages")
    assert cli("read", "pages", "--csv", "one.csv").code == 2
    running = process("read", "pages", "--csv", "two.csv", "--cluster", "local:3")
    table = tmp_path / "two.csv"
    wait_for(lambda: table.exists() and table.stat().st_size > 600, "nothing was read")
    disturb(running)
    _, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 2, err
    compare(tmp_path)


@pytest.mark.slow
def test_ctrl_c_keeps_the_rows_and_says_how_to_continue(cli: Cli, tmp_path: Path) -> None:
    many_pictures(tmp_path / "pages")
    assert cli("read", "pages", "--csv", "one.csv").code == 2
    command = [sys.executable, "-m", "mnist_nn", "read", "pages", "--csv", "two.csv", "--cluster", "local:2"]
    running = subprocess.Popen(command, cwd=tmp_path, text=True, stderr=subprocess.PIPE, start_new_session=True)
    table = tmp_path / "two.csv"
    with ended(running):
        wait_for(lambda: table.exists() and table.stat().st_size > 600, "nothing was read")
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does, to the workers too
        assert running.stderr
        err = running.stderr.read()
        assert running.wait(PATIENCE) == 130
    lines = [line for line in err.splitlines() if "dashboard" not in line and "'pages/" not in line]
    (line,) = lines
    assert "files. The rows so far are in two.csv. To continue, run the same command with --resume" in line
    assert table.stat().st_size < (tmp_path / "one.csv").stat().st_size
    assert cli("read", "pages", "--csv", "two.csv", "--cluster", "local:1", "--resume").code == 2
    compare(tmp_path)
