"""The unit of work of ``predict --out``: a block of the data in, a file and its counts out, the same every time."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_nn import Model, Network, NetworkConfig, load_data, predict
from mnist_nn.cli.predict import parts
from mnist_nn.cli.predict.parts import Counts, Job, find_done, list_parts, predict_block, predict_blocks
from mnist_nn.data.formats.batch import Part
from mnist_nn.data.formats.parquet_file import Block, list_blocks
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.errors import ConfigError

pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is in the extra 'parquet'")
parquet = pytest.importorskip("pyarrow.parquet")
MODEL = Model(Network.create(NetworkConfig(hidden=(8,)), 1))
DIGITS = load_data("mnist").test.take(range(90))


@pytest.fixture
def blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Block]:
    monkeypatch.setattr(parts, "BATCH", 7)
    pixels = pyarrow.FixedSizeListArray.from_arrays(DIGITS.images.reshape(-1), 784)
    table = pyarrow.table({"image": pixels, "label": DIGITS.labels})
    parquet.write_table(table, tmp_path / "data.parquet", row_group_size=10)
    return list_blocks(Part("parquet", (tmp_path / "data.parquet",)), ReadOptions(), 25)


def job(folder: Path, **settings: Any) -> Job:
    folder.mkdir(exist_ok=True)
    return Job(str(folder), {"mnist-nn": "1", **settings}, ReadOptions())


def read(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in list_parts(folder)]


def test_the_parts_together_have_the_predictions_of_all_images(blocks: list[Block], tmp_path: Path) -> None:
    counts = [predict_block(number, block, MODEL, job(tmp_path / "out")) for number, block in enumerate(blocks)]
    assert [one.images for one in counts] == [30, 30, 30]
    table, found = parquet.read_table(tmp_path / "out"), predict(MODEL, DIGITS.images)
    assert table.column("image").to_pylist() == list(range(1, 91))
    assert table.column("class").to_pylist() == found.label.tolist()
    assert np.allclose(table.column("confidence").to_numpy(), found.confidence, rtol=1e-6)
    right = int((found.label == DIGITS.labels).sum())
    assert parts.add_up(counts) == Counts(90, 90, right)


def test_a_block_is_plain_data_and_gives_the_same_bytes_wherever_it_runs(blocks: list[Block], tmp_path: Path) -> None:
    for folder, jobs in (("a", 1), ("b", 3)):
        plain = pickle.loads(pickle.dumps((list(enumerate(blocks)), MODEL, job(tmp_path / folder))))  # noqa: S301 ours
        assert sorted(number for number, _ in predict_blocks(*plain, jobs, [])) == [0, 1, 2]
    assert read(tmp_path / "a") == read(tmp_path / "b")
    before = read(tmp_path / "a")
    predict_block(1, blocks[1], MODEL, job(tmp_path / "a"))
    assert read(tmp_path / "a") == before


def test_after_an_interruption_no_further_block_begins(blocks: list[Block], tmp_path: Path) -> None:
    ended = list(predict_blocks(enumerate(blocks), MODEL, job(tmp_path / "out"), 1, [True]))
    assert [number for number, _ in ended] == [0]


def test_finished_parts_are_found_with_their_counts_and_those_of_others_refused(
    blocks: list[Block], tmp_path: Path
) -> None:
    ours, out = job(tmp_path / "out", data="a"), tmp_path / "out"
    assert find_done(blocks, ours) == {}
    counts = predict_block(2, blocks[2], MODEL, ours)
    assert find_done(blocks, ours) == {2: counts}
    with pytest.raises(ConfigError, match=r"part-00002.parquet' was written with --data a \(now b\)"):
        find_done(blocks, job(out, data="b"))
    with pytest.raises(ConfigError, match="is a part of other data"):
        find_done(blocks[:2], ours)
    list_parts(out)[0].write_bytes(b"PAR1")
    with pytest.raises(ConfigError, match="is not a table of these predictions"):
        find_done(blocks, ours)


def test_names_of_classes_are_written_and_compared(blocks: list[Block], tmp_path: Path) -> None:
    names = tuple(f"digit {number}" for number in range(10))
    named = Model(MODEL.network, class_names=names)
    assert (
        predict_block(0, blocks[0], named, job(tmp_path / "a"))[1:]
        == predict_block(0, blocks[0], MODEL, job(tmp_path / "b"))[1:]
    )
    labels = predict(MODEL, DIGITS.images[:30]).label
    assert parquet.read_table(tmp_path / "a").column("class").to_pylist() == [names[label] for label in labels]
