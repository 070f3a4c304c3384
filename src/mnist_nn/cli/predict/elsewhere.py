"""The parts of ``predict --out FOLDER`` on the workers of a cluster, which read the data and write parts themselves.

`mnist_nn.cli.predict.parts` predicts a single one.
"""

import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mnist_nn.cli.predict.parts import Counts, Job, predict_block
from mnist_nn.data.formats.parquet_file import Block
from mnist_nn.errors import ClusterError
from mnist_nn.util.cluster import Cluster, name_worker

if TYPE_CHECKING:
    from mnist_nn.model_file.storage import Model


class PartSetup(NamedTuple):
    """What a worker needs besides a block: the bytes of the model file, and what all parts have in common."""

    model: bytes
    job: Job


class NumberedBlock(NamedTuple):
    """A block, the number of its part, and the size of its file."""

    number: int
    block: Block
    file_size: int


def predict_elsewhere(
    cluster: Cluster, model: Path, job: Job, blocks: Iterable[tuple[int, Block]], interrupted: list[bool]
) -> Generator[tuple[int, Counts]]:
    """Predict blocks on a cluster, and yield the number and the counts of each.

    ``interrupted`` is no longer empty once the others are to be given up.

    Raises
    ------
    ClusterError
        If the cluster fails, or a worker does not see the data or the folder.
    """
    setup = PartSetup(model.read_bytes(), job._replace(folder=os.path.abspath(job.folder)))  # noqa: PTH100 a str
    numbered = _number(blocks)
    with closing(cluster.map_blocks(predict_part, setup, numbered, lambda: bool(interrupted))) as done:
        for block, (counts,) in done:
            yield block.number, counts


def _number(blocks: Iterable[tuple[int, Block]]) -> Iterator[NumberedBlock]:
    for number, block in blocks:
        path = Path(block.path).absolute()
        yield NumberedBlock(number, block._replace(path=str(path)), path.stat().st_size)


def predict_part(setup: PartSetup, part: NumberedBlock) -> list[Counts]:
    """Predict a block and write its part on a worker."""
    path, folder = Path(part.block.path), Path(setup.job.folder)
    if not path.is_file() or path.stat().st_size != part.file_size or not folder.is_dir():
        raise ClusterError(
            f"the worker at {name_worker()} does not see the same {part.block.path!r} and the folder "
            f"{setup.job.folder!r}; share both, so that they have the same paths on every machine"
        )
    return [predict_block(part.number, part.block, _load(setup.model), setup.job)]


@lru_cache(maxsize=1)
def _load(content: bytes) -> "Model":
    from mnist_nn.model_file.storage import from_bytes

    return from_bytes(content)
