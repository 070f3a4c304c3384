"""Parts that the workers of a cluster write: the same bytes, and a worker that does not see the data."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mnist_nn import Model, Network, NetworkConfig, load_data
from mnist_nn.cli.predict import parts
from mnist_nn.cli.predict.elsewhere import NumberedBlock, PartSetup, predict_elsewhere, predict_part
from mnist_nn.cli.predict.parts import Job, list_parts, part_path, predict_block
from mnist_nn.data.formats.batch import Part
from mnist_nn.data.formats.parquet_file import Block, list_blocks
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.errors import ClusterError
from mnist_nn.model_file.storage import write
from mnist_nn.util.cluster import open_cluster

pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is in the extra 'parquet'")
parquet = pytest.importorskip("pyarrow.parquet")
MODEL = Model(Network.create(NetworkConfig(hidden=(8,)), 1))
Cli = Callable[..., Any]


@pytest.fixture
def blocks(tmp_path: Path) -> list[Block]:
    digits = load_data("mnist").test.take(range(90))
    pixels = pyarrow.FixedSizeListArray.from_arrays(digits.images.reshape(-1), 784)
    parquet.write_table(pyarrow.table({"image": pixels}), tmp_path / "data.parquet", row_group_size=10)
    write(tmp_path / "model.safetensors", MODEL)
    return list_blocks(Part("parquet", (tmp_path / "data.parquet",)), ReadOptions(), 25)


def job(folder: Path) -> Job:
    folder.mkdir()
    return Job(str(folder), {"mnist-nn": "1"}, ReadOptions())


def test_a_worker_writes_what_this_process_writes(blocks: list[Block], tmp_path: Path) -> None:
    here, there = job(tmp_path / "here"), job(tmp_path / "there")
    counts = predict_block(1, blocks[1], MODEL, here)
    setup = PartSetup((tmp_path / "model.safetensors").read_bytes(), there)
    part = NumberedBlock(1, blocks[1], (tmp_path / "data.parquet").stat().st_size)
    assert predict_part(*pickle.loads(pickle.dumps((setup, part)))) == [counts]  # noqa: S301 ours
    assert part_path(there.folder, 1).read_bytes() == part_path(here.folder, 1).read_bytes()


@pytest.mark.slow
def test_two_workers_write_the_same_parts(
    cli: Cli, blocks: list[Block], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "IMAGES", 25)
    command = ("predict", "model.safetensors", "data.parquet", "--out")
    assert cli(*command, "one").code == 0
    outcome = cli(*command, "two", "--cluster", "local:2")
    assert "Wrote 90 rows to 3 parts in two." in outcome.err
    assert [one.read_bytes() for one in list_parts(tmp_path / "two")] == [
        one.read_bytes() for one in list_parts(tmp_path / "one")
    ]
    with open_cluster("local:1") as cluster:
        (tmp_path / "two").rename(tmp_path / "three")
        unseen = predict_elsewhere(
            cluster, Path("model.safetensors"), Job("two", {}, ReadOptions()), enumerate(blocks), []
        )
        with pytest.raises(ClusterError, match=r"the worker at .* does not see the same '.*data.parquet'"):
            list(unseen)
