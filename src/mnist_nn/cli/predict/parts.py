"""Predictions of a large Parquet data set in many files, each of which is written whole or not at all.

`predict_block` is a plain function of plain data: it may run on any thread, process or machine, and any number of
times. `predict_blocks` runs it on threads. Memory does not grow with the data, because a block is read a few thousand
rows at a time.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mnist_nn.cli.predict.parquet import read_settings, write_columns
from mnist_nn.cli.predict.stream import count_right
from mnist_nn.cli.predict.table import COLUMNS
from mnist_nn.cli.read.settings import Settings, describe_differences
from mnist_nn.data.formats.parquet_file import Block, read_block
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.util.io_errors import explain_io_errors

if TYPE_CHECKING:
    from mnist_nn.model_file.storage import Model

IMAGES = 65_536  # of a part at least, unless the data ends
BATCH = 8192  # images that are read and predicted together
COUNTS = ("labelled", "right")  # among the settings of a part, so that a continued run knows them


class Counts(NamedTuple):
    """How many images were predicted, how many of them have a label, and how many of these are right."""

    images: int
    labelled: int
    right: int


class Job(NamedTuple):
    """What all parts have in common: the folder, the settings that decide about the predictions, and how data is read.

    ``threads`` is the most that one part takes for arithmetic.
    """

    folder: str
    settings: Settings
    options: ReadOptions
    threads: int | None = 1


def part_path(folder: str, number: int) -> Path:
    """Return the path of a part by its number, from 0.

    Examples
    --------
    >>> part_path("out", 7).name
    'part-00007.parquet'
    """
    return Path(folder) / f"part-{number:05}.parquet"


def predict_block(number: int, block: Block, model: "Model", job: Job) -> Counts:
    """Predict a block, and write its part; a part that is there already is replaced by the same bytes.

    Parameters
    ----------
    number
        The number of the part, from 0.
    block
        The images.
    model
        The model, with its calibration.
    job
        What all parts have in common.

    Raises
    ------
    DataError
        If the data cannot be read, or the part cannot be written.
    """
    from mnist_nn.data.own import transpose
    from mnist_nn.evaluation.prediction import predict

    labels, confidences, labelled, right = [], [], 0, 0
    for batch in read_block(block, job.options, BATCH):
        images = transpose(batch.images) if job.options.transpose else batch.images
        found = predict(model, images, model.calibration, threads=job.threads)
        labels.append(found.label)
        confidences.append(found.confidence.astype(np.float32))
        if batch.labels is not None:
            labelled += len(batch.labels)
            right += count_right(model, found.label, batch.labels)
    columns = (
        np.arange(block.before + 1, block.before + block.images + 1),
        _name(model, np.concatenate(labels or [np.empty(0, np.int64)])),
        np.concatenate(confidences or [np.empty(0, np.float32)]),
    )
    kinds = dict(zip(COLUMNS, ("int64", "string" if model.class_names else "int64", "float32"), strict=True))
    about = {**_identify(number, block, job), "labelled": labelled, "right": right}
    path = part_path(job.folder, number)
    with explain_io_errors(DataError, "write", path, "make room, then continue with --resume"):
        write_columns(path, kinds, columns, about)
    return Counts(block.images, labelled, right)


def find_done(blocks: Sequence[Block], job: Job) -> dict[int, Counts]:
    """Find the parts that are in the folder already.

    Raises
    ------
    ConfigError
        If one of them belongs to other predictions.
    """
    numbers, found = {part_path(job.folder, number): number for number in range(len(blocks))}, {}
    for path in list_parts(Path(job.folder)):
        number = numbers.get(path)
        if number is None:
            raise ConfigError(
                f"{str(path)!r} is a part of other data; choose another folder, or replace it with --force"
            )
        rows, before = read_settings(path)
        known = {name: value for name, value in before.items() if name not in COUNTS}
        if others := describe_differences(known, _identify(number, blocks[number], job)):
            raise ConfigError(
                f"{str(path)!r} was written with {others}; choose another folder, or replace it with --force"
            )
        found[number] = Counts(rows, *(int(before[name]) for name in COUNTS))
    return found


def list_parts(folder: Path) -> list[Path]:
    """List the parts in a folder, which need not exist."""
    return sorted(folder.glob("part-*.parquet"))


def predict_blocks(
    blocks: Iterable[tuple[int, Block]], model: "Model", job: Job, jobs: int, interrupted: Sequence[bool]
) -> Iterator[tuple[int, Counts]]:
    """Predict blocks on several threads, and yield the number and the counts of each as it is done.

    Each thread reads, predicts and writes a block of its own: pyarrow and the kernels let other threads run meanwhile.

    Parameters
    ----------
    blocks
        The blocks with their numbers.
    model, job
        See `predict_block`.
    jobs
        Number of threads.
    interrupted
        No longer empty once no further block is to begin.
    """
    left = iter(blocks)
    with ThreadPoolExecutor(jobs, thread_name_prefix="parts") as pool:

        def begin(following: Iterable[tuple[int, Block]]) -> dict[Future[Counts], int]:
            return {pool.submit(predict_block, number, block, model, job): number for number, block in following}

        running = begin(itertools.islice(left, jobs))
        while running:
            for one in wait(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(one), one.result()
                running |= begin(itertools.islice(left, 0 if interrupted else 1))


def add_up(counts: Iterable[Counts]) -> Counts:
    """Add up counts.

    Examples
    --------
    >>> add_up([Counts(3, 2, 1), Counts(4, 4, 4)])
    Counts(images=7, labelled=6, right=5)
    """
    return Counts(*(sum(one) for one in zip((0, 0, 0), *counts, strict=True)))


def _identify(number: int, block: Block, job: Job) -> dict[str, Any]:
    """Return the settings of a part, by which a later run knows it again."""
    return {**job.settings, "part": number, "first": block.before + 1, "images": block.images}


def _name(model: "Model", labels: Any) -> Any:
    return np.array(model.class_names)[labels].tolist() if model.class_names else labels
