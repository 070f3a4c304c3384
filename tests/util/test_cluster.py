"""Blocks on workers of a cluster: the order of results, how many blocks are under way, and what goes wrong."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import cluster_work
import pytest
from patience import PATIENCE, ended, wait_for

from mnist_nn.errors import ClusterError, ConfigError, MissingExtraError
from mnist_nn.util import cluster
from mnist_nn.util.cluster import Cluster, describe_versions, list_versions, open_cluster, read_place

OTHER = (*list_versions()[:-1], ("numpy", "1.0.0"))


@pytest.mark.parametrize("place", ["local", "local:", "local:0", "local:-1", "local:two", "http://a:1", "tcp://a", ""])
def test_a_place_that_is_none(place: str) -> None:
    with pytest.raises(ConfigError, match="give "):
        read_place(place)


@pytest.mark.parametrize("content", ["", "[]", '{"address": 5}', "address: tcp://a:1"])
def test_a_file_that_is_no_scheduler_file(tmp_path: Path, content: str) -> None:
    (tmp_path / "scheduler.json").write_text(content)
    with pytest.raises(ConfigError, match="is not a file that dask scheduler --scheduler-file wrote"):
        read_place(str(tmp_path / "scheduler.json"))
    with pytest.raises(ConfigError, match="No such file or directory; give local:N for N processes"):
        read_place(str(tmp_path / "missing.json"))


def test_a_local_cluster_listens_on_the_loopback_interface_alone() -> None:
    arguments = read_place("local:3")
    assert (arguments["n_workers"], arguments["host"]) == (3, "127.0.0.1")
    assert arguments["dashboard_address"].startswith("127.0.0.1:")


def test_versions_that_differ_are_named() -> None:
    assert not describe_versions(list_versions(), list_versions())
    assert describe_versions((("numpy", "2.3.0"),), ()) == "numpy none (here 2.3.0)"


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'mnist-nn\[cluster\]'"), open_cluster("local:1"):
        pass


@pytest.mark.slow
def test_an_address_where_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 1)
    nobody = "tcp://127.0.0.1:1"
    with pytest.raises(ClusterError, match=f"cannot use the cluster at {nobody}: "), open_cluster(nobody):
        pass


@pytest.fixture(scope="module")
def two_workers() -> Iterator[Cluster]:
    with open_cluster("local:2") as opened:
        yield opened


@pytest.mark.slow
def test_results_come_in_the_order_of_blocks_which_are_taken_as_they_are_needed(two_workers: Cluster) -> None:
    taken: list[int] = []

    def take() -> Iterator[int]:
        for number in range(40):
            taken.append(number)
            yield number

    two_workers.client.wait_for_workers(2, timeout=PATIENCE)  # another test ends one
    with closing(two_workers.map_blocks(cluster_work.repeat, "x", take())) as done:
        first = next(done)
        assert first == (0, [])
        assert len(taken) == 2 * cluster.BLOCKS_PER_THREAD
        assert list(done) == [(n, ["x" * i for i in range(n)]) for n in range(1, 40)]
    assert two_workers.dashboard.startswith("http://127.0.0.1:")


@pytest.mark.slow
def test_an_error_of_the_work_is_raised_as_it_is_and_the_rest_is_given_up(two_workers: Cluster) -> None:
    with pytest.raises(ValueError, match="block 0 is wrong"):
        list(two_workers.map_blocks(cluster_work.fail, "", range(9)))
    wait_for(lambda: not any(two_workers.client.processing().values()), "blocks are still computed")
    assert [results for _, results in two_workers.map_blocks(cluster_work.repeat, "a", [1])] == [[""]]


@pytest.mark.slow
def test_a_worker_with_other_versions_is_named(two_workers: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "list_versions", lambda: OTHER)
    with pytest.raises(ClusterError, match=r"the worker at tcp://127.0.0.1:\d+ has numpy [\d.]+ \(here 1.0.0\); inst"):
        list(two_workers.map_blocks(cluster_work.repeat, "a", [1]))


@pytest.mark.slow
def test_a_block_that_ends_every_worker(two_workers: Cluster) -> None:
    two_workers.client.run_on_scheduler(lambda dask_scheduler: setattr(dask_scheduler, "allowed_failures", 0))
    with pytest.raises(ClusterError, match="1 workers ended one after the other while they computed the same block"):
        list(two_workers.map_blocks(cluster_work.end_the_worker, "", [1]))


@contextmanager
def _scheduler(folder: Path) -> Iterator[tuple[Path, "subprocess.Popen[bytes]"]]:
    file, here = folder / "scheduler.json", "127.0.0.1"
    options = ["--host", here, "--port", "0", "--dashboard-address", f"{here}:0", "--scheduler-file", str(file)]
    running = subprocess.Popen([sys.executable, "-m", "dask", "scheduler", *options], stderr=subprocess.DEVNULL)
    with ended(running):
        wait_for(lambda: file.exists() and file.read_bytes().rstrip().endswith(b"}"), "the scheduler wrote no file")
        yield file, running


@pytest.mark.slow
def test_a_scheduler_that_ends_is_one_line(tmp_path: Path) -> None:
    with _scheduler(tmp_path) as (file, running), open_cluster(str(file)) as opened:
        assert opened.address == json.loads(file.read_text())["address"]
        assert opened.count_threads() == 0

        def blocks() -> Iterator[int]:
            yield 1
            running.kill()
            running.wait(PATIENCE)

        with pytest.raises(ClusterError, match=r"lost the connection to the scheduler at tcp://127\.0\.0\.1:"):
            list(opened.map_blocks(cluster_work.repeat, "a", blocks()))
